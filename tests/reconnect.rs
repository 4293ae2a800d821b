//! The link falls, at any frame; the server is silent, forgets, repeats itself or talks nonsense.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::{Rig, silent};
use relay_script::sim::CallPlan;
use relay_script::testing::CutAt;
use serde_json::Value;

/// The script of the first page, with a word about what failed.
const PAY: &str = r#"
    call.answer();
    call.say("Welcome");
    try {
        let event = call.pay("https://example.com/connector", #{ charge_amount: "29.99" }).wait();
        call.say(event.params.state);
    } catch (e) {
        print(e.kind);
        call.say(e.kind);
    }
    call.hangup();
"#;

/// Frames before the call: connect, its result, the authorization state and its acknowledgement.
const BEFORE: usize = 4;

fn pay_call() -> Rig {
    let rig = Rig::new(PAY);
    assert_eq!(rig.line.crossed(), BEFORE);
    rig
}

/// The control ids of all starting requests, retries included: `(method, control_id)`.
fn started(rig: &Rig) -> Vec<(String, String)> {
    let starts = ["calling.play", "calling.pay"];
    let requests = rig.requests().into_iter();
    let found = requests.filter(|frame| starts.iter().any(|start| frame["method"] == *start));
    found.map(|frame| (text(&frame["method"]), text(&frame["params"]["control_id"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_cut_at_any_frame_neither_repeats_nor_loses_anything() {
    let mut whole = pay_call();
    whole.dial(CallPlan::default());
    assert!(whole.wait_for_the_end());
    whole.wait(1.0);
    let frames = whole.line.crossed();
    assert_eq!(whole.heard_of_the_script(), ["Welcome", "finished"]);
    assert!(frames > 25, "{frames}");
    for at in BEFORE..frames {
        for cut in [CutAt::Before(at), CutAt::After(at)] {
            check_cut(cut);
        }
    }
}

fn check_cut(cut: CutAt) {
    let mut rig = pay_call();
    rig.line.cut_at(cut);
    let call = rig.dial(CallPlan::default());
    assert!(rig.wait_for_the_end(), "{cut:?}: the script is not over {:?}", rig.lines());
    rig.wait(60.0);
    assert_eq!(rig.line.peer().call_state(&call), Some("ended"), "{cut:?}");
    let heard = rig.heard_of_the_script();
    let doubt = rig.lines().contains(&"print unconfirmed".to_string());
    let outcome = if doubt { "unconfirmed" } else { "finished" };
    assert_eq!(heard, ["Welcome", outcome], "{cut:?}: {:?}", rig.lines());
    let pays = rig.verbs().into_iter().filter(|verb| verb == "calling.pay").count();
    assert!(pays <= 1, "{cut:?}: {pays} payments reached the server");
    let sent = started(&rig);
    // A payment that was written behind the frame that is lost is lost with it, and not noted.
    let paid = sent.iter().filter(|(method, _)| method == "calling.pay").count();
    assert!(paid <= 1, "{cut:?}: {sent:?}");
    let ids: BTreeSet<&String> = sent.iter().map(|(_, id)| id).collect();
    assert_eq!(ids.len(), 2 + paid, "{cut:?}: a request that is sent again keeps its id: {sent:?}");
    assert_eq!(rig.lines().last().unwrap(), "ended hangup", "{cut:?}");
}

#[test]
fn a_payment_whose_answer_was_lost_is_proven_by_its_event() {
    let mut rig = pay_call();
    rig.line.peer().lose_replies("calling.pay");
    rig.dial(CallPlan::default());
    rig.wait(5.0);
    rig.line.cut();
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.heard_of_the_script(), ["Welcome", "finished"]);
    assert_eq!(rig.lines(), ["ended hangup"]);
}

#[test]
fn an_event_proves_a_request_also_while_the_link_holds() {
    let mut rig =
        Rig::new(r#"call.answer(); call.play("silence:1").wait(); print("played"); call.hangup();"#);
    rig.line.peer().lose_replies("calling.play");
    rig.dial(silent());
    rig.wait(2.0);
    assert_eq!(rig.lines(), ["print played", "ended hangup"]);
}

#[test]
fn a_payment_that_may_be_lost_is_not_sent_again() {
    for cut in [false, true] {
        let mut rig = pay_call();
        rig.line.peer().mute("calling.pay");
        rig.dial(CallPlan::default());
        rig.wait(3.0);
        if cut {
            rig.line.cut();
        }
        assert!(rig.wait_for_the_end());
        assert_eq!(rig.heard(), ["Welcome", "unconfirmed"]);
        assert_eq!(rig.verbs().iter().filter(|verb| *verb == "calling.pay").count(), 1);
        assert_eq!(rig.lines(), ["print unconfirmed", "ended hangup"]);
    }
}

#[test]
fn a_session_that_is_not_restored_ends_its_calls_with_an_error() {
    let mut rig = Rig::new(
        r#"
        call.answer();
        spawn(|| {
            try { call.wait_for("record") } catch (e) { print(`${e.kind} ${e.code}`) }
        });
        let event = call.play("silence:600").wait();
        print(`${event.params.state} ${event.params.reason} ${event.params.end_reason}`);
        call.say("x");
        fn on_end(call, reason) { print(`on_end ${reason}`) }
        "#,
    );
    rig.dial(silent());
    rig.line.cut();
    let now = rig.line.now();
    rig.line.peer().forget_sessions(now);
    assert!(rig.wait_for_the_end());
    let mut lines = rig.lines();
    lines[..2].sort();
    assert_eq!(
        lines,
        [
            "print call_ended session_lost",
            "print error call_ended session_lost",
            "print on_end session_lost",
            "ended session_lost",
        ]
    );
    let next = rig.dial(silent());
    assert_eq!(rig.line.peer().call_state(&next), Some("answered"), "new calls are taken");
}

#[test]
fn a_request_of_a_lost_session_fails_and_the_script_learns_why() {
    let mut rig = Rig::new(
        r#"call.answer(); try { call.play("x") } catch (e) { print(e.kind) }
           fn on_end(call, reason) { print(reason) }"#,
    );
    rig.line.peer().mute("calling.play");
    rig.dial(silent());
    rig.line.cut();
    let now = rig.line.now();
    rig.line.peer().forget_sessions(now);
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.lines(), ["print session_lost", "print session_lost", "ended session_lost"]);
}

#[test]
fn an_outage_of_more_than_a_minute_fails_what_was_asked_and_the_call_goes_on() {
    let mut rig = Rig::new(
        r#"
        call.answer();
        sleep(2);
        try { call.say("x") } catch (e) { print(e.kind) }
        call.say("back");
        call.hangup();
        "#,
    );
    rig.dial(silent());
    rig.line.cut();
    rig.line.peer().mute("signalwire.connect");
    rig.wait(90.0);
    rig.line.peer().unmute("signalwire.connect");
    assert!(rig.wait_for_the_end());
    assert_eq!(rig.heard(), ["back"]);
    assert_eq!(rig.lines(), ["print not_connected", "ended hangup"]);
}

#[test]
fn events_that_come_twice_are_harmless() {
    let mut rig = Rig::new(
        r#"
        call.answer();
        call.on("play", |e| print(e.params.state));
        let action = call.play("silence:2", #{ on_completed: || print("completed") });
        action.wait();
        sleep(5);
        call.hangup();
        fn on_end(call, reason) { print("on_end") }
        "#,
    );
    rig.dial(silent());
    // Nothing from here on is acknowledged, so all of it comes again.
    let from = rig.line.crossed();
    rig.wait(3.0);
    let missed: Vec<String> = rig.line.noted()[BEFORE..from]
        .iter()
        .filter(|frame| !frame.from_client)
        .map(|frame| frame.text.clone())
        .collect();
    rig.line.cut();
    rig.wait(3.0);
    for frame in &missed {
        rig.line.deliver(frame);
    }
    assert!(rig.wait_for_the_end());
    assert_eq!(
        rig.lines(),
        ["print playing", "print finished", "print completed", "print on_end", "ended hangup"]
    );
}

#[test]
fn the_end_of_a_call_is_harmless_however_often_it_is_told() {
    let mut rig = Rig::new("call.answer(); sleep(100); fn on_end(call, reason) { print(reason) }");
    let call = rig.dial(silent());
    for (n, state) in ["answered", "ended", "ended", "ringing", "ended"].into_iter().enumerate() {
        let params =
            format!(r#"{{"call_id":"{call}","node_id":"n","call_state":"{state}","end_reason":"busy"}}"#);
        rig.line.deliver(&event(&format!("again-{n}"), "calling.call.state", &params));
    }
    assert_eq!(rig.lines(), ["print busy", "ended busy"]);
}

fn event(id: &str, event_type: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":"{id}","method":"signalwire.event","params":{{"event_type":"{event_type}","timestamp":1.5,"params":{params}}}}}"#
    )
}

#[test]
fn the_server_may_ask_to_reconnect() {
    for (restart, lines) in
        [(false, &["print finished", "ended hangup"][..]), (true, &["print error", "ended session_lost"][..])]
    {
        let mut rig =
            Rig::new(r#"call.answer(); print(call.play("silence:5").wait().params.state); call.hangup();"#);
        rig.dial(silent());
        let (now, link) = (rig.line.now(), rig.line.link().unwrap());
        rig.line.peer().disconnect(now, link, restart);
        assert!(rig.wait_for_the_end());
        assert_eq!(rig.lines(), lines, "restart: {restart}");
        assert_ne!(rig.line.link(), Some(link));
        let connects: Vec<Value> =
            rig.requests().into_iter().filter(|frame| frame["method"] == "signalwire.connect").collect();
        assert_eq!(connects.len(), 2);
        for key in ["protocol", "authorization_state"] {
            assert_eq!(connects[1]["params"].get(key).is_some(), !restart, "{key}");
        }
    }
}

#[test]
fn a_silent_server_is_pinged_and_then_left() {
    let mut rig = Rig::new("call.answer(); sleep(50); call.say(\"still here\"); call.hangup();");
    rig.line.peer().mute("signalwire.ping");
    rig.dial(silent());
    let link = rig.line.link();
    rig.wait(14.0);
    let pings =
        |rig: &Rig| rig.requests().iter().filter(|frame| frame["method"] == "signalwire.ping").count();
    assert_eq!(pings(&rig), 0);
    rig.wait(2.0);
    assert_eq!((pings(&rig), rig.line.link()), (1, link));
    rig.wait(12.0);
    assert_ne!(rig.line.link(), link, "no answer for ten seconds: another socket");
    rig.line.peer().unmute("signalwire.ping");
    assert!(rig.wait_for_the_end());
    assert_eq!((rig.heard(), rig.lines()), (vec!["still here".into()], vec!["ended hangup".into()]));
}

#[test]
fn nonsense_from_the_server_disturbs_nobody() {
    let mut rig = Rig::new(
        r#"call.answer(); call.on("play", |e| print(e.params.state)); call.play("silence:5").wait(); call.hangup();"#,
    );
    let call = rig.dial(silent());
    let about = |rest: &str| format!(r#"{{"call_id":"{call}",{rest}}}"#);
    for (n, (event_type, params)) in [
        ("calling.call.brand_new", about(r#""state":"finished""#)),
        ("something.else", "{}".into()),
        ("calling.call.play", "7".into()),
        ("calling.call.play", "null".into()),
        ("calling.call.play", "[]".into()),
        ("calling.call.play", about(r#""control_id":7,"state":{"a":[1]}"#)),
        ("calling.call.state", about(r#""call_state":true,"end_reason":[]"#)),
        ("calling.call.state", about(r#""call_state":"on-the-moon""#)),
        ("calling.call.collect", about(r#""final":"maybe","result":7"#)),
        ("calling.call.detect", about(r#""detect":"x","fax":[]"#)),
        ("calling.call.receive", "{}".into()),
        ("calling.call.receive", r#"{"call_id":null,"node_id":null}"#.into()),
        ("calling.call.dial", r#"{"tag":"x","dial_state":"answered","call":7}"#.into()),
        ("messaging.state", r#"{"message_id":"x","message_state":7}"#.into()),
        ("messaging.receive", "{}".into()),
        ("signalwire.authorization.state", "{}".into()),
    ]
    .into_iter()
    .enumerate()
    {
        rig.line.deliver(&event(&format!("odd-{n}"), event_type, &params));
    }
    for frame in [
        "",
        "{",
        "null",
        "[]",
        "7",
        "\"x\"",
        "{}",
        "\u{0}",
        r#"{"id":"1"}"#,
        r#"{"id":"999","result":{}}"#,
        r#"{"id":"999","error":{"code":"x","message":7}}"#,
        r#"{"id":7,"method":"no.such","params":[1]}"#,
        r#"{"method":"signalwire.event"}"#,
        r#"{"id":"a","method":"signalwire.event","params":{"event_type":7}}"#,
        r#"{"id":"b","method":"signalwire.event","params":{"params":{}}}"#,
        r#"{"id":"c","method":"signalwire.ping"}"#,
    ] {
        rig.line.deliver(frame);
    }
    assert!(rig.wait_for_the_end());
    let lines = rig.lines();
    assert_eq!((lines[0].as_str(), lines.last().unwrap().as_str()), ("print playing", "ended hangup"));
    assert!(lines.contains(&"print finished".into()));
}

#[test]
fn a_field_of_an_odd_type_costs_no_event_and_no_answer() {
    let mut rig =
        Rig::new(r#"call.answer(); call.on("tap", |e| print(e.params.state)); sleep(9); call.hangup();"#);
    let call = rig.dial(silent());
    for (n, odd) in [r#""timestamp":"noon""#, r#""timestamp":null"#, r#""restart":"yes""#].iter().enumerate()
    {
        rig.line.deliver(&format!(
            r#"{{"jsonrpc":"2.0","id":"t{n}","method":"signalwire.event","params":{{"event_type":"calling.call.tap",{odd},"params":{{"call_id":"{call}","state":"s{n}","final":"no"}}}}}}"#
        ));
    }
    assert_eq!(rig.lines(), ["print s0", "print s1", "print s2"]);
}
