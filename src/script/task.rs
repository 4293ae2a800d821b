//! What `spawn` gives back: a function that runs beside the rest of the script.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::Dynamic;

use super::scheduler::{Scheduler, Token};
use super::waiters::Waiters;

/// What is kept of a task.
#[derive(Default)]
pub struct TaskCell {
    outcome: RefCell<Option<Result<Dynamic, Dynamic>>>,
    waiters: Waiters,
}

/// A script's handle to a task.
#[derive(Clone)]
pub struct TaskRef(pub Rc<TaskCell>);

impl TaskCell {
    /// What it gave back, or the value that it threw; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<Dynamic, Dynamic>> {
        self.outcome.borrow().clone()
    }

    /// Whether it is over.
    pub fn is_done(&self) -> bool {
        self.outcome.borrow().is_some()
    }

    /// Notes that `token` waits for its end.
    pub fn await_end(&self, token: Token) {
        self.waiters.add(token);
    }

    /// Ends it; true if somebody waited for that.
    pub fn end(&self, outcome: Result<Dynamic, Dynamic>, scheduler: &Scheduler) -> bool {
        *self.outcome.borrow_mut() = Some(outcome);
        self.waiters.wake(scheduler)
    }
}
