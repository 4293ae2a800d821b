//! `calling.detect`: what answers, when it is told, and what is refused.
#![allow(clippy::unwrap_used)]

use super::action_tests::{
    Do::{Ask, Press},
    check_on,
};
use super::test_bench::Bench;
use super::{AnsweredBy, CallPlan, PeerOptions};
use serde_json::{Value, json};

fn answered_by(answered_by: AnsweredBy, silent: bool) -> Bench {
    let plan = CallPlan { answered_by, silent, ..CallPlan::default() };
    Bench::answered_with(PeerOptions::default(), plan)
}

fn machine(params: Value) -> Value {
    json!({"detect": {"type": "machine", "params": params}})
}

#[test]
fn a_person_a_machine_and_a_fax_are_told_apart() {
    use AnsweredBy::{Fax, Human, Machine};
    let cases: Vec<(AnsweredBy, Value, &[&str])> = vec![
        (Human, machine(json!({})), &["2.0 HUMAN", "2.0 finished"]),
        (Human, machine(json!({"end_silence_timeout": 2.5})), &["3.5 HUMAN", "3.5 finished"]),
        (Human, machine(json!({"initial_timeout": 0.4})), &["0.4 UNKNOWN", "0.4 finished"]),
        // A short "hello" is a machine to whoever asks for less than half a second, or for one word.
        (
            Human,
            machine(json!({"machine_voice_threshold": 0.4})),
            &["0.9 MACHINE", "2.0 READY", "2.0 finished"],
        ),
        (
            Human,
            machine(json!({"machine_words_threshold": 1})),
            &["1.0 MACHINE", "2.0 READY", "2.0 finished"],
        ),
        (Machine, machine(json!({})), &["1.8 MACHINE", "5.0 READY", "5.0 finished"]),
        (
            Machine,
            machine(json!({"machine_voice_threshold": 9, "machine_words_threshold": 5})),
            &["2.2 MACHINE", "5.0 READY", "5.0 finished"],
        ),
        (
            Machine,
            machine(json!({"machine_ready_timeout": 3})),
            &["1.8 MACHINE", "9.0 READY", "9.0 finished"],
        ),
        (
            Machine,
            machine(json!({"detect_interruptions": true})),
            &["1.8 MACHINE", "5.0 READY", "6.0 NOT_READY", "9.0 READY", "9.0 finished"],
        ),
        (
            Machine,
            machine(json!({"detect_message_end": true})),
            &["1.8 MACHINE", "9.0 READY", "9.0 finished"],
        ),
        (Fax, machine(json!({})), &["4.5 UNKNOWN", "4.5 finished"]),
        (Fax, json!({"detect": {"type": "fax"}}), &["2.0 CED", "2.0 finished"]),
        (Fax, json!({"detect": {"type": "fax", "params": {"tone": "CNG"}}}), &["2.0 CNG", "2.0 finished"]),
        (Human, json!({"detect": {"type": "fax"}, "timeout": 7}), &["7.0 finished"]),
        (Human, json!({"detect": {"type": "machine"}, "timeout": 1}), &["1.0 finished"]),
        (Machine, json!({"detect": {"type": "machine"}, "timeout": 4}), &["1.8 MACHINE", "4.0 finished"]),
    ];
    for (who, params, expected) in cases {
        let expected: Vec<String> = expected.iter().map(|event| event.replacen(' ', " detect ", 1)).collect();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        check_on(&mut answered_by(who, false), "calling.detect", params, vec![], &expected);
    }
}

#[test]
fn a_silent_person_is_unknown() {
    let expected = ["4.5 detect UNKNOWN", "4.5 detect finished"];
    check_on(
        &mut answered_by(AnsweredBy::Human, true),
        "calling.detect",
        machine(json!({})),
        vec![],
        &expected,
    );
}

#[test]
fn the_beep_is_told_from_a_pause() {
    for (params, beep) in [(json!({}), false), (json!({"detect_message_end": true}), true)] {
        let mut bench = answered_by(AnsweredBy::Machine, false);
        let mut full = machine(params);
        full["control_id"] = "c".into();
        bench.about("calling.detect", full);
        bench.pass(8.9);
        bench.pass(0.1);
        let ready = bench.frames.iter().map(|(_, frame)| &frame["params"]["params"]["detect"]["params"]);
        let ready: Vec<&Value> = ready.filter(|found| found["event"] == "READY").collect();
        assert_eq!(ready, [&json!({"event": "READY", "beep": beep})]);
    }
}

#[test]
fn any_key_is_a_digit_unless_some_are_named() {
    for (params, press, expected) in [
        (json!({}), "#", vec!["0.0 detect #", "0.0 detect finished"]),
        (json!({"digits": "12"}), "32", vec!["0.0 detect 2", "0.0 detect finished"]),
        (json!({"digits": "12"}), "3", vec!["9.0 detect finished"]),
    ] {
        let detect = json!({"detect": {"type": "digit", "params": params}, "timeout": 9});
        check_on(&mut Bench::answered(), "calling.detect", detect, vec![Press(press)], &expected);
    }
    let detect = json!({"detect": {"type": "digit"}});
    let stop = vec![Ask("calling.detect.stop", json!({}))];
    check_on(&mut Bench::answered(), "calling.detect", detect, stop, &["0.0 detect finished"]);
}

#[test]
fn wrong_detectors_are_refused_by_name() {
    for (params, part) in [
        (json!({}), "'detect'"),
        (json!({"detect": {}}), "'type'"),
        (
            json!({"detect": {"type": "cat"}}),
            "detect: parameter 'type' must be machine, fax or digit, not \"cat\"",
        ),
        (machine(json!({"initial_timeout": -1})), "detect: parameter 'initial_timeout'"),
        (
            machine(json!({"machine_words_threshold": 0})),
            "'machine_words_threshold' must be a whole number from 1, not 0",
        ),
        (machine(json!({"machine_words_threshold": 1.5})), "not 1.5"),
        (machine(json!({"detect_message_end": "yes"})), "'detect_message_end' must be true or false"),
        (json!({"detect": {"type": "fax", "params": {"tone": "ABC"}}}), "'tone' must be one of CED, CNG"),
        (json!({"detect": {"type": "digit", "params": {"digits": "1x"}}}), "'digits' must be keys"),
        (
            json!({"detect": {"type": "digit"}, "timeout": "soon"}),
            "'timeout' must be a number from 0 to 86400",
        ),
    ] {
        let mut bench = Bench::answered();
        let mut full = params.clone();
        full["control_id"] = "c".into();
        let reply = bench.about("calling.detect", full);
        assert_eq!(reply["code"], "400", "{params}");
        assert!(reply["message"].as_str().unwrap().contains(part), "{params}: {reply}");
    }
}
