//! Those that wait for one thing.

use std::cell::RefCell;

use smallvec::SmallVec;

use super::scheduler::{Scheduler, Token};

/// Mostly nobody or one.
#[derive(Default)]
pub struct Waiters(RefCell<SmallVec<[Token; 2]>>);

impl Waiters {
    /// Notes that `token` waits, once.
    pub fn add(&self, token: Token) {
        let mut waiters = self.0.borrow_mut();
        if !waiters.contains(&token) {
            waiters.push(token);
        }
    }

    /// Wakes them all and forgets them; true if there was any.
    pub fn wake(&self, scheduler: &Scheduler) -> bool {
        let waiters = self.0.take();
        for token in &waiters {
            scheduler.wake(*token);
        }
        !waiters.is_empty()
    }
}
