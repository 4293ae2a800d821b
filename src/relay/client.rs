//! The handle by which requests are made: shared by everything on one shard.

use std::borrow::Cow;
use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use super::session::Session;
use super::{Repeat, Time};

/// Shares one session between the verbs that make requests and the loop that moves its frames.
pub struct Client<W>(Rc<RefCell<Session<W>>>);

impl<W> Clone for Client<W> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<W> Client<W> {
    /// A handle to `session`.
    pub fn new(session: Session<W>) -> Self {
        Self(Rc::new(RefCell::new(session)))
    }

    /// The session itself; the borrow must end before any script runs.
    pub fn session(&self) -> RefMut<'_, Session<W>> {
        self.0.borrow_mut()
    }

    /// See [`Session::request`].
    pub fn request(
        &self,
        now: Time,
        method: impl Into<Cow<'static, str>>,
        repeat: Repeat,
        waiter: W,
        params: &str,
    ) -> u64 {
        self.session().request(now, method.into(), repeat, waiter, params)
    }
}
