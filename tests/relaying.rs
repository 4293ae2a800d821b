//! What scripts do beyond their own call: `relay.…`, messages, connected parties, queues.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rig, patient, silent};
use relay_script::sim::{FarEnd, InboundMessage};
use serde_json::json;

/// One call of a caller who hangs up after two minutes, with far ends of this kind.
fn run(script: &str, far_end: FarEnd) -> Rig {
    let mut rig = Rig::new(script);
    rig.line.peer().set_far_end(far_end);
    rig.dial(patient(120));
    assert!(rig.wait_for_the_end(), "{script}\nis not over: {:?}", rig.lines());
    rig
}

fn check(script: &str, far_end: FarEnd, lines: &[&str]) {
    assert_eq!(run(script, far_end).lines(), lines, "{script}");
}

#[test]
fn a_dialled_call_has_its_own_actions_and_ends_with_the_script() {
    let mut rig = run(
        r#"
        call.answer();
        let other = relay.dial(#{ to: "+15551234567", from: "+15559876543" }, #{ tag: "mine" });
        print(`${other.state} ${other.direction} ${other.tag} ${other.to} ${other.from} ${other != call}`);
        other.on("play", |e| print(`other ${e.params.state}`));
        print(other.play("silence:2").wait().params.state);
        other.say("Hello, other");
        call.hangup();
        "#,
        FarEnd::Answers,
    );
    assert_eq!(
        rig.lines(),
        [
            "print answered outbound mine +15551234567 +15559876543 true",
            "print other playing",
            "print other finished",
            "print finished",
            "print other playing",
            "print other finished",
            "ended hangup"
        ]
    );
    rig.wait(1.0);
    assert_eq!(rig.line.peer().live_calls(), Vec::<&str>::new(), "the leg is hung up with the script");
    assert_eq!(rig.line.shard().host().calls.borrow().len(), 0);
}

#[test]
fn a_call_that_nobody_takes_is_an_error() {
    let script = r#"
        call.answer();
        try { relay.dial("+15551234567") } catch (e) { print(`${e.kind} ${e.message}`) }
        call.hangup();
    "#;
    for far_end in [FarEnd::Busy, FarEnd::NoAnswer] {
        check(script, far_end, &["print dial_failed dial: nobody answered", "ended hangup"]);
    }
}

#[test]
fn dialling_ends_with_its_limit_and_with_the_call() {
    for (script, line) in [
        (
            r#"call.answer(); try { relay.dial("+15551234567", #{ dial_timeout: 5 }) }
               catch (e) { print(`${e.kind} ${e.message}`) } sleep(1); call.hangup();"#,
            "print timeout dial took longer than 5 seconds",
        ),
        (
            r#"call.answer(); spawn(|| { sleep(5); call.hangup(); });
               try { relay.dial("+15551234567") } catch (e) { print(`${e.kind} ${e.message}`) }"#,
            "print call_ended dial: the call is over (the call of this script ended)",
        ),
    ] {
        let mut rig = run(script, FarEnd::NoAnswer);
        assert_eq!(rig.lines(), [line, "ended hangup"]);
        rig.wait(60.0);
        assert_eq!(rig.line.peer().live_calls(), Vec::<&str>::new(), "what still rang is hung up");
        assert_eq!(rig.line.shard().host().dials.borrow().len(), 0, "nothing of it is kept");
    }
}

#[test]
fn a_leg_that_hangs_up_ends_its_own_actions_only() {
    let mut rig = Rig::new(
        r#"
        call.answer();
        let other = relay.dial("+15551234567");
        let event = other.play("silence:600").wait();
        print(`${event.params.state} ${event.params.reason} ${other.state} ${call.state}`);
        try { other.say("x") } catch (e) { print(e.kind) }
        call.say("still here");
        call.hangup();
        "#,
    );
    rig.line.peer().set_outbound_plan(patient(5));
    rig.dial(silent());
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.lines(), ["print error call_ended ended answered", "print call_ended", "ended hangup"]);
    assert!(rig.heard().contains(&"still here".into()));
}

#[test]
fn a_refused_dial_is_an_error() {
    let mut rig = Rig::new(
        r#"call.answer(); try { relay.dial("+15551234567") } catch (e) { print(`${e.kind} ${e.code}`) } call.hangup();"#,
    );
    rig.line.peer().fail_next("calling.dial", "403", "not allowed");
    rig.dial(silent());
    rig.wait(5.0);
    assert_eq!(rig.lines(), ["print refused 403", "ended hangup"]);
    assert_eq!(rig.line.shard().host().dials.borrow().len(), 0, "nothing of it is kept");
}

#[test]
fn a_message_is_sent_and_its_delivery_waited_for() {
    check(
        r#"
        call.answer();
        let options = #{ to_number: "+15552222222", from_number: "+15551111111", body: "Hello" };
        let message = relay.send_message(options);
        print(`${message.state} ${message.is_done} ${message.id != ""}`);
        print(message.wait().params.message_state);
        print(`${message.state} ${message.is_done} ${message.result.params.message_state}`);
        try { relay.send_message(options).wait(0) } catch (e) { print(e.kind) }
        call.hangup();
        "#,
        FarEnd::Answers,
        &[
            "print queued false true",
            "print delivered",
            "print delivered true delivered",
            "print timeout",
            "ended hangup",
        ],
    );
}

#[test]
fn any_request_can_be_executed_and_its_result_read() {
    check(
        r#"
        call.answer();
        let ids = #{ call_id: call.id, node_id: call.node_id };
        print(relay.execute("calling.denoise", ids).code);
        try { relay.execute("calling.no_such", ids) } catch (e) { print(`${e.kind} ${e.code}`) }
        try { relay.execute("calling.end", 7) } catch (e) { print(e.message) }
        try { relay.execute("calling end") } catch (e) { print(e.kind) }
        call.hangup();
        "#,
        FarEnd::Answers,
        &[
            "print 200",
            "print refused -32601",
            "print execute: params must be a map, got i64",
            "print argument",
            "ended hangup",
        ],
    );
}

#[test]
fn contexts_are_subscribed_to_for_this_and_each_later_connect() {
    let mut rig = Rig::new(
        r#"call.answer(); relay.receive(["sales", "support"]); relay.unreceive("support"); call.hangup();"#,
    );
    rig.dial(silent());
    rig.wait(1.0);
    rig.line.cut();
    rig.wait(5.0);
    let connects: Vec<_> =
        rig.requests().into_iter().filter(|frame| frame["method"] == "signalwire.connect").collect();
    assert_eq!(connects[0]["params"]["contexts"], json!(["default"]));
    assert_eq!(connects[1]["params"]["contexts"], json!(["default", "sales"]));
}

#[test]
fn queues_and_conferences_give_their_results() {
    check(
        r#"
        call.answer();
        let joined = call.join_conference("room");
        print(joined.conference_id != "" && joined.code == "200");
        call.leave_conference(joined.conference_id);
        call.on("queue", |e| print(`${e.params.status} ${e.params.name}`));
        print(call.queue_enter("support").control_id != "");
        sleep(1);
        call.queue_leave("support");
        sleep(1);
        call.hangup();
        "#,
        FarEnd::Answers,
        &["print true", "print true", "print enqueue support", "print leave_queue support", "ended hangup"],
    );
}

#[test]
fn connected_parties_are_told_by_events() {
    for (far_end, state) in [(FarEnd::Answers, "connected"), (FarEnd::Busy, "failed")] {
        let connected = format!("print {state}");
        check(
            r#"
            call.answer();
            call.connect("+15551234567", #{ ringback: "ring:us" });
            let ended = |e| e.params.connect_state != "connecting";
            print(call.wait_for("connect", ended, 60).params.connect_state);
            call.hangup();
            "#,
            far_end,
            &[&connected, "ended hangup"],
        );
    }
}

#[test]
fn an_inbound_message_runs_on_message_and_nothing_else_of_the_script() {
    let mut rig = Rig::new(
        r#"
        const NAME = "shop";
        call.answer();
        print("a call");
        call.hangup();
        fn reply(text) { `${text}!` }
        fn on_message(message) {
            print(`${global::NAME} ${message.body} ${message.from_number} ${message.context} ${message.media.len}`);
            try { call.answer() } catch (e) { print(e.kind) }
            let answer = relay.send_message(#{
                to_number: message.from_number, from_number: message.to_number, body: reply("thanks"),
            });
            print(answer.wait().params.message_state);
        }
        "#,
    );
    let now = rig.line.now();
    let message = InboundMessage {
        context: "default".into(),
        from: "+15551110000".into(),
        to: "+15552220000".into(),
        body: "hello".into(),
        ..InboundMessage::default()
    };
    rig.line.peer().send_inbound_message(now, &message);
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.lines(), ["print shop hello +15551110000 default 0", "print no_call", "print delivered"]);
}
