//! What a timeline tells.

#![allow(clippy::unwrap_used)]

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::script::place::{Place, Step};
use crate::script::strand::StrandName;

fn entry(millis: u64, call_id: &str, what: Happened) -> Entry {
    Entry { at: Duration::from_millis(millis), call_id: Some(call_id.to_owned()), what, place: None }
}

fn seen(what: What) -> Happened {
    Happened::Seen(what)
}

fn began() -> Happened {
    seen(What::CallBegan { from: "+1".into(), to: "+2".into() })
}

fn verb(method: &str, params: Value) -> Happened {
    seen(What::Verb { method: method.into(), params })
}

fn event(event_type: &str, summary: &str) -> Happened {
    seen(What::Event { event_type: event_type.into(), summary: summary.into(), params: Value::Null })
}

fn lines(timeline: &mut Timeline, entries: Vec<Entry>) -> Vec<String> {
    let told = entries.iter().filter_map(|entry| {
        timeline.note(entry);
        timeline.line(entry)
    });
    told.collect()
}

#[test]
fn a_call_is_told_line_by_line() {
    let ended = What::Ended { reason: "hangup".into(), by: By::Script };
    let over = Happened::Over { reason: "hangup".into(), failed: false };
    let entries = vec![
        entry(1000, "a", began()),
        entry(1000, "a", Happened::Began { script: "a.rhai".into(), version: 1, sources: Vec::new() }),
        entry(1500, "a", Happened::Printed { text: "hello".into(), is_debug: false }),
        entry(13_340, "a", verb("calling.end", json!({"reason": "hangup"}))),
        entry(21_440, "a", seen(ended)),
        entry(21_440, "a", over),
    ];
    let expected = [
        "  0.00s  caller  +1 calls +2",
        "  0.50s  script  prints hello",
        " 12.34s  script  hangup",
        "call ended after 20.4 s: hangup (by the script)",
    ];
    assert_eq!(lines(&mut Timeline::default(), entries), expected);
}

#[test]
fn verbs_are_told_with_their_main_argument() {
    for (method, params, expected) in [
        ("calling.answer", json!({}), "answer"),
        ("calling.play", json!({"play": [{"type": "tts"}, {"type": "silence"}]}), "play tts, silence"),
        (
            "calling.play_and_collect",
            json!({"play": [{"type": "tts"}], "collect": {"digits": {"max": 1}, "speech": {}}}),
            "play_and_collect tts digits (max 1), speech",
        ),
        ("calling.pay", json!({"charge_amount": "29.99", "currency": "USD"}), "pay 29.99 USD"),
        (
            "calling.connect",
            json!({"devices": [[{"params": {"to_number": "+1"}}, {"params": {"to": "sip:a"}}]]}),
            "connect +1, sip:a",
        ),
        ("calling.end", json!({"reason": "busy"}), "hangup busy"),
        ("calling.play.stop", json!({}), "play.stop"),
        ("calling.transfer", json!({"dest": "x".repeat(61)}), &format!("transfer {}…", "x".repeat(60))),
    ] {
        assert_eq!(words::describe(&verb(method, params)), Some(("script", expected.to_owned())));
    }
}

#[test]
fn events_are_told_unless_they_say_nothing_new() {
    for (event_type, summary, expected) in [
        ("calling.call.state", "ended hangup", Some("call ended hangup")),
        ("calling.call.play", "finished", Some("play finished")),
        ("calling.call.play", "playing", None),
        ("calling.call.receive", "ringing", None),
        ("signalwire.authorization.state", "", None),
        ("messaging.state", "queued", Some("messaging.state queued")),
    ] {
        let told = words::describe(&event(event_type, summary)).map(|(_, what)| what);
        assert_eq!(told.as_deref(), expected, "{event_type}");
    }
}

#[test]
fn further_calls_have_numbers() {
    let entries = || vec![entry(0, "a", began()), entry(2000, "b", began())];
    let single = ["  0.00s  caller  +1 calls +2", "  2.00s #2  caller  +1 calls +2"];
    assert_eq!(lines(&mut Timeline::default(), entries()), single);
    let many = ["  0.00s #1  caller  +1 calls +2", "  0.00s #2  caller  +1 calls +2"];
    assert_eq!(lines(&mut Timeline::of_many(), entries()), many);
}

#[test]
fn data_carries_time_call_and_kind() {
    let mut timeline = Timeline::default();
    let first = entry(500, "a", began());
    timeline.note(&first);
    let line = serde_json::to_string(&timeline.data(&first)).unwrap();
    assert_eq!(line, r#"{"t":0.0,"call_id":"a","kind":"call","from":"+1","to":"+2"}"#);
    let ended = entry(1750, "a", seen(What::Ended { reason: "hangup".into(), by: By::Caller }));
    let over = entry(1750, "a", Happened::Over { reason: "hangup".into(), failed: false });
    timeline.note(&ended);
    timeline.note(&over);
    let line = serde_json::to_string(&timeline.data(&over)).unwrap();
    assert_eq!(
        line,
        r#"{"t":1.25,"call_id":"a","kind":"outcome","by":"caller","failed":false,"reason":"hangup","seconds":1.25}"#
    );
    let place = Some(Place { file: "a.rhai".into(), line: 3, column: 6 });
    let hangup = Entry { place: place.clone(), ..entry(500, "a", verb("calling.end", json!({}))) };
    let line = serde_json::to_string(&timeline.data(&hangup)).unwrap();
    assert_eq!(
        line,
        r#"{"t":0.0,"call_id":"a","kind":"verb","method":"calling.end","params":{},"place":{"column":6,"file":"a.rhai","line":3},"verb":"hangup"}"#
    );
    let connect = Entry { call_id: None, ..entry(0, "", verb("signalwire.connect", json!({}))) };
    assert!(timeline.data(&connect).is_none());
}

#[test]
fn a_wait_is_data_and_no_line() {
    let mut timeline = Timeline::default();
    timeline.note(&entry(0, "a", began()));
    let place = Place { file: "a.rhai".into(), line: 3, column: 6 };
    for (strand, step, data) in [
        (
            StrandName::Main,
            Some(Step { name: "say", place }),
            json!({"strand": "main", "what": "say", "place": {"file": "a.rhai", "line": 3, "column": 6}}),
        ),
        (StrandName::Task(7), None, json!({"strand": "task-7", "what": null, "place": null})),
    ] {
        let waits = entry(250, "a", Happened::Waits { strand, step });
        timeline.note(&waits);
        assert_eq!(timeline.line(&waits), None);
        let told = timeline.data(&waits).unwrap();
        assert_eq!((told.fields.kind, Value::Object(told.fields.rest)), ("waits", data));
    }
}

#[test]
fn what_somebody_says_steers_no_terminal_and_begins_no_line() {
    let spoke = |text: &str| entry(0, "a", seen(What::Spoke { text: text.into() }));
    let entries = vec![
        spoke("\u{1b}]0;title\u{7}\u{9b}2J\r\n  0.00s  script  hangup\tx"),
        spoke("\u{202e}äß – ok\u{2066}"),
    ];
    let expected = [
        "  0.00s  caller  says \"\\u{1b}]0;title\\u{7}\\u{9b}2J\\u{d}   0.00s  script  hangup x\"",
        "  0.00s  caller  says \"\\u{202e}äß – ok\\u{2066}\"",
    ];
    assert_eq!(lines(&mut Timeline::default(), entries), expected);
}

#[test]
fn a_long_day_keeps_its_numbers_and_forgets_its_calls() {
    let mut timeline = Timeline::of_many();
    timeline.note(&entry(0, "lives", began()));
    for call in 0..2 * MOST {
        let id = call.to_string();
        timeline.note(&entry(0, &id, began()));
        timeline.note(&entry(0, &id, seen(What::Ended { reason: "hangup".into(), by: By::Caller })));
    }
    assert_eq!(timeline.calls.len(), MOST);
    let spoke = |id: &str| entry(1000, id, seen(What::Spoke { text: "x".into() }));
    let newest = (2 * MOST - 1).to_string();
    assert_eq!(timeline.line(&spoke(&newest)).unwrap(), "  1.00s #2001  caller  says \"x\"");
    assert_eq!(timeline.line(&spoke("lives")).unwrap(), "  1.00s #1  caller  says \"x\"");
}
