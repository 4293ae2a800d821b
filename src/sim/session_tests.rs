//! Links and sessions: connect, refusal, resume with redelivery, contexts, pings, disconnect.
#![allow(clippy::unwrap_used)]

use super::session::{MOST_PENDING, Session};
use super::test_bench::{Bench, secs};
use super::{InboundCall, InboundMessage, PeerOptions};
use serde_json::{Value, json};

/// Closes the link and opens another one.
fn reopen(bench: &mut Bench) {
    bench.peer.close(bench.now, bench.link);
    bench.link = bench.peer.open(bench.now);
}

fn resume(bench: &mut Bench, protocol: &str) -> Value {
    bench.frames.clear();
    bench.connect(json!({"protocol": protocol}))
}

fn event_types(bench: &Bench) -> Vec<&str> {
    let frames = bench.frames.iter().filter(|(_, frame)| frame["method"] == "signalwire.event");
    frames.map(|(_, frame)| frame["params"]["event_type"].as_str().unwrap()).collect()
}

#[test]
fn connect_gives_a_session_and_an_authorization_state() {
    let mut bench = Bench::unconnected(PeerOptions::default());
    let reply = bench.connect(json!({}));
    assert_eq!(reply["session_restored"], false);
    assert_eq!(reply["protocol"].as_str(), bench.peer.protocol(bench.link));
    assert!(reply["identity"].is_string() && reply["authorization"].is_object());
    assert_eq!(event_types(&bench), ["signalwire.authorization.state"]);
    assert!(!format!("{:?}", bench.seen).contains("\"t\""));
}

#[test]
fn wrong_credentials_are_refused_and_the_link_is_closed() {
    let options =
        PeerOptions { project: Some("p".into()), token: Some("right".into()), ..PeerOptions::default() };
    for (authentication, accepted) in [
        (json!({"project": "p", "token": "right"}), true),
        (json!({"jwt_token": "right"}), true),
        (json!({"project": "p", "token": "wrong"}), false),
        (json!({"project": "q", "token": "right"}), false),
        (json!({"jwt_token": "wrong"}), false),
        (json!({"project": "p"}), false),
        (json!({}), false),
    ] {
        let mut bench = Bench::unconnected(options.clone());
        let reply = bench.connect(json!({"authentication": authentication}));
        assert_eq!(reply["protocol"].is_string(), accepted, "{authentication}");
        assert_eq!(reply["code"] == -32002, !accepted, "{authentication}");
        assert_eq!(bench.peer.take_closed().len(), usize::from(!accepted));
    }
}

#[test]
fn nothing_is_served_before_connect() {
    let mut bench = Bench::unconnected(PeerOptions::default());
    assert_eq!(bench.ask("calling.dial", json!({}))["code"], -32002);
    assert!(bench.ask("signalwire.ping", json!({"timestamp": 1.5}))["timestamp"] == 1.5);
}

#[test]
fn frames_that_are_no_requests_are_refused() {
    let mut bench = Bench::connected();
    for (frame, code) in [("{", -32700), ("[]", -32700), ("{\"id\":\"x\"}", -32600)] {
        bench.peer.receive(bench.now, bench.link, frame);
        bench.pump();
        assert_eq!(bench.frames.last().unwrap().1["error"]["code"], code, "{frame}");
    }
}

#[test]
fn a_resume_sends_unacknowledged_events_again_in_order() {
    let mut bench = Bench::answered();
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    bench.acks = false;
    let play = json!({"control_id": "c", "play": [{"type": "silence", "params": {"duration": 5}}]});
    bench.about("calling.play", play);
    let first = bench.frames.last().unwrap().1.clone();
    reopen(&mut bench);
    bench.pass(6.0);
    bench.hang_up();
    assert_eq!(bench.peer.unacknowledged(&protocol), 4);
    bench.acks = true;
    let reply = resume(&mut bench, &protocol);
    assert_eq!((&reply["session_restored"], &reply["protocol"]), (&json!(true), &json!(protocol)));
    assert_eq!(
        event_types(&bench),
        [
            "signalwire.authorization.state",
            "calling.call.play",
            "calling.call.play",
            "calling.call.state",
            "calling.call.state",
        ]
    );
    assert_eq!(bench.frames[2].1, first);
    assert_eq!(bench.peer.unacknowledged(&protocol), 0);
    reopen(&mut bench);
    resume(&mut bench, &protocol);
    assert_eq!(event_types(&bench), ["signalwire.authorization.state"]);
}

#[test]
fn without_event_acks_only_missed_events_are_sent_again() {
    let mut bench = Bench::unconnected(PeerOptions::default());
    bench.acks = false;
    bench.connect(json!({"event_acks": false}));
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    let context = || InboundCall { context: "default".into(), ..InboundCall::default() };
    let call = bench.peer.dial_in(bench.now, context());
    reopen(&mut bench);
    bench.peer.hang_up(bench.now, &call);
    bench.frames.clear();
    let _ = bench.peer.take_frames();
    bench.connect(json!({"event_acks": false, "protocol": protocol}));
    let expected = ["signalwire.authorization.state", "calling.call.state", "calling.call.state"];
    assert_eq!(event_types(&bench), expected);
    assert_eq!(bench.peer.unacknowledged(&protocol), 0);
}

#[test]
fn a_session_is_resumed_only_with_its_own_protocol_and_state() {
    let mut bench = Bench::connected();
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    let state = bench.last("signalwire.authorization.state")["authorization_state"].clone();
    for (more, restored) in [
        (json!({"protocol": protocol, "authorization_state": state}), true),
        (json!({"protocol": protocol}), true),
        (json!({"protocol": protocol, "authorization_state": "made up"}), false),
        (json!({"protocol": "made up"}), false),
    ] {
        reopen(&mut bench);
        assert_eq!(bench.connect(more.clone())["session_restored"], restored, "{more}");
    }
}

#[test]
fn a_client_that_comes_back_early_loses_its_old_link() {
    let mut bench = Bench::connected();
    let (old, protocol) = (bench.link, bench.peer.protocol(bench.link).unwrap().to_owned());
    bench.link = bench.peer.open(bench.now);
    assert_eq!(resume(&mut bench, &protocol)["session_restored"], true);
    assert_eq!(bench.peer.take_closed(), [old]);
    bench.peer.close(bench.now, old);
    assert_eq!(bench.peer.protocol(bench.link), Some(protocol.as_str()));
}

#[test]
fn a_call_waits_for_a_session_of_its_context() {
    let mut bench = Bench::connected();
    let call = || InboundCall { context: "sales".into(), ..InboundCall::default() };
    let first = bench.peer.dial_in(bench.now, call());
    let gone = bench.peer.dial_in(bench.now, call());
    bench.peer.hang_up(bench.now, &gone);
    bench.pump();
    assert_eq!(event_types(&bench), ["signalwire.authorization.state"]);
    bench.ask("signalwire.receive", json!({"contexts": ["sales"]}));
    assert_eq!(event_types(&bench)[1..], ["calling.call.receive"]);
    assert_eq!(bench.last("calling.call.receive")["call_id"], first);
    bench.ask("signalwire.unreceive", json!({"contexts": ["sales"]}));
    bench.peer.dial_in(bench.now, call());
    bench.pump();
    assert_eq!(event_types(&bench).len(), 2);
}

#[test]
fn calls_are_spread_over_the_sessions_of_a_context_and_passed_on() {
    let mut bench = Bench::connected();
    let first = bench.link;
    bench.link = bench.peer.open(bench.now);
    bench.connect(json!({}));
    let second = bench.link;
    bench.frames.clear();
    let call = || InboundCall { context: "default".into(), ..InboundCall::default() };
    let passed = bench.peer.dial_in(bench.now, call());
    bench.peer.dial_in(bench.now, call());
    bench.pump();
    let links: Vec<_> = bench.frames.iter().map(|(link, _)| *link).collect();
    assert_eq!(links, [first, second]);
    bench.call = passed;
    assert_eq!(bench.about("calling.answer", json!({}))["code"], "404");
    bench.link = first;
    assert_eq!(bench.about("calling.pass", json!({}))["code"], "200");
    assert_eq!(bench.frames.last().unwrap().0, second);
    bench.link = second;
    assert_eq!(bench.about("calling.pass", json!({}))["code"], "200");
    assert_eq!(bench.peer.end_reason(&bench.call), Some("noAnswer"));
}

#[test]
fn disconnect_closes_the_link_when_it_is_acknowledged_or_after_a_while() {
    for acknowledges in [true, false] {
        let mut bench = Bench::ringing(InboundCall::default());
        let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
        bench.peer.disconnect(bench.now, bench.link, false);
        bench.pump();
        let request = bench.frames.last().unwrap().1.clone();
        assert_eq!(
            (&request["method"], &request["params"]["restart"]),
            (&json!("signalwire.disconnect"), &json!(false))
        );
        assert!(bench.peer.take_closed().is_empty());
        if acknowledges {
            bench.send(&json!({"jsonrpc": "2.0", "id": request["id"], "result": {}}));
        } else {
            bench.pass(2.0);
        }
        assert_eq!(bench.peer.take_closed(), [bench.link]);
        assert_eq!(bench.peer.next_due(), Some(secs(120.0)), "only the call goes on");
        bench.link = bench.peer.open(bench.now);
        assert_eq!(resume(&mut bench, &protocol)["session_restored"], true);
        assert_eq!(bench.peer.call_state(&bench.call), Some("ringing"));
    }
}

#[test]
fn a_restart_forgets_the_session_and_abandons_its_calls() {
    let mut bench = Bench::ringing(InboundCall::default());
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    bench.peer.disconnect(bench.now, bench.link, true);
    reopen(&mut bench);
    assert_eq!(resume(&mut bench, &protocol)["session_restored"], false);
    assert_eq!(bench.peer.end_reason(&bench.call), Some("abandoned"));
}

#[test]
fn forgotten_sessions_cannot_be_resumed() {
    let mut bench = Bench::connected();
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    bench.peer.forget_sessions(bench.now);
    assert_eq!(bench.peer.protocol(bench.link), Some(protocol.as_str()));
    reopen(&mut bench);
    bench.peer.forget_sessions(bench.now);
    assert_eq!(resume(&mut bench, &protocol)["session_restored"], false);
}

#[test]
fn pings_go_both_ways() {
    let options = PeerOptions { ping_every: Some(secs(10.0)), ..PeerOptions::default() };
    let mut bench = Bench::unconnected(options);
    bench.connect(json!({}));
    bench.pass(10.0);
    let ping = bench.frames.last().unwrap().1.clone();
    assert_eq!(ping["method"], "signalwire.ping");
    assert_eq!(bench.peer.unanswered_pings(bench.link), 1);
    bench.send(&json!({"jsonrpc": "2.0", "id": ping["id"], "result": {}}));
    assert_eq!(bench.peer.unanswered_pings(bench.link), 0);
    assert_eq!(bench.peer.next_due(), Some(secs(20.0)));
    bench.peer.close(bench.now, bench.link);
    assert_eq!(bench.peer.next_due(), None);
}

#[test]
fn the_client_may_disconnect() {
    let mut bench = Bench::connected();
    assert!(bench.ask("signalwire.disconnect", json!({})).is_object());
    assert_eq!(bench.peer.take_closed(), [bench.link]);
}

#[test]
fn the_same_input_gives_the_same_frames() {
    let run = |seed: u64| {
        let mut bench = Bench::unconnected(PeerOptions { seed, ..PeerOptions::default() });
        bench.connect(json!({}));
        let call = InboundCall { context: "default".into(), ..InboundCall::default() };
        bench.call = bench.peer.dial_in(bench.now, call);
        bench.about("calling.answer", json!({}));
        bench
            .about("calling.pay", json!({"control_id": "c", "payment_connector_url": "https://example.com"}));
        bench.pass(20.0);
        bench.frames
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_client_without_contexts_and_acks_is_served() {
    let mut bench = Bench::unconnected(PeerOptions::default());
    bench.acks = false;
    let params = json!({
        "version": {"major": 3, "minor": 0, "revision": 0},
        "authentication": {"project": "p", "token": "t"},
    });
    let reply = bench.ask("signalwire.connect", params);
    let protocol = reply["protocol"].as_str().unwrap().to_owned();
    assert_eq!(bench.ask("signalwire.receive", json!({"contexts": ["office"]}))["code"], "200");
    let call = InboundCall { context: "office".into(), ..InboundCall::default() };
    bench.call = bench.peer.dial_in(bench.now, call);
    assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
    assert_eq!(bench.last("calling.call.state")["call_state"], "answered");
    assert_eq!(bench.peer.unacknowledged(&protocol), 0, "nothing is kept for it");
}

#[test]
fn a_connect_with_wrong_parameters_is_an_error() {
    for more in [
        json!({"contexts": "default"}),
        json!({"contexts": [7]}),
        json!({"event_acks": "yes"}),
        json!({"protocol": 7}),
        json!({"authorization_state": {}}),
    ] {
        let mut bench = Bench::unconnected(PeerOptions::default());
        assert_eq!(bench.connect(more.clone())["code"], -32602, "{more}");
        assert_eq!(bench.connect(json!({}))["session_restored"], false, "it may try again");
        assert_eq!(bench.connect(json!({}))["code"], -32600, "but not twice");
    }
}

#[test]
fn a_session_is_not_resumed_by_another_project() {
    let mut bench = Bench::connected();
    let protocol = bench.peer.protocol(bench.link).unwrap().to_owned();
    reopen(&mut bench);
    let other = json!({"protocol": protocol, "authentication": {"project": "q", "token": "t"}});
    let reply = bench.connect(other);
    assert_eq!(reply["session_restored"], false);
    assert_ne!(reply["protocol"], protocol.as_str());
}

#[test]
fn a_session_that_never_acknowledges_keeps_the_newest_events_only() {
    let mut session = Session::new("protocol".into(), "identity".into(), "p".into());
    session.acks = true;
    for event in 0..MOST_PENDING + 5 {
        session.deliver(event.to_string(), event.to_string(), false);
    }
    assert_eq!(session.unacknowledged(), MOST_PENDING);
    assert_eq!(session.redeliver()[0], "5");
}

#[test]
fn sessions_that_nobody_resumes_are_forgotten_in_time() {
    let mut bench = Bench::ringing(InboundCall::default());
    let first = bench.peer.protocol(bench.link).unwrap().to_owned();
    for _ in 0..300 {
        reopen(&mut bench);
        bench.connect(json!({}));
    }
    assert_eq!(bench.peer.end_reason(&bench.call), Some("abandoned"));
    reopen(&mut bench);
    assert_eq!(resume(&mut bench, &first)["session_restored"], false);
}

#[test]
fn messages_that_nobody_takes_are_lost_in_time() {
    let mut bench = Bench::connected();
    let message = InboundMessage { context: "nobody".into(), ..InboundMessage::default() };
    let sent: Vec<_> = (0..1010).map(|_| bench.peer.send_inbound_message(bench.now, &message)).collect();
    bench.frames.clear();
    bench.ask("signalwire.receive", json!({"contexts": ["nobody"]}));
    let messages =
        bench.frames.iter().filter(|(_, frame)| frame["params"]["event_type"] == "messaging.receive");
    let ids: Vec<_> = messages.map(|(_, frame)| frame["params"]["params"]["message_id"].clone()).collect();
    assert_eq!((ids.len(), &ids[0]), (1000, &json!(sent[10])));
}

#[test]
fn a_link_that_answers_no_ping_is_closed() {
    let options = PeerOptions { ping_every: Some(secs(10.0)), ..PeerOptions::default() };
    let mut bench = Bench::unconnected(options);
    bench.connect(json!({}));
    bench.pass(105.0);
    assert!(bench.peer.take_closed().is_empty());
    bench.pass(10.0);
    assert_eq!(bench.peer.take_closed(), [bench.link]);
    assert_eq!(bench.peer.next_due(), None);
}
