//! What a script sees and what becomes of it, against the simulated peer in virtual time.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rig, check, check_with, patient, silent};
use relay_script::sim::{CallPlan, PayOutcome, PlanAction};

#[test]
fn the_pay_script_collects_a_payment() {
    let mut rig = Rig::new(include_str!("../scripts/pay.rhai"));
    rig.dial(CallPlan::default());
    rig.wait(120.0);
    let said = ["We will now collect your payment.", "Payment processed successfully."];
    assert_eq!(rig.heard_of_the_script(), said);
    assert_eq!(rig.verbs(), ["calling.answer", "calling.play", "calling.pay", "calling.play", "calling.end"]);
    assert_eq!(rig.lines(), ["ended hangup"]);
}

#[test]
fn a_declined_payment_is_told_to_the_caller() {
    let mut rig = Rig::new(include_str!("../scripts/pay.rhai"));
    rig.line.peer().set_pay_outcome(PayOutcome::Decline);
    rig.dial(CallPlan::default());
    rig.wait(120.0);
    assert_eq!(rig.heard_of_the_script()[1], "Payment failed. Please try again later.");
    assert_eq!(rig.lines(), ["ended hangup"]);
}

#[test]
fn a_hangup_in_pay_ends_the_wait_with_an_event_and_the_script_quietly() {
    check_with(
        r#"
        call.answer();
        let action = call.pay("https://example.com/connector");
        let event = action.wait();
        print(`${event.event_type} ${event.params.state} ${event.params.result}`);
        print(action.is_done && action.completed && action.result.params.state == "error");
        try { call.say("never heard"); } catch (e) { print(`${e.kind} ${e.code}`); }
        call.say("never heard");
        print("never reached");
        fn on_end(call, reason) { print(`on_end ${reason} ${call.state}`); }
        "#,
        patient(5),
        &[
            "print calling.call.pay error caller-hung-up",
            "print true",
            "print call_ended hangup",
            "print on_end hangup ended",
            "ended hangup",
        ],
    );
}

#[test]
fn completion_is_told_as_an_option_and_by_a_method_however_late() {
    check(
        r#"
        call.answer();
        let action = call.play("silence:2", #{ on_completed: |e| print(`option ${e.params.state}`) });
        action.on_completed(|e| print(`method ${e.params.state}`));
        action.on_completed(|| print("without the event"));
        action.wait();
        sleep(1);
        action.on_completed(|e| print(`late ${e.params.state}`));
        sleep(1);
        call.hangup();
        "#,
        &[
            "print option finished",
            "print method finished",
            "print without the event",
            "print late finished",
            "ended hangup",
        ],
    );
}

#[test]
fn a_callback_may_use_its_own_action() {
    check(
        r#"
        call.answer();
        let action = call.play("silence:2");
        action.on_completed(|e| { action.stop(); action.wait(); print(action.state); });
        let other = call.play("silence:30");
        other.on_completed(|e| print(`stopped: ${other.is_done}`));
        call.on("play", |e| if e.params.control_id == action.control_id && action.is_done { other.stop() });
        action.wait();
        other.wait();
        sleep(0.1);
        call.hangup();
        "#,
        &["print finished", "print stopped: true", "ended hangup"],
    );
}

#[test]
fn events_are_told_in_their_order_while_the_top_level_waits() {
    check(
        r#"
        call.on("calling.call.state", |e| print(`state ${e.params.call_state}`));
        call.on("play", |e| print(`play ${e.params.state}`));
        call.on("play", |e| { sleep(0.1); print("later"); });
        call.answer();
        call.say("Hello");
        print("said");
        call.hangup();
        "#,
        &[
            "print state answered",
            "print play playing",
            "print later",
            "print play finished",
            "print said",
            "print state ending",
            "print state ended",
            "ended hangup",
        ],
    );
}

#[test]
fn a_wait_that_takes_too_long_throws_and_the_action_lives_on() {
    check(
        r#"
        call.answer();
        let action = call.play("silence:5");
        try { action.wait(2) } catch (e) { print(`${e.kind}: ${e.message}`) }
        print(action.is_done);
        print(action.wait(10).params.state);
        print(action.wait(0).params.state);
        try { call.play("silence:5").wait(-1) } catch (e) { print(e.kind) }
        try { call.say("0123456789 0123456789", #{ timeout: 0.5 }) } catch (e) { print(e.message) }
        call.hangup();
        "#,
        &[
            "print timeout: wait took longer than 2 seconds",
            "print false",
            "print finished",
            "print finished",
            "print argument",
            "print say took longer than 0.5 seconds",
            "ended hangup",
        ],
    );
}

#[test]
fn events_are_waited_for_with_a_predicate_and_a_limit() {
    check(
        r#"
        call.answer();
        let action = call.play("silence:1");
        print(call.wait_for("play", |e| e.params.state == "finished").params.state);
        try { call.wait_for("play", 2) } catch (e) { print(e.kind) }
        try { call.wait_for("record", |e| true, 2) } catch (e) { print(e.kind) }
        try { call.wait_for("plya") } catch (e) { print(`${e.kind} ${e.hint}`) }
        call.play("silence:1");
        try { call.wait_for("play", |e| e.params.state) } catch (e) { print(e.message) }
        call.play("silence:1");
        print(call.wait_for("calling.call.play", (), 9).params.state);
        call.wait_for("tap");
        "#,
        &[
            "print finished",
            "print timeout",
            "print timeout",
            r#"print argument did you mean "calling.call.play"?"#,
            "print wait_for: the predicate must give true or false, it gave string",
            "print finished",
            "ended hangup",
        ],
    );
}

#[test]
fn states_are_waited_for() {
    check(
        r#"
        print(call.wait_for_ringing().params.call_state);
        let task = spawn(|| call.wait_for_answered(9).params.call_state);
        try { call.wait_for_answered(1) } catch (e) { print(e.kind) }
        call.answer();
        print(task.wait());
        print(call.wait_for_ringing().params.call_state);
        try { call.wait_for_ended(5) } catch (e) { print(e.kind) }
        print(call.wait_for_ended().params.end_reason);
        try { call.wait_for_answered() } catch (e) { print(e.kind) }
        print(call.state + " " + call.end_reason);
        "#,
        &[
            "print ringing",
            "print timeout",
            "print answered",
            "print answered",
            "print timeout",
            "print hangup",
            "print call_ended",
            "print ended hangup",
            "ended hangup",
        ],
    );
}

#[test]
fn the_first_of_several_and_all_of_them_are_waited_for() {
    check(
        r#"
        call.answer();
        let long = call.play("silence:9");
        let short = call.play("silence:3");
        print(wait_any([long, short]) == short);
        try { wait_any([long], 1) } catch (e) { print(e.kind) }
        let task = spawn(|| { sleep(1); "done" });
        let results = wait_all([long, task, short]);
        print(results[0].params.state + results[1] + results[2].params.state);
        try { wait_all([call.play("silence:9")], 1) } catch (e) { print(e.kind) }
        try { wait_any([]) } catch (e) { print(e.kind) }
        try { wait_all([task, 7]) } catch (e) { print(e.message) }
        try { wait_all([spawn(|| throw "bad")]) } catch (e) { print(e) }
        print(wait_any([call, call.play("silence:600")]) == call);
        "#,
        &[
            "print true",
            "print timeout",
            "print finisheddonefinished",
            "print timeout",
            "print argument",
            "print wait_all: expected an array of actions, tasks, messages or calls, got one with i64",
            "print bad",
            "print true",
            "ended hangup",
        ],
    );
}

#[test]
fn tasks_run_beside_the_script() {
    check(
        r#"
        call.answer();
        let n = 0;
        let task = spawn(|| { sleep(1); n += 1; print("task"); n });
        print(task.is_done);
        sleep(0.5);
        n += 10;
        print(task.wait());
        print(`${n} ${task.is_done} ${task.wait()}`);
        let failing = spawn(|| { sleep(1); throw #{ kind: "own", message: "mine" } });
        try { failing.wait() } catch (e) { print(e.message) }
        try { spawn(|| sleep(9)).wait(1) } catch (e) { print(e.kind) }
        let fails = Fn("fails");
        try { spawn(fails).wait() } catch (e) { print(e) }
        call.hangup();
        fn fails() { throw "named" }
        "#,
        &[
            "print false",
            "print task",
            "print 11",
            "print 11 true 11",
            "print mine",
            "print timeout",
            "print named",
            "ended hangup",
        ],
    );
}

#[test]
fn a_task_that_fails_unseen_is_reported_and_the_script_goes_on() {
    check(
        r#"call.answer(); spawn(|| throw "unseen"); sleep(1); print("goes on"); call.hangup();"#,
        &["failed unseen", "print goes on", "ended hangup"],
    );
}

#[test]
fn sleep_ends_with_the_call() {
    check_with(
        r#"
        call.answer();
        try { sleep(1000) } catch (e) { print(`${e.kind} ${e.code}`) }
        sleep(1000);
        print("never reached");
        "#,
        patient(5),
        &["print call_ended hangup", "ended hangup"],
    );
}

#[test]
fn digits_are_collected_with_a_prompt() {
    let press = |keys: &str| PlanAction::Press(keys.into());
    check_with(
        r##"
        call.answer();
        let menu = call.prompt_tts("Press 1", #{ digits: #{ max: 1 }, initial_timeout: 5 });
        let event = menu.wait();
        print(`${event.params.result.type} ${event.params.result.params.digits} ${menu.state}`);
        let pin = call.collect(#{ digits: #{ max: 9, terminators: "#" } }).wait();
        print(pin.params.result.params.digits);
        print(call.collect(#{ digits: #{ max: 4 }, initial_timeout: 3 }).wait().params.result.type);
        call.hangup();
        "##,
        CallPlan { actions: vec![press("1"), press("2468#")], ..silent() },
        &["print digit 1 digit", "print 2468", "print no_input", "ended hangup"],
    );
}

#[test]
fn two_calls_interleave_and_know_nothing_of_each_other() {
    let mut rig = Rig::new(
        r#"
        let n = 0;
        call.answer();
        call.on("play", |e| n += 1);
        for i in 0..3 { call.say("Hello"); }
        print(`${n} ${call.id}`);
        call.hangup();
        "#,
    );
    let first = rig.dial(silent());
    rig.wait(0.2);
    let second = rig.dial(silent());
    assert!(rig.wait_for_the_end());
    let expected = [
        format!("print 6 {first}"),
        "ended hangup".into(),
        format!("print 6 {second}"),
        "ended hangup".into(),
    ];
    assert_eq!(rig.lines(), expected);
}
