//! Every method about a call: its reply and its events, with their times.
#![allow(clippy::unwrap_used)]

use super::test_bench::Bench;
use serde_json::{Value, json};

/// One thing that a case does after its request.
pub(super) enum Do {
    Ask(&'static str, Value),
    Pass(f64),
    Press(&'static str),
    Speak(&'static str),
}
use Do::{Ask, Pass, Press, Speak};

/// Starts a method on an answered call, does the steps, lets a minute pass, and compares the events.
#[track_caller]
pub(super) fn check(method: &str, params: Value, steps: Vec<Do>, expected: &[&str]) {
    check_on(&mut Bench::answered(), method, params, steps, expected);
}

/// The same on a call that is there already.
#[track_caller]
pub(super) fn check_on(
    bench: &mut Bench,
    method: &str,
    mut params: Value,
    steps: Vec<Do>,
    expected: &[&str],
) {
    params.as_object_mut().unwrap().entry("control_id").or_insert("c".into());
    let reply = bench.about(method, params.clone());
    assert_eq!(reply["code"], "200", "{method}: {reply}");
    assert_eq!(reply["call_id"], bench.call.as_str());
    assert_eq!(reply["control_id"], params["control_id"]);
    for step in steps {
        match step {
            Ask(method, params) => {
                let mut full = json!({"control_id": "c"});
                full.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
                let reply = bench.about(method, full);
                assert_eq!(reply["code"], "200", "{method}: {reply}");
            }
            Pass(seconds) => bench.pass(seconds),
            Press(digits) => bench.press(digits),
            Speak(text) => bench.speak(text),
        }
    }
    bench.pass(60.0);
    assert_eq!(bench.events(), expected, "{method} {params}");
}

fn tts(text: &str) -> Value {
    json!({"type": "tts", "params": {"text": text}})
}

/// 28 characters: two seconds.
const TWO_SECONDS: &str = "abcdefghijklmnabcdefghijklmn";

fn silence(seconds: f64) -> Value {
    json!({"type": "silence", "params": {"duration": seconds}})
}

#[test]
fn play_lasts_as_long_as_its_media() {
    let done = |at: &str| format!("{at} play finished");
    let audio = json!({"type": "audio", "params": {"url": "https://example.com/a.mp3"}});
    let ring = json!({"type": "ringtone", "params": {"name": "us", "duration": 1.5}});
    for (params, at) in [
        (json!({"play": [tts("Hello")]}), "0.5"),
        (json!({"play": [tts(TWO_SECONDS)]}), "2.0"),
        (json!({"play": [audio.clone()]}), "3.0"),
        (json!({"play": [ring.clone(), silence(1.0)]}), "2.5"),
        (json!({"play": [silence(1.5)], "loop": 3}), "4.5"),
        (json!({"play": [silence(0.0)]}), "0.1"),
    ] {
        check("calling.play", params, vec![], &["0.0 play playing", &done(at)]);
    }
}

#[test]
fn play_obeys_its_commands() {
    let play = json!({"play": [silence(4.0)]});
    check(
        "calling.play",
        play.clone(),
        vec![
            Pass(1.0),
            Ask("calling.play.pause", json!({})),
            Ask("calling.play.pause", json!({})),
            Pass(10.0),
            Ask("calling.play.resume", json!({})),
            Ask("calling.play.volume", json!({"volume": 4.0})),
        ],
        &["0.0 play playing", "1.0 play paused", "11.0 play playing", "14.0 play finished"],
    );
    let stop = vec![Pass(1.0), Ask("calling.play.stop", json!({}))];
    check("calling.play", play, stop, &["0.0 play playing", "1.0 play finished"]);
    let forever = json!({"play": [silence(1.0)], "loop": 0});
    check("calling.play", forever, vec![], &["0.0 play playing"]);
}

#[test]
fn record_ends_by_silence_digit_speech_or_stop() {
    let record = |audio: Value| json!({"record": {"audio": audio}});
    let cases: Vec<(Value, Vec<Do>, &[&str])> = vec![
        (json!({}), vec![], &["5.0 record finished"]),
        (json!({"end_silence_timeout": 2.0}), vec![], &["6.0 record finished"]),
        (json!({}), vec![Pass(1.0), Press("5"), Press("#")], &["1.0 record finished"]),
        (json!({"terminators": "9"}), vec![Press("#"), Pass(2.0), Press("9")], &["2.0 record finished"]),
        (json!({"end_silence_timeout": 1.0}), vec![Pass(0.5), Speak(TWO_SECONDS)], &["3.5 record finished"]),
        (json!({}), vec![Pass(3.0), Ask("calling.record.stop", json!({}))], &["3.0 record finished"]),
        (
            json!({}),
            vec![
                Pass(1.0),
                Ask("calling.record.pause", json!({"behavior": "skip"})),
                Pass(9.0),
                Ask("calling.record.resume", json!({})),
            ],
            &["1.0 record paused", "10.0 record recording", "14.0 record finished"],
        ),
        (json!({"end_silence_timeout": 0}), vec![], &[]),
    ];
    for (audio, steps, rest) in cases {
        let expected: Vec<&str> = ["0.0 record recording"].iter().chain(rest).copied().collect();
        check("calling.record", record(audio), steps, &expected);
    }
}

#[test]
fn a_finished_recording_tells_its_length_without_the_pauses() {
    let mut bench = Bench::answered();
    let record = json!({"record": {"audio": {"format": "wav"}}, "control_id": "c"});
    let reply = bench.about("calling.record", record);
    bench.pass(1.0);
    bench.about("calling.record.pause", json!({"control_id": "c"}));
    bench.pass(9.0);
    bench.about("calling.record.resume", json!({"control_id": "c"}));
    bench.pass(4.0);
    let event = bench.last("calling.call.record");
    assert_eq!(event["duration"], 5.0);
    assert_eq!(event["size"], 80_044);
    assert_eq!(event["url"], reply["url"]);
    assert_eq!(event["record"]["audio"]["format"], "wav");
}

#[test]
fn collect_hears_keys() {
    let four = json!({"digits": {"max": 4, "terminators": "#", "digit_timeout": 3.0}});
    let cases: Vec<(Value, Vec<Do>, &[&str])> = vec![
        (four.clone(), vec![Pass(1.0), Press("1234")], &["1.0 collect digit 1234"]),
        (four.clone(), vec![Press("12"), Pass(1.0), Press("#")], &["1.0 collect digit 12"]),
        (four.clone(), vec![Pass(1.0), Press("12"), Pass(2.9), Press("3")], &["6.9 collect digit 123"]),
        (four.clone(), vec![Speak("hello")], &["4.0 collect no_input"]),
        (json!({"digits": {"max": 1}}), vec![Press("79")], &["0.0 collect digit 7"]),
        (json!({"digits": {"max": 3}}), vec![Press("7")], &["5.0 collect digit 7"]),
        (json!({"digits": {"max": 1}, "initial_timeout": 10.0}), vec![], &["10.0 collect no_input"]),
        (json!({"digits": {"max": 1}, "start_input_timers": false}), vec![], &[]),
        (
            json!({"digits": {"max": 1}, "start_input_timers": false}),
            vec![Pass(2.0), Ask("calling.collect.start_input_timers", json!({}))],
            &["6.0 collect no_input"],
        ),
        (
            json!({"digits": {"max": 2}, "partial_results": true, "send_start_of_input": true}),
            vec![Press("1"), Pass(1.0), Press("2")],
            &["0.0 collect start_of_input", "0.0 collect digit 1", "1.0 collect digit 12"],
        ),
        (
            json!({"digits": {"max": 1}, "continuous": true}),
            vec![Press("1"), Pass(9.0), Press("2"), Ask("calling.collect.stop", json!({}))],
            &["0.0 collect digit 1", "9.0 collect digit 2", "9.0 collect finished"],
        ),
        (four, vec![Pass(1.0), Ask("calling.collect.stop", json!({}))], &["1.0 collect finished"]),
    ];
    for (params, steps, expected) in cases {
        check("calling.collect", params, steps, expected);
    }
}

#[test]
fn collect_hears_speech() {
    let speech = json!({"speech": {"end_silence_timeout": 1.0}});
    let cases: Vec<(Value, Vec<Do>, &[&str])> = vec![
        (speech.clone(), vec![Pass(1.0), Speak("sales")], &["2.5 collect speech sales"]),
        (speech.clone(), vec![Speak("sales"), Pass(1.0), Speak("now")], &["2.5 collect speech sales now"]),
        (speech.clone(), vec![Speak("")], &["0.0 collect no_match"]),
        (speech.clone(), vec![Press("1")], &["4.0 collect no_input"]),
        (
            json!({"speech": {"speech_timeout": 1.0}}),
            vec![Speak(TWO_SECONDS)],
            &["1.0 collect speech abcdefghijklmnabcdefghijklmn"],
        ),
        (
            json!({"speech": {}, "partial_results": true}),
            vec![Speak("yes")],
            &["0.5 collect speech yes", "1.5 collect speech yes"],
        ),
        (
            json!({"speech": {}, "digits": {"max": 1}}),
            vec![Speak("yes"), Press("1")],
            &["0.0 collect digit 1"],
        ),
    ];
    for (params, steps, expected) in cases {
        check("calling.collect", params, steps, expected);
    }
}

#[test]
fn collect_results_carry_the_documented_fields() {
    let mut bench = Bench::answered();
    let keys = json!({"control_id": "c", "digits": {"max": 5, "terminators": "#"}, "partial_results": true});
    bench.about("calling.collect", keys);
    bench.press("1");
    assert_eq!(bench.last("calling.call.collect")["final"], false);
    bench.press("2#");
    assert_eq!(
        bench.last("calling.call.collect"),
        json!({
            "call_id": bench.call, "node_id": "node-sim", "control_id": "c", "final": true,
            "state": "finished",
            "result": {"type": "digit", "params": {"digits": "12", "terminator": "#"}},
        })
    );
    bench.about("calling.collect", json!({"control_id": "d", "speech": {}}));
    bench.speak("sales");
    bench.pass(5.0);
    let result = bench.last("calling.call.collect")["result"].clone();
    assert_eq!(result["params"]["text"], "sales");
    assert!(result["params"]["confidence"].is_f64());
}

#[test]
fn play_and_collect_prompts_and_then_listens() {
    let menu = json!({"play": [silence(2.0)], "collect": {"digits": {"max": 1}}});
    let cases: Vec<(Vec<Do>, &[&str])> = vec![
        (vec![], &["2.0 play finished", "6.0 collect no_input"]),
        (vec![Pass(1.0), Press("1")], &["1.0 play finished", "1.0 collect digit 1"]),
        (vec![Pass(3.0), Press("1")], &["2.0 play finished", "3.0 collect digit 1"]),
        (vec![Pass(1.0), Speak("x")], &["2.0 play finished", "6.0 collect no_input"]),
        (
            vec![
                Ask("calling.play_and_collect.volume", json!({"volume": 2.0})),
                Ask("calling.collect.start_input_timers", json!({})),
                Pass(1.0),
                Ask("calling.play_and_collect.stop", json!({})),
            ],
            &["1.0 play finished", "1.0 collect finished"],
        ),
    ];
    for (steps, rest) in cases {
        let expected: Vec<&str> = ["0.0 play playing"].iter().chain(rest).copied().collect();
        check("calling.play_and_collect", menu.clone(), steps, &expected);
    }
}

#[test]
fn detect_finds_what_is_there() {
    let detect =
        |kind: &str, params: Value| json!({"detect": {"type": kind, "params": params}, "timeout": 10.0});
    let stop = || Ask("calling.detect.stop", json!({}));
    let cases: Vec<(Value, Vec<Do>, &[&str])> = vec![
        (detect("machine", json!({})), vec![], &["2.0 detect HUMAN", "2.0 detect finished"]),
        (detect("machine", json!({})), vec![Pass(1.0), stop()], &["1.0 detect finished"]),
        (detect("fax", json!({"tone": "CED"})), vec![], &["10.0 detect finished"]),
        (detect("digit", json!({"digits": "12"})), vec![Press("3")], &["10.0 detect finished"]),
        (
            detect("digit", json!({"digits": "12"})),
            vec![Pass(1.0), Press("31")],
            &["1.0 detect 1", "1.0 detect finished"],
        ),
    ];
    for (params, steps, expected) in cases {
        check("calling.detect", params, steps, expected);
    }
}

#[test]
fn actions_that_begin_and_end() {
    let fax = json!({"document": "https://example.com/d.pdf"});
    let device = json!({"type": "rtp", "params": {"addr": "192.0.2.10", "port": 5000}});
    let tap = json!({"tap": {"type": "audio", "params": {}}, "device": device});
    let stream = json!({"url": "wss://example.com/audio", "name": "n"});
    let stop = |method: &'static str| vec![Pass(1.0), Ask(method, json!({}))];
    let cases: Vec<(&str, Value, Vec<Do>, &[&str])> = vec![
        ("calling.send_digits", json!({"digits": "1234"}), vec![], &["1.0 send_digits finished"]),
        ("calling.send_fax", fax.clone(), vec![], &["3.0 fax page", "6.0 fax finished"]),
        ("calling.send_fax", fax, stop("calling.send_fax.stop"), &["1.0 fax finished"]),
        ("calling.receive_fax", json!({}), vec![], &["3.0 fax page", "6.0 fax finished"]),
        ("calling.receive_fax", json!({}), stop("calling.receive_fax.stop"), &["1.0 fax finished"]),
        ("calling.tap", tap, stop("calling.tap.stop"), &["0.0 tap tapping", "1.0 tap finished"]),
        (
            "calling.stream",
            stream,
            stop("calling.stream.stop"),
            &["0.0 stream streaming", "1.0 stream finished"],
        ),
        (
            "calling.transcribe",
            json!({}),
            stop("calling.transcribe.stop"),
            &["0.0 transcribe transcribing", "1.0 transcribe finished"],
        ),
        ("calling.send_digits", json!({"digits": "1wW2"}), vec![], &["2.0 send_digits finished"]),
    ];
    for (method, params, steps, expected) in cases {
        check(method, params, steps, expected);
    }
}

#[test]
fn methods_without_an_action() {
    let cases: Vec<(&str, Value, &[&str])> = vec![
        ("calling.hold", json!({}), &["0.0 hold hold"]),
        ("calling.unhold", json!({}), &["0.0 hold unhold"]),
        ("calling.denoise", json!({}), &["0.0 denoise"]),
        ("calling.denoise.stop", json!({}), &["0.0 denoise"]),
        ("calling.echo", json!({"timeout": 30.0}), &["0.0 echo echoing", "30.0 echo finished"]),
        (
            "calling.transfer",
            json!({"dest": "https://example.com"}),
            &["5.0 state ending hangup", "5.0 state ended hangup"],
        ),
        ("calling.end", json!({"reason": "busy"}), &["0.0 state ending busy", "0.0 state ended busy"]),
        ("calling.amazon_bedrock", json!({"prompt": {}}), &[]),
        ("calling.join_room", json!({"name": "room"}), &[]),
        ("calling.live_transcribe", json!({"action": {"start": {"lang": "en-US"}}}), &[]),
        ("calling.live_transcribe", json!({"action": "stop"}), &[]),
        ("calling.live_translate", json!({"action": {"start": {"from_lang": "en", "to_lang": "es"}}}), &[]),
        ("calling.user_event", json!({"event": "order", "order_id": "1"}), &["0.0 user_event"]),
        ("calling.clear_digit_bindings", json!({}), &[]),
    ];
    for (method, params, expected) in cases {
        check(method, params, vec![], expected);
    }
}

#[test]
fn bound_keys_run_their_method() {
    let mut bench = Bench::answered();
    let params = json!({"play": [silence(1.0)]});
    let bind = json!({"digits": "*1", "bind_method": "calling.play", "params": params, "max_triggers": 1, "realm": "r"});
    assert_eq!(bench.about("calling.bind_digit", bind.clone())["code"], "200");
    bench.press("2*1");
    bench.press("*1");
    bench.about("calling.bind_digit", bind);
    bench.about("calling.clear_digit_bindings", json!({"realm": "r"}));
    bench.press("*1");
    bench.pass(5.0);
    assert_eq!(bench.events(), ["0.0 play playing", "1.0 play finished"]);
}

#[test]
fn wrong_parameters_are_refused_before_anything_happens() {
    for (method, params) in [
        ("calling.play", json!({})),
        ("calling.play", json!({"control_id": "c", "play": []})),
        ("calling.play", json!({"play": [tts("x")]})),
        ("calling.play", json!({"control_id": "c", "play": [{"type": "tts", "text": "short form"}]})),
        ("calling.play", json!({"control_id": "c", "play": [{"type": "song", "params": {}}]})),
        ("calling.play", json!({"control_id": "c", "play": [tts("x")], "volume": 41})),
        ("calling.play", json!({"control_id": "c", "play": [tts("x")], "loop": -1})),
        ("calling.play", json!({"control_id": "c", "play": [tts("x")], "direction": "up"})),
        ("calling.record", json!({"control_id": "c"})),
        ("calling.record", json!({"control_id": "c", "record": {"audio": {"format": "ogg"}}})),
        ("calling.collect", json!({"control_id": "c"})),
        ("calling.collect", json!({"control_id": "c", "digits": {}})),
        ("calling.play_and_collect", json!({"control_id": "c", "play": [tts("x")]})),
        ("calling.detect", json!({"control_id": "c", "detect": {"type": "cat"}})),
        ("calling.pay", json!({"control_id": "c"})),
        ("calling.pay", json!({"control_id": "c", "payment_connector_url": "https://x", "charge_amount": 5})),
        ("calling.pay", json!({"control_id": "c", "payment_connector_url": "https://x", "prompts": "no"})),
        ("calling.end", json!({"reason": "bored"})),
        ("calling.pass", json!({})),
    ] {
        let mut bench = Bench::answered();
        let reply = bench.about(method, params.clone());
        assert_eq!(reply["code"], "400", "{method} {params}: {reply}");
        assert!(bench.events().is_empty(), "{method} {params}");
        assert!(bench.peer.live_actions(&bench.call).is_empty());
    }
}
