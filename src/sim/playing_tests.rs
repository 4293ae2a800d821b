//! `calling.play`: what is refused, how long media last, files whose lengths come from outside.
#![allow(clippy::unwrap_used)]

use super::action_tests::{
    Do::{self, Ask, Pass},
    check, check_on,
};
use super::test_bench::{Bench, secs};
use super::{Answer, Asked, CallPlan, How, Outside, PeerOptions, What};
use serde_json::{Value, json};

const NEAR: &str = "http://localhost:8080/near.wav";
const OTHER: &str = "http://127.0.0.1/other.mp3";
const FAR: &str = "https://example.com/far.mp3";

fn audio(url: &str) -> Value {
    json!({"type": "audio", "params": {"url": url}})
}

fn silence(seconds: f64) -> Value {
    json!({"type": "silence", "params": {"duration": seconds}})
}

/// A call whose peer may ask this machine.
fn near() -> Bench {
    let options = PeerOptions { outside: Outside::ThisMachine, ..PeerOptions::default() };
    Bench::answered_with(options, CallPlan::default())
}

/// Answers what is asked; gives the URLs.
fn answer(bench: &mut Bench, answer: &Answer) -> Vec<String> {
    let asks = bench.peer.take_asks();
    let mut urls = Vec::new();
    for ask in asks {
        let Asked::Length { url } = ask.what else { panic!("{ask:?}") };
        urls.push(url);
        bench.peer.outside_answered(bench.now, ask.id, answer);
        bench.pump();
    }
    urls
}

/// What was heard: when, what, for how many seconds.
fn heard(bench: &Bench) -> Vec<(f64, String, f64)> {
    let heard = bench.seen.iter().filter_map(|seen| match &seen.what {
        What::Heard { text, length, .. } => Some((seen.at.as_secs_f64(), text.clone(), length.as_secs_f64())),
        _ => None,
    });
    heard.collect()
}

#[test]
fn wrong_media_are_refused_by_name() {
    let media = |item: Value| json!({"play": [silence(1.0), item]});
    for (params, part) in [
        (json!({"play": []}), "'play' must be a list that is not empty"),
        (json!({"play": "hello"}), "'play' must be a list"),
        (media(json!("hello")), "play[1]: media must be an object"),
        (
            media(json!({"type": "song"})),
            "play[1]: parameter 'type' must be tts, audio, silence or ringtone, not \"song\"",
        ),
        (media(json!({"type": "tts", "params": {"text": ""}})), "play[1]: parameter 'text'"),
        (
            media(json!({"type": "tts", "params": {"text": "x", "gender": "loud"}})),
            "'gender' must be one of male, female, not \"loud\"",
        ),
        (media(json!({"type": "tts", "params": {"text": "x", "voice": 7}})), "'voice'"),
        (media(audio("ftp://example.com/a.wav")), "'url' must be an http or https URL"),
        (media(json!({"type": "audio", "params": {}})), "missing required parameter 'url'"),
        (media(silence(-1.0)), "'duration' must be a number from 0 to 3600, not -1"),
        (media(silence(3601.0)), "'duration'"),
        (media(json!({"type": "silence", "params": {"duration": "1"}})), "not \"1\""),
        (media(json!({"type": "silence", "params": {}})), "missing required parameter 'duration'"),
        (
            media(json!({"type": "ringtone", "params": {"name": "atlantis"}})),
            "'name' must be a country such as us, uk or it, not \"atlantis\"",
        ),
        (media(json!({"type": "ringtone", "params": {"name": "us", "duration": -2}})), "not -2"),
        (json!({"play": [silence(1.0)], "loop": 1.5}), "'loop' must be a whole number from 0, not 1.5"),
        (json!({"play": [silence(1.0)], "volume": -41}), "'volume'"),
        (
            json!({"play": [silence(1.0)], "direction": "up"}),
            "'direction' must be one of listen, speak, both",
        ),
    ] {
        let mut bench = Bench::answered();
        let mut full = params.clone();
        full["control_id"] = "c".into();
        let reply = bench.about("calling.play", full);
        assert_eq!(reply["code"], "400", "{params}");
        assert!(reply["message"].as_str().unwrap().contains(part), "{params}: {reply}");
        assert!(bench.events().is_empty() && heard(&bench).is_empty());
    }
}

#[test]
fn ringtones_ring_once_unless_a_duration_is_given() {
    for (name, duration, at) in [
        ("us", None, "6.0"),
        ("uk", None, "3.0"),
        ("gb", None, "3.0"),
        ("it", None, "5.0"),
        ("es", None, "4.5"),
        ("jp", Some(7.5), "7.5"),
    ] {
        let ring = json!({"type": "ringtone", "params": {"name": name, "duration": duration}});
        let done = format!("{at} play finished");
        check("calling.play", json!({"play": [ring]}), vec![], &["0.0 play playing", &done]);
    }
}

#[test]
fn commands_that_do_not_fit_change_nothing_or_are_refused() {
    let play = json!({"play": [silence(2.0)]});
    let steps = vec![
        Ask("calling.play.resume", json!({})),
        Pass(1.0),
        Ask("calling.play.volume", json!({"volume": 40})),
    ];
    check("calling.play", play.clone(), steps, &["0.0 play playing", "2.0 play finished"]);
    for (method, params, code) in [
        ("calling.play.volume", json!({"control_id": "c"}), "400"),
        ("calling.play.volume", json!({"control_id": "c", "volume": 41}), "400"),
        ("calling.play.volume", json!({"control_id": "c", "volume": "loud"}), "400"),
        ("calling.play.pause", json!({"control_id": "another"}), "404"),
        ("calling.record.pause", json!({"control_id": "c"}), "404"),
    ] {
        let mut bench = Bench::answered();
        bench.about("calling.play", json!({"control_id": "c", "play": [silence(2.0)]}));
        assert_eq!(bench.about(method, params)["code"], code, "{method}");
    }
}

#[test]
fn each_item_is_heard_once_a_round_with_its_length() {
    let mut bench = Bench::answered();
    let speech = json!({"type": "tts", "params": {"text": "fourteen chars", "gender": "female"}});
    bench.about("calling.play", json!({"control_id": "c", "loop": 2, "play": [speech, silence(0.5)]}));
    bench.pass(10.0);
    let (words, quiet) = (("fourteen chars", 1.0), ("0.5 s", 0.5));
    let expected = [(0.0, words), (1.0, quiet), (1.5, words), (2.5, quiet)];
    let expected = expected.map(|(at, (text, length))| (at, text.to_owned(), length));
    assert_eq!(heard(&bench), expected);
    assert_eq!(bench.events(), ["0.0 play playing", "3.0 play finished"]);
}

#[test]
fn the_party_hears_nothing_of_what_is_played_in_its_name() {
    for (direction, hears) in [("listen", 1), ("both", 1), ("speak", 0)] {
        let mut bench = Bench::answered();
        let play = json!({"control_id": "c", "play": [silence(1.0)], "direction": direction});
        assert_eq!(bench.about("calling.play", play)["code"], "200");
        bench.pass(2.0);
        assert_eq!(heard(&bench).len(), hears, "{direction}");
    }
}

#[test]
fn the_length_of_a_file_within_reach_corrects_the_running_item() {
    let length = |seconds: f64| Answer::Length(secs(seconds));
    // The answer comes after `waits`; the default length of 3 s runs until then.
    for (items, waits, answers, done) in [
        (vec![audio(NEAR)], 0.0, length(10.0), "10.0 play finished"),
        (vec![audio(NEAR)], 1.0, length(10.0), "10.0 play finished"),
        (vec![audio(NEAR)], 1.0, length(0.5), "1.0 play finished"),
        (vec![audio(NEAR), audio(NEAR)], 1.0, length(5.0), "10.0 play finished"),
        (vec![silence(1.0), audio(NEAR)], 0.5, length(5.0), "6.0 play finished"),
        (vec![audio(NEAR), silence(9.0)], 4.0, length(5.0), "12.0 play finished"),
        (vec![audio(NEAR)], 1.0, Answer::Failed("404".into()), "1.0 play error"),
        (vec![audio(NEAR)], 1.0, Answer::TimedOut, "1.0 play error"),
        (vec![silence(2.0), audio(NEAR)], 1.0, Answer::Failed("404".into()), "2.0 play error"),
        (vec![audio(FAR), audio(NEAR)], 1.0, length(1.0), "4.0 play finished"),
    ] {
        let mut bench = near();
        bench.about("calling.play", json!({"control_id": "c", "play": items}));
        bench.pass(waits);
        assert_eq!(answer(&mut bench, &answers), [NEAR], "{items:?}");
        bench.pass(60.0);
        assert_eq!(bench.events(), ["0.0 play playing", done], "{items:?} {waits} {answers:?}");
    }
}

#[test]
fn files_out_of_reach_are_not_asked_for() {
    let mut bench = Bench::answered();
    bench.about("calling.play", json!({"control_id": "c", "play": [audio(NEAR), audio(FAR)]}));
    assert!(answer(&mut bench, &Answer::TimedOut).is_empty());
    bench.pass(60.0);
    assert_eq!(bench.events(), ["0.0 play playing", "6.0 play finished"]);
}

#[test]
fn lengths_are_asked_one_after_another_and_once() {
    let mut bench = near();
    let items = [audio(NEAR), audio(OTHER), audio(NEAR)];
    bench.about("calling.play", json!({"control_id": "c", "play": items, "loop": 2}));
    assert_eq!(answer(&mut bench, &Answer::Length(secs(1.0))), [NEAR]);
    assert_eq!(answer(&mut bench, &Answer::Length(secs(2.0))), [OTHER]);
    assert!(answer(&mut bench, &Answer::TimedOut).is_empty());
    bench.pass(60.0);
    assert_eq!(bench.events(), ["0.0 play playing", "8.0 play finished"]);
    let begins: Vec<f64> = heard(&bench).iter().map(|(at, ..)| *at).collect();
    assert_eq!(begins, [0.0, 1.0, 3.0, 4.0, 5.0, 7.0]);
}

#[test]
fn a_pause_keeps_the_place_while_the_length_comes() {
    let mut bench = near();
    bench.about("calling.play", json!({"control_id": "c", "play": [audio(NEAR)]}));
    bench.pass(1.0);
    bench.about("calling.play.pause", json!({"control_id": "c"}));
    bench.pass(9.0);
    assert_eq!(answer(&mut bench, &Answer::Length(secs(4.0))), [NEAR]);
    bench.about("calling.play.resume", json!({"control_id": "c"}));
    bench.pass(60.0);
    let expected = ["0.0 play playing", "1.0 play paused", "10.0 play playing", "13.0 play finished"];
    assert_eq!(bench.events(), expected);
}

#[test]
fn an_answer_after_the_end_changes_nothing() {
    let mut bench = near();
    bench.about("calling.play", json!({"control_id": "c", "play": [audio(NEAR)]}));
    bench.about("calling.play.stop", json!({"control_id": "c"}));
    answer(&mut bench, &Answer::Length(secs(9.0)));
    bench.hang_up();
    assert_eq!(bench.events()[1], "0.0 play finished");
}

#[test]
fn a_recording_of_the_peer_lasts_as_long_as_it_is() {
    let mut bench = near();
    bench.about("calling.record", json!({"control_id": "r", "record": {"audio": {}}}));
    bench.pass(2.5);
    bench.about("calling.record.stop", json!({"control_id": "r"}));
    let url = bench.last("calling.call.record")["url"].as_str().unwrap().to_owned();
    bench.seen.clear();
    let steps: Vec<Do> = vec![];
    check_on(
        &mut bench,
        "calling.play",
        json!({"play": [audio(&url)]}),
        steps,
        &["2.5 play playing", "5.0 play finished"],
    );
    bench.seen.clear();
    let missing = url.replace(".wav", "x.wav");
    bench.about("calling.play", json!({"control_id": "d", "play": [audio(&missing)]}));
    assert_eq!(bench.last("calling.call.play")["state"], "error");
    assert!(bench.peer.take_asks().is_empty());
    assert!(matches!(bench.seen[0].what, What::Verb { .. }));
    assert!(!bench.seen.iter().any(|seen| matches!(seen.what, What::Heard { how: How::Audio, .. })));
}
