//! `calling.collect` and `calling.play_and_collect`: limits, barge-in, partial results, what is refused.
#![allow(clippy::unwrap_used)]

use super::action_tests::{
    Do::{Ask, Pass, Press, Speak},
    check, check_on,
};
use super::test_bench::{Bench, secs};
use super::{Answer, CallPlan, Outside, PeerOptions};
use serde_json::{Value, json};

/// 28 characters: two seconds.
const TWO_SECONDS: &str = "abcdefghijklm nopq rstuvwxyz";

fn prompt(collect: Value) -> Value {
    json!({"play": [{"type": "silence", "params": {"duration": 2.0}}], "collect": collect})
}

#[test]
fn a_long_speech_is_told_while_it_goes_on_and_cut_at_its_limit() {
    let partial = json!({"speech": {"end_silence_timeout": 0.5}, "partial_results": true});
    check(
        "calling.collect",
        partial,
        vec![Speak(TWO_SECONDS)],
        &[
            "1.0 collect speech abcdefghijklm",
            "2.0 collect speech abcdefghijklm nopq rstuvwxyz",
            "2.5 collect speech abcdefghijklm nopq rstuvwxyz",
        ],
    );
    let limited = json!({"speech": {"speech_timeout": 1.5}});
    check("calling.collect", limited, vec![Speak(TWO_SECONDS)], &["1.5 collect speech abcdefghijklm nopq"]);
    let both = json!({"speech": {}});
    let steps = vec![Speak("one two"), Speak("three"), Pass(1.2), Speak("four")];
    check("calling.collect", both, steps, &["2.7 collect speech one two three four"]);
}

#[test]
fn keys_and_speech_can_both_be_taken() {
    let both = json!({"speech": {}, "digits": {"max": 2, "digit_timeout": 1}});
    for (steps, expected) in [
        (vec![Speak("sales")], "1.5 collect speech sales"),
        (vec![Speak("sales"), Pass(0.2), Press("1")], "1.2 collect digit 1"),
        (vec![Press("1"), Speak("sales"), Pass(0.5), Press("2")], "0.5 collect digit 12"),
        (vec![], "4.0 collect no_input"),
        (vec![Speak(" ")], "0.0 collect no_match"),
    ] {
        check("calling.collect", both.clone(), steps, &[expected]);
    }
}

#[test]
fn a_continuous_collect_goes_on_after_each_result() {
    let continuous = json!({"speech": {}, "digits": {"max": 1}, "continuous": true});
    let steps = vec![Press("1"), Speak("yes"), Pass(5.0), Speak(""), Pass(30.0), Press("2")];
    let expected =
        ["0.0 collect digit 1", "1.5 collect speech yes", "5.0 collect no_match", "35.0 collect digit 2"];
    check("calling.collect", continuous.clone(), steps, &expected);
    check("calling.collect", continuous, vec![], &["4.0 collect no_input"]);
}

#[test]
fn a_terminator_alone_is_a_result_without_digits() {
    let mut bench = Bench::answered();
    bench.about("calling.collect", json!({"control_id": "c", "digits": {"max": 3, "terminators": "*#"}}));
    bench.press("*");
    let result = bench.last("calling.call.collect")["result"].clone();
    assert_eq!(result, json!({"type": "digit", "params": {"digits": "", "terminator": "*"}}));
}

#[test]
fn the_beginning_of_input_has_no_final() {
    let mut bench = Bench::answered();
    let collect = json!({"control_id": "c", "speech": {}, "send_start_of_input": true});
    bench.about("calling.collect", collect);
    bench.speak("yes");
    let event = bench.last("calling.call.collect");
    assert_eq!((&event["result"]["type"], event.get("final")), (&json!("start_of_input"), None));
    bench.speak("no");
    bench.pass(9.0);
    assert_eq!(bench.events(), ["0.0 collect start_of_input", "2.0 collect speech yes no"]);
}

#[test]
fn input_silences_the_prompt_only_when_it_is_asked_for() {
    let (digits, speech) = (json!({"digits": {"max": 1}}), json!({"speech": {}}));
    let key = ["1.0 play finished", "1.0 collect digit 1"];
    let words = ["1.0 play finished", "2.5 collect speech yes"];
    let nothing = ["2.0 play finished", "6.0 collect no_input"];
    for (collect, step, rest) in [
        (&digits, Press("1"), &key),
        (&digits, Speak("yes"), &nothing),
        (&speech, Speak("yes"), &words),
        (&speech, Press("1"), &nothing),
    ] {
        let expected = ["0.0 play playing", rest[0], rest[1]];
        check("calling.play_and_collect", prompt(collect.clone()), vec![Pass(1.0), step], &expected);
    }
}

#[test]
fn timers_that_are_held_begin_when_they_are_started() {
    let start = || Ask("calling.collect.start_input_timers", json!({}));
    let held = json!({"digits": {"max": 1}, "start_input_timers": false});
    for (steps, end) in [
        (vec![], None),
        (vec![Pass(1.0), start()], Some("6.0 collect no_input")),
        (vec![Pass(9.0), start(), Pass(1.0), start()], Some("13.0 collect no_input")),
    ] {
        let mut expected = vec!["0.0 play playing", "2.0 play finished"];
        expected.extend(end);
        check("calling.play_and_collect", prompt(held.clone()), steps, &expected);
    }
}

#[test]
fn a_prompt_that_cannot_be_fetched_ends_everything() {
    let options = PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() };
    let play = json!([{"type": "audio", "params": {"url": "http://localhost/menu.mp3"}}]);
    for (answer, expected) in [
        (Answer::Failed("404".into()), vec!["1.0 play error", "1.0 collect error"]),
        (Answer::Length(secs(6.0)), vec!["6.0 play finished", "10.0 collect no_input"]),
    ] {
        let mut bench = Bench::answered_with(options.clone(), CallPlan::default());
        let params = json!({"control_id": "c", "play": play, "collect": {"digits": {"max": 1}}});
        bench.about("calling.play_and_collect", params);
        bench.pass(1.0);
        let ask = bench.peer.take_asks().pop().unwrap();
        bench.peer.outside_answered(bench.now, ask.id, &answer);
        bench.pass(60.0);
        assert_eq!(bench.events()[1..], expected);
        assert!(bench.peer.live_actions(&bench.call).is_empty());
    }
}

#[test]
fn commands_reach_only_their_own_family() {
    for (family, command, params, code) in [
        ("calling.play_and_collect", "volume", json!({"volume": 3}), "200"),
        ("calling.play_and_collect", "volume", json!({}), "400"),
        ("calling.play_and_collect", "volume", json!({"volume": 50}), "400"),
        ("calling.collect", "stop", json!({}), "404"),
        ("calling.play", "pause", json!({}), "404"),
        ("calling.collect", "start_input_timers", json!({}), "200"),
        ("calling.play_and_collect", "stop", json!({}), "200"),
    ] {
        let mut bench = Bench::answered();
        let mut start = prompt(json!({"digits": {"max": 1}}));
        start["control_id"] = "c".into();
        bench.about("calling.play_and_collect", start);
        let mut full = params;
        full["control_id"] = "c".into();
        assert_eq!(bench.about(&format!("{family}.{command}"), full)["code"], code, "{family}.{command}");
    }
}

#[test]
fn wrong_collects_are_refused_by_name() {
    for (method, params, part) in [
        ("calling.collect", json!({}), "'digits' or 'speech'"),
        ("calling.collect", json!({"digits": {}}), "digits: missing required parameter 'max'"),
        (
            "calling.collect",
            json!({"digits": {"max": 0}}),
            "digits: parameter 'max' must be a whole number from 1, not 0",
        ),
        ("calling.collect", json!({"digits": {"max": "4"}}), "not \"4\""),
        ("calling.collect", json!({"digits": {"max": 1, "terminators": "x"}}), "'terminators' must be keys"),
        ("calling.collect", json!({"digits": {"max": 1, "digit_timeout": -1}}), "'digit_timeout'"),
        ("calling.collect", json!({"speech": "yes"}), "'speech' must be an object"),
        (
            "calling.collect",
            json!({"speech": {"hints": "sales"}}),
            "speech: parameter 'hints' must be a list of texts",
        ),
        ("calling.collect", json!({"speech": {"hints": [1]}}), "not a list"),
        ("calling.collect", json!({"speech": {"language": 1}}), "'language'"),
        ("calling.collect", json!({"speech": {"speech_timeout": -1}}), "'speech_timeout'"),
        ("calling.collect", json!({"speech": {}, "initial_timeout": "4"}), "'initial_timeout'"),
        ("calling.collect", json!({"speech": {}, "partial_results": 1}), "'partial_results'"),
        ("calling.collect", json!({"speech": {}, "continuous": "no"}), "'continuous'"),
        ("calling.collect", json!({"speech": {}, "send_start_of_input": 0}), "'send_start_of_input'"),
        ("calling.collect", json!({"speech": {}, "start_input_timers": 0}), "'start_input_timers'"),
        ("calling.play_and_collect", json!({"collect": {"speech": {}}}), "'play'"),
        ("calling.play_and_collect", prompt(json!({})), "collect: missing required parameter"),
        (
            "calling.play_and_collect",
            prompt(json!({"digits": {"max": -1}})),
            "collect: digits: parameter 'max'",
        ),
    ] {
        let mut bench = Bench::answered();
        let mut full = params.clone();
        full["control_id"] = "c".into();
        let reply = bench.about(method, full);
        assert_eq!(reply["code"], "400", "{params}");
        assert!(reply["message"].as_str().unwrap().contains(part), "{params}: {reply}");
        assert!(bench.events().is_empty());
    }
}

#[test]
fn nothing_is_collected_from_a_call_that_is_over() {
    let mut bench = Bench::answered();
    bench.hang_up();
    bench.seen.clear();
    let reply = bench.about("calling.collect", json!({"control_id": "c", "speech": {}}));
    assert_eq!(reply["code"], "410");
    check_on(
        &mut Bench::answered(),
        "calling.collect",
        json!({"speech": {}}),
        vec![],
        &["4.0 collect no_input"],
    );
}
