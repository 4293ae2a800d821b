//! One simulated call for a script: the shortest way to run scripts from a Rust program.
//!
//! It opens no socket and prints nothing. The time is virtual, so a call of minutes takes
//! milliseconds, and the same script gives the same call.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use rhai::Module;

use super::Loopback;
use crate::relay::session::Login;
use crate::runtime::{Scripts, Setup, Shard};
use crate::script::check::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::engine::{self, Extension};
use crate::script::host::Limits;
use crate::script::library::Library;
use crate::script::observer::Observer;
use crate::script::program::Program;
use crate::script::sources::{Disk, Files, InMemory};
use crate::sim::{How, InboundCall, Observation, PayOutcome, Peer, PeerOptions, What};

/// How long a call may last, in virtual time.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 3600);

/// A script and what it may use; each [`Self::call`] is a call of its own.
pub struct Simulation {
    files: Rc<dyn Files>,
    path: PathBuf,
    extension: Option<Rc<Extension>>,
    pay: PayOutcome,
}

/// What happened in a call.
#[derive(Debug, Default)]
pub struct Simulated {
    /// Everything that happened, in order.
    pub observations: Vec<Observation>,
    /// What the script printed.
    pub printed: Vec<String>,
    /// Faults of the script that it did not catch, as people read them.
    pub faults: Vec<String>,
    /// Why the call ended; `None` when it went on for a day.
    pub end_reason: Option<String>,
}

/// The script cannot run: what is wrong with it, as people read it.
#[derive(Debug, thiserror::Error)]
#[error("the script cannot run\n{0}")]
pub struct BrokenScript(pub String);

impl Simulation {
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
    pub fn call(&self, call: InboundCall) -> Result<Simulated, BrokenScript> {
        let call = filled(call);
        let mut library = self.library();
        if let Err(faults) = library.load() {
            let shown: Vec<_> = faults.iter().map(|fault| fault.render(library.sources(), false)).collect();
            return Err(BrokenScript(shown.join("\n")));
        }
        let diary = Rc::new(Diary::default());
        let mut line = self.join(library, diary.clone(), &call.context);
        let mut simulated = take_call(&mut line, call);
        simulated.printed = diary.printed.take();
        simulated.faults = diary.faults.take();
        Ok(simulated)
    }

    fn library(&self) -> Library {
        let compiler = Compiler::new(engine::compile_engine(self.extension.as_deref()));
        let vocabulary = Rc::new(Vocabulary::of_calls());
        Library::new(Rc::new(compiler), vocabulary, Rc::clone(&self.files), &self.path)
    }

    fn join(&self, library: Library, observer: Rc<dyn Observer>, context: &str) -> Loopback {
        let setup = Setup {
            login: Login {
                authentication: r#"{"project":"simulated","token":"simulated"}"#.into(),
                contexts: vec![context.into()],
            },
            limits: Limits::default(),
            max_calls: usize::MAX,
            seed: 1,
            observer,
            extension: self.extension.clone(),
            on_secret: None,
        };
        let mut peer = Peer::new(PeerOptions::default());
        peer.set_pay_outcome(self.pay);
        Loopback::new(Shard::new(setup, Scripts::one(library)), peer)
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

fn take_call(line: &mut Loopback, call: InboundCall) -> Simulated {
    line.settle();
    let now = line.now();
    line.peer().dial_in(now, call);
    line.settle();
    line.run_until(LONGEST_CALL, |line| line.shard().live() == 0);
    let observations = line.peer().take_observations();
    let end_reason = observations.iter().find_map(|seen| match &seen.what {
        What::Ended { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    Simulated { observations, end_reason, ..Simulated::default() }
}

impl Simulated {
    /// What the caller heard spoken, in order.
    pub fn heard(&self) -> impl Iterator<Item = &str> {
        self.observations.iter().filter_map(|seen| match &seen.what {
            What::Heard { text, how: How::Tts } => Some(text.as_str()),
            _ => None,
        })
    }
}

/// Keeps what scripts print, and their faults.
#[derive(Default)]
struct Diary {
    printed: RefCell<Vec<String>>,
    faults: RefCell<Vec<String>>,
}

impl Observer for Diary {
    fn printed(&self, _call_id: &str, text: &str, _is_debug: bool) {
        self.printed.borrow_mut().push(text.to_owned());
    }

    fn script_failed(&self, _call_id: &str, fault: &Diagnostic, program: &Program) {
        self.faults.borrow_mut().push(fault.render(program.sources(), false));
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
        let simulated = Simulation::of_text(script).call(caller()).unwrap();
        assert_eq!(simulated.heard().collect::<Vec<_>>(), ["Hello"]);
        assert_eq!(simulated.printed, ["+15553330000default"]);
        assert_eq!(simulated.faults, [""; 0]);
        assert_eq!(simulated.end_reason.as_deref(), Some("busy"));
    }

    #[test]
    fn a_failed_payment_is_heard() {
        let pay = Simulation::of_text(include_str!("../../scripts/pay.rhai"));
        let simulated = pay.with_payments(PayOutcome::Decline).call(caller()).unwrap();
        assert_eq!(simulated.heard().last(), Some("Payment failed. Please try again later."));
    }

    #[test]
    fn functions_of_the_program_are_known_to_scripts_and_to_check() {
        let script = "call.answer(); call.say(`Row ${seat(7)}`); call.hangup();";
        let with = Simulation::of_text(script).with_functions(|module| {
            module.set_native_fn("seat", |n: i64| Ok(n * 2));
        });
        assert_eq!(with.call(caller()).unwrap().heard().collect::<Vec<_>>(), ["Row 14"]);
        let without = Simulation::of_text(script).call(caller()).unwrap_err().to_string();
        assert!(without.contains("seat") && without.contains("script.rhai:1:"), "{without}");
    }

    #[test]
    fn a_fault_shows_its_place() {
        let script = "call.answer();\nthrow \"no stock\";";
        let simulated = Simulation::of_text(script).call(caller()).unwrap();
        assert_eq!(simulated.end_reason.as_deref(), Some("error"));
        assert!(simulated.faults[0].contains("no stock") && simulated.faults[0].contains("script.rhai:2:1"));
    }
}
