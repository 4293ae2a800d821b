//! Payments in virtual time: what is heard, which entries are good, and how they end.
#![allow(clippy::unwrap_used)]

use super::super::test_bench::Bench;
use super::super::{CallPlan, InboundCall, Outside, PeerOptions, What};
use Step::{Ask, HangUp, Pass, Press, Say};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) const NUMBER: &str = "Please enter your credit card number";
const DATE: &str = "Please enter your credit card's expiration date. 2 digits for the month and 2 digits for \
                    the year";
const CODE: &str = "Please enter your credit card's security code. It's the 3 digits located on the back of \
                    your card";
const ZIP: &str = "Please enter your billing postal code";
pub(super) const WAIT: &str = "Payment processing. Please wait";

/// What happens to a payment.
pub(super) enum Step {
    Pass(f64),
    Press(&'static str),
    Say(&'static str),
    Ask(&'static str),
    HangUp,
}

/// An answered call whose caller holds no card.
pub(super) fn bench(options: PeerOptions) -> Bench {
    let mut bench = Bench::unconnected(options);
    bench.connect(json!({}));
    let plan = CallPlan { card: None, ..CallPlan::default() };
    let call = InboundCall { context: "default".into(), plan, ..InboundCall::default() };
    bench.call = bench.peer.dial_in(bench.now, call);
    bench.about("calling.answer", json!({}));
    bench.seen.clear();
    bench.frames.clear();
    bench
}

pub(super) fn pay(bench: &mut Bench, more: Value) -> Value {
    let mut params = json!({
        "control_id": "c", "payment_connector_url": "https://example.com/c", "charge_amount": "29.99",
    });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    bench.about("calling.pay", params)
}

pub(super) fn run(bench: &mut Bench, steps: &[Step]) {
    for step in steps {
        match step {
            Pass(seconds) => bench.pass(*seconds),
            Press(keys) => bench.press(keys),
            Say(text) => bench.speak(text),
            Ask(method) => {
                let reply = bench.about(method, json!({"control_id": "c"}));
                assert_eq!(reply["code"], "200", "{reply}");
            }
            HangUp => bench.hang_up(),
        }
    }
}

/// A payment with these steps, and a minute after them.
pub(super) fn payment(more: Value, steps: &[Step]) -> Bench {
    let mut bench = bench(PeerOptions::default());
    assert_eq!(pay(&mut bench, more)["code"], "200");
    run(&mut bench, steps);
    bench.pass(60.0);
    bench
}

pub(super) fn heard(bench: &Bench) -> Vec<&str> {
    let heard = bench.seen.iter().filter_map(|seen| match &seen.what {
        What::Heard { text, .. } => Some(text.as_str()),
        _ => None,
    });
    heard.collect()
}

/// The payment's end: `result`, and `payment_error` if there is one.
pub(super) fn end(bench: &Bench) -> String {
    let event = bench.last("calling.call.pay");
    let words = [&event["result"], &event["payment_error"]].map(|word| word.as_str().unwrap_or_default());
    words.join(" ").trim_end().to_owned()
}

#[test]
fn a_payment_goes_from_prompt_to_prompt() {
    let card = [
        Pass(5.0),
        Press("4242424242424242"),
        Pass(9.0),
        Press("1230#"),
        Pass(9.0),
        Press("123"),
        Pass(4.0),
        Press("90210#"),
    ];
    let bench = payment(json!({}), &card);
    assert_eq!(heard(&bench), [NUMBER, DATE, CODE, ZIP, WAIT, "Payment completed. Thank you"]);
    let speech = |text: &str| text.len() as f64 / 14.0;
    let at = 27.0 + speech(WAIT) + 1.0 + speech("Payment completed. Thank you");
    assert_eq!(bench.events(), [format!("{at:.1} pay finished success")]);
    let event = bench.last("calling.call.pay");
    for (name, expected) in [
        ("state", "finished"),
        ("result", "success"),
        ("payment_method", "credit-card"),
        ("payment_card_number", "************4242"),
        ("payment_card_type", "visa"),
        ("payment_card_expiration_date", "1230"),
        ("payment_card_security_code", "***"),
        ("payment_card_postal_code", "90210"),
    ] {
        assert_eq!(event[name], expected, "{name}");
    }
    assert!(event["payment_token"].is_string() && event["payment_confirmation_code"].is_string());
    assert!(event.get("payment_error").is_none() && event.get("connector_error").is_none());
}

#[test]
fn each_entry_is_checked() {
    let discover = Press("6011111111111117");
    let no_code = || json!({"postal_code": "false"});
    for (more, steps, expected) in [
        (json!({}), vec![Pass(8.0)], "too-many-failed-attempts timeout"),
        (
            json!({"timeout": "1"}),
            vec![Press("4"), Pass(1.5)],
            "too-many-failed-attempts invalid-card-number",
        ),
        (json!({}), vec![Press("#")], "too-many-failed-attempts input-matching-failed"),
        (json!({}), vec![Press("4242424242424241")], "too-many-failed-attempts invalid-card-number"),
        (json!({}), vec![Press("4242#")], "too-many-failed-attempts invalid-card-number"),
        (json!({}), vec![discover], "too-many-failed-attempts invalid-card-type"),
        (json!({}), vec![Press("42424242424242421023")], "too-many-failed-attempts invalid-date"),
        (json!({}), vec![Press("42424242424242421330")], "too-many-failed-attempts invalid-date"),
        (json!({}), vec![Press("4242424242424242#12#")], "too-many-failed-attempts invalid-date"),
        (
            json!({}),
            vec![Press("4242424242424242#1230#12#")],
            "too-many-failed-attempts invalid-security-code",
        ),
        (json!({}), vec![Press("3782822463100051230123#")], "too-many-failed-attempts invalid-security-code"),
        (no_code(), vec![Press("37828224631000512301234")], "success"),
        (
            json!({"min_postal_code_length": "6"}),
            vec![Press("4242424242424242123012390210#")],
            "too-many-failed-attempts invalid-postal-code",
        ),
        (json!({}), vec![Press("42424242424242421230123"), Press("#")], "too-many-failed-attempts timeout"),
        (
            json!({}),
            vec![Press("42424242424242421230123"), Pass(4.0), Press("#")],
            "too-many-failed-attempts input-matching-failed",
        ),
        (json!({"valid_card_types": "discover"}), vec![Press("6011111111111117#1230#123#90210#")], "success"),
        (
            json!({"postal_code": "false", "security_code": "false"}),
            vec![Press("55555555555544441230")],
            "success",
        ),
        (
            json!({"postal_code": "10115", "security_code": "false"}),
            vec![Press("55555555555544441230")],
            "success",
        ),
    ] {
        let bench = payment(more.clone(), &steps);
        assert_eq!(end(&bench), expected, "{more} {:?}", heard(&bench));
    }
}

#[test]
fn a_postal_code_is_asked_for_known_or_left_out() {
    for (given, expected) in [("true", json!("90210")), ("false", Value::Null), ("K1A 0B6", json!("K1A 0B6"))]
    {
        let bench = payment(json!({"postal_code": given}), &[Press("4242424242424242123012390210#")]);
        assert_eq!(end(&bench), "success");
        assert_eq!(bench.last("calling.call.pay")["payment_card_postal_code"], expected);
        assert_eq!(heard(&bench).contains(&ZIP), given == "true");
    }
}

#[test]
fn digits_may_take_their_time_but_not_more() {
    let slow = |gap: f64| [Press("4"), Pass(gap), Press("2"), Pass(gap), Press("42424242424242")];
    for (gap, expected) in [(1.9, "timeout"), (2.1, "invalid-card-number")] {
        let bench = payment(json!({"timeout": "2"}), &slow(gap));
        assert_eq!(end(&bench), format!("too-many-failed-attempts {expected}"), "{gap}");
    }
}

#[test]
fn a_key_interrupts_the_prompt() {
    let mut bench = bench(PeerOptions::default());
    pay(&mut bench, json!({}));
    run(&mut bench, &[Pass(1.0), Press("4"), Pass(4.9)]);
    assert!(bench.events().is_empty());
    bench.pass(0.2);
    assert_eq!(heard(&bench), [NUMBER, "Payment failed"]);
}

#[test]
fn a_failed_step_is_asked_again_while_attempts_are_left() {
    let say = |moment: &str, phrase: &str, attempts: &str, error: &str| {
        json!({"for": moment, "actions": [{"type": "Say", "phrase": phrase}], "attempts": attempts,
            "error_type": error,
        })
    };
    let prompts = json!([
        say("payment-card-number", "once more", "2", ""),
        say("expiration-date", "not that month", "3", "invalid-date"),
        say("payment-failed", "sorry", "", "timeout"),
    ]);
    let more = json!({"prompts": prompts, "max_attempts": "3"});
    let bench = payment(more, &[Press("4242#"), Pass(1.0), Press("4242424242424242#1330#")]);
    assert_eq!(heard(&bench), [NUMBER, "once more", DATE, "not that month", "sorry"]);
    assert_eq!(end(&bench), "too-many-failed-attempts timeout");
    assert_eq!(bench.last("calling.call.pay")["payment_card_number"], "************4242");
}

#[test]
fn silence_and_audio_are_prompts_too() {
    let prompts = json!([
        {"for": "payment-card-number", "actions": []},
        {"for": "payment-failed", "actions": [
            {"type": "Play", "phrase": "https://example.com/sorry.mp3"}, {"type": "Say", "phrase": "Bye"}]},
    ]);
    let bench = payment(json!({"prompts": prompts}), &[]);
    assert_eq!(heard(&bench), ["https://example.com/sorry.mp3", "Bye"]);
    assert_eq!(bench.events(), ["8.5 pay error too-many-failed-attempts"]);
}

#[test]
fn an_amex_is_asked_for_four_digits() {
    let bench = payment(json!({}), &[Press("3782822463100051230")]);
    assert!(heard(&bench)[2].ends_with("It's the 4 digits located on the front of your card"));
}

#[test]
fn digits_can_be_spoken_when_speech_is_taken() {
    let spoken = [
        Say("four two four two 4242 4242 four two four two"),
        Say("twelve thirty"),
        Say("one two three"),
        Say("nine oh two one oh"),
    ];
    let bench = payment(json!({"input": "speech"}), &spoken);
    assert_eq!(end(&bench), "success");
    assert_eq!(bench.last("calling.call.pay")["payment_card_postal_code"], "90210");
    assert!(!format!("{:?}", bench.seen).contains("four"));

    for (input, expected) in [("speech", "input-matching-failed"), ("dtmf", "timeout")] {
        let bench = payment(json!({"input": input}), &[Say("good morning")]);
        assert_eq!(end(&bench), format!("too-many-failed-attempts {expected}"));
    }
}

pub(super) const CARD: &str = "4242424242424242#1230#123#90210#";

#[test]
fn a_payment_can_be_stopped_starred_and_hung_up_at_any_time() {
    // In the first prompt, in an entry, in the processing prompt, at the connector, and at the end.
    let places = [(vec![Pass(1.0)], 1.0), (vec![Press("42")], 0.0), (vec![Press(CARD), Pass(1.0)], 1.0)];
    for (before, at) in places {
        for (step, expected, prompt) in [
            (Ask("calling.pay.stop"), "relay-pay-stop", false),
            (Press("*"), "caller-interrupted-with-star", true),
            (HangUp, "caller-hung-up", false),
        ] {
            let mut bench = bench(PeerOptions::default());
            pay(&mut bench, json!({}));
            run(&mut bench, &before);
            run(&mut bench, &[step, Pass(60.0)]);
            assert_eq!(end(&bench), expected);
            assert_eq!(heard(&bench).contains(&"Payment canceled"), prompt);
            let at = if prompt { at + 16.0 / 14.0 } else { at };
            assert_eq!(bench.events()[0], format!("{at:.1} pay error {expected}"));
            assert!(bench.peer.live_actions(&bench.call).is_empty());
            assert_eq!(bench.peer.next_due(), None);
        }
    }
}

#[test]
fn once_the_card_is_posted_keys_change_nothing() {
    for at in [2.5, 4.0] {
        let bench = payment(json!({}), &[Press(CARD), Pass(at), Press("*#1")]);
        assert_eq!(end(&bench), "success", "{at}");
    }
    // What is said already is what came of it.
    let bench = payment(json!({}), &[Press(CARD), Pass(4.0), Ask("calling.pay.stop")]);
    assert_eq!(end(&bench), "success");
}

#[test]
fn a_hang_up_ends_the_payment_before_the_call() {
    let bench = payment(json!({}), &[Press("42"), HangUp]);
    let expected = ["0.0 pay error caller-hung-up", "0.0 state ending hangup", "0.0 state ended hangup"];
    assert_eq!(bench.events(), expected);
}

#[test]
fn a_senseless_parameter_ends_the_payment_at_once() {
    let bench = payment(json!({"max_attempts": "often"}), &[]);
    let why = "parameter 'max_attempts' must be a whole number from 1 to 100, not 'often'";
    assert_eq!(end(&bench), format!("validation-error {why}"));
    assert!(heard(&bench).is_empty());
}

#[test]
fn a_peer_in_real_time_knows_that_a_card_has_expired() {
    let mut bench =
        bench(PeerOptions { epoch: Duration::from_secs(2_000_000_000), ..PeerOptions::default() });
    pay(&mut bench, json!({}));
    run(&mut bench, &[Press("4242424242424242#1230#"), Pass(60.0)]);
    assert_eq!(end(&bench), "too-many-failed-attempts invalid-date");
}

#[test]
fn card_data_is_seen_nowhere() {
    let digits = ["4000000000009995", "1129", "987"];
    for last in ["*", "60606#"] {
        let mut bench = bench(PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() });
        bench.about("calling.collect", json!({"control_id": "k", "digits": {"max": 40}, "speech": {}}));
        let more = json!({"payment_connector_url": "http://localhost/c", "status_url": "https://x/s", "input": "speech"});
        pay(&mut bench, more);
        let mut shown = String::new();
        for entry in digits {
            bench.press(entry);
            shown += &format!("{:?}", bench.peer);
            bench.pass(1.0);
        }
        bench.speak(last);
        bench.press(last);
        bench.pass(3.0);
        let asks = bench.peer.take_asks();
        shown += &format!("{:?} {asks:?} {:?}", bench.peer, bench.seen);
        bench.pass(60.0);
        shown += &format!("{:?} {:?}", bench.peer, bench.seen);
        for digits in digits {
            assert!(!shown.contains(digits), "{digits} after {last}");
        }
        let frames = format!("{:?}", bench.frames);
        assert!(!frames.contains(digits[0]) && !frames.contains("\"987\""), "{frames}");
    }
}
