//! One RELAY session, over as many sockets as it takes: connecting, resuming, acknowledging,
//! pinging, and the requests that wait for answers.
//!
//! Pure: it changes state and fills an outbox; it never touches a socket or a clock.

mod incoming;
mod outcome;

pub use outcome::{Received, Step};

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::error::RelayError;
use super::frame;
use super::pending::{Due, Pending};
use super::{Repeat, Time, backoff};

/// With nothing heard for this long, the session asks for a sign of life.
pub const PING_AFTER: Duration = Duration::from_secs(15);
/// With no sign of life for this long after asking, the socket counts as dead.
pub const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may take to answer `signalwire.connect`.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Refusals of the credentials, before any success, that end the program.
pub const MAX_REFUSALS: u32 = 3;
/// Failures to reach the server, before any success, that end the program.
pub const MAX_FAILURES: u32 = 3;
/// How many ids of handled events are remembered, so that one that comes again is known.
const REMEMBERED: usize = 4096;

/// Who we are and what we want to hear: declared once, repeated on each connect.
pub struct Login {
    /// `authentication` as JSON text; it holds the secret and is never printed.
    pub authentication: String,
    /// The contexts whose calls and messages come to this session.
    pub contexts: Vec<String>,
}

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No socket; the next one may be opened at this time.
    Down {
        /// When.
        retry_at: Time,
    },
    /// `signalwire.connect` is sent; its answer is due.
    Connecting {
        /// By when.
        deadline: Time,
    },
    /// Connected.
    Live,
    /// It will not be opened again.
    Over(Ending),
}

/// Why a session never came to life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The credentials were refused.
    Refused,
    /// The server could not be reached.
    Unreachable,
}

/// See the module.
pub struct Session<W> {
    login: Login,
    phase: Phase,
    protocol: Option<String>,
    authorization_state: Option<String>,
    pending: Pending<W>,
    outbox: Vec<String>,
    /// Failures of a lost session, to be told one by one, the oldest last.
    lost: Vec<(W, RelayError)>,
    next_id: u64,
    connect_id: u64,
    ever_live: bool,
    attempt: u32,
    refusals: u32,
    failures: u32,
    last_heard: Time,
    pinged_at: Option<Time>,
    spread: fastrand::Rng,
    /// The events that were handled last, oldest first, and the same for looking one up.
    handled: VecDeque<u64>,
    known: FxHashSet<u64>,
    hasher: FxBuildHasher,
}

impl<W> Session<W> {
    /// A session that has not been opened. `seed` spreads its reconnects.
    pub fn new(login: Login, seed: u64) -> Self {
        Self {
            login,
            phase: Phase::Down { retry_at: Time::ZERO },
            protocol: None,
            authorization_state: None,
            pending: Pending::new(),
            outbox: Vec::new(),
            lost: Vec::new(),
            next_id: 1,
            connect_id: 0,
            ever_live: false,
            attempt: 0,
            refusals: 0,
            failures: 0,
            last_heard: Time::ZERO,
            pinged_at: None,
            spread: fastrand::Rng::with_seed(seed),
            handled: VecDeque::with_capacity(REMEMBERED),
            known: FxHashSet::default(),
            hasher: FxBuildHasher,
        }
    }

    /// Where it stands.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How many requests wait for an answer.
    pub fn waiting(&self) -> usize {
        self.pending.len()
    }

    /// The frames to write, in order.
    pub fn outbox(&mut self) -> &mut Vec<String> {
        &mut self.outbox
    }

    /// A socket was opened: it says `signalwire.connect`.
    pub fn link_opened(&mut self, now: Time) {
        self.outbox.clear();
        self.connect_id = self.take_id();
        self.last_heard = now;
        self.pinged_at = None;
        self.phase = Phase::Connecting { deadline: now + CONNECT_TIMEOUT };
        let mut out = String::with_capacity(512);
        out.push_str(r#"{"version":{"major":2,"minor":0,"revision":0},"agent":"relay-script/"#);
        out.push_str(env!("CARGO_PKG_VERSION"));
        out.push_str(r#"","event_acks":true,"authentication":"#);
        out.push_str(&self.login.authentication);
        out.push_str(r#","contexts":"#);
        push_list(&mut out, &self.login.contexts);
        for (key, value) in [("protocol", &self.protocol), ("authorization_state", &self.authorization_state)]
        {
            if let Some(value) = value {
                out.push_str(",\"");
                out.push_str(key);
                out.push_str("\":");
                frame::push_string(&mut out, value);
            }
        }
        out.push('}');
        self.outbox.push(frame::request(self.connect_id, "signalwire.connect", &out));
    }

    /// The socket fell, or could not be opened.
    pub fn link_lost(&mut self, now: Time) {
        self.outbox.clear();
        match self.phase {
            Phase::Over(_) => return,
            Phase::Live => {
                self.attempt = 0;
                self.pending.link_lost(now);
            }
            // What waits for a connection goes on waiting, no longer for one more failure.
            _ => self.failures += 1,
        }
        if !self.ever_live && self.failures >= MAX_FAILURES {
            self.phase = Phase::Over(Ending::Unreachable);
            return;
        }
        self.phase = Phase::Down { retry_at: now + backoff::delay(self.attempt, self.spread.f64()) };
        self.attempt = self.attempt.saturating_add(1);
    }

    /// Makes a request; `params` is a JSON object. The id it gets is handed back; the outcome comes
    /// with `waiter` in [`Received::Answer`] or from [`Self::advance`].
    pub fn request(
        &mut self,
        now: Time,
        method: Cow<'static, str>,
        repeat: Repeat,
        waiter: W,
        params: &str,
    ) -> u64 {
        let id = self.take_id();
        let out = frame::request(id, &method, params);
        let live = self.phase == Phase::Live;
        self.outbox.extend(self.pending.add(now, id, (method, repeat, out), live, waiter));
        id
    }

    /// An event shows that the server took request `id`: its waiter, if the answer has not come.
    pub fn prove(&mut self, id: u64) -> Option<W> {
        self.pending.answer(id).map(|(waiter, _)| waiter)
    }

    /// Subscribes to more contexts, now and on each connect to come. The request itself is made by the caller.
    pub fn add_contexts(&mut self, contexts: &[String]) {
        for context in contexts {
            if !self.login.contexts.contains(context) {
                self.login.contexts.push(context.clone());
            }
        }
    }

    /// Ends subscriptions, now and for each connect to come.
    pub fn remove_contexts(&mut self, contexts: &[String]) {
        self.login.contexts.retain(|c| !contexts.contains(c));
    }

    /// The contexts subscribed to.
    pub fn contexts(&self) -> &[String] {
        &self.login.contexts
    }

    fn forget(&mut self) {
        self.protocol = None;
        self.authorization_state = None;
    }

    /// When [`Self::advance`] has something to do.
    pub fn next_due(&mut self) -> Option<Time> {
        if !self.lost.is_empty() {
            return Some(Time::ZERO);
        }
        let own = match self.phase {
            Phase::Live => match self.pinged_at {
                Some(at) => Some(at + PING_TIMEOUT),
                None => Some(self.last_heard + PING_AFTER),
            },
            Phase::Connecting { deadline } => Some(deadline),
            _ => None,
        };
        [own, self.pending.next_due()].into_iter().flatten().min()
    }

    /// Does one thing that is due: `None` when nothing (more) is.
    pub fn advance(&mut self, now: Time) -> Option<Step<W>> {
        if let Some((waiter, error)) = self.lost.pop() {
            return Some(Step::Failed(waiter, error));
        }
        match self.phase {
            Phase::Live if self.pinged_at.is_some_and(|at| at + PING_TIMEOUT <= now) => {
                return Some(Step::LinkDead);
            }
            Phase::Connecting { deadline } if deadline <= now => return Some(Step::LinkDead),
            Phase::Live if self.pinged_at.is_none() && self.last_heard + PING_AFTER <= now => self.ping(now),
            _ => {}
        }
        match self.pending.take_due(now)? {
            Due::Send(frame) => {
                self.outbox.push(frame);
                Some(Step::Sent)
            }
            Due::Fail(waiter, error) => Some(Step::Failed(waiter, error)),
        }
    }

    fn ping(&mut self, now: Time) {
        self.pinged_at = Some(now);
        let id = self.take_id();
        self.outbox.push(frame::request(id, "signalwire.ping", "{}"));
    }

    fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

fn push_list(out: &mut String, items: &[String]) {
    out.push('[');
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        frame::push_string(out, item);
    }
    out.push(']');
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
