//! An outbound call that is being dialled: its legs are told by events with its tag, until one is
//! answered or all have failed.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::call::CallCell;
use super::host::Host;
use super::run::Run;
use super::scheduler::Token;

/// How dialling ended.
#[derive(Clone)]
pub enum Dialled {
    /// This leg was answered.
    Answered(Rc<CallCell>),
    /// None was.
    Failed(Rc<str>),
}

/// What is kept of it.
pub struct DialCell {
    /// The script that dials.
    pub run: Rc<Run>,
    /// Who waits.
    pub token: Token,
    /// The legs heard of so far.
    pub legs: RefCell<Vec<Rc<CallCell>>>,
    /// How it ended.
    pub outcome: RefCell<Option<Dialled>>,
    /// Nobody waits any more: what is answered now is hung up.
    pub abandoned: Cell<bool>,
}

impl DialCell {
    /// Dialling has begun.
    pub fn new(run: Rc<Run>, token: Token) -> Self {
        Self {
            run,
            token,
            legs: RefCell::default(),
            outcome: RefCell::default(),
            abandoned: Cell::new(false),
        }
    }

    /// The script gave up: what rings is hung up, and so is what will be heard of later.
    pub fn abandon(&self, host: &Host) {
        self.abandoned.set(true);
        for leg in self.legs.take() {
            host.hang_up(&leg, "cancel");
        }
    }
}
