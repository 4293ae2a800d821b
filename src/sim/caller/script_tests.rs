//! Steps and cards as JSON.
#![allow(clippy::unwrap_used)]

use super::*;
use serde_json::json;

#[test]
fn steps_are_read_in_order() {
    let steps = json!([
        {"wait": 1.5}, {"hears": "menu"}, {"press": "1"}, {"say": "sales"}, {"press": "42 42 a#"}, {"wait": 0},
        {"hang_up": true},
    ]);
    let expected = vec![
        PlanAction::Wait(Duration::from_millis(1500)),
        PlanAction::Hear("menu".into()),
        PlanAction::Press("1".into()),
        PlanAction::Speak("sales".into()),
        PlanAction::Press("4242A#".into()),
        PlanAction::Wait(Duration::ZERO),
        PlanAction::HangUp,
    ];
    assert_eq!(PlanAction::list_from_json(&steps).unwrap(), expected);
    assert_eq!(PlanAction::list_from_json(&json!([])).unwrap(), []);
}

#[test]
fn a_wrong_step_is_named() {
    let one_of = "expected one of wait, hears, press, say or hang_up";
    for (steps, expected) in [
        (json!({"wait": 1}), "actions: expected a list, got an object".to_owned()),
        (json!([{"wait": 1}, "press"]), "actions[1]: expected an object, got a text".to_owned()),
        (json!([{}]), format!("actions[0]: {one_of}, got 0 keys")),
        (json!([{"wait": 1, "press": "1"}]), format!("actions[0]: {one_of}, got 2 keys")),
        (json!([{"4242424242": 1}]), format!("actions[0]: {one_of}, got another key")),
        (json!([{"wait": -1}]), "actions[0].wait: expected seconds from 0 to 86400, got -1".to_owned()),
        (json!([{"wait": "1"}]), "actions[0].wait: expected seconds from 0 to 86400, got a text".to_owned()),
        (json!([{"hears": 7}]), "actions[0].hears: expected a text, got a number".to_owned()),
        (json!([{"say": " "}]), "actions[0].say: expected a text, got an empty one".to_owned()),
        (json!([{"press": 42}]), "actions[0].press: expected keys (0-9 * # A-D), got a number".to_owned()),
        (json!([{"press": ""}]), "actions[0].press: expected keys (0-9 * # A-D), got none".to_owned()),
        (
            json!([{"press": "4242x"}]),
            "actions[0].press: expected keys (0-9 * # A-D), got other characters".to_owned(),
        ),
        (json!([{"hang_up": false}]), "actions[0].hang_up: expected true, got false".to_owned()),
        (json!([{"hang_up": null}]), "actions[0].hang_up: expected true, got null".to_owned()),
    ] {
        assert_eq!(PlanAction::list_from_json(&steps).unwrap_err(), expected);
    }
}

#[test]
fn a_card_is_read() {
    let card = Card::from_json(&json!({"number": "4000 0000 0000 0002", "zip": null, "cvv": ""})).unwrap();
    let expected = Card { number: "4000000000000002".into(), cvv: String::new(), ..Card::test() };
    assert!(card == expected);
    assert!(Card::from_json(&json!({})).unwrap() == Card::test());
}

#[test]
fn a_wrong_card_is_not_shown() {
    for (card, expected) in [
        (json!("4242"), "card: expected an object, got a text"),
        (json!({"pin": "4242"}), "card: expected number, expiry, cvv and zip and nothing else"),
        (json!({"number": 4242}), "card.number: expected a text of digits, got a number"),
        (json!({"number": "4242 x"}), "card.number: expected at most 19 digits, got other characters"),
        (json!({"cvv": "42424"}), "card.cvv: expected at most 4 digits, got 5 digits"),
        (json!({"expiry": "Dec"}), "card.expiry: expected at most 4 digits, as MMYY, got other characters"),
        (json!({"zip": "A"}), "card.zip: expected at most 10 digits, got other characters"),
    ] {
        assert_eq!(Card::from_json(&card).unwrap_err(), expected);
    }
}
