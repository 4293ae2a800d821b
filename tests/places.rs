//! Where in a script each verb stands, and where each part of a call's script waits.
#![allow(clippy::unwrap_used)]

mod common;

use std::cell::Cell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use common::{Options, Rig};
use relay_script::runtime::Scripts;
use relay_script::script::check::Vocabulary;
use relay_script::script::compiler::Compiler;
use relay_script::script::diagnostics::excerpt;
use relay_script::script::engine::compile_engine;
use relay_script::script::host::Limits;
use relay_script::script::library::{Library, Outcome};
use relay_script::script::observer::{Observer, Used};
use relay_script::script::place::{Place, Step};
use relay_script::script::sources::InMemory;
use relay_script::script::strand::StrandName;
use relay_script::sim::{CallPlan, InboundCall, What};
use relay_script::testing::{Entry, Happened, Simulation, Stage};

/// Simulated calls of `main.rhai` and its imports.
struct Bench {
    simulation: Simulation,
    files: Rc<InMemory>,
}

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let files = Rc::new(InMemory::new(files.iter().copied()));
        let compiler = Rc::new(Compiler::new(compile_engine(None)));
        let vocabulary = Rc::new(Vocabulary::of_calls());
        let mut library = Library::new(compiler, vocabulary, files.clone(), Path::new("main.rhai"));
        library.load().unwrap();
        let simulation = Simulation::new(Stage {
            scripts: Scripts::one(library),
            contexts: vec!["default".to_owned()],
            limits: Limits::default(),
            max_calls: 10,
            seed: 1,
        });
        Self { simulation, files }
    }

    fn dial(&mut self) -> String {
        self.simulation.dial(InboundCall {
            from: "+15551110000".to_owned(),
            to: "+15552220000".to_owned(),
            context: "default".to_owned(),
            plan: CallPlan { silent: true, ..CallPlan::default() },
            ..InboundCall::default()
        })
    }

    fn run(&mut self, seconds: u64) -> Vec<Entry> {
        let limit = Duration::from_secs(seconds);
        self.simulation.line.run_until(limit, |line| line.shard().live() == 0);
        self.simulation.journal.take()
    }
}

/// What happens on one call, to its end.
fn call(files: &[(&str, &str)]) -> Vec<Entry> {
    let mut bench = Bench::new(files);
    bench.dial();
    bench.run(600)
}

/// The verbs of calls and messages, each with its place: `answer main.rhai:1:6`.
fn verbs(entries: &[Entry]) -> Vec<String> {
    let told = entries.iter().filter_map(|entry| match &entry.what {
        Happened::Seen(What::Verb { method, .. }) => {
            let name = method.strip_prefix("calling.").filter(|name| *name != "connect")?;
            Some(format!("{name} {}", entry.place.as_ref().map_or("nowhere".into(), Place::to_string)))
        }
        _ => None,
    });
    told.collect()
}

/// Who waits where, and who goes on.
fn waits(entries: &[Entry]) -> Vec<String> {
    let told = entries.iter().filter_map(|entry| match &entry.what {
        Happened::Waits { strand, step: Some(step) } => {
            Some(format!("{strand} {} {}", step.name, step.place))
        }
        Happened::Waits { strand, step: None } => Some(format!("{strand} on")),
        _ => None,
    });
    told.collect()
}

/// The script and the modules that the tests call through.
const MAIN: &str = r#"import "lib/menu" as menu;
call.answer();
greet();
let tone = || call.play("silence:1");
tone.call().wait();
menu::around(|| call.send_digits("1"));
menu::around(|| own());
[1].for_each(|| call.send_digits("2"));
call.say("Bye"); call.hangup();
fn greet() { menu::greet(); }
fn own() {
    call.send_digits("3");
}
fn on_end(call, reason) {
    relay.execute("calling.none");
}
"#;
const MENU: &str = r#"import "tones" as tones;
fn greet() { inner(); [1].for_each(|| call.send_digits("4")); }
fn inner() { tones::send(); }
fn around(f) {
    call.hold();
    f.call();
    call.unhold();
}
"#;
const TONES: &str = r#"fn send() { call.send_digits("5") }"#;

fn files() -> [(&'static str, &'static str); 3] {
    [("main.rhai", MAIN), ("lib/menu.rhai", MENU), ("tones.rhai", TONES)]
}

#[test]
fn each_verb_has_the_place_where_the_script_used_it() {
    let expected = [
        "answer main.rhai:2:6",
        "send_digits tones.rhai:1:18",
        "send_digits lib/menu.rhai:2:44",
        "play main.rhai:4:20",
        "hold lib/menu.rhai:5:10",
        "send_digits main.rhai:6:22",
        "unhold lib/menu.rhai:7:10",
        "hold lib/menu.rhai:5:10",
        "send_digits main.rhai:12:10",
        "unhold lib/menu.rhai:7:10",
        "send_digits main.rhai:8:22",
        "play main.rhai:9:6",
        "end main.rhai:9:23",
        "none main.rhai:15:11",
    ];
    assert_eq!(verbs(&call(&files())), expected);
}

#[test]
fn waits_follow_one_another_and_name_the_part_of_the_script() {
    let main = r#"call.answer();
let action = call.play("silence:2", #{ on_completed: |e| sleep(0.1) });
let task = spawn(|| call.wait_for("play", |e| {
    call.hold();
    e.params.state == "finished" && e.params.control_id != action.control_id
}));
action.wait();
call.say("Bye");
wait_all([task]);
call.hangup();
fn on_end(call, reason) { sleep(0.5); }"#;
    let expected = [
        "main answer main.rhai:1:6",
        "main on",
        "main play main.rhai:2:19",
        "main on",
        "main wait main.rhai:7:8",
        "task-1 wait_for main.rhai:3:26",
        "task-1 on",
        "task-1 hold main.rhai:4:10",
        "callback-2 sleep main.rhai:2:58",
        "main on",
        "main say main.rhai:8:6",
        "task-1 on",
        "task-1 hold main.rhai:4:10",
        "main on",
        "main say main.rhai:8:6",
        "task-1 on",
        "task-1 wait_for main.rhai:3:26",
        "callback-2 on",
        "task-1 on",
        "task-1 hold main.rhai:4:10",
        "main on",
        "main wait_all main.rhai:9:1",
        "task-1 on",
        "main on",
        "main hangup main.rhai:10:6",
        "main on",
        "end sleep main.rhai:11:27",
        "end on",
    ];
    assert_eq!(waits(&call(&[("main.rhai", main)])), expected);
}

#[test]
fn a_wait_that_the_callers_hangup_ends_is_over() {
    let mut bench = Bench::new(&[("main.rhai", "call.answer();\nsleep(60);")]);
    let call_id = bench.dial();
    assert_eq!(waits(&bench.run(5)).last().unwrap(), "main sleep main.rhai:2:1");
    bench.simulation.hang_up(&call_id);
    assert_eq!(waits(&bench.run(60)), ["main on"]);
}

#[test]
fn a_request_that_the_host_makes_has_no_place() {
    let entries = call(&[("main.rhai", "call.answer();\nthrow 1;")]);
    assert_eq!(verbs(&entries), ["answer main.rhai:1:6", "end nowhere"]);
}

#[test]
fn a_verb_about_another_call_has_a_place_too() {
    let main = r#"call.answer();
let leg = relay.dial([#{ type: "phone", from_number: "+15550000001", to_number: "+15550000002" }]);
leg.hangup();
call.hangup();"#;
    let expected = ["answer main.rhai:1:6", "dial main.rhai:2:17", "end main.rhai:3:5", "end main.rhai:4:6"];
    assert_eq!(verbs(&call(&[("main.rhai", main)])), expected);
}

#[test]
fn a_call_keeps_the_places_of_its_version() {
    let mut bench = Bench::new(&[("main.rhai", "call.answer();\nsleep(10);\ncall.hangup();")]);
    bench.dial();
    let mut entries = bench.run(5);
    bench.files.write("main.rhai", "// newer\ncall.answer();\n\ncall.hangup();");
    let mut changed = 0;
    bench.simulation.line.shard().scripts().reload(|_, outcome| {
        changed += usize::from(matches!(outcome, Outcome::Changed(_)));
    });
    assert_eq!(changed, 1);
    bench.dial();
    entries.extend(bench.run(60));
    let expected = ["answer main.rhai:1:6", "answer main.rhai:2:6", "end main.rhai:4:6", "end main.rhai:3:6"];
    assert_eq!(verbs(&entries), expected);
    let versions = entries.iter().filter_map(|entry| match &entry.what {
        Happened::Began { version, sources, .. } => Some((*version, sources)),
        _ => None,
    });
    let place = Place { file: "main.rhai".into(), line: 3, column: 6 };
    let shown: Vec<_> =
        versions.map(|(version, sources)| (version, excerpt(sources, &place).contains("hangup"))).collect();
    assert_eq!(shown, [(1, true), (2, false)]);
}

#[test]
fn an_observer_that_wants_no_places_hears_of_none() {
    struct Deaf(Cell<u32>);
    impl Observer for Deaf {
        fn call_ended(&self, _: &str, _: &str, _: bool) {
            self.0.set(self.0.get() + 1);
        }
        fn verb(&self, _: &str, used: &Used<'_>) {
            panic!("{used:?}");
        }
        fn waits(&self, _: &str, strand: StrandName, _: Option<&Step>) {
            panic!("{strand}");
        }
    }
    let deaf = Rc::new(Deaf(Cell::new(0)));
    let options = Options { observer: Some(deaf.clone()), ..Options::default() };
    let mut rig = Rig::with(&files(), options);
    rig.dial(CallPlan::default());
    assert!(rig.wait_for_the_end());
    assert_eq!(deaf.0.get(), 1);
}
