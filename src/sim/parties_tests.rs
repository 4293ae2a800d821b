//! Second parties: who is called when, who wins, and how calls are joined and parted.
#![allow(clippy::unwrap_used)]

use super::test_bench::{Bench, secs};
use super::{CallPlan, FarEnd, How, InboundCall, What};
use serde_json::{Value, json};

const FIRST: &str = "+15551230011";
const SECOND: &str = "+15551230012";
const BUSY: &str = "+15005550001";
const SILENT: &str = "+15005550002";
const DECLINES: &str = "+15005550003";
const UNKNOWN: &str = "+15005550004";

fn phone(number: &str) -> Value {
    json!({"type": "phone", "params": {"to_number": number, "from_number": "+15551230002"}})
}

fn phone_for(number: &str, timeout: u32) -> Value {
    let mut device = phone(number);
    device["params"]["timeout"] = timeout.into();
    device
}

/// The events as `seconds who type summary`, where `who` is the end of the number that is called.
fn told(bench: &Bench) -> Vec<String> {
    let began = |call_id: &str| {
        bench.seen.iter().find_map(|seen| match &seen.what {
            What::CallBegan { to, .. } if seen.call_id.as_deref() == Some(call_id) => {
                Some(to[to.len() - 2..].to_owned())
            }
            _ => None,
        })
    };
    let line = |seen: &super::Observation| {
        let What::Event { event_type, summary, .. } = &seen.what else { return None };
        let who = seen.call_id.as_deref().map(|call_id| began(call_id).unwrap_or_else(|| "main".into()));
        let short = event_type.trim_start_matches("calling.call.");
        Some(
            format!("{:.1} {} {short} {summary}", seen.at.as_secs_f64(), who.unwrap_or_default())
                .replace("  ", " "),
        )
    };
    bench.seen.iter().filter_map(line).collect()
}

fn dial(devices: &Value) -> Bench {
    let mut bench = Bench::connected();
    bench.seen.clear();
    let reply = bench.ask("calling.dial", json!({"tag": "t", "devices": devices}));
    assert_eq!((&reply["code"], &reply["message"]), (&json!("200"), &json!("Dialing")), "{reply}");
    bench.pass(100.0);
    bench
}

#[test]
fn a_dial_tries_its_groups_until_somebody_answers() {
    let cases: [(Value, &[&str]); 6] = [
        (
            json!([[phone(FIRST)]]),
            &[
                "0.0 dial dialing",
                "0.0 11 state created",
                "0.5 11 state ringing",
                "2.0 11 state answered",
                "2.0 dial answered",
            ],
        ),
        (
            json!([[phone(FIRST), phone(SECOND)]]),
            &[
                "0.0 dial dialing",
                "0.0 11 state created",
                "0.0 12 state created",
                "0.5 11 state ringing",
                "0.5 12 state ringing",
                "2.0 11 state answered",
                "2.0 dial answered",
                "2.0 12 state ending cancel",
                "2.0 12 state ended cancel",
            ],
        ),
        (
            json!([[phone(BUSY)], [phone(SECOND)]]),
            &[
                "0.0 dial dialing",
                "0.0 01 state created",
                "0.5 01 state ringing",
                "2.0 01 state ending busy",
                "2.0 01 state ended busy",
                "2.0 12 state created",
                "2.5 12 state ringing",
                "4.0 12 state answered",
                "4.0 dial answered",
            ],
        ),
        (
            json!([[phone_for(SILENT, 5), phone(DECLINES)]]),
            &[
                "0.0 dial dialing",
                "0.0 02 state created",
                "0.0 03 state created",
                "0.5 02 state ringing",
                "0.5 03 state ringing",
                "2.0 03 state ending decline",
                "2.0 03 state ended decline",
                "5.5 02 state ending noAnswer",
                "5.5 02 state ended noAnswer",
                "5.5 dial failed",
            ],
        ),
        (
            json!([[phone(UNKNOWN)]]),
            &[
                "0.0 dial dialing",
                "0.0 04 state created",
                "0.5 04 state ending not_found",
                "0.5 04 state ended not_found",
                "0.5 dial failed",
            ],
        ),
        (
            json!([[phone_for(FIRST, 1)]]),
            &[
                "0.0 dial dialing",
                "0.0 11 state created",
                "0.5 11 state ringing",
                "1.5 11 state ending noAnswer",
                "1.5 11 state ended noAnswer",
                "1.5 dial failed",
            ],
        ),
    ];
    for (devices, expected) in cases {
        assert_eq!(told(&dial(&devices)), expected, "{devices}");
    }
}

#[test]
fn a_dial_names_its_winner_and_its_tag() {
    let bench = dial(&json!([[phone(BUSY), phone(SECOND)]]));
    let event = bench.last("calling.call.dial");
    assert_eq!((&event["tag"], &event["dial_state"]), (&json!("t"), &json!("answered")));
    let winner = &event["call"];
    assert_eq!((&winner["dial_winner"], &winner["tag"]), (&json!(true), &json!("t")));
    assert_eq!(winner["device"], phone(SECOND));
    assert_eq!(bench.peer.live_calls(), [winner["call_id"].as_str().unwrap()]);
}

#[test]
fn a_leg_that_the_client_ends_ends_the_dial() {
    let mut bench = Bench::connected();
    bench.ask("calling.dial", json!({"tag": "t", "devices": [[phone(SILENT)], [phone(FIRST)]]}));
    bench.pass(3.0);
    bench.call = bench.last("calling.call.state")["call_id"].as_str().unwrap().to_owned();
    assert_eq!(bench.ask("calling.dial", json!({"tag": "t", "devices": [[phone(FIRST)]]}))["code"], "409");
    assert_eq!(bench.about("calling.end", json!({"reason": "cancel"}))["code"], "200");
    bench.pass(60.0);
    assert_eq!(bench.last("calling.call.dial")["dial_state"], "failed");
    assert!(bench.peer.live_calls().is_empty());
    assert_eq!(bench.peer.next_due(), None);
}

#[test]
fn nobody_is_called_for_a_session_that_is_forgotten() {
    let mut bench = Bench::connected();
    bench.ask("calling.dial", json!({"tag": "t", "devices": [[phone(SILENT)], [phone(FIRST)]]}));
    bench.pass(3.0);
    bench.peer.close(bench.now, bench.link);
    bench.peer.forget_sessions(bench.now);
    assert!(bench.peer.live_calls().is_empty());
    assert_eq!(bench.peer.next_due(), None);
}

#[test]
fn a_dialled_call_ends_with_the_limit_of_its_device_or_of_the_dial() {
    for (of_device, at) in [(json!(null), "122.0"), (json!(1), "62.0")] {
        let mut bench = Bench::connected();
        let mut device = phone(FIRST);
        device["params"]["max_duration"] = of_device;
        bench.ask("calling.dial", json!({"tag": "t", "devices": [[device]], "max_duration": 2}));
        bench.pass(500.0);
        assert_eq!(told(&bench).last().unwrap(), &format!("{at} 11 state ended max_duration"));
    }
}

/// Connects an answered call, and lets time pass.
fn connect(params: Value, seconds: f64) -> Bench {
    let mut bench = Bench::answered();
    assert_eq!(bench.about("calling.connect", params.clone())["code"], "200", "{params}");
    assert_eq!(bench.about("calling.connect", params)["code"], "409");
    bench.pass(seconds);
    bench
}

#[test]
fn a_connect_joins_the_first_that_answers_or_fails() {
    let cases: [(Value, &[&str]); 3] = [
        (
            json!({"devices": [[phone(FIRST), phone(SECOND)]], "max_duration": 0.5}),
            &[
                "0.0 main connect connecting",
                "0.0 11 state created",
                "0.0 12 state created",
                "0.5 11 state ringing",
                "0.5 12 state ringing",
                "2.0 11 state answered",
                "2.0 main connect connected",
                "2.0 12 state ending cancel",
                "2.0 12 state ended cancel",
                "32.0 11 state ending max_duration",
                "32.0 11 state ended max_duration",
                "32.0 main connect disconnected",
            ],
        ),
        (
            json!({"devices": [[phone(BUSY)], [phone(SECOND)]]}),
            &[
                "0.0 main connect connecting",
                "0.0 01 state created",
                "0.5 01 state ringing",
                "2.0 01 state ending busy",
                "2.0 01 state ended busy",
                "2.0 12 state created",
                "2.5 12 state ringing",
                "4.0 12 state answered",
                "4.0 main connect connected",
            ],
        ),
        (
            json!({"devices": [[phone(SILENT)]]}),
            &[
                "0.0 main connect connecting",
                "0.0 02 state created",
                "0.5 02 state ringing",
                "30.5 02 state ending noAnswer",
                "30.5 02 state ended noAnswer",
                "30.5 main connect failed",
            ],
        ),
    ];
    for (params, expected) in cases {
        let bench = connect(params.clone(), 60.0);
        assert_eq!(told(&bench), expected, "{params}");
        assert_eq!(bench.peer.call_state(&bench.call), Some("answered"));
    }
}

#[test]
fn connected_calls_name_each_other() {
    let mut bench = connect(json!({"devices": [[phone(FIRST)]], "tag": "friend"}), 5.0);
    let peer = bench.last("calling.call.connect")["peer"].clone();
    assert_eq!((&peer["tag"], &peer["device"]), (&json!("friend"), &phone(FIRST)));
    let (main, leg) = (bench.call.clone(), peer["call_id"].as_str().unwrap().to_owned());
    bench.call = leg.clone();
    assert_eq!(bench.about("calling.hold", json!({}))["code"], "200", "the peer is a call of the session");
    assert_eq!(bench.about("calling.end", json!({}))["code"], "200");
    let state = bench.last("calling.call.state");
    assert_eq!((&state["call_id"], &state["parent"]["call_id"]), (&json!(leg), &json!(main)));
    assert_eq!(state["peer"]["call_id"], main.as_str());
    assert_eq!(bench.last("calling.call.connect")["connect_state"], "disconnected");
    assert_eq!(bench.peer.call_state(&main), Some("answered"));
}

#[test]
fn a_bridge_ends_by_either_side_and_by_disconnect() {
    let devices = json!({"devices": [[phone(FIRST)]]});
    let ended = |bench: &Bench| {
        let lines = told(bench);
        lines[lines.len() - 3..].to_vec()
    };
    let mut bench = connect(devices.clone(), 5.0);
    bench.peer.far_hangs_up(bench.now, &bench.call.clone());
    bench.pump();
    let expected =
        ["5.0 11 state ending hangup", "5.0 11 state ended hangup", "5.0 main connect disconnected"];
    assert_eq!(ended(&bench), expected);

    let mut bench = connect(devices.clone(), 5.0);
    bench.hang_up();
    let expected = ["5.0 main state ended hangup", "5.0 11 state ending hangup", "5.0 11 state ended hangup"];
    assert_eq!(ended(&bench), expected);
    assert!(bench.peer.live_calls().is_empty());

    let mut bench = connect(devices.clone(), 5.0);
    assert_eq!(bench.about("calling.disconnect", json!({}))["code"], "200");
    assert_eq!(bench.about("calling.disconnect", json!({}))["code"], "400");
    bench.pass(20.0);
    let expected =
        ["5.0 main connect disconnected", "15.0 11 state ending hangup", "15.0 11 state ended hangup"];
    assert_eq!(ended(&bench), expected);

    for (end, last) in [(true, "1.0 11 state ended cancel"), (false, "1.0 11 state ended cancel")] {
        let mut bench = connect(devices.clone(), 1.0);
        if end {
            bench.hang_up();
        } else {
            bench.about("calling.disconnect", json!({}));
        }
        bench.pass(9.0);
        assert_eq!(told(&bench).last().unwrap(), last, "nobody rings for a call that is gone");
    }
}

#[test]
fn the_party_that_answers_may_have_a_plan() {
    let mut bench = Bench::answered();
    bench.peer.set_outbound_plan(CallPlan { hang_up_after: Some(secs(7.0)), ..CallPlan::default() });
    bench.about("calling.connect", json!({"devices": [[phone(FIRST)]]}));
    bench.pass(60.0);
    assert_eq!(told(&bench).last().unwrap(), "9.0 main connect disconnected");
}

#[test]
fn the_ringback_is_heard_until_somebody_answers() {
    let ring = json!([{"type": "ringtone", "params": {"name": "us", "duration": 1}}]);
    let bench = connect(json!({"devices": [[phone(FIRST)]], "ringback": ring}), 30.0);
    let heard: Vec<_> = bench
        .seen
        .iter()
        .filter(|seen| matches!(&seen.what, What::Heard { how: How::Ringtone, .. }))
        .map(|seen| seen.at)
        .collect();
    assert_eq!(heard[..2], [secs(0.0), secs(1.0)]);
    assert!(heard.iter().all(|at| *at <= secs(2.0)), "{heard:?}");
    assert!(bench.peer.live_actions(&bench.call).is_empty());
}

#[test]
fn parties_follow_the_far_end_that_is_set() {
    for (far_end, reason) in [
        (FarEnd::Busy, "busy"),
        (FarEnd::NoAnswer, "noAnswer"),
        (FarEnd::Declines, "decline"),
        (FarEnd::NotFound, "not_found"),
    ] {
        let mut bench = Bench::connected();
        bench.peer.set_far_end(far_end);
        bench.ask("calling.dial", json!({"tag": "t", "devices": [[phone(FIRST)]]}));
        bench.pass(60.0);
        assert_eq!(bench.last("calling.call.state")["end_reason"], reason);
    }
}

fn sip_call() -> Bench {
    let mut bench = Bench::connected();
    let (from, to) = ("sip:a@example.com".to_owned(), "sip:b@example.com".to_owned());
    let call = InboundCall { from, to, context: "default".into(), ..InboundCall::default() };
    bench.call = bench.peer.dial_in(bench.now, call);
    bench.about("calling.answer", json!({}));
    bench.seen.clear();
    bench
}

#[test]
fn a_sip_call_is_referred() {
    let device = json!({"device": {"type": "sip", "params": {"to": "sip:user@example.com"}}});
    for (far_end, state, code) in [
        (FarEnd::Answers, "success", "200"),
        (FarEnd::Busy, "busy", "486"),
        (FarEnd::NoAnswer, "noAnswer", "480"),
        (FarEnd::Declines, "error", "603"),
        (FarEnd::NotFound, "error", "404"),
    ] {
        let mut bench = sip_call();
        bench.peer.set_far_end(far_end);
        assert_eq!(bench.about("calling.refer", device.clone())["code"], "200");
        assert_eq!(bench.about("calling.refer", device.clone())["code"], "409");
        bench.pass(5.0);
        assert_eq!(bench.events(), ["0.0 refer inProgress".to_owned(), format!("1.0 refer {state}")]);
        let event = bench.last("calling.call.refer");
        assert_eq!(
            (&event["sip_refer_to"], &event["sip_refer_response_code"]),
            (&json!("sip:user@example.com"), &json!("202"))
        );
        assert_eq!(event["sip_notify_response_code"], code);
    }
    let mut bench = Bench::answered();
    assert_eq!(bench.about("calling.refer", device)["code"], "400", "a phone call cannot be referred");
}

#[test]
fn an_inbound_call_that_nobody_takes_rings_out() {
    let bench_of = |seconds: f64, context: &str| {
        let mut bench = Bench::connected();
        let call = InboundCall {
            context: context.into(),
            from: FIRST.into(),
            to: SECOND.into(),
            ..InboundCall::default()
        };
        bench.call = bench.peer.dial_in(bench.now, call);
        bench.pass(seconds);
        bench
    };
    for context in ["default", "nobody"] {
        assert_eq!(bench_of(119.0, context).peer.call_state(&bench_of(0.0, context).call), Some("ringing"));
        let bench = bench_of(121.0, context);
        assert_eq!(bench.peer.end_reason(&bench.call), Some("noAnswer"), "{context}");
    }
    let mut bench = bench_of(1.0, "default");
    bench.about("calling.answer", json!({}));
    bench.pass(500.0);
    assert_eq!(bench.peer.call_state(&bench.call), Some("answered"));
}
