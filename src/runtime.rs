//! One shard: a RELAY session and all of its calls, on one thread.
//!
//! Inbound call → admission → newest program → coroutine → end; and drain. It is moved from
//! outside: [`drive`] does so with sockets and a clock, simulated calls with neither.

mod admission;
pub mod drive;
pub mod meters;
pub mod shards;

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use crate::relay::client::Client;
use crate::relay::frame::{Frame, FrameError};
use crate::relay::message::Event as RelayEvent;
use crate::relay::session::{Login, Phase, Received, Session, Step};
use crate::relay::{RelayError, Repeat, Time};
use crate::script::engine::{self, Extension};
use crate::script::event::Event;
use crate::script::host::{Host, Limits, Waiter};
use crate::script::observer::Observer;
use crate::script::run::Run;
use crate::script::strand::Strand;

pub use admission::Scripts;

/// Hears a secret.
pub type OnSecret = Box<dyn Fn(&str)>;

/// How a shard is set up.
pub struct Setup {
    /// Who we are, and the contexts.
    pub login: Login,
    /// The limits of scripts.
    pub limits: Limits,
    /// Calls beyond this many at once are passed on.
    pub max_calls: usize,
    /// Makes ids and spreads reconnects; two shards must not have the same.
    pub seed: u64,
    /// Who is told what happens.
    pub observer: Rc<dyn Observer>,
    /// Functions of an embedder.
    pub extension: Option<Rc<Extension>>,
    /// Hears each new secret of the session, so that it can be kept out of all output.
    pub on_secret: Option<OnSecret>,
}

/// What a frame asks of whoever holds the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Nothing.
    Nothing,
    /// The session is live.
    Connected,
    /// The socket is to be closed: the server said so, or refused us.
    Close,
}

/// See the module.
pub struct Shard {
    host: Rc<Host>,
    scripts: Scripts,
    max_calls: usize,
    draining: Cell<bool>,
    on_secret: Option<OnSecret>,
}

impl Shard {
    /// A shard that has no socket yet.
    pub fn new(setup: Setup, scripts: Scripts) -> Self {
        let client = Client::new(Session::new(setup.login, setup.seed));
        let host = Rc::new(Host::new(client, setup.limits, setup.observer, setup.seed));
        engine::install(&host, setup.extension.as_deref());
        Self {
            host,
            scripts,
            max_calls: setup.max_calls,
            draining: Cell::new(false),
            on_secret: setup.on_secret,
        }
    }

    /// What its scripts share.
    pub fn host(&self) -> &Rc<Host> {
        &self.host
    }

    /// The scripts and their versions.
    pub fn scripts(&self) -> &Scripts {
        &self.scripts
    }

    /// Tells the time; everything that follows happens then.
    pub fn tell_time(&self, now: Time) {
        self.host.scheduler.set_now(now);
    }

    /// Where the session stands.
    pub fn phase(&self) -> Phase {
        self.host.client.session().phase()
    }

    /// A socket was opened.
    pub fn link_opened(&self) {
        self.host.client.session().link_opened(self.host.now());
    }

    /// The socket fell, or could not be opened.
    pub fn link_lost(&self) {
        self.host.client.session().link_lost(self.host.now());
    }

    /// The frames to write, in order.
    pub fn take_frames(&self, into: &mut Vec<String>) {
        into.append(self.host.client.session().outbox());
    }

    /// Takes one frame from the server. The scripts that it concerns run in the next [`Self::turn`].
    ///
    /// # Errors
    /// When the text is no frame; nothing else is lost by it.
    pub fn receive(&self, text: &str) -> Result<Signal, FrameError> {
        let mut frame = Frame::default();
        let received = self.host.client.session().receive(self.host.now(), text, &mut frame)?;
        Ok(match received {
            Received::Nothing => Signal::Nothing,
            Received::Disconnect => Signal::Close,
            Received::AuthorizationState(state) => self.keep_secret(state),
            Received::Refused { message } => {
                tracing::error!(message, "RELAY refused the credentials or the session");
                Signal::Close
            }
            Received::Connected { resumed, first } => self.connected(resumed, first),
            Received::Answer { waiter, outcome } => {
                self.host.answer(waiter, outcome);
                Signal::Nothing
            }
            Received::Event(event) => {
                self.on_event(&event);
                Signal::Nothing
            }
        })
    }

    fn keep_secret(&self, state: &str) -> Signal {
        if let Some(on_secret) = &self.on_secret {
            on_secret(state);
        }
        Signal::Nothing
    }

    fn connected(&self, resumed: bool, first: bool) -> Signal {
        tracing::info!(resumed, "connected to RELAY");
        if !first && !resumed {
            let calls = self.host.calls.borrow().all();
            tracing::warn!(calls = calls.len(), "the RELAY session could not be resumed; its calls are lost");
            for call in calls {
                self.host.lose_call(&call, "session_lost");
            }
        }
        if self.draining.get() {
            self.unsubscribe();
        }
        Signal::Connected
    }

    fn on_event(&self, event: &RelayEvent<'_>) {
        tracing::trace!(event_type = event.event_type, call_id = event.head.call_id.as_deref(), "event");
        match event.event_type {
            "calling.call.receive" => self.admit(event),
            "messaging.receive" => self.admit_message(event),
            _ => {
                if !self.host.route(event) {
                    tracing::debug!(event_type = event.event_type, "an event concerns no call of ours");
                }
            }
        }
    }

    fn admit_message(&self, event: &RelayEvent<'_>) {
        let context = event.head.context.as_deref().unwrap_or_default();
        if let Some(program) = self.scripts.for_context(context) {
            let message = Event::new(event.event_type, event.frame).params();
            Run::of_message(&self.host, program, message);
        }
    }

    /// Does what is due and runs the scripts that are ready. True: the socket is dead.
    pub fn turn(&self) -> bool {
        self.host.scheduler.fire_timers();
        let dead = self.advance_session();
        self.host.scheduler.run(|strand: Rc<Strand>, panic: Option<Box<dyn Any + Send>>| {
            let run = Rc::clone(&strand.run);
            run.strand_ended(&strand, panic);
        });
        dead
    }

    fn advance_session(&self) -> bool {
        let mut failed: Vec<(Waiter, RelayError)> = Vec::new();
        let mut dead = false;
        loop {
            let step = self.host.client.session().advance(self.host.now());
            match step {
                None => break,
                Some(Step::Sent) => {}
                Some(Step::Failed(waiter, error)) => failed.push((waiter, error)),
                Some(Step::LinkDead) => {
                    dead = true;
                    break;
                }
            }
        }
        for (waiter, error) in failed {
            self.host.answer(waiter, Err(error));
        }
        dead
    }

    /// When [`Self::turn`] has something to do; now, if scripts are ready.
    pub fn next_due(&self) -> Option<Time> {
        if self.host.scheduler.has_work() {
            return Some(self.host.now());
        }
        let session = self.host.client.session().next_due();
        [session, self.host.scheduler.next_timer()].into_iter().flatten().min()
    }

    /// Calls and messages that are being handled.
    pub fn live(&self) -> usize {
        self.host.runs.get()
    }

    /// Takes calls and messages of one more context.
    pub fn subscribe(&self, context: &str) {
        let contexts = [context.to_owned()];
        self.host.client.session().add_contexts(&contexts);
        let params = serde_json::json!({ "contexts": contexts }).to_string();
        let client = &self.host.client;
        client.request(self.host.now(), "signalwire.receive", Repeat::Safe, Waiter::Nobody, &params);
    }

    /// No new calls from now on.
    pub fn drain(&self) {
        if !self.draining.replace(true) && self.phase() == Phase::Live {
            self.unsubscribe();
        }
    }

    /// Whether it drains.
    pub fn is_draining(&self) -> bool {
        self.draining.get()
    }

    fn unsubscribe(&self) {
        let contexts = self.host.client.session().contexts().to_vec();
        if contexts.is_empty() {
            return;
        }
        let params = serde_json::json!({ "contexts": contexts }).to_string();
        let client = &self.host.client;
        client.request(self.host.now(), "signalwire.unreceive", Repeat::Safe, Waiter::Nobody, &params);
    }

    /// Ends every script now; the calls are hung up.
    pub fn cancel(&self) {
        for call in self.host.calls.borrow().all() {
            if let Some(run) = call.run() {
                run.cancel();
            }
            self.host.hang_up(&call, "hangup");
        }
    }
}

impl Drop for Shard {
    /// Ends the coroutines first, so that nothing of a script outlives what it uses.
    fn drop(&mut self) {
        self.host.scheduler.clear();
        for call in self.host.calls.borrow().all() {
            call.release();
        }
    }
}
