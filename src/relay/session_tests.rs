//! What a session does, frame by frame, with time passed in.
#![allow(clippy::unwrap_used)]
use serde_json::{Value, json};

use super::*;
use crate::relay::frame::Frame;

const fn s(seconds: u64) -> Time {
    Time::from_secs(seconds)
}

fn session() -> Session<&'static str> {
    let login =
        Login { authentication: r#"{"project":"p","token":"t"}"#.into(), contexts: vec!["default".into()] };
    Session::new(login, 1)
}

fn sent(session: &mut Session<&'static str>) -> Vec<Value> {
    session.outbox().drain(..).map(|f| serde_json::from_str(&f).unwrap()).collect()
}

/// Opens a link at `now` and answers its connect; whether the session was resumed.
fn connect(session: &mut Session<&'static str>, now: Time, result: Value) -> bool {
    session.link_opened(now);
    let frame = sent(session).pop().unwrap();
    assert_eq!(frame["method"], "signalwire.connect");
    let answer = json!({"jsonrpc":"2.0","id":frame["id"],"result":result}).to_string();
    match session.receive(now, &answer, &mut Frame::default()).unwrap() {
        Received::Connected { resumed, .. } => resumed,
        other => panic!("{other:?}"),
    }
}

fn live() -> Session<&'static str> {
    let mut session = session();
    connect(&mut session, s(0), json!({"protocol":"proto-1"}));
    session
}

fn event(id: &str) -> String {
    json!({"id":id,"method":"signalwire.event","params":{"event_type":"calling.call.play","params":{"state":"playing"}}})
        .to_string()
}

#[test]
fn connect_says_who_we_are_and_what_we_want() {
    let mut session = session();
    session.link_opened(s(0));
    let frame = sent(&mut session).pop().unwrap();
    let params = &frame["params"];
    assert_eq!(params["version"], json!({"major":2,"minor":0,"revision":0}));
    assert_eq!(params["event_acks"], true);
    assert_eq!(params["authentication"], json!({"project":"p","token":"t"}));
    assert_eq!(params["contexts"], json!(["default"]));
    assert!(params.get("protocol").is_none());
}

#[test]
fn reconnect_resumes_the_session() {
    let mut session = live();
    let state =
        json!({"id":"e1","method":"signalwire.event","params":{"event_type":"signalwire.authorization.state",
        "params":{"authorization_state":"opaque"}}})
        .to_string();
    assert!(matches!(
        session.receive(s(1), &state, &mut Frame::default()).unwrap(),
        Received::AuthorizationState(_)
    ));
    session.link_lost(s(2));
    let Phase::Down { retry_at } = session.phase() else { panic!("down") };
    assert!(retry_at >= s(2) + Duration::from_millis(500) && retry_at <= s(3));
    session.link_opened(s(3));
    let params = sent(&mut session).pop().unwrap()["params"].take();
    assert_eq!((&params["protocol"], &params["authorization_state"]), (&json!("proto-1"), &json!("opaque")));
}

#[test]
fn a_session_is_resumed_if_the_protocol_is_the_same_and_nobody_denies_it() {
    for (result, resumed) in [
        (json!({"protocol":"proto-1","session_restored":true}), true),
        (json!({"protocol":"proto-1"}), true),
        (json!({}), true),
        (json!({"protocol":"proto-2"}), false),
        (json!({"protocol":"proto-1","session_restored":false}), false),
    ] {
        let mut session = live();
        session.link_lost(s(1));
        assert_eq!(connect(&mut session, s(2), result.clone()), resumed, "{result}");
    }
}

#[test]
fn a_session_that_is_not_resumed_fails_what_waited() {
    let mut session = live();
    session.request(s(1), "calling.pay".into(), Repeat::Never, "pay", "{}");
    session.link_lost(s(2));
    connect(&mut session, s(3), json!({"protocol":"other"}));
    assert_eq!(session.next_due(), Some(s(0)));
    let Some(Step::Failed("pay", error)) = session.advance(s(3)) else { panic!("a failure") };
    assert_eq!(error.kind(), "session_lost");
    assert!(session.advance(s(3)).is_none());
}

#[test]
fn events_are_acknowledged_and_handled_once() {
    let mut session = live();
    assert!(matches!(
        session.receive(s(1), &event("e1"), &mut Frame::default()).unwrap(),
        Received::Event(_)
    ));
    assert_eq!(sent(&mut session), [json!({"jsonrpc":"2.0","id":"e1","result":{}})]);
    assert!(matches!(session.receive(s(1), &event("e1"), &mut Frame::default()).unwrap(), Received::Nothing));
    assert_eq!(sent(&mut session).len(), 1, "it is acknowledged again, though the link did not fall");
    session.link_lost(s(2));
    connect(&mut session, s(3), json!({"protocol":"proto-1"}));
    assert!(matches!(session.receive(s(3), &event("e1"), &mut Frame::default()).unwrap(), Received::Nothing));
    assert_eq!(sent(&mut session).len(), 1, "it is acknowledged again");
    assert!(matches!(
        session.receive(s(3), &event("e2"), &mut Frame::default()).unwrap(),
        Received::Event(_)
    ));
}

#[test]
fn answers_are_judged_by_their_code() {
    for (answer, kind) in [
        (json!({"result":{"code":"200","message":"OK"}}), None),
        (json!({"result":{"code":202}}), None),
        (json!({"result":{"code":"404","message":"call not found"}}), Some(("refused", "404"))),
        (json!({"error":{"code":-32601,"message":"no"}}), Some(("refused", "-32601"))),
    ] {
        let mut session = live();
        let id = session.request(s(1), "calling.play".into(), Repeat::Announced, "play", "{\"a\":1}");
        assert_eq!(sent(&mut session)[0]["params"], json!({"a":1}));
        let mut frame = answer.clone();
        frame["id"] = json!(id.to_string());
        let text = frame.to_string();
        let mut frame = Frame::default();
        let Received::Answer { waiter: "play", outcome } = session.receive(s(2), &text, &mut frame).unwrap()
        else {
            panic!("an answer")
        };
        assert_eq!(outcome.as_ref().err().map(|e| (e.kind(), e.code().unwrap())), kind, "{answer}");
    }
}

#[test]
fn a_silent_server_is_pinged_and_then_given_up() {
    let mut session = live();
    assert_eq!(session.next_due(), Some(s(15)));
    assert!(session.advance(s(15)).is_none());
    assert_eq!(sent(&mut session)[0]["method"], "signalwire.ping");
    assert_eq!(session.next_due(), Some(s(25)));
    assert!(matches!(session.advance(s(25)), Some(Step::LinkDead)));

    let mut session = live();
    session.advance(s(15));
    session
        .receive(s(20), r#"{"id":"p1","method":"signalwire.ping","params":{}}"#, &mut Frame::default())
        .unwrap();
    assert_eq!(session.next_due(), Some(s(35)), "any frame is a sign of life");
}

#[test]
fn a_server_that_does_not_answer_connect_is_given_up() {
    let mut session = session();
    session.link_opened(s(1));
    assert!(matches!(session.advance(s(11)), Some(Step::LinkDead)));
}

#[test]
fn three_refusals_before_any_success_are_the_end() {
    let mut session = session();
    for n in 1..=MAX_REFUSALS {
        session.link_opened(s(n.into()));
        let id = sent(&mut session).pop().unwrap()["id"].clone();
        let refusal = json!({"id":id,"error":{"code":-32002,"message":"Authentication failed"}}).to_string();
        assert!(matches!(
            session.receive(s(n.into()), &refusal, &mut Frame::default()).unwrap(),
            Received::Refused { .. }
        ));
        session.link_lost(s(n.into()));
        assert_eq!(session.phase() == Phase::Over(Ending::Refused), n == MAX_REFUSALS);
    }
}

#[test]
fn after_a_success_reconnects_go_on_for_ever() {
    let mut session = live();
    for n in 1..50 {
        session.link_lost(s(n * 100));
        let Phase::Down { retry_at } = session.phase() else { panic!("down") };
        assert!(retry_at <= s(n * 100 + 30));
    }
    let mut fresh = self::session();
    for n in 1..=MAX_FAILURES {
        fresh.link_lost(s(n.into()));
    }
    assert_eq!(fresh.phase(), Phase::Over(Ending::Unreachable));
}

#[test]
fn a_restart_forgets_the_session() {
    for (restart, kept) in [(true, false), (false, true)] {
        let mut session = live();
        let frame =
            json!({"id":"d","method":"signalwire.disconnect","params":{"restart":restart}}).to_string();
        assert!(matches!(
            session.receive(s(1), &frame, &mut Frame::default()).unwrap(),
            Received::Disconnect
        ));
        assert_eq!(sent(&mut session)[0]["result"], json!({}));
        session.link_lost(s(1));
        session.link_opened(s(2));
        assert_eq!(sent(&mut session)[0]["params"].get("protocol").is_some(), kept);
    }
}

#[test]
fn an_event_proves_a_request_whose_answer_has_not_come() {
    for cut in [false, true] {
        let mut session = live();
        let id = session.request(s(1), "calling.pay".into(), Repeat::Never, "pay", "{}");
        if cut {
            session.link_lost(s(2));
            connect(&mut session, s(3), json!({"protocol":"proto-1"}));
        }
        assert_eq!(session.prove(id), Some("pay"));
        assert_eq!((session.prove(id), session.waiting()), (None, 0));
    }
}

#[test]
fn further_failures_to_connect_do_not_prolong_an_outage() {
    let mut session = live();
    session.request(s(1), "calling.play".into(), Repeat::Announced, "play", "{}");
    for second in [2, 20, 40, 60] {
        session.link_lost(s(second));
        session.link_opened(s(second + 1));
    }
    assert!(matches!(session.advance(s(62)), Some(Step::Failed("play", RelayError::Unconfirmed { .. }))));
}

#[test]
fn requests_made_while_down_go_out_after_the_connect() {
    let mut session = session();
    session.request(s(0), "calling.dial".into(), Repeat::Never, "dial", "{}");
    connect(&mut session, s(1), json!({"protocol":"x"}));
    assert_eq!(sent(&mut session)[0]["method"], "calling.dial");
    assert!(session.advance(s(1)).is_none());
}
