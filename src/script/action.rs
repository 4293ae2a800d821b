//! An action as scripts hold it: the handle that `call.play(…)` and its like give back.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::call::CallCell;
use super::callback::Callback;
use super::event::Event;
use super::scheduler::{Scheduler, Token};
use super::waiters::Waiters;
use crate::call::{ActionKind, Progress};
use crate::relay::message::Head;

/// What is kept of an action.
pub struct ActionCell {
    /// Its family.
    pub kind: ActionKind,
    /// Its id, made by the script or by us.
    pub control_id: Rc<str>,
    /// The call it belongs to.
    pub call: Rc<CallCell>,
    /// The request that started it, while its answer is out.
    pub request: Cell<Option<u64>>,
    state: RefCell<Cow<'static, str>>,
    ended: RefCell<Option<Rc<Event>>>,
    waiters: Waiters,
    on_completed: RefCell<Vec<Callback>>,
}

/// A script's handle to an action.
#[derive(Clone)]
pub struct ActionRef(pub Rc<ActionCell>);

impl ActionCell {
    /// An action that has not been heard of yet.
    pub fn new(kind: ActionKind, control_id: Rc<str>, call: Rc<CallCell>) -> Self {
        Self {
            kind,
            control_id,
            call,
            request: Cell::new(None),
            state: RefCell::default(),
            ended: RefCell::default(),
            waiters: Waiters::default(),
            on_completed: RefCell::default(),
        }
    }

    /// The last state that was heard; empty before the first.
    pub fn state(&self) -> Cow<'static, str> {
        self.state.borrow().clone()
    }

    /// Its terminal event, once it is over.
    pub fn ended(&self) -> Option<Rc<Event>> {
        self.ended.borrow().clone()
    }

    /// Takes an event with this action's `control_id`; true when that ends it.
    pub fn apply(&self, event_type: &str, head: &Head<'_>, event: impl FnOnce() -> Rc<Event>) -> bool {
        match self.kind.read(event_type, head) {
            Progress::Unrelated => false,
            Progress::Goes(state) => {
                *self.state.borrow_mut() = word(&state);
                false
            }
            Progress::Ends(state) => self.end(&state, event),
        }
    }

    /// Ends it, once; true the first time.
    pub fn end(&self, state: &str, event: impl FnOnce() -> Rc<Event>) -> bool {
        if self.ended.borrow().is_some() {
            return false;
        }
        *self.state.borrow_mut() = word(state);
        *self.ended.borrow_mut() = Some(event());
        true
    }

    /// Notes that `token` waits for its end.
    pub fn await_end(&self, token: Token) {
        self.waiters.add(token);
    }

    /// Wakes those that wait for its end.
    pub fn wake(&self, scheduler: &Scheduler) {
        self.waiters.wake(scheduler);
    }

    /// Keeps a function to be called when it ends; handed back if it is over already.
    pub fn on_completed(&self, callback: Callback) -> Option<(Callback, Rc<Event>)> {
        match self.ended() {
            Some(event) => Some((callback, event)),
            None => {
                self.on_completed.borrow_mut().push(callback);
                None
            }
        }
    }

    /// How many functions are kept for its end.
    pub fn callbacks(&self) -> usize {
        self.on_completed.borrow().len()
    }

    /// The functions to be called, now that it is over.
    pub fn take_callbacks(&self) -> Vec<Callback> {
        self.on_completed.take()
    }
}

/// A state as it is kept; the usual ones take no memory.
fn word(state: &str) -> Cow<'static, str> {
    const USUAL: &[&str] = &[
        "playing",
        "paused",
        "finished",
        "error",
        "recording",
        "streaming",
        "collecting",
        "digit",
        "speech",
    ];
    match USUAL.iter().find(|usual| **usual == state) {
        Some(usual) => Cow::Borrowed(usual),
        None => Cow::Owned(state.to_owned()),
    }
}
