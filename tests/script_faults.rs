//! `test --faults`: the shipped scripts stand it, and scripts with planted bugs are found out.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::rc::Rc;

use relay_script::script::sources::InMemory;
use relay_script::testing::case::{CaseOptions, run_case};
use relay_script::testing::faults::campaign::{FaultOptions, Outcome, Told, Tried, run};
use relay_script::testing::faults::{Fault, Invariant, report};
use relay_script::testing::suite::{Workshop, find};

/// Catches every error of a payment, and starts another one.
const PAYS_TWICE: &str = r##"call.answer();
fn collect() {
    call.pay(#{ payment_connector_url: "https://example.com/connector", charge_amount: "5.00" }).wait()
}
let event = ();
try {
    event = collect();
} catch (error) {
    event = collect();
}
call.say(if event.params.state == "finished" { "Thank you." } else { "Sorry." });
call.hangup();
"##;

/// The same, but it tries again only when RELAY said no.
const PAYS_AGAIN_AFTER_A_REFUSAL: &str = r##"call.answer();
fn collect() {
    call.pay(#{ payment_connector_url: "https://example.com/connector", charge_amount: "5.00" }).wait()
}
let event = ();
try {
    event = collect();
} catch (error) {
    if error.kind != "refused" { throw error; }
    event = collect();
}
call.say(if event.params.state == "finished" { "Thank you." } else { "Sorry." });
call.hangup();
"##;

const PAYS: &str = r#"fn test_pays() {
    let caller = dial();
    assert_eq(caller.pays(cards.visa), "success");
    caller.hears("Thank you");
    caller.is_hung_up_on();
}
"#;

/// Asks until it gets its key, whatever goes wrong.
const SPINS: &str = r##"call.answer();
let done = false;
while !done {
    try {
        let event = call.prompt_tts("Press one.", #{ digits: #{ max: 1 } }).wait();
        done = event.params.result?.params?.digits == "1";
    } catch (error) {
        // Never mind.
    }
}
call.say("Thank you.");
call.hangup();
"##;

const PRESSES: &str = r#"fn test_presses() {
    let caller = dial();
    caller.press("1");
    caller.hears("Thank you");
    caller.is_hung_up_on();
}
"#;

/// Begins anew when something goes wrong.
const ANSWERS_TWICE: &str = r#"try {
    call.answer();
    call.say("Welcome.");
} catch (error) {
    call.answer();
    call.say("Welcome back.");
}
call.hangup();
"#;

const LISTENS: &str = r#"fn test_listens() {
    let caller = dial();
    caller.hears("Welcome");
    caller.is_hung_up_on();
}
"#;

/// A folder of its own with a script and its test.
fn folder(name: &str, script: &str, tests: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("faults-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("s.rhai"), script).unwrap();
    fs::write(folder.join("s.test.rhai"), tests).unwrap();
    folder
}

fn campaign(paths: &[PathBuf], options: &FaultOptions) -> (Outcome, Vec<Tried>) {
    let mut all = Vec::new();
    let outcome = run(&find(paths).unwrap(), options, |told| match told {
        Told::Broken(suite) => panic!("{suite:?}"),
        Told::Tried(tried, _) => all.push(tried.clone()),
    });
    (outcome, all)
}

fn options() -> FaultOptions {
    FaultOptions {
        case: CaseOptions { seed: 1, ..CaseOptions::default() },
        jobs: 2,
        ..FaultOptions::default()
    }
}

/// What the faults find in a script of one case.
fn found(name: &str, script: &str, tests: &str) -> (Outcome, Tried) {
    let (outcome, mut all) = campaign(&[folder(name, script, tests)], &options());
    assert_eq!(all.len(), 1);
    (outcome, all.remove(0))
}

fn shown(all: &[Tried]) -> String {
    all.iter().map(|tried| report::details(tried, false)).collect()
}

#[test]
fn the_shipped_scripts_stand_every_fault() {
    let (outcome, all) = campaign(&["scripts".into()], &options());
    assert!(outcome.is_good(), "{}", shown(&all));
    assert_eq!(outcome.cases, all.len());
    assert!(outcome.tried > 2000, "{outcome:?}");
    for tried in &all {
        assert!(tried.tried > 3 * tried.frames, "{}", report::line(tried));
    }
}

#[test]
fn planted_bugs_are_found_with_the_fault_that_shows_them() {
    for (name, script, tests, invariant, line) in [
        ("pays-twice", PAYS_TWICE, PAYS, Invariant::PaysTwice, 3),
        ("spins", SPINS, PRESSES, Invariant::Spins, 5),
        ("answers-twice", ANSWERS_TWICE, LISTENS, Invariant::AnswersTwice, 5),
    ] {
        let (outcome, tried) = found(name, script, tests);
        assert!(!outcome.is_good() && outcome.failed == 0, "{name}: {outcome:?}");
        let kinds: Vec<Invariant> = tried.found.iter().map(|found| found.violation.invariant).collect();
        assert_eq!(kinds, [invariant], "{}", shown(&[tried]));
        let found = &tried.found[0];
        assert_eq!(found.violation.what.line, line, "{}", shown(std::slice::from_ref(&tried)));
        // The fault alone shows it again.
        let again = FaultOptions { only: found.fault, ..options() };
        let file = PathBuf::from(&tried.file);
        let (outcome, all) = campaign(&[file], &again);
        assert_eq!((outcome.tried, outcome.broke), (1, 1));
        assert_eq!(all[0].found[0].violation, found.violation);
        assert!(!report::conversation(all[0].only.as_ref().unwrap()).is_empty());
    }
}

#[test]
fn a_script_that_knows_what_became_of_its_payment_may_try_again() {
    let (outcome, tried) = found("refused", PAYS_AGAIN_AFTER_A_REFUSAL, PAYS);
    assert!(outcome.is_good(), "{}", shown(&[tried]));
}

#[test]
fn what_breaks_without_a_fault_is_told_before_any_is_tried() {
    let (outcome, tried) =
        found("alone", "call.answer(); call.answer(); call.say(\"Welcome.\"); call.hangup();", LISTENS);
    assert_eq!((outcome.tried, outcome.broke, outcome.failed), (0, 1, 0));
    assert_eq!(tried.found[0].fault, None);
    assert_eq!(tried.found[0].violation.invariant, Invariant::AnswersTwice);

    let (outcome, tried) = found("fails", "call.answer(); call.hangup();", LISTENS);
    assert_eq!((outcome.tried, outcome.broke, outcome.failed), (0, 0, 1));
    assert!(tried.failed.is_some());
}

#[test]
fn a_script_that_stumbles_is_found_and_one_that_ends_is_not() {
    // What a payment's event has when the call is over is less than usual.
    let stumbles = PAYS_AGAIN_AFTER_A_REFUSAL.replace(
        "event.params.state ==",
        "event.params.payment_confirmation_code.len() > 0 && event.params.state ==",
    );
    let (_, tried) = found("stumbles", &stumbles, PAYS);
    let errors: Vec<_> = tried
        .found
        .iter()
        .map(|found| (found.violation.invariant, found.fault.unwrap().kind.word()))
        .collect();
    assert_eq!(errors, [(Invariant::ScriptError, "hangup")], "{}", shown(&[tried]));
    // To throw is a way to end.
    let throws = PAYS_AGAIN_AFTER_A_REFUSAL.replace("{ \"Sorry.\" }", "{ throw \"not paid\" }");
    let (outcome, tried) = found("throws", &throws, PAYS);
    assert!(outcome.is_good(), "{}", shown(&[tried]));
}

#[test]
fn a_script_that_reacts_to_a_doubled_event_or_a_drop_is_found() {
    // Time that passes on the client alone shows a drop; the conversation depends on it.
    let script = r#"call.answer();
let began = timestamp();
let seconds = 0;
let ticks = spawn(|| loop { sleep(0.25); seconds += 0.25; });
call.say("Welcome.");
if seconds > 1.0 { call.say("That took long."); }
call.hangup();
"#;
    let (_, tried) = found("slow", script, LISTENS);
    let found = &tried.found[0];
    assert_eq!(found.violation.invariant, Invariant::Conversation, "{}", shown(std::slice::from_ref(&tried)));
    assert!(found.fault.unwrap().kind.is_drop());
    assert!(
        found.violation.what.message.contains("That took long."),
        "{}",
        shown(std::slice::from_ref(&tried))
    );
}

#[test]
fn a_panic_inside_a_verb_fails_its_case_and_no_other() {
    let script = "call.answer(); call.say(\"Welcome.\"); if call.from == \"+15550000001\" { explode(); } call.hangup();";
    let tests = r#"fn test_explodes() { let c = dial(#{ from: "+15550000001" }); c.is_hung_up_on(); }
        fn test_goes_on() { let c = dial(); c.hears("Welcome"); c.is_hung_up_on(); }"#;
    let files = InMemory::new([("s.rhai", script), ("s.test.rhai", tests)]);
    let mut workshop = Workshop::new(Rc::new(files)).with_functions(Rc::new(|module| {
        module
            .set_native_fn("explode", || -> Result<(), _> { std::panic::resume_unwind(Box::new("planted")) });
    }));
    let suite = workshop.suite(Path::new("s.test.rhai")).unwrap_or_else(|broken| panic!("{broken:?}"));
    let results: Vec<_> =
        suite.cases.iter().map(|case| run_case(&suite, case, &CaseOptions::default())).collect();
    assert_eq!(results[0].failures[0].trouble.kind, "script-fault");
    assert!(results[0].failures[0].trouble.message.contains("relay-script itself failed"));
    assert!(!format!("{:?}", results[0]).contains("planted"));
    assert!(results[1].passed(), "{:?}", results[1].failures);
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_relay-script"))
        .args(arguments)
        .env_remove("RUST_LOG")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap()
}

fn printed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_prints_a_reproduction_that_works() {
    let folder = folder("command", PAYS_TWICE, PAYS);
    let path = folder.to_str().unwrap();
    let output = program(&["test", path, "--faults"]);
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert!(out.contains("BROKEN") && out.contains("broke something"), "{out}");
    assert!(err.contains("error[pays-twice]: the script starts a payment while"), "{err}");
    assert!(err.contains("s.rhai:3:10"), "{err}");
    let command = err.lines().find_map(|line| line.trim().strip_prefix("reproduce: relay-script ")).unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    assert!(words[words.len() - 1].parse::<Fault>().is_ok(), "{command}");
    let output = program(&words);
    let (out, err) = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{out}{err}");
    assert!(out.contains("script  pay 5.00"), "the conversation is shown: {out}");
    assert!(err.contains("error[pays-twice]"), "{err}");
}

#[test]
fn results_as_data_are_the_same_every_time() {
    let folder = folder("data", ANSWERS_TWICE, LISTENS);
    let path = folder.to_str().unwrap();
    let lines = |jobs: &str| -> Vec<serde_json::Value> {
        let output = program(&["test", path, "--faults", "--json", "--jobs", jobs]);
        assert_eq!(output.status.code(), Some(1));
        let (out, _) = printed(&output);
        let read = |line: &str| {
            let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
            value.as_object_mut().unwrap().remove("duration_ms").unwrap();
            value
        };
        out.lines().map(read).collect()
    };
    let first = lines("1");
    assert_eq!(first.len(), 2);
    assert_eq!((&first[0]["kind"], &first[0]["outcome"]), (&"faults".into(), &"broken".into()));
    let broken = &first[0]["broken"][0];
    assert_eq!(broken["invariant"], "answers-twice");
    assert!(broken["reproduce"].as_str().unwrap().contains("--fault "), "{broken}");
    assert_eq!(first[1]["tried"], first[0]["tried"]);
    assert_eq!(lines("3"), first);
}

#[test]
fn faults_that_make_no_sense_are_said_to_make_none() {
    for fault in ["drop@100000", "twice@0"] {
        let output = program(&["test", "scripts/pay.test.rhai", "--filter", "hangs_up", "--fault", fault]);
        let (out, err) = printed(&output);
        assert_eq!(output.status.code(), Some(1), "{out}{err}");
        assert!(out.contains("makes no sense here: there are"), "{out}");
    }
    let output = program(&["test", "scripts", "--fault", "dorp@1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output).1.contains("expected a fault such as drop@7"), "{output:?}");
}
