//! A script rehearsed on one simulated call: the shortest way to run scripts from a Rust program.
//!
//! It opens no socket and prints nothing. The time is virtual, so a call of minutes takes
//! milliseconds, and the same script gives the same call.

use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use rhai::Module;

use super::journal::{Entry, Happened};
use super::simulation::{Simulation, Stage};
use crate::runtime::Scripts;
use crate::script::check::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::engine::{self, Extension};
use crate::script::host::Limits;
use crate::script::library::Library;
use crate::script::sources::{Disk, Files, InMemory};
use crate::sim::{How, InboundCall, PayOutcome, What};

/// How long a call may last, in virtual time.
const LONGEST_CALL: Duration = Duration::from_secs(3600);

/// A script and what it may use; each [`Self::call`] is a call of its own.
pub struct Rehearsal {
    files: Rc<dyn Files>,
    path: PathBuf,
    extension: Option<Rc<Extension>>,
    pay: PayOutcome,
}

/// What happened in a call, in order.
#[derive(Debug)]
pub struct Rehearsed(pub Vec<Entry>);

/// The script cannot run: what is wrong with it, as people read it.
#[derive(Debug, thiserror::Error)]
#[error("the script cannot run\n{0}")]
pub struct BrokenScript(pub String);

impl Rehearsal {
    /// Of a script file, which may import others.
    pub fn of_file(path: impl Into<PathBuf>) -> Self {
        Self::of(Rc::new(Disk), path.into())
    }

    /// Of a script's text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of(Rc::new(InMemory::new([("script.rhai", text)])), "script.rhai".into())
    }

    fn of(files: Rc<dyn Files>, path: PathBuf) -> Self {
        Self { files, path, extension: None, pay: PayOutcome::default() }
    }

    /// Adds functions that scripts may call; `check` knows them too.
    #[must_use]
    pub fn with_functions(mut self, add: impl Fn(&mut Module) + 'static) -> Self {
        self.extension = Some(Rc::new(add));
        self
    }

    /// How the payment connector answers; it approves unless told otherwise.
    #[must_use]
    pub fn with_payments(mut self, outcome: PayOutcome) -> Self {
        self.pay = outcome;
        self
    }

    /// Somebody calls, and the script answers. Numbers and a context that are left empty are filled in.
    ///
    /// # Errors
    /// The script does not compile, or `check` finds errors in it.
    pub fn call(&self, call: InboundCall) -> Result<Rehearsed, BrokenScript> {
        let call = filled(call);
        let mut library = self.library();
        if let Err(faults) = library.load() {
            let shown: Vec<_> = faults.iter().map(|fault| fault.render(library.sources(), false)).collect();
            return Err(BrokenScript(shown.join("\n")));
        }
        let stage = Stage {
            scripts: Scripts::one(library),
            contexts: vec![call.context.clone()],
            limits: Limits::default(),
            max_calls: usize::MAX,
            seed: 1,
        };
        let mut simulation = Simulation::extended(stage, self.extension.clone());
        simulation.line.peer().set_pay_outcome(self.pay);
        simulation.dial(call);
        simulation.line.run_until(LONGEST_CALL, |line| line.shard().live() == 0);
        Ok(Rehearsed(simulation.journal.take()))
    }

    fn library(&self) -> Library {
        let compiler = Compiler::new(engine::compile_engine(self.extension.as_deref()));
        let vocabulary = Rc::new(Vocabulary::of_calls());
        Library::new(Rc::new(compiler), vocabulary, Rc::clone(&self.files), &self.path)
    }
}

fn filled(call: InboundCall) -> InboundCall {
    let or = |given: String, default: &str| if given.is_empty() { default.to_owned() } else { given };
    InboundCall {
        from: or(call.from, "+15551110000"),
        to: or(call.to, "+15552220000"),
        context: or(call.context, "default"),
        ..call
    }
}

impl Rehearsed {
    /// What the caller heard spoken.
    pub fn heard(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|entry| match &entry.what {
            Happened::Seen(What::Heard { text, how: How::Tts, .. }) => Some(text.as_str()),
            _ => None,
        })
    }

    /// What the script printed.
    pub fn printed(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|entry| match &entry.what {
            Happened::Printed { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// Faults that the script did not catch, as people read them.
    pub fn faults(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|entry| match &entry.what {
            Happened::Failed { fault, sources } => Some(fault.render(sources, false)),
            _ => None,
        })
    }

    /// Why the call ended; `None` when nobody hung up within the hour.
    #[must_use]
    pub fn end_reason(&self) -> Option<&str> {
        self.0.iter().find_map(|entry| match &entry.what {
            Happened::Over { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn caller() -> InboundCall {
        InboundCall { from: "+15553330000".into(), ..InboundCall::default() }
    }

    #[test]
    fn a_call_is_told_as_data() {
        let script =
            "call.answer(); print(call.from + call.context); call.say(\"Hello\"); call.hangup(\"busy\");";
        let rehearsed = Rehearsal::of_text(script).call(caller()).unwrap();
        assert_eq!(rehearsed.heard().collect::<Vec<_>>(), ["Hello"]);
        assert_eq!(rehearsed.printed().collect::<Vec<_>>(), ["+15553330000default"]);
        assert_eq!(rehearsed.faults().count(), 0);
        assert_eq!(rehearsed.end_reason(), Some("busy"));
    }

    #[test]
    fn a_failed_payment_is_heard() {
        let pay = Rehearsal::of_text(include_str!("../../scripts/pay.rhai"));
        let rehearsed = pay.with_payments(PayOutcome::Decline).call(caller()).unwrap();
        assert_eq!(rehearsed.heard().last(), Some("Payment failed. Please try again later."));
    }

    #[test]
    fn functions_of_the_program_are_known_to_scripts_and_to_check() {
        let script = "call.answer(); call.say(`Row ${seat(7)}`); call.hangup();";
        let with = Rehearsal::of_text(script).with_functions(|module| {
            module.set_native_fn("seat", |n: i64| Ok(n * 2));
        });
        assert_eq!(with.call(caller()).unwrap().heard().collect::<Vec<_>>(), ["Row 14"]);
        let without = Rehearsal::of_text(script).call(caller()).unwrap_err().to_string();
        assert!(without.contains("seat") && without.contains("script.rhai:1:"), "{without}");
    }

    #[test]
    fn a_fault_shows_its_place() {
        let script = "call.answer();\nthrow \"no stock\";";
        let rehearsed = Rehearsal::of_text(script).call(caller()).unwrap();
        assert_eq!(rehearsed.end_reason(), Some("error"));
        let fault = rehearsed.faults().next().unwrap();
        assert!(fault.contains("no stock") && fault.contains("script.rhai:2:1"), "{fault}");
    }
}
