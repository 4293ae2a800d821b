//! Whole calls: answer, hang-up, plans, dialling, refusals.
#![allow(clippy::unwrap_used)]

use super::test_bench::{Bench, secs};
use super::{AnsweredBy, By, CallPlan, FarEnd, InboundCall, InboundMessage, PlanAction, What};
use serde_json::{Value, json};

fn menu(control_id: &str) -> Value {
    let prompt = json!({"type": "silence", "params": {"duration": 2.0}});
    json!({"control_id": control_id, "play": [prompt], "collect": {"digits": {"max": 1}}})
}

#[test]
fn an_inbound_call_is_announced_with_every_field() {
    let headers = vec![("X-Order".to_owned(), "7".to_owned())];
    let bench = Bench::ringing(InboundCall { headers, tag: "t".into(), ..InboundCall::default() });
    let event = bench.last("calling.call.receive");
    let protocol = bench.peer.protocol(bench.link).unwrap();
    assert_eq!(
        event,
        json!({
            "call_id": bench.call, "node_id": "node-sim", "project_id": "p",
            "segment_id": event["segment_id"], "context": "default", "protocol": protocol, "tag": "t",
            "direction": "inbound", "call_state": "ringing",
            "device": {"type": "phone", "params": {
                "from_number": "+15551230001", "to_number": "+15551230002",
                "headers": [{"name": "X-Order", "value": "7"}],
            }},
        })
    );
}

#[test]
fn a_sip_caller_has_a_sip_device() {
    let mut bench = Bench::connected();
    let call = InboundCall {
        from: "sip:a@example.com".into(),
        to: "sip:b@example.com".into(),
        context: "default".into(),
        ..InboundCall::default()
    };
    bench.peer.dial_in(bench.now, call);
    bench.pump();
    let device = bench.last("calling.call.receive")["device"].clone();
    assert_eq!(device["type"], "sip");
    assert_eq!(device["params"]["to"], "sip:b@example.com");
}

#[test]
fn a_call_is_answered_and_ended_by_the_script() {
    let mut bench = Bench::ringing(InboundCall::default());
    assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
    assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
    bench.pass(1.0);
    assert_eq!(bench.about("calling.end", json!({}))["code"], "200");
    assert_eq!(
        bench.events()[1..],
        ["0.0 receive ringing", "0.0 state answered", "1.0 state ending hangup", "1.0 state ended hangup"]
    );
    assert_eq!(bench.peer.call_state(&bench.call), Some("ended"));
    assert_eq!(bench.peer.end_reason(&bench.call), Some("hangup"));
    assert!(bench.peer.live_calls().is_empty());
    assert!(bench.seen.iter().any(|it| it.what == What::Ended { reason: "hangup".into(), by: By::Script }));
}

#[test]
fn the_reply_comes_before_the_events() {
    let mut bench = Bench::answered();
    let play = json!({"control_id": "c", "play": [{"type": "tts", "params": {"text": "x"}}]});
    bench.about("calling.play", play);
    assert!(bench.frames[0].1["result"].is_object());
    assert_eq!(bench.frames[1].1["params"]["event_type"], "calling.call.play");
}

#[test]
fn a_call_reaches_its_max_duration() {
    let mut bench = Bench::ringing(InboundCall::default());
    bench.about("calling.answer", json!({"max_duration": 1}));
    bench.pass(61.0);
    assert_eq!(bench.events().last().unwrap(), "60.0 state ended max_duration");
}

#[test]
fn a_hang_up_ends_actions_without_a_word() {
    let silence = json!([{"type": "silence", "params": {"duration": 9.0}}]);
    let tap = json!({"tap": {"type": "audio", "params": {}}, "device": {"type": "ws", "params": {"uri": "wss://x"}}});
    for (method, mut params) in [
        ("calling.play", json!({"play": silence})),
        ("calling.record", json!({"record": {"audio": {}}})),
        ("calling.play_and_collect", menu("c")),
        ("calling.collect", json!({"digits": {"max": 1}})),
        ("calling.detect", json!({"detect": {"type": "machine", "params": {}}})),
        ("calling.send_digits", json!({"digits": "123456789"})),
        ("calling.send_fax", json!({"document": "https://example.com"})),
        ("calling.receive_fax", json!({})),
        ("calling.tap", tap),
        ("calling.stream", json!({"url": "wss://example.com"})),
        ("calling.transcribe", json!({})),
        ("calling.ai", json!({})),
        ("calling.echo", json!({"timeout": 30})),
        ("calling.transfer", json!({"dest": "x"})),
    ] {
        let mut bench = Bench::answered();
        params["control_id"] = "c".into();
        assert_eq!(bench.about(method, params)["code"], "200", "{method}");
        bench.pass(1.0);
        bench.seen.clear();
        bench.hang_up();
        bench.pass(99.0);
        assert_eq!(bench.events(), ["1.0 state ending hangup", "1.0 state ended hangup"], "{method}");
        assert!(bench.peer.live_actions(&bench.call).is_empty(), "{method}");
        assert_eq!(bench.peer.next_due(), None, "{method}");
        let late = bench.about(&format!("{method}.stop"), json!({"control_id": "c"}));
        assert!(late["code"] == "410" || late["code"] == -32601, "{method}: {late}");
    }
}

#[test]
fn a_caller_who_gives_up_cancels() {
    let plan = CallPlan { gives_up_after: Some(secs(20.0)), ..CallPlan::default() };
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.pass(30.0);
    assert_eq!(bench.events().last().unwrap(), "20.0 state ended cancel");
}

#[test]
fn a_planned_press_waits_for_the_prompt_to_end() {
    let plan = CallPlan {
        actions: vec![
            PlanAction::Press("1".into()),
            PlanAction::Wait(secs(1.0)),
            PlanAction::Press("2".into()),
            PlanAction::HangUp,
        ],
        ..CallPlan::default()
    };
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.about("calling.answer", json!({}));
    bench.pass(10.0);
    bench.seen.clear();
    bench.about("calling.play_and_collect", menu("a"));
    bench.pass(5.0);
    bench.about("calling.play_and_collect", menu("b"));
    bench.pass(5.0);
    assert_eq!(
        bench.events(),
        [
            "10.0 play playing",
            "12.0 play finished",
            "12.5 collect digit 1",
            "15.0 play playing",
            "17.0 play finished",
            "17.5 collect digit 2",
            "17.5 state ending hangup",
            "17.5 state ended hangup",
        ]
    );
}

#[test]
fn a_planned_press_that_nothing_waits_for_is_made_after_a_minute() {
    let plan = CallPlan { actions: vec![PlanAction::Press("1".into())], ..CallPlan::default() };
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.about("calling.answer", json!({}));
    bench.pass(70.0);
    let pressed = bench.seen.iter().find(|it| matches!(it.what, What::Pressed { .. })).unwrap();
    assert_eq!(pressed.at, secs(60.0));
}

#[test]
fn a_planned_caller_speaks_and_hangs_up_in_time() {
    let plan = CallPlan {
        actions: vec![PlanAction::Speak("sales".into())],
        hang_up_after: Some(secs(6.0)),
        ..CallPlan::default()
    };
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.about("calling.answer", json!({}));
    bench.about("calling.collect", json!({"control_id": "c", "speech": {}}));
    bench.pass(10.0);
    assert_eq!(
        bench.events()[3..],
        ["2.0 collect speech sales", "6.0 state ending hangup", "6.0 state ended hangup"]
    );
}

#[test]
fn a_plan_can_be_changed_on_an_answered_call() {
    let mut bench = Bench::answered();
    let plan = CallPlan { actions: vec![PlanAction::HangUp], ..CallPlan::default() };
    bench.peer.set_plan(bench.now, &bench.call, plan);
    bench.pass(0.0);
    assert_eq!(bench.peer.call_state(&bench.call), Some("ended"));
}

#[test]
fn a_silent_caller_or_a_machine_is_noticed() {
    let plan = CallPlan { silent: true, answered_by: AnsweredBy::Machine, ..CallPlan::default() };
    let mut bench = Bench::ringing(InboundCall { plan, ..InboundCall::default() });
    bench.about("calling.answer", json!({}));
    bench.seen.clear();
    bench.about("calling.record", json!({"control_id": "r", "record": {"audio": {"initial_timeout": 3}}}));
    bench.about("calling.detect", json!({"control_id": "d", "detect": {"type": "machine"}}));
    bench.pass(10.0);
    assert_eq!(
        bench.events(),
        [
            "0.0 record recording",
            "1.8 detect MACHINE",
            "3.0 record no_input",
            "5.0 detect READY",
            "5.0 detect finished"
        ]
    );
}

#[test]
fn keys_are_masked_while_a_payment_listens() {
    let mut bench = Bench::answered();
    bench.about("calling.collect", json!({"control_id": "k", "digits": {"max": 30}, "initial_timeout": 60}));
    bench.about("calling.pay", json!({"control_id": "p", "payment_connector_url": "https://example.com"}));
    bench.press("4242424242424242#");
    bench.pass(60.0);
    bench.press("917");
    bench.speak("nine one seven");
    bench.about("calling.collect", json!({"control_id": "l", "digits": {"max": 30}}));
    bench.press("7");
    let seen = bench.seen.iter().filter_map(|it| match &it.what {
        What::Pressed { digits: seen } | What::Spoke { text: seen } => Some(seen.as_str()),
        _ => None,
    });
    // The number, three parts that the party enters by itself, and what came too late.
    assert_eq!(seen.collect::<Vec<_>>(), ["****", "****", "****", "****", "****", "****", "7"]);
    assert!(!format!("{:?} {:?}", bench.seen, bench.frames).contains("4242424242424242"));
}

#[test]
fn a_card_that_is_entered_too_early_is_not_seen_key_by_key() {
    let mut bench = Bench::answered();
    "4242424242424242#".chars().for_each(|key| bench.press(&key.to_string()));
    let seen: String = bench
        .seen
        .iter()
        .filter_map(|it| match &it.what {
            What::Pressed { digits } => Some(digits.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(seen, format!("424242{}", "****".repeat(11)));
}

fn dial(bench: &mut Bench) -> Value {
    let device = json!({"type": "phone", "params": {"to_number": "+1", "from_number": "+2"}});
    bench.ask("calling.dial", json!({"tag": "tag-1", "devices": [[device]]}))
}

#[test]
fn a_dialled_leg_is_answered_and_takes_verbs() {
    let mut bench = Bench::connected();
    bench.seen.clear();
    let reply = dial(&mut bench);
    assert_eq!((&reply["code"], &reply["message"]), (&json!("200"), &json!("Dialing")));
    bench.pass(5.0);
    assert_eq!(
        bench.events(),
        [
            "0.0 dial dialing",
            "0.0 state created",
            "0.5 state ringing",
            "2.0 state answered",
            "2.0 dial answered",
        ]
    );
    let event = bench.last("calling.call.dial");
    assert_eq!((&event["tag"], &event["call"]["dial_winner"]), (&json!("tag-1"), &json!(true)));
    assert_eq!(bench.last("calling.call.state")["tag"], "tag-1");
    bench.call = event["call"]["call_id"].as_str().unwrap().to_owned();
    assert_eq!(bench.about("calling.hold", json!({}))["code"], "200");
    assert_eq!(bench.about("calling.end", json!({}))["code"], "200");
    assert_eq!(bench.events().last().unwrap(), "5.0 state ended hangup");
}

#[test]
fn a_dialled_leg_that_is_not_answered_fails() {
    for (far_end, at, reason) in [(FarEnd::Busy, "2.0", "busy"), (FarEnd::NoAnswer, "30.5", "noAnswer")] {
        let mut bench = Bench::connected();
        bench.peer.set_far_end(far_end);
        dial(&mut bench);
        bench.pass(60.0);
        let events = bench.events();
        let expected = [format!("{at} state ended {reason}"), format!("{at} dial failed")];
        assert_eq!(events[events.len() - 2..], expected);
    }
}

#[test]
fn a_message_goes_through_its_states() {
    let mut bench = Bench::connected();
    bench.seen.clear();
    let message = json!({"to_number": "+1", "from_number": "+2", "body": "Hello", "tags": ["vip"]});
    let reply = bench.ask("messaging.send", message);
    assert_eq!(reply["code"], "200");
    bench.pass(5.0);
    let states = ["0.0 queued", "0.1 initiated", "0.5 sent", "1.5 delivered"];
    let events: Vec<String> =
        bench.events().iter().map(|event| event.replace("messaging.state ", "")).collect();
    assert_eq!(events, states);
    assert_eq!(bench.last("messaging.state")["message_id"], reply["message_id"]);
    assert_eq!(bench.ask("messaging.send", json!({"to_number": "+1", "from_number": "+2"}))["code"], "400");
}

#[test]
fn messages_to_test_numbers_are_not_delivered() {
    for (to, last, states) in [
        ("+15005550009", "1.5 undelivered", 4),
        ("+15005550010", "0.5 failed", 3),
        ("+15005550001", "1.5 delivered", 4),
    ] {
        let mut bench = Bench::connected();
        bench.seen.clear();
        let media = json!(["https://example.com/i.jpg"]);
        let message = json!({"to_number": to, "from_number": "+15551111111", "media": media, "region": "us"});
        assert_eq!(bench.ask("messaging.send", message)["code"], "200");
        bench.pass(60.0);
        let events = bench.events();
        assert_eq!(
            (events.len(), events.last().unwrap().replace("messaging.state ", "")),
            (states, last.into())
        );
        let event = bench.last("messaging.state");
        assert_eq!(
            event["reason"].is_string(),
            !last.ends_with("delivered") || last.ends_with("undelivered")
        );
        assert_eq!((&event["media"], &event["direction"]), (&media, &json!("outbound")));
        assert_eq!(bench.peer.next_due(), None);
    }
}

#[test]
fn an_inbound_message_waits_for_its_context() {
    let mut bench = Bench::connected();
    let message = InboundMessage {
        from: "+1".into(),
        to: "+2".into(),
        context: "sales".into(),
        body: "Hi".into(),
        ..InboundMessage::default()
    };
    let id = bench.peer.send_inbound_message(bench.now, &message);
    bench.pump();
    assert!(!bench.events().iter().any(|event| event.contains("receive")));
    bench.ask("signalwire.receive", json!({"contexts": ["sales"]}));
    let event = bench.last("messaging.receive");
    assert_eq!((&event["message_id"], &event["message_state"]), (&json!(id), &json!("received")));
}

#[test]
fn requests_that_cannot_be_served_are_refused() {
    let mut bench = Bench::answered();
    let known = bench.call.clone();
    let ids = |call: &str, node: &str| json!({"call_id": call, "node_id": node, "control_id": "c"});
    for (method, params, code) in [
        ("calling.hold", ids("nobody", "node-sim"), json!("404")),
        ("calling.hold", ids(&known, "elsewhere"), json!("404")),
        ("calling.play.stop", ids(&known, "node-sim"), json!("404")),
        ("calling.hold", json!({"node_id": "node-sim"}), json!(-32602)),
        ("calling.hold", json!({"call_id": known}), json!(-32602)),
        ("calling.sing", ids(&known, "node-sim"), json!(-32601)),
        ("calling.pay.pause", ids(&known, "node-sim"), json!(-32601)),
        ("weather.ask", json!({}), json!(-32601)),
    ] {
        let reply = bench.ask(method, params.clone());
        assert_eq!(reply["code"], code, "{method} {params}: {reply}");
    }
    let refused = bench.seen.iter().filter(|it| matches!(it.what, What::Refused { .. })).count();
    assert_eq!(refused, 8);
    bench.hang_up();
    assert_eq!(bench.about("calling.hold", json!({}))["code"], "410");
}

#[test]
fn a_control_id_is_used_once_at_a_time() {
    let mut bench = Bench::answered();
    assert_eq!(bench.about("calling.play_and_collect", menu("c"))["code"], "200");
    assert_eq!(bench.about("calling.play_and_collect", menu("c"))["code"], "409");
    assert_eq!(bench.events().len(), 1);
}

#[test]
fn faults_are_made_as_asked() {
    let mut bench = Bench::answered();
    bench.peer.fail_next("calling.hold", "500", "broken");
    bench.peer.fail_next("calling.hold", "-32000", "worse");
    assert_eq!(bench.about("calling.hold", json!({}))["code"], "500");
    assert_eq!(bench.about("calling.hold", json!({}))["code"], -32000);
    assert_eq!(bench.about("calling.hold", json!({}))["code"], "200");
    bench.peer.mute("calling.hold");
    assert_eq!(bench.about("calling.hold", json!({})), Value::Null);
    assert_eq!(bench.events().len(), 1);
    bench.peer.unmute("calling.hold");
    bench.peer.lose_replies("calling.hold");
    assert_eq!(bench.about("calling.hold", json!({})), Value::Null);
    assert_eq!(bench.events().len(), 2);
}
