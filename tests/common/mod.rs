//! A script, a shard and a simulated peer in one place, in virtual time.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use relay_script::relay::session::Login;
use relay_script::runtime::{Scripts, Setup, Shard};
use relay_script::script::check::Vocabulary;
use relay_script::script::compiler::Compiler;
use relay_script::script::diagnostics::Diagnostic;
use relay_script::script::engine;
use relay_script::script::host::Limits;
use relay_script::script::library::Library;
use relay_script::script::observer::Observer;
use relay_script::script::program::Program;
use relay_script::script::sources::InMemory;
use relay_script::sim::{CallPlan, InboundCall, Observation, Peer, PeerOptions, What};
use relay_script::testing::Loopback;

/// What scripts did, as lines: `print text`, `failed message`, `ended reason`.
#[derive(Default)]
pub struct Diary(pub RefCell<Vec<String>>);

impl Observer for Diary {
    fn printed(&self, _: &str, text: &str, _: bool) {
        self.0.borrow_mut().push(format!("print {text}"));
    }
    fn call_began(&self, _: &str, _: &Program) {}
    fn call_ended(&self, _: &str, reason: &str, failed: bool) {
        self.0.borrow_mut().push(format!("ended {reason}{}", if failed { " failed" } else { "" }));
    }
    fn script_failed(&self, _: &str, fault: &Diagnostic, _: &Program) {
        self.0.borrow_mut().push(format!("failed {}", fault.message));
    }
}

/// A rig around one script.
pub struct Rig {
    pub line: Loopback,
    pub diary: Rc<Diary>,
    pub files: Rc<InMemory>,
    pub seen: Vec<Observation>,
}

impl Rig {
    /// A rig around a script of this text.
    pub fn new(script: &str) -> Self {
        Self::with_files(&[("main.rhai", script)])
    }

    /// A rig around `main.rhai` and its imports.
    pub fn with_files(files: &[(&str, &str)]) -> Self {
        Self::build(files, Limits::default(), 1000)
    }

    pub fn build(files: &[(&str, &str)], limits: Limits, max_calls: usize) -> Self {
        let files = Rc::new(InMemory::new(files.iter().copied()));
        let compiler = Rc::new(Compiler::new(engine::compile_engine(None)));
        let mut library =
            Library::new(compiler, Rc::new(Vocabulary::default()), files.clone(), Path::new("main.rhai"));
        if let Err(faults) = library.load() {
            panic!("{}", faults.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n"));
        }
        let diary = Rc::new(Diary::default());
        let setup = Setup {
            login: Login {
                authentication: r#"{"project":"p","token":"t"}"#.into(),
                contexts: vec!["default".into()],
            },
            limits,
            max_calls,
            seed: 1,
            observer: diary.clone(),
            extension: None,
            on_secret: None,
        };
        let shard = Shard::new(setup, Scripts::one(library));
        let mut line = Loopback::new(shard, Peer::new(PeerOptions::default()));
        line.settle();
        Self { line, diary, files, seen: Vec::new() }
    }

    /// Somebody calls.
    pub fn dial(&mut self, plan: CallPlan) -> String {
        let now = self.line.now();
        let call = InboundCall {
            from: "+15551110000".into(),
            to: "+15552220000".into(),
            context: "default".into(),
            plan,
            ..InboundCall::default()
        };
        let id = self.line.peer().dial_in(now, call);
        self.line.settle();
        id
    }

    /// Virtual time passes.
    pub fn wait(&mut self, seconds: f64) {
        self.line.run_until(Duration::from_secs_f64(seconds), |_| false);
        self.seen.extend(self.line.peer().take_observations());
    }

    /// One call of a caller who does nothing, until nothing is live any more (or ten minutes).
    pub fn call(script: &str) -> Vec<String> {
        let mut rig = Self::new(script);
        rig.dial(CallPlan { silent: true, ..CallPlan::default() });
        rig.line.run_until(Duration::from_secs(600), |line| line.shard().live() == 0);
        rig.lines()
    }

    /// What scripts did so far.
    pub fn lines(&self) -> Vec<String> {
        self.diary.0.borrow().clone()
    }

    /// What the caller heard so far.
    pub fn heard(&mut self) -> Vec<String> {
        self.seen.extend(self.line.peer().take_observations());
        let texts = self.seen.iter().filter_map(|o| match &o.what {
            What::Heard { text, .. } => Some(text.clone()),
            _ => None,
        });
        texts.collect()
    }

    /// The methods that the script's side asked for, in order.
    pub fn verbs(&mut self) -> Vec<String> {
        self.seen.extend(self.line.peer().take_observations());
        let methods = self.seen.iter().filter_map(|o| match &o.what {
            What::Verb { method, .. } => Some(method.clone()),
            _ => None,
        });
        methods.filter(|m| m.starts_with("calling.") || m.starts_with("messaging.")).collect()
    }
}
