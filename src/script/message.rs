//! An outbound message: `relay.send_message` gives back a handle that hears of its delivery.

use std::cell::RefCell;
use std::rc::Rc;

use super::event::Event;
use super::scheduler::{Scheduler, Token};
use super::waiters::Waiters;

/// What is kept of it.
pub struct MessageCell {
    /// RELAY's id of the message.
    pub id: Rc<str>,
    state: RefCell<String>,
    ended: RefCell<Option<Rc<Event>>>,
    waiters: Waiters,
}

/// A script's handle to a message.
#[derive(Clone)]
pub struct MessageRef(pub Rc<MessageCell>);

impl MessageCell {
    /// A message that was accepted.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            state: RefCell::new("queued".into()),
            ended: RefCell::default(),
            waiters: Waiters::default(),
        }
    }

    /// `queued`, `initiated`, `sent`, `delivered`, `undelivered` or `failed`.
    pub fn state(&self) -> String {
        self.state.borrow().clone()
    }

    /// The event that told of its final state.
    pub fn ended(&self) -> Option<Rc<Event>> {
        self.ended.borrow().clone()
    }

    /// Hears of a state; true when that is a final one, the first time.
    pub fn hear(&self, state: &str, event: impl FnOnce() -> Rc<Event>, scheduler: &Scheduler) -> bool {
        if self.ended.borrow().is_some() {
            return false;
        }
        state.clone_into(&mut self.state.borrow_mut());
        if !matches!(state, "delivered" | "undelivered" | "failed") {
            return false;
        }
        *self.ended.borrow_mut() = Some(event());
        self.waiters.wake(scheduler);
        true
    }

    /// Notes that `token` waits for its final state.
    pub fn await_end(&self, token: Token) {
        self.waiters.add(token);
    }
}
