//! What happens on simulated calls, in order: what the peer saw, and what the scripts did.
//!
//! It collects; how it is shown is the reader's choice.

use std::cell::{Cell, RefCell};

use crate::relay::Time;
use crate::script::diagnostics::Diagnostic;
use crate::script::observer::Observer;
use crate::script::program::Program;
use crate::script::sources::Source;
use crate::sim::{Observation, What};

/// One thing that happened.
#[derive(Debug)]
pub struct Entry {
    /// When.
    pub at: Time,
    /// The call that it is about, when there is one.
    pub call_id: Option<String>,
    /// What it was.
    pub what: Happened,
}

/// What can happen.
#[derive(Debug)]
pub enum Happened {
    /// The peer saw it.
    Seen(What),
    /// A call got its script.
    Began {
        /// The script's path.
        script: String,
        /// Its version.
        version: u64,
    },
    /// A script called `print` or `debug`.
    Printed {
        /// The text.
        text: String,
        /// Whether it was `debug`.
        is_debug: bool,
    },
    /// A script failed.
    Failed {
        /// How.
        fault: Box<Diagnostic>,
        /// The files of its version, for rendering.
        sources: Vec<Source>,
    },
    /// A call is over, and so is its script.
    Over {
        /// RELAY's word for why.
        reason: String,
        /// Whether the script failed in a way that ended the call.
        failed: bool,
    },
}

/// See the module.
#[derive(Default)]
pub struct Journal {
    entries: RefCell<Vec<Entry>>,
    now: Cell<Time>,
}

impl Journal {
    /// Everything since the last time, in order.
    pub fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// Takes what the peer saw. What scripts do from here on happens at `now`.
    pub fn see(&self, now: Time, observations: Vec<Observation>) {
        self.now.set(now);
        let seen = observations.into_iter().map(|Observation { at, call_id, what }| Entry {
            at,
            call_id,
            what: Happened::Seen(what),
        });
        self.entries.borrow_mut().extend(seen);
    }

    fn add(&self, call_id: &str, what: Happened) {
        let call_id = (!call_id.is_empty()).then(|| call_id.to_owned());
        self.entries.borrow_mut().push(Entry { at: self.now.get(), call_id, what });
    }
}

impl Observer for Journal {
    fn printed(&self, call_id: &str, text: &str, is_debug: bool) {
        self.add(call_id, Happened::Printed { text: text.to_owned(), is_debug });
    }

    fn call_began(&self, call_id: &str, program: &Program) {
        let began = Happened::Began { script: program.file().to_owned(), version: program.version() };
        self.add(call_id, began);
    }

    fn call_ended(&self, call_id: &str, reason: &str, failed: bool) {
        self.add(call_id, Happened::Over { reason: reason.to_owned(), failed });
    }

    fn script_failed(&self, call_id: &str, fault: &Diagnostic, program: &Program) {
        let failed = Happened::Failed { fault: Box::new(fault.clone()), sources: program.sources().to_vec() };
        self.add(call_id, failed);
    }
}
