//! Scripts that go wild: each is ended with an error, its neighbours and the process live.
#![allow(clippy::unwrap_used)]

mod common;

use std::rc::Rc;

use common::{Options, Rig, patient, silent};
use relay_script::script::host::Limits;
use relay_script::sim::InboundCall;
use rhai::FuncRegistration;

/// A budget that is used up soon also in a debug build.
const BUDGET: u64 = 100_000;

fn rig(script: &str) -> Rig {
    Rig::build(&[("main.rhai", script)], Limits { operations: BUDGET }, 1000)
}

/// One call with this script: the lines, of which one must be a failure with this text.
fn check_fails(script: &str, text: &str) {
    let mut rig = rig(script);
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end(), "{script}\nis not over: {:?}", rig.lines());
    let lines = rig.lines();
    let failed = lines.iter().find(|line| line.starts_with("failed "));
    let failed = failed.unwrap_or_else(|| panic!("{script}\ndid not fail: {lines:?}"));
    assert!(failed.contains(text), "{script}\nfailed otherwise: {failed}");
    check_lives(&mut rig, script);
}

/// The shard takes one more call after this.
fn check_lives(rig: &mut Rig, script: &str) {
    assert_eq!(rig.line.shard().live(), 0, "{script}");
    let next = rig.dial(silent());
    assert!(rig.line.peer().call_state(&next).is_some());
}

#[test]
fn a_script_that_computes_without_end_is_ended_by_its_budget() {
    for script in [
        "call.answer(); loop { }",
        "call.answer(); let n = 0; while true { n += 1; }",
        "call.answer(); let n = 0; for i in 0..1000000000000 { n += i }",
        "call.answer(); fn f(n) { loop { n += 1 } } f(1);",
        "call.answer(); loop { sleep(0); }",
        "call.answer(); loop { try { throw 1 } catch { } }",
        "call.answer(); loop { try { loop { } } catch { } }",
        "call.answer(); [1].map(|x| { loop { } });",
        "call.answer(); loop { call.wait_for_answered(); }",
        "call.answer(); let t = spawn(|| 1); t.wait(); loop { wait_any([t]); }",
        "call.answer(); let t = spawn(|| { loop { } }); t.wait();",
        "call.answer(); call.on(\"play\", |e| { loop { } }); call.say(\"x\");",
        "call.answer(); fn on_end(call, reason) { loop { } }",
    ] {
        check_fails(script, "the budget between two waits is used up");
    }
}

#[test]
fn a_spinning_script_delays_its_neighbour_by_a_few_turns_only() {
    const SPINS: &str = "+15550000000";
    let script = format!(
        r#"call.answer(); if call.from == "{SPINS}" {{ loop {{ }} }}
           let event = call.play("silence:0.1").wait(); call.hangup("busy");"#
    );
    let mut rig = Rig::build(&[("main.rhai", &script)], Limits { operations: u64::MAX }, 1000);
    let now = rig.line.now();
    let mut dial = |from: &str| {
        let (from, context) = (from.to_owned(), "default".to_owned());
        rig.line.peer().dial_in(now, InboundCall { from, context, ..InboundCall::default() })
    };
    let (_, neighbour) = (dial(SPINS), dial("+15551110000"));
    let turns = |rig: &mut Rig, state: &str| {
        let turns = (1..1000).find(|_| {
            rig.line.step();
            rig.line.peer().call_state(&neighbour) == Some(state)
        });
        turns.unwrap_or(1000)
    };
    assert!(turns(&mut rig, "answered") < 10);
    for _ in 0..100 {
        assert!(rig.line.step(), "the first call spins");
    }
    let later = now + std::time::Duration::from_secs(1);
    rig.line.shard().tell_time(later);
    rig.line.peer().advance(later);
    assert!(turns(&mut rig, "ended") < 10);
    rig.line.shard().cancel();
    rig.line.settle();
    assert_eq!(rig.line.shard().live(), 0);
}

#[test]
fn recursion_is_ended_whatever_its_shape() {
    for script in [
        "call.answer(); fn f(n) { f(n + 1) } f(1);",
        "call.answer(); fn f(n) { g(n) + 1 } fn g(n) { f(n) + 1 } f(1);",
        "call.answer(); let f = |f, n| f.call(f, n + 1); f.call(f, 1);",
        "call.answer(); fn f(n) { [n].map(|x| f(x)) } f(1);",
        "call.answer(); fn f(n) { [n].filter(|x| f(x)) } f(1);",
        "call.answer(); fn f(n) { [n, n].reduce(|sum, x| f(x)) } f(1);",
        "call.answer(); fn f(n) { 1 + (2 * (3 + f(n))) } f(1);",
        "call.answer(); fn f(n) { `${`${f(n)}`}` } f(1);",
        "call.answer(); fn f(n) { if true { loop { switch n { _ => { return f(n) } } } } } f(1);",
        "call.answer(); fn f(n) { #{ a: [f(n)] } } f(1);",
        "call.answer(); fn f(e) { call.play(\"x\", #{ on_completed: |e| g(1) }).wait() } fn g(n) { g(n) } f(1);",
        "call.answer(); fn f(n) { f(n) } spawn(|| f(1)).wait();",
        "call.answer(); fn f(e) { f(e) } call.play(\"x\"); call.wait_for(\"play\", |e| f(e));",
    ] {
        check_fails(script, "stack");
    }
    check_fails("call.answer(); fn f() { try { f() } catch { f() } } f();", "");
}

#[test]
fn tasks_that_beget_tasks_are_ended() {
    for script in [
        "call.answer(); fn f() { spawn(Fn(\"f\")); } f();",
        "call.answer(); fn f() { spawn(Fn(\"f\")); spawn(Fn(\"f\")); } f();",
        "call.answer(); fn f() { spawn(Fn(\"f\")).wait(); } f();",
        "call.answer(); let a = call.play(\"x\"); a.wait(); fn f(a) { a.on_completed(|e| f(a)); } f(a);",
        "call.answer(); loop { spawn(|| sleep(1000)); }",
        "call.answer(); loop { call.on(\"play\", |e| print(1)); }",
        "call.answer(); let a = call.play(\"silence:100\"); loop { a.on_completed(|e| print(1)); }",
    ] {
        check_fails(script, "");
    }
}

#[test]
fn an_import_cycle_is_an_error_before_anything_runs() {
    for files in [
        &[("main.rhai", "import \"main\" as m;")][..],
        &[
            ("main.rhai", "import \"a\" as a;"),
            ("a.rhai", "import \"b\" as b;"),
            ("b.rhai", "import \"a\" as a;"),
        ],
    ] {
        let faults = Rig::try_with(files, Options::default()).err().unwrap().join("\n");
        assert!(faults.contains("cycle") || faults.contains("imports itself"), "{faults}");
    }
}

#[test]
fn a_panic_in_a_function_of_the_host_ends_one_call() {
    let extension = |module: &mut rhai::Module| {
        FuncRegistration::new("explode").set_into_module(module, || -> bool { panic!("4242424242424242") });
    };
    let script =
        "call.answer(); sleep(1); if call.from == \"+15551110000\" { boom() } fn boom() { explode() }";
    let mut rig = Rig::with(
        &[("main.rhai", script)],
        Options { extension: Some(Rc::new(extension)), ..Options::default() },
    );
    let call = rig.dial(silent());
    rig.wait(0.5);
    let neighbour = rig.dial(silent());
    rig.wait(0.6);
    assert_eq!(
        rig.lines(),
        [
            "failed relay-script itself failed inside a verb; please report this with the script",
            "ended error failed"
        ]
    );
    assert_eq!(rig.line.peer().end_reason(&call), Some("error"));
    assert_eq!(rig.line.peer().call_state(&neighbour), Some("answered"));
}

#[test]
fn strings_that_grow_without_end_are_errors() {
    for script in [
        "let s = \"x\"; loop { s += s; }",
        "let s = \"x\"; loop { s = s + s; }",
        "let s = \"x\"; loop { s = `${s}${s}`; }",
        "let s = \"x\"; s.pad(1000000, \"x\");",
        "let s = \"x\"; s.pad(9223372036854775807, \"abc\");",
        "let s = \"\"; s.pad(500000, 'a'); s.replace(\"a\", s);",
        "let s = \"\"; s.pad(500000, 'a'); s.replace('a', s);",
        "let s = \"\"; s.pad(2000, 'a'); loop { s.replace(\"a\", \"aaaaaaaa\"); }",
        "let s = \"abcdefgh\"; loop { s.append(s); }",
        "let a = [1]; loop { a.append(a); }",
        "let a = [1]; loop { a += a; }",
        "let a = []; a.pad(100000000, 1);",
        "let b = blob(1000000000000, 1);",
        "let b = blob(8, 1); loop { b.append(b); }",
        "let s = \"\"; s.pad(400000, 'a'); let a = s.split(\"\");",
        "let s = \"\"; s.pad(400000, 'a'); let a = s.to_chars(); a.len();",
        "let s = \"\"; s.pad(400000, 'a'); let a = []; for i in 0..100 { a.push(s); }",
        "let a = []; for i in 0..1000000 { a.push(i) }",
    ] {
        check_fails(script, "too large");
    }
}
