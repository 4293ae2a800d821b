//! Payments in virtual time: what is posted, and what the answers do.
#![allow(clippy::unwrap_used)]

use super::super::test_bench::Bench;
use super::super::{Answer, AskId, Asked, Outside, PayOutcome, PeerOptions, What};
use super::tests::Step::{Pass, Press};
use super::tests::{CARD, NUMBER, WAIT, bench, end, heard, pay, payment, run};
use super::{CardOutcome, TEST_CARDS};
use serde_json::{Value, json};

#[test]
fn the_built_in_connector_answers_as_told() {
    let down = "payment-connector-error the connector";
    for (outcome, url, expected) in [
        (PayOutcome::ByCard, "https://example.com/c", "success"),
        (PayOutcome::Approve, "https://example.com/c", "success"),
        (PayOutcome::Decline, "https://example.com/c", "payment-connector-error card-declined"),
        (PayOutcome::Timeout, "https://example.com/c", &format!("{down} did not answer within 10 s")),
        (
            PayOutcome::Error,
            "https://example.com/c",
            &format!("{down} answered with the HTTP status 500, not with 200"),
        ),
        (PayOutcome::Fail, "https://example.com/c", "internal-error the platform failed"),
        (PayOutcome::Decline, "sim:approve", "success"),
        (PayOutcome::Approve, "sim:decline", "payment-connector-error card-declined"),
        (PayOutcome::Approve, "sim:timeout", &format!("{down} did not answer within 10 s")),
        (
            PayOutcome::Approve,
            "sim:error",
            &format!("{down} answered with the HTTP status 500, not with 200"),
        ),
        (PayOutcome::Fail, "sim:approve", "internal-error the platform failed"),
    ] {
        let mut bench = bench(PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() });
        bench.peer.set_pay_outcome(outcome);
        pay(&mut bench, json!({"payment_connector_url": url}));
        run(&mut bench, &[Press(CARD), Pass(60.0)]);
        assert_eq!(end(&bench), expected, "{outcome:?} {url}");
        assert!(bench.peer.take_asks().is_empty());
        let posted = bench.seen.iter().any(|seen| matches!(&seen.what, What::Posted { to, .. } if to == url));
        assert_eq!(posted, outcome != PayOutcome::Fail);
        let completed = heard(&bench).contains(&"Payment completed. Thank you");
        assert_eq!(
            (completed, heard(&bench).contains(&"Payment failed")),
            (expected == "success", expected != "success")
        );
    }
}

#[test]
fn every_test_card_has_its_outcome() {
    for card in TEST_CARDS {
        let mut bench = bench(PeerOptions::default());
        pay(&mut bench, json!({"valid_card_types": card.brand, "postal_code": "false"}));
        bench.press(&format!("{}#{}#{}#", card.number, card.expiry, card.cvv));
        bench.pass(60.0);
        let event = bench.last("calling.call.pay");
        let expected = match card.outcome {
            CardOutcome::Approved => "success",
            _ => "payment-connector-error",
        };
        assert_eq!(event["result"], expected, "{card:?}");
        assert_eq!(event["payment_card_type"], card.brand);
        if let CardOutcome::Declined { code, message } = card.outcome {
            assert_eq!(event["connector_error"], json!({"code": code, "message": message}));
            assert_eq!(event["payment_error_code"], code);
        }
    }
}

#[test]
fn without_an_amount_there_is_a_token_and_no_confirmation() {
    for amount in [json!("0"), json!("0.00"), Value::Null] {
        let mut bench = bench(PeerOptions::default());
        let mut params =
            json!({"control_id": "c", "payment_connector_url": "sim:approve", "charge_amount": amount});
        if amount.is_null() {
            params.as_object_mut().unwrap().remove("charge_amount");
        }
        bench.about("calling.pay", params);
        run(&mut bench, &[Press(CARD), Pass(60.0)]);
        let event = bench.last("calling.call.pay");
        assert!(event["payment_token"].is_string() && event.get("payment_confirmation_code").is_none());
    }
}

#[test]
fn a_declined_card_can_be_replaced_by_another() {
    let declined = Press("4000000000000002#1230#123#90210#");
    let bench = payment(json!({"max_attempts": "2"}), &[declined, Pass(10.0), Press(CARD)]);
    assert_eq!(heard(&bench)[4..7], [WAIT, "Payment failed", NUMBER]);
    assert_eq!(end(&bench), "success");
}

/// A payment that has posted its card to a connector on this machine; gives the body too.
fn posted(more: Value) -> (Bench, AskId, Value) {
    let mut bench = bench(PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() });
    let mut full = json!({"payment_connector_url": "http://me:planted@localhost:1/pay?key=planted"});
    full.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    pay(&mut bench, full);
    run(&mut bench, &[Press(CARD), Pass(3.0)]);
    let mut asks = bench.peer.take_asks();
    assert_eq!(asks.len(), 1);
    let ask = asks.remove(0);
    let Asked::Post { url, body, timeout } = ask.what else { panic!("{:?}", ask.what) };
    assert_eq!((url.as_str(), timeout.as_secs()), ("http://me:planted@localhost:1/pay?key=planted", 10));
    (bench, ask.id, serde_json::from_str(&body).unwrap())
}

#[test]
fn a_connector_within_reach_is_posted_the_card_once() {
    let parameters = json!([{"name": "order", "value": "7"}]);
    let (_, _, mut body) = posted(json!({"description": "tea", "parameters": parameters, "currency": "EUR"}));
    assert!(body["transaction_id"].take().is_string());
    let expected = json!({
        "transaction_id": null, "method": "credit-card", "cardnumber": "4242424242424242", "cvv": "123",
        "expiry_month": "12", "expiry_year": "30", "postal_code": "90210", "chargeAmount": "29.99",
        "currency_code": "EUR", "token_type": "reusable", "description": "tea", "parameters": parameters,
    });
    assert_eq!(body, expected);
}

#[test]
fn the_connectors_answer_decides() {
    let response = |status: u16, body: &str| Answer::Response { status, body: body.to_owned() };
    for (answer, expected) in [
        (response(200, r#"{"charge_id":"ch_7","error_code":null,"error_message":null}"#), "success"),
        (
            response(402, r#"{"error_code":"broke","error_message":"no money"}"#),
            "payment-connector-error card-declined",
        ),
        (
            Answer::Failed("connection refused".into()),
            "payment-connector-error no answer from the connector: connection refused",
        ),
        (Answer::TimedOut, "payment-connector-error the connector did not answer within 10 s"),
    ] {
        let (mut bench, id, _) = posted(json!({}));
        bench.peer.outside_answered(bench.now, id, &answer);
        bench.pass(5.0);
        assert_eq!(end(&bench), expected);
        let seen = format!("{:?}", bench.seen);
        assert!(!seen.contains("planted@") && seen.contains("http://****@localhost:1/pay\""), "{seen}");
    }
}

#[test]
fn a_connector_that_does_not_answer_is_not_waited_for_for_ever() {
    let (mut bench, id, _) = posted(json!({}));
    bench.pass(20.0);
    assert_eq!(end(&bench), "payment-connector-error the connector did not answer within 10 s");
    let before = bench.events();
    let late = Answer::Response { status: 200, body: r#"{"charge_id":"ch_7"}"#.into() };
    bench.peer.outside_answered(bench.now, id, &late);
    bench.pass(5.0);
    assert_eq!(bench.events(), before);
}

#[test]
fn a_connector_has_its_time_however_fast_calls_run() {
    for (speed, waits) in [(100.0, 900.0), (0.1, 0.1)] {
        let mut bench = bench(PeerOptions { outside: Outside::ThisMachine, speed, ..PeerOptions::default() });
        pay(&mut bench, json!({"payment_connector_url": "http://localhost:1/pay"}));
        run(&mut bench, &[Press(CARD), Pass(3.0)]);
        assert_eq!(bench.peer.take_asks().len(), 1);
        bench.pass(waits);
        assert!(bench.events().iter().all(|event| !event.contains("pay")), "{:?}", bench.events());
        bench.pass(waits + 10.0);
        assert_eq!(end(&bench), "payment-connector-error the connector did not answer within 10 s");
    }
}

/// The bodies of what is posted to the status URL, answered badly.
fn status_posts(bench: &mut Bench) -> Vec<Value> {
    let asks = bench.peer.take_asks();
    let bodies = asks.into_iter().map(|ask| {
        let Asked::Post { url, body, .. } = ask.what else { panic!("{:?}", ask.what) };
        assert_eq!(url, "http://localhost/s");
        bench.peer.outside_answered(bench.now, ask.id, &Answer::Failed("connection refused".into()));
        serde_json::from_str(&body).unwrap()
    });
    bodies.collect()
}

fn steps(posts: &[Value]) -> Vec<String> {
    let step = |post: &Value| {
        let word = |name: &str| post["params"][name].as_str().unwrap_or("-").to_owned();
        format!("{} {}", word("for"), word("error_type"))
    };
    posts.iter().map(step).collect()
}

#[test]
fn every_step_is_posted_to_the_status_url() {
    let mut bench = bench(PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() });
    let more = json!({"status_url": "http://localhost/s", "max_attempts": "3"});
    pay(&mut bench, more.clone());
    let again = Press("4000000000000002#1230#123#90210#");
    run(&mut bench, &[Press("#"), again, Pass(10.0), Press(CARD)]);
    let mut second = more;
    second["control_id"] = "d".into();
    assert_eq!(pay(&mut bench, second)["code"], "409");
    bench.pass(60.0);
    let posts = status_posts(&mut bench);
    let entries = ["payment-card-number -", "expiration-date -", "security-code -", "postal-code -"];
    let mut expected = vec!["payment-card-number input-matching-failed"];
    expected.extend(entries);
    expected.extend(["payment-processing -", "payment-failed card-declined"]);
    expected.extend(entries);
    expected.extend([
        "payment-processing -",
        "payment-card-number session-in-progress",
        "payment-completed -",
    ]);
    assert_eq!(steps(&posts), expected);
    let last = posts.last().unwrap();
    assert_eq!((&last["event_type"], &last["project_id"]), (&json!("calling.call.pay"), &json!("p")));
    assert!(last["timestamp"].as_f64() > Some(1.7e9) && last["event_channel"].is_string());
    let params = json!({
        "status_url": "http://localhost/s", "status_url_method": "POST", "for": "payment-completed",
        "error_type": null, "payment_method": "credit-card", "payment_card_number": "************4242",
        "payment_card_type": "visa", "security_code": "***", "expiration_date": "1230",
        "payment_card_postal_code": "90210", "control_id": "c", "call_id": bench.call, "node_id": "node-sim",
    });
    assert_eq!(last["params"], params);
    assert_eq!(end(&bench), "success");
}

#[test]
fn a_status_url_out_of_reach_is_not_posted_to() {
    let mut bench = payment(json!({"status_url": "https://example.com/s?k=planted"}), &[Press(CARD)]);
    assert!(bench.peer.take_asks().is_empty());
    let noted = bench.seen.iter().filter(
        |seen| matches!(&seen.what, What::Posted { to, summary } if to.ends_with("/s") && summary.starts_with("not sent")),
    );
    assert_eq!(noted.count(), 6);
}
