//! How calls and scripts end: hangups, refused verbs, faults, `on_end`, and who gets the next call.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Options, Rig, check, check_with, patient, silent};
use relay_script::sim::CallPlan;

/// One call with a request that the server refuses: what the script printed, and its end.
fn check_refused(script: &str, refused: (&str, &str, &str), lines: &[&str]) {
    let mut rig = Rig::new(script);
    let (method, code, message) = refused;
    rig.line.peer().fail_next(method, code, message);
    rig.dial(patient(60));
    assert!(rig.wait_for_the_end(), "{script}\nis not over: {:?}", rig.lines());
    assert_eq!(rig.lines(), lines, "{script}");
}

#[test]
fn a_refused_verb_throws_what_the_server_said() {
    let script = r#"
        call.answer();
        try { call.play("Hello") } catch (e) { print(`${e.kind} ${e.code} ${e.message}`) }
        call.hangup();
    "#;
    for (code, line) in [
        ("500", "print refused 500 play: calling.play was refused with code 500: busy now"),
        ("-32601", "print refused -32601 play: calling.play was refused with code -32601: busy now"),
    ] {
        check_refused(script, ("calling.play", code, "busy now"), &[line, "ended hangup"]);
    }
}

#[test]
fn an_uncaught_refusal_is_reported_and_the_call_hung_up() {
    let mut rig = Rig::new("call.answer();\n  call.say(\"Hello\");\nprint(\"never\");");
    rig.line.peer().fail_next("calling.play", "500", "no");
    let call = rig.dial(silent());
    rig.wait(1.0);
    assert_eq!(rig.lines(), ["failed say: calling.play was refused with code 500: no", "ended error failed"]);
    assert_eq!(rig.line.peer().end_reason(&call), Some("error"));
    let faults = rig.diary.faults.borrow();
    assert_eq!((faults[0].file.as_str(), faults[0].line), ("main.rhai", 2));
    assert_eq!(faults[0].kind.as_deref(), Some("refused"));
}

#[test]
fn a_call_that_the_server_has_forgotten_is_over() {
    for code in ["404", "410"] {
        check_refused(
            r#"
            call.answer();
            let other = call.record();
            try { call.play("Hello") } catch (e) { print(`${e.kind} ${e.code}`) }
            print(`${other.is_done} ${other.result.params.reason} ${call.state}`);
            call.say("x");
            fn on_end(call, reason) { print(reason) }
            "#,
            ("calling.play", code, "gone"),
            &[
                "print call_ended not_found",
                "print true call_ended ended",
                "print not_found",
                "ended not_found",
            ],
        );
    }
}

#[test]
fn to_hang_up_a_call_that_is_over_is_harmless() {
    check_with(
        r#"
        call.answer();
        let action = call.play("silence:9");
        call.wait_for_ended();
        call.hangup();
        call.hangup("busy");
        action.stop();
        try { action.pause() } catch (e) { print(e.kind) }
        try { call.answer() } catch (e) { print(e.kind) }
        "#,
        patient(2),
        &["print call_ended", "print call_ended", "ended hangup"],
    );
}

#[test]
fn the_script_says_why_it_hangs_up() {
    for reason in ["hangup", "cancel", "busy", "noAnswer", "decline", "error"] {
        let script = format!(
            "call.hangup(\"{reason}\"); fn on_end(call, reason) {{ print(reason + call.end_reason) }}"
        );
        let line = format!("print {reason}{reason}");
        check(&script, &[&line, &format!("ended {reason}")]);
    }
}

#[test]
fn a_caller_who_gives_up_before_the_answer_ends_the_script() {
    let plan = CallPlan { gives_up_after: Some(std::time::Duration::from_secs(3)), ..silent() };
    check_with(
        r#"sleep(10); fn on_end(call, reason) { print(reason) }"#,
        plan,
        &["print cancel", "ended cancel"],
    );
}

#[test]
fn a_script_that_goes_on_after_the_end_is_stopped() {
    for verb in ["call.say(\"x\")", "sleep(1)", "call.wait_for(\"play\")", "call.play(\"x\").wait()"] {
        let script = format!("call.answer(); loop {{ try {{ {verb} }} catch {{ }} }}");
        check(
            &script,
            &["failed the script went on after 100 verbs on a call that is over", "ended hangup failed"],
        );
    }
    // Harmless verbs are no way to go on for ever either.
    check(
        "call.answer(); call.wait_for_ended(); loop { call.hangup(); }",
        &["failed the script went on after 100 verbs on a call that is over", "ended hangup failed"],
    );
}

#[test]
fn a_script_that_waits_for_other_things_after_the_end_is_stopped() {
    check_with(
        r#"
        call.answer();
        let other = relay.dial("+15551234567");
        loop { try { other.wait_for("record") } catch { } }
        "#,
        patient(10),
        &["failed the script was still running long after the call was over", "ended hangup failed"],
    );
}

#[test]
fn handlers_go_on_after_the_top_level_and_the_call_stays() {
    check(
        r#"
        call.answer();
        call.on("play", |e| print(e.params.state));
        call.play("silence:5");
        print("top level over");
        "#,
        &["print top level over", "print playing", "print finished", "ended hangup"],
    );
}

#[test]
fn tasks_end_with_the_call_and_on_end_comes_last() {
    check_with(
        r#"
        call.answer();
        let task = spawn(|| { loop { call.say("Hello"); } });
        spawn(|| { call.wait_for_ended(); sleep_after(); });
        task.wait();
        fn sleep_after() { try { sleep(1) } catch (e) { print(e.kind) } print("last words"); }
        fn on_end(call, reason) { sleep(2); print(`on_end ${reason}`); }
        "#,
        patient(5),
        &["print call_ended", "print last words", "print on_end hangup", "ended hangup"],
    );
}

#[test]
fn on_end_runs_once_and_has_its_limits() {
    check_with(
        r#"
        const GREETING = "bye";
        call.answer();
        call.hangup();
        call.hangup();
        fn helper(x) { x + "!" }
        fn on_end(call, reason) { print(helper(global::GREETING)); call.hangup(); call.say("x"); }
        "#,
        patient(5),
        &["print bye!", "ended hangup"],
    );
    check_with(
        "call.answer(); fn on_end(call, reason) { loop { sleep(1) } }",
        patient(5),
        &["failed the script was still running long after the call was over", "ended hangup"],
    );
    check_with(
        "call.answer(); fn on_end(call, reason) { throw \"at the end\" }",
        patient(5),
        &["failed at the end", "ended hangup"],
    );
}

#[test]
fn on_call_runs_after_the_top_level() {
    check(
        r#"print("top"); fn on_call(call) { call.answer(); print(call.state); call.hangup(); }"#,
        &["print top", "print answered", "ended hangup"],
    );
}

#[test]
fn a_fault_in_a_callback_ends_the_script_and_the_call() {
    check(
        "call.answer(); call.on(\"play\", |e| throw \"in the handler\"); call.say(\"Hello\"); print(\"never\");",
        &["failed in the handler", "ended error failed"],
    );
    check(
        "call.answer(); call.play(\"x\", #{ on_completed: |e| [1][9] }); call.wait_for_ended(); print(\"never\");",
        &["failed array index 9 out of bounds: only 1 element in array", "ended error failed"],
    );
}

#[test]
fn the_script_may_exit_anywhere() {
    check("call.answer(); exit(); call.say(\"never\");", &["ended hangup"]);
    check("call.answer(); fn f() { exit(7) } f(); print(\"never\");", &["ended hangup"]);
    check(
        "call.answer(); call.on(\"play\", |e| { print(\"once\"); leave() }); call.say(\"x\"); call.hangup(); fn leave() { exit() }",
        &["print once", "print once", "ended hangup"],
    );
    check("call.answer(); print(spawn(|| { exit(7) }).wait()); call.hangup();", &["print 7", "ended hangup"]);
}

#[test]
fn calls_beyond_the_limit_are_passed_on() {
    let mut rig = Rig::with(
        &[("main.rhai", "call.answer(); sleep(10); call.hangup();")],
        Options { max_calls: 2, ..Options::default() },
    );
    let calls = [rig.dial(silent()), rig.dial(silent()), rig.dial(silent())];
    let state = |rig: &mut Rig, n: usize| rig.line.peer().call_state(&calls[n]).unwrap();
    assert_eq!(
        [state(&mut rig, 0), state(&mut rig, 1), state(&mut rig, 2)],
        ["answered", "answered", "ended"]
    );
    assert_eq!(rig.line.peer().end_reason(&calls[2]), Some("noAnswer"), "nobody else took it");
    assert_eq!(rig.verbs(), ["calling.answer", "calling.answer", "calling.pass"]);
    rig.wait(11.0);
    let later = rig.dial(silent());
    assert_eq!(rig.line.peer().call_state(&later), Some("answered"));
}

#[test]
fn a_drain_lets_live_calls_end_and_takes_no_new_ones() {
    let mut rig = Rig::new("call.answer(); sleep(10); call.say(\"bye\"); call.hangup();");
    let call = rig.dial(silent());
    rig.line.shard().drain();
    // One that was on its way when the client unsubscribed.
    rig.line.deliver(
        r#"{"jsonrpc":"2.0","id":"late","method":"signalwire.event","params":{"event_type":
        "calling.call.receive","params":{"call_id":"late","node_id":"n","context":"default"}}}"#,
    );
    let requests = rig.requests();
    let sent = |method: &str| requests.iter().find(|r| r["method"] == method).map(|r| r["params"].clone());
    assert_eq!(sent("signalwire.unreceive").unwrap()["contexts"][0], "default");
    assert_eq!(sent("calling.pass").unwrap()["call_id"], "late");
    assert_eq!(rig.line.shard().live(), 1);
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.heard(), ["bye"]);
    assert_eq!(rig.line.peer().end_reason(&call), Some("hangup"));
}

#[test]
fn cancelling_ends_all_scripts_and_hangs_up() {
    let mut rig = Rig::new("call.answer(); sleep(100); fn on_end(call, reason) { print(reason) }");
    let calls = [rig.dial(silent()), rig.dial(silent())];
    rig.line.shard().cancel();
    rig.wait(1.0);
    assert_eq!(rig.line.shard().live(), 0);
    for call in &calls {
        assert_eq!(rig.line.peer().end_reason(call), Some("hangup"));
    }
    assert_eq!(rig.lines(), ["print hangup", "ended hangup", "print hangup", "ended hangup"]);
}
