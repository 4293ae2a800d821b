//! `calling.record`: what ends it, what is in the file, what never is.
#![allow(clippy::unwrap_used)]

use super::action_tests::{
    Do::{Ask, Pass, Press, Speak},
    check_on,
};
use super::test_bench::Bench;
use super::{CallPlan, PeerOptions};
use serde_json::{Value, json};
use std::io::Cursor;

/// 28 characters: two seconds.
const TWO_SECONDS: &str = "abcdefghijklm nopq rstuvwxyz";

/// A call with a virtual party that says only what it is told.
fn silent() -> Bench {
    let plan = CallPlan { silent: true, ..CallPlan::default() };
    Bench::answered_with(
        PeerOptions { base_url: "http://127.0.0.1:9".into(), ..PeerOptions::default() },
        plan,
    )
}

fn record(bench: &mut Bench, audio: Value) -> Value {
    bench.about("calling.record", json!({"control_id": "c", "record": {"audio": audio}}))
}

fn stop(bench: &mut Bench) {
    assert_eq!(bench.about("calling.record.stop", json!({"control_id": "c"}))["code"], "200");
}

/// The file of the last recording, one list of samples a channel.
fn file(bench: &Bench) -> Vec<Vec<i16>> {
    let event = bench.last("calling.call.record");
    read(bench, event["url"].as_str().unwrap(), &event)
}

fn read(bench: &Bench, url: &str, event: &Value) -> Vec<Vec<i16>> {
    let id = url.strip_prefix("http://127.0.0.1:9/recordings/").unwrap().strip_suffix(".wav").unwrap();
    let file = bench.peer.recording(id).unwrap();
    if event["size"].is_u64() {
        assert_eq!(event["size"], file.len());
    }
    let mut reader = hound::WavReader::new(Cursor::new(file)).unwrap();
    if event["duration"].is_f64() {
        assert_eq!(event["duration"], f64::from(reader.duration()) / 8000.0);
    }
    let channels = usize::from(reader.spec().channels);
    let samples: Vec<i16> = reader.samples::<i16>().map(Result::unwrap).collect();
    (0..channels).map(|channel| samples.iter().skip(channel).step_by(channels).copied().collect()).collect()
}

/// Which tenths of a second have sound, one character each.
fn loud(samples: &[i16]) -> String {
    let tenth = |part: &[i16]| if part.iter().any(|sample| sample.abs() > 400) { '#' } else { '.' };
    samples.chunks(800).map(tenth).collect()
}

#[test]
fn time_limits_begin_after_the_beep_and_are_turned_off_by_zero() {
    for (audio, steps, expected) in [
        (json!({}), vec![], "5.0 record no_input"),
        (json!({"initial_timeout": 2}), vec![], "2.0 record no_input"),
        (json!({"initial_timeout": 2, "beep": true}), vec![], "2.2 record no_input"),
        (json!({"initial_timeout": 2}), vec![Pass(1.0), Speak("yes")], "2.5 record finished"),
        (json!({"end_silence_timeout": 3}), vec![Speak("yes"), Speak("no")], "4.0 record finished"),
        (
            json!({"end_silence_timeout": 3}),
            vec![Speak("yes"), Pass(3.0), Speak("no")],
            "6.5 record finished",
        ),
        (json!({"end_silence_timeout": 0}), vec![Speak("yes"), Pass(9.0), Press("*")], "9.0 record finished"),
        (json!({"initial_timeout": 0}), vec![Pass(50.0), Press("#")], "50.0 record finished"),
        (json!({"input_sensitivity": 0}), vec![Speak("yes")], "5.0 record no_input"),
        (json!({"direction": "listen"}), vec![Speak("yes")], "5.0 record no_input"),
        (json!({"terminators": ""}), vec![Press("#"), Speak("yes")], "1.5 record finished"),
    ] {
        let params = json!({"record": {"audio": audio}});
        check_on(&mut silent(), "calling.record", params, steps, &["0.0 record recording", expected]);
    }
}

#[test]
fn no_recording_is_longer_than_an_hour() {
    let mut bench = silent();
    record(&mut bench, json!({"initial_timeout": 0}));
    bench.pass(3599.0);
    assert_eq!(bench.events().len(), 1);
    bench.pass(1.0);
    assert_eq!(bench.events()[1], "3600.0 record finished");
    assert_eq!(bench.last("calling.call.record")["size"], 3600 * 16_000 + 44);
}

#[test]
fn the_file_has_the_beep_the_words_and_the_keys() {
    let mut bench = silent();
    let reply = record(&mut bench, json!({"beep": true, "format": "mp3", "initial_timeout": 0}));
    bench.pass(0.5);
    bench.press("12");
    bench.pass(0.5);
    bench.speak("yes");
    bench.pass(0.8);
    stop(&mut bench);
    let event = bench.last("calling.call.record");
    assert_eq!((&event["state"], &event["url"]), (&json!("finished"), &reply["url"]));
    assert_eq!((&event["duration"], &event["size"]), (&json!(1.8), &json!(1800 * 16 + 44)));
    assert_eq!(event["record"]["audio"]["format"], "mp3");
    // The beep of 0.25 s, two keys of 0.1 s at 0.5 and 0.65 s, half a second of speech at 1 s.
    assert_eq!(loud(&file(&bench)[0]), "###..###..#####...");
}

#[test]
fn each_direction_has_its_side_and_stereo_both() {
    for (audio, expected) in [
        (json!({"direction": "speak"}), vec!["#####....."]),
        (json!({"direction": "listen"}), vec![".....#####"]),
        (json!({"direction": "both"}), vec!["##########"]),
        (json!({"direction": "both", "stereo": true}), vec!["#####.....", ".....#####"]),
        (json!({"direction": "speak", "stereo": true}), vec!["#####.....", ".........."]),
    ] {
        let mut bench = silent();
        record(&mut bench, audio.clone());
        bench.speak("yes");
        bench.pass(0.5);
        let play = json!([{"type": "audio", "params": {"url": "https://example.com/a.mp3"}}]);
        bench.about("calling.play", json!({"control_id": "p", "play": play}));
        bench.pass(0.5);
        stop(&mut bench);
        let heard: Vec<String> = file(&bench).iter().map(|channel| loud(channel)).collect();
        assert_eq!(heard, expected, "{audio}");
    }
}

#[test]
fn what_is_cut_short_is_silent_in_the_file() {
    let mut bench = silent();
    record(&mut bench, json!({"direction": "listen", "initial_timeout": 0, "end_silence_timeout": 0}));
    let play = json!([{"type": "audio", "params": {"url": "https://example.com/a.mp3"}}]);
    bench.about("calling.play", json!({"control_id": "p", "play": play}));
    for command in ["pause", "resume", "stop"] {
        bench.pass(0.3);
        bench.about(&format!("calling.play.{command}"), json!({"control_id": "p"}));
    }
    bench.pass(0.3);
    stop(&mut bench);
    assert_eq!(loud(&file(&bench)[0]), "###...###...");
}

#[test]
fn a_pause_skips_or_is_silent() {
    for (behavior, expected, duration) in [
        (json!({}), "##########", 1.0),
        (json!({"behavior": "skip"}), "##########", 1.0),
        (json!({"behavior": "silence"}), "#####.....#####", 1.5),
    ] {
        let mut bench = Bench::answered_with(
            PeerOptions { base_url: "http://127.0.0.1:9/".into(), ..PeerOptions::default() },
            CallPlan { silent: true, ..CallPlan::default() },
        );
        record(&mut bench, json!({"end_silence_timeout": 0}));
        // One long syllable has no gap.
        bench.speak("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        bench.pass(0.5);
        let mut pause = behavior;
        pause["control_id"] = "c".into();
        assert_eq!(bench.about("calling.record.pause", pause.clone())["code"], "200");
        assert_eq!(bench.about("calling.record.pause", pause)["code"], "200");
        bench.press("1");
        bench.pass(0.5);
        bench.about("calling.record.resume", json!({"control_id": "c"}));
        bench.about("calling.record.resume", json!({"control_id": "c"}));
        bench.pass(0.5);
        stop(&mut bench);
        assert_eq!(bench.last("calling.call.record")["duration"], duration);
        assert_eq!(loud(&file(&bench)[0]).replace("#.#", "###"), expected);
        let paused =
            ["0.0 record recording", "0.5 record paused", "1.0 record recording", "1.5 record finished"];
        assert_eq!(bench.events(), paused);
    }
}

#[test]
fn the_party_says_something_by_itself_until_it_is_told_what() {
    let options = PeerOptions { base_url: "http://127.0.0.1:9".into(), ..PeerOptions::default() };
    let mut bench = Bench::answered_with(options, CallPlan::default());
    record(&mut bench, json!({}));
    bench.pass(1.0);
    bench.speak("yes");
    bench.pass(9.0);
    assert_eq!(bench.events()[1], "2.5 record finished");
    let heard = loud(&file(&bench)[0]);
    assert!(heard.starts_with("###") && heard.ends_with("#####.........."), "{heard}");
}

#[test]
fn no_key_of_a_card_enters_a_recording() {
    let mut bench = silent();
    record(&mut bench, json!({"direction": "both", "initial_timeout": 0, "terminators": "#*"}));
    bench.press("1");
    bench.pass(1.0);
    let pay = json!({"control_id": "p", "payment_connector_url": "https://example.com/c"});
    assert_eq!(bench.about("calling.pay", pay)["code"], "200");
    bench.press("4242424242424242#");
    bench.pass(3.0);
    bench.about("calling.pay.stop", json!({"control_id": "p"}));
    bench.press("2");
    bench.pass(0.5);
    stop(&mut bench);
    let samples = &file(&bench)[0];
    let seconds: Vec<bool> = samples.chunks(8000).map(|second| tones(second) > 0).collect();
    assert_eq!((seconds[0], seconds[4]), (true, true), "the keys around it are recorded");
    assert!(!seconds[1] && !seconds[2] && !seconds[3], "{seconds:?}");
}

/// How many tenths of a second have the tone pair of a key.
fn tones(samples: &[i16]) -> usize {
    let power = |part: &[i16], frequency: f64| {
        let step = std::f64::consts::TAU * frequency / 8000.0;
        let along = |wave: fn(f64) -> f64| -> f64 {
            part.iter().enumerate().map(|(at, sample)| f64::from(*sample) * wave(step * at as f64)).sum()
        };
        along(f64::sin).hypot(along(f64::cos)) / part.len() as f64
    };
    let has = |part: &[i16], tones: [f64; 4]| tones.iter().any(|tone| power(part, *tone) > 800.0);
    let rows = [697.0, 770.0, 852.0, 941.0];
    let columns = [1209.0, 1336.0, 1477.0, 1633.0];
    samples.chunks(800).filter(|part| has(part, rows) && has(part, columns)).count()
}

#[test]
fn a_call_that_ends_leaves_its_recording() {
    let mut bench = silent();
    let reply = record(&mut bench, json!({"initial_timeout": 0}));
    bench.speak(TWO_SECONDS);
    bench.pass(1.0);
    bench.hang_up();
    assert!(!bench.events().iter().any(|event| event.contains("record finished")));
    let samples = read(&bench, reply["url"].as_str().unwrap(), &Value::Null);
    assert_eq!(samples[0].len(), 8000);
    assert!(bench.peer.recording("unknown").is_none());
}

#[test]
fn commands_that_do_not_fit_are_refused() {
    for (method, params, code) in [
        ("calling.record.pause", json!({"behavior": "loud"}), "400"),
        ("calling.record.pause", json!({"behavior": 1}), "400"),
        ("calling.record.resume", json!({}), "200"),
        ("calling.record.stop", json!({"control_id": "another"}), "404"),
        ("calling.play.stop", json!({}), "404"),
    ] {
        let mut bench = silent();
        record(&mut bench, json!({}));
        let mut full = json!({"control_id": "c"});
        full.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        assert_eq!(bench.about(method, full)["code"], code, "{method} {params}");
        assert_eq!(bench.events(), ["0.0 record recording"]);
    }
    let twice = vec![Ask("calling.record.stop", json!({}))];
    let ended = ["0.0 record recording", "0.0 record finished"];
    check_on(&mut silent(), "calling.record", json!({"record": {"audio": {}}}), twice, &ended);
}

#[test]
fn wrong_recordings_are_refused_by_name() {
    let audio = |audio: Value| json!({"record": {"audio": audio}});
    for (params, part) in [
        (json!({}), "'record'"),
        (json!({"record": {"audio": "wav"}}), "'audio' must be an object"),
        (
            audio(json!({"format": "ogg"})),
            "record.audio: parameter 'format' must be one of mp3, wav, mp4, not \"ogg\"",
        ),
        (audio(json!({"direction": "up"})), "'direction'"),
        (audio(json!({"stereo": "yes"})), "'stereo' must be true or false"),
        (audio(json!({"beep": 1})), "'beep'"),
        (audio(json!({"terminators": "##x"})), "'terminators' must be keys (0-9 * # A-D), not \"##x\""),
        (audio(json!({"initial_timeout": -1})), "'initial_timeout'"),
        (audio(json!({"end_silence_timeout": "1"})), "'end_silence_timeout'"),
        (
            audio(json!({"input_sensitivity": 101})),
            "'input_sensitivity' must be a number from 0 to 100, not 101",
        ),
    ] {
        let mut bench = silent();
        let mut full = params.clone();
        full["control_id"] = "c".into();
        let reply = bench.about("calling.record", full);
        assert_eq!(reply["code"], "400", "{params}");
        assert!(reply["message"].as_str().unwrap().contains(part), "{params}: {reply}");
    }
}
