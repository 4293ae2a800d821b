//! What happens on simulated calls, in order: what the peer saw, and what the scripts did.
//!
//! It collects; how it is shown is the reader's choice.

use std::cell::{Cell, RefCell};

use crate::relay::Time;
use crate::script::diagnostics::Diagnostic;
use crate::script::observer::{Observer, Used};
use crate::script::place::{Place, Step};
use crate::script::program::Program;
use crate::script::sources::Source;
use crate::script::strand::StrandName;
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
    /// Where the script stood; known of verbs that a script used.
    pub place: Option<Place>,
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
        /// The files of its version; all places of the call are in them, whatever is saved later.
        sources: Vec<Source>,
    },
    /// A script called `print` or `debug`.
    Printed {
        /// The text.
        text: String,
        /// Whether it was `debug`.
        is_debug: bool,
    },
    /// A part of a call's script begins to wait, or goes on.
    Waits {
        /// Which part.
        strand: StrandName,
        /// What it is about, and where; `None` when it goes on.
        step: Option<Step>,
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
    announced: RefCell<Vec<Announced>>,
    now: Cell<Time>,
}

/// A verb that a script used, whose request the peer has not seen yet.
struct Announced {
    at: Time,
    /// The call whose script it is.
    call_id: String,
    method: String,
    /// The call that the request is about; empty when only the request tells.
    about: String,
    place: Place,
}

impl Announced {
    fn is(&self, method: &str, call_id: Option<&str>) -> bool {
        self.method == method && (self.about.is_empty() || call_id == Some(&self.about))
    }
}

impl Journal {
    /// Everything since the last time, in order.
    pub fn take(&self) -> Vec<Entry> {
        self.entries.take()
    }

    /// Takes what the peer saw. What scripts do from here on happens at `now`.
    pub fn see(&self, now: Time, observations: Vec<Observation>) {
        self.now.set(now);
        let seen = observations.into_iter().map(|Observation { at, call_id, what }| {
            let place = match &what {
                What::Verb { method, .. } => self.take_place(at, method, call_id.as_deref()),
                _ => None,
            };
            Entry { at, call_id, what: Happened::Seen(what), place }
        });
        self.entries.borrow_mut().extend(seen);
    }

    fn add(&self, call_id: &str, what: Happened) {
        let call_id = (!call_id.is_empty()).then(|| call_id.to_owned());
        self.entries.borrow_mut().push(Entry { at: self.now.get(), call_id, what, place: None });
    }

    /// Where the script used the verb whose request came now. A request arrives at the time when it is
    /// made; one that was made earlier waited for a link, or was lost with one.
    fn take_place(&self, at: Time, method: &str, call_id: Option<&str>) -> Option<Place> {
        let mut announced = self.announced.borrow_mut();
        let mut fitting = announced.iter().enumerate().filter(|(_, one)| one.is(method, call_id));
        let oldest = fitting.clone().next();
        let (index, _) = fitting.find(|(_, one)| one.at == at).or(oldest)?;
        Some(announced.remove(index).place)
    }
}

impl Observer for Journal {
    fn printed(&self, call_id: &str, text: &str, is_debug: bool) {
        self.add(call_id, Happened::Printed { text: text.to_owned(), is_debug });
    }

    fn call_began(&self, call_id: &str, program: &Program) {
        let (script, sources) = (program.file().to_owned(), program.sources().to_vec());
        self.add(call_id, Happened::Began { script, version: program.version(), sources });
    }

    fn call_ended(&self, call_id: &str, reason: &str, failed: bool) {
        self.announced.borrow_mut().retain(|one| one.call_id != call_id);
        self.add(call_id, Happened::Over { reason: reason.to_owned(), failed });
    }

    fn script_failed(&self, call_id: &str, fault: &Diagnostic, program: &Program) {
        let failed = Happened::Failed { fault: Box::new(fault.clone()), sources: program.sources().to_vec() };
        self.add(call_id, failed);
    }

    fn wants_places(&self) -> bool {
        true
    }

    fn verb(&self, call_id: &str, used: &Used<'_>) {
        self.announced.borrow_mut().push(Announced {
            at: self.now.get(),
            call_id: call_id.to_owned(),
            method: used.method.to_owned(),
            about: used.about.to_owned(),
            place: used.place.clone(),
        });
    }

    fn waits(&self, call_id: &str, strand: StrandName, step: Option<&Step>) {
        self.add(call_id, Happened::Waits { strand, step: step.cloned() });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::time::Duration;

    /// A verb of a script whose call is `a`, at a line of it.
    fn announce(journal: &Journal, method: &str, about: &str, line: usize) {
        let place = Place { file: "a.rhai".into(), line, column: 1 };
        journal.verb("a", &Used { name: "verb", method, about, place: &place });
    }

    /// The line that a request has which the peer sees now.
    fn seen(journal: &Journal, seconds: u64, call_id: Option<&str>, method: &str) -> Option<usize> {
        let what = What::Verb { method: method.into(), params: serde_json::Value::Null };
        let at = Duration::from_secs(seconds);
        journal.see(at, vec![Observation { at, call_id: call_id.map(Into::into), what }]);
        journal.take().pop().unwrap().place.map(|place| place.line)
    }

    #[test]
    fn a_request_has_the_place_of_its_verb() {
        let journal = Journal::default();
        announce(&journal, "calling.play", "a", 1);
        announce(&journal, "calling.play", "b", 2);
        announce(&journal, "calling.play", "a", 3);
        announce(&journal, "calling.dial", "", 4);
        assert_eq!(seen(&journal, 0, Some("a"), "calling.end"), None);
        assert_eq!(seen(&journal, 0, Some("a"), "calling.play"), Some(1));
        assert_eq!(seen(&journal, 0, Some("a"), "calling.play"), Some(3));
        assert_eq!(seen(&journal, 0, Some("a"), "calling.play"), None);
        assert_eq!(seen(&journal, 0, Some("b"), "calling.play"), Some(2));
        assert_eq!(seen(&journal, 0, None, "calling.dial"), Some(4));
    }

    #[test]
    fn a_request_that_was_lost_leaves_its_place_to_no_other() {
        let journal = Journal::default();
        announce(&journal, "calling.play", "a", 1);
        journal.see(Duration::from_secs(5), Vec::new());
        announce(&journal, "calling.play", "a", 2);
        assert_eq!(seen(&journal, 5, Some("a"), "calling.play"), Some(2));
        journal.call_ended("a", "hangup", false);
        assert_eq!(seen(&journal, 5, Some("a"), "calling.play"), None);
    }

    #[test]
    fn a_request_that_waited_for_a_link_keeps_its_place() {
        let journal = Journal::default();
        announce(&journal, "calling.play", "a", 1);
        assert_eq!(seen(&journal, 5, Some("a"), "calling.play"), Some(1));
    }
}
