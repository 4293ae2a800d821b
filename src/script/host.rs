//! What the verbs of one shard share: the client, the calls, the scheduler, the engine, ids.
//!
//! Nothing here is shared between threads.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use rhai::Engine;

use super::call::CallCell;
use super::dial::DialCell;
use super::message::MessageCell;
use super::observer::Observer;
use super::scheduler::{Scheduler, Token};
use crate::call::Registry;
use crate::relay::client::Client;
use crate::relay::{RelayError, Repeat, Time, frame};

/// Who waits for the answer to a request.
#[derive(Clone)]
pub enum Waiter {
    /// A strand.
    Slot(Rc<Slot>),
    /// Nobody: the host asked on its own account; a failure is logged.
    Nobody,
}

/// Where an answer is put for the strand that waits for it.
pub struct Slot {
    /// Who waits.
    pub token: Token,
    /// Whether the result's text is wanted.
    pub wants_result: bool,
    /// The answer.
    pub outcome: RefCell<Option<Result<Box<str>, RelayError>>>,
}

/// The limits of scripts.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Operations between two waits.
    pub operations: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { operations: 10_000_000 }
    }
}

/// See the module.
pub struct Host {
    /// Requests go out here.
    pub client: Client<Waiter>,
    /// The live calls.
    pub calls: RefCell<Registry<CallCell>>,
    /// Outbound calls that are being dialled, by their tag.
    pub dials: RefCell<HashMap<Rc<str>, Rc<DialCell>>>,
    /// Outbound messages under way, by their id.
    pub messages: RefCell<HashMap<Rc<str>, Rc<MessageCell>>>,
    /// Who runs next.
    pub scheduler: Rc<Scheduler>,
    /// The limits of scripts.
    pub limits: Limits,
    /// Who is told what happens.
    pub observer: Rc<dyn Observer>,
    /// Whether it wants to know where in a script that is.
    pub wants_places: bool,
    /// Calls and messages that are being handled.
    pub runs: Cell<usize>,
    engine: OnceCell<Engine>,
    ids: RefCell<fastrand::Rng>,
    scratch: RefCell<String>,
}

impl Host {
    /// A host without an engine yet (see [`Self::set_engine`]). `seed` makes the ids.
    pub fn new(client: Client<Waiter>, limits: Limits, observer: Rc<dyn Observer>, seed: u64) -> Self {
        Self {
            client,
            calls: RefCell::default(),
            dials: RefCell::default(),
            messages: RefCell::default(),
            scheduler: Rc::default(),
            limits,
            wants_places: observer.wants_places(),
            observer,
            runs: Cell::new(0),
            engine: OnceCell::new(),
            ids: RefCell::new(fastrand::Rng::with_seed(seed)),
            scratch: RefCell::default(),
        }
    }

    /// Gives it the engine that runs its scripts; the first one stays.
    pub fn set_engine(&self, engine: Engine) {
        let _ = self.engine.set(engine);
    }

    /// The engine that runs its scripts.
    pub fn engine(&self) -> &Engine {
        self.engine.get_or_init(Engine::new_raw)
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.scheduler.now()
    }

    /// A new random UUID (version 4).
    pub fn new_id(&self) -> Rc<str> {
        let n = self.ids.borrow_mut().u128(..);
        let n = (n & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let mut text = [b'-'; 36];
        let places = (0..36).filter(|place| ![8, 13, 18, 23].contains(place));
        for (digit, place) in places.enumerate() {
            text[place] = b"0123456789abcdef"[(n >> (124 - 4 * digit)) as usize & 0xf];
        }
        std::str::from_utf8(&text).unwrap_or_default().into()
    }

    /// A buffer for the params of one request; give it back with [`Self::put_scratch`].
    pub fn take_scratch(&self) -> String {
        let mut scratch = self.scratch.take();
        scratch.clear();
        scratch
    }

    /// Takes the buffer back for the next request.
    pub fn put_scratch(&self, scratch: String) {
        if scratch.capacity() <= 64 * 1024 {
            *self.scratch.borrow_mut() = scratch;
        }
    }

    /// Makes a request on the host's own account, about a call.
    pub fn request_about(&self, call: &CallCell, method: &'static str, more: &str) {
        let mut params = self.take_scratch();
        push_ids(&mut params, call);
        params.push_str(more);
        params.push('}');
        self.client.request(self.now(), method, Repeat::Safe, Waiter::Nobody, &params);
        self.put_scratch(params);
    }

    /// Hangs up, if the call is not over.
    pub fn hang_up(&self, call: &CallCell, reason: &str) {
        if !call.is_over() {
            self.request_about(call, "calling.end", &format!(r#","reason":"{reason}""#));
        }
    }

    /// Puts an answer (the frame with the result) where it is waited for.
    pub fn answer(&self, waiter: Waiter, outcome: Result<&str, RelayError>) {
        match waiter {
            Waiter::Slot(slot) => {
                let kept = outcome.map(|frame| match slot.wants_result {
                    true => frame::result_text(frame).into(),
                    false => Box::default(),
                });
                *slot.outcome.borrow_mut() = Some(kept);
                self.scheduler.wake(slot.token);
            }
            Waiter::Nobody => {
                if let Err(error) = outcome {
                    tracing::debug!(%error, "a request of the host failed");
                }
            }
        }
    }
}

/// Begins the params of a request about a call: `{"node_id":…,"call_id":…`.
pub fn push_ids(out: &mut String, call: &CallCell) {
    out.push_str(r#"{"node_id":"#);
    frame::push_string(out, &call.node_id);
    out.push_str(r#","call_id":"#);
    frame::push_string(out, &call.id);
}
