//! A script, a shard and a simulated peer in one place, in virtual time.
#![allow(dead_code, clippy::unwrap_used)]

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use relay_script::relay::session::Login;
use relay_script::runtime::{OnSecret, Scripts, Setup, Shard};
use relay_script::script::check::Vocabulary;
use relay_script::script::compiler::Compiler;
use relay_script::script::diagnostics::Diagnostic;
use relay_script::script::engine::{self, Extension};
use relay_script::script::host::Limits;
use relay_script::script::library::Library;
use relay_script::script::observer::Observer;
use relay_script::script::program::Program;
use relay_script::script::sources::InMemory;
use relay_script::sim::{CallPlan, InboundCall, Observation, Outside, Peer, PeerOptions, What};
use relay_script::testing::Loopback;
use serde_json::Value;

/// What a payment says by itself when it does not ask.
const PROMPTS: [&str; 3] =
    ["Payment processing. Please wait", "Payment completed. Thank you", "Payment failed"];

/// What scripts did, as lines: `print text`, `failed message`, `ended reason`.
#[derive(Default)]
pub struct Diary {
    pub lines: RefCell<Vec<String>>,
    pub faults: RefCell<Vec<Diagnostic>>,
}

impl Diary {
    fn note(&self, line: String) {
        self.lines.borrow_mut().push(line);
    }
}

impl Observer for Diary {
    fn printed(&self, _: &str, text: &str, _: bool) {
        self.note(format!("print {text}"));
    }
    fn call_began(&self, _: &str, _: &Program) {}
    fn call_ended(&self, _: &str, reason: &str, failed: bool) {
        self.note(format!("ended {reason}{}", if failed { " failed" } else { "" }));
    }
    fn script_failed(&self, _: &str, fault: &Diagnostic, _: &Program) {
        self.note(format!("failed {}", fault.message));
        self.faults.borrow_mut().push(fault.clone());
    }
}

/// How a rig differs from the usual one.
pub struct Options {
    pub limits: Limits,
    pub max_calls: usize,
    pub authentication: String,
    pub observer: Option<Rc<dyn Observer>>,
    pub extension: Option<Rc<Extension>>,
    pub on_secret: Option<OnSecret>,
    pub outside: Outside,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            max_calls: 1000,
            authentication: r#"{"project":"p","token":"t"}"#.into(),
            observer: None,
            extension: None,
            on_secret: None,
            outside: Outside::Nothing,
        }
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
        Self::with(files, Options::default())
    }

    pub fn build(files: &[(&str, &str)], limits: Limits, max_calls: usize) -> Self {
        Self::with(files, Options { limits, max_calls, ..Options::default() })
    }

    /// A rig around `main.rhai` and its imports that differs from the usual one.
    pub fn with(files: &[(&str, &str)], options: Options) -> Self {
        Self::try_with(files, options).unwrap_or_else(|faults| panic!("{}", faults.join("\n")))
    }

    /// The same; what is wrong with the script is handed back.
    pub fn try_with(files: &[(&str, &str)], options: Options) -> Result<Self, Vec<String>> {
        let files = Rc::new(InMemory::new(files.iter().copied()));
        let extension = options.extension;
        let compiler = Rc::new(Compiler::new(engine::compile_engine(extension.as_deref())));
        let main = Path::new("main.rhai");
        let mut library = Library::new(compiler, Rc::new(Vocabulary::default()), files.clone(), main);
        library.load().map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        let diary = Rc::new(Diary::default());
        let setup = Setup {
            login: Login { authentication: options.authentication, contexts: vec!["default".into()] },
            limits: options.limits,
            max_calls: options.max_calls,
            seed: 1,
            observer: options.observer.unwrap_or_else(|| diary.clone()),
            extension,
            on_secret: options.on_secret,
        };
        let shard = Shard::new(setup, Scripts::one(library));
        let mut line = Loopback::new(
            shard,
            Peer::new(PeerOptions { outside: options.outside, ..PeerOptions::default() }),
        );
        line.note_frames();
        line.settle();
        Ok(Self { line, diary, files, seen: Vec::new() })
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
        self.look();
    }

    /// Virtual time passes until nothing is live any more, ten minutes at most.
    pub fn wait_for_the_end(&mut self) -> bool {
        self.line.run_until(Duration::from_secs(600), |line| line.shard().live() == 0)
    }

    /// One call of a caller who does nothing, until nothing is live any more (or ten minutes).
    pub fn call(script: &str) -> Vec<String> {
        let mut rig = Self::new(script);
        rig.dial(CallPlan { silent: true, ..CallPlan::default() });
        rig.wait_for_the_end();
        rig.lines()
    }

    /// What scripts did so far.
    pub fn lines(&self) -> Vec<String> {
        self.diary.lines.borrow().clone()
    }

    /// What scripts did since it was asked last.
    pub fn take_lines(&self) -> Vec<String> {
        self.diary.lines.take()
    }

    fn look(&mut self) -> &[Observation] {
        self.seen.extend(self.line.peer().take_observations());
        &self.seen
    }

    /// What the caller heard so far.
    pub fn heard(&mut self) -> Vec<String> {
        let texts = self.look().iter().filter_map(|o| match &o.what {
            What::Heard { text, .. } => Some(text.clone()),
            _ => None,
        });
        texts.collect()
    }

    /// What the caller heard beside the usual prompts of a payment.
    pub fn heard_of_the_script(&mut self) -> Vec<String> {
        let mut heard = self.heard();
        heard.retain(|text| !text.starts_with("Please enter your ") && !PROMPTS.contains(&text.as_str()));
        heard
    }

    /// The methods that the script's side asked for, in order.
    pub fn verbs(&mut self) -> Vec<String> {
        let methods = self.look().iter().filter_map(|o| match &o.what {
            What::Verb { method, .. } => Some(method.clone()),
            _ => None,
        });
        methods.filter(|m| m.starts_with("calling.") || m.starts_with("messaging.")).collect()
    }

    /// The requests that the client sent, as JSON, acknowledgements left out.
    pub fn requests(&self) -> Vec<Value> {
        let sent = self.line.noted().iter().filter(|frame| frame.from_client);
        let frames = sent.map(|frame| serde_json::from_str::<Value>(&frame.text).unwrap());
        frames.filter(|frame| frame.get("method").is_some()).collect()
    }
}

/// A caller who says nothing and does nothing.
pub fn silent() -> CallPlan {
    CallPlan { silent: true, ..CallPlan::default() }
}

/// A caller who says nothing and hangs up after so many seconds.
pub fn patient(seconds: u64) -> CallPlan {
    CallPlan { hang_up_after: Some(Duration::from_secs(seconds)), ..silent() }
}

/// One call of a caller who hangs up after a minute: the lines that the script printed, and its end.
pub fn check(script: &str, lines: &[&str]) {
    check_with(script, patient(60), lines);
}

/// The same, of a caller with this plan.
pub fn check_with(script: &str, plan: CallPlan, lines: &[&str]) {
    let mut rig = Rig::new(script);
    rig.dial(plan);
    assert!(rig.wait_for_the_end(), "{script}\nis not over: {:?}", rig.lines());
    assert_eq!(rig.lines(), lines, "{script}");
}
