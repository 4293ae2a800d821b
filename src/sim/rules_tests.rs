//! Wrong parameters of every method but those about sound and payments: refused with 400, before anything happens.
#![allow(clippy::unwrap_used)]

use super::test_bench::Bench;
use serde_json::{Value, json};

/// A method, parameters that it takes, and changes of them that it refuses; `null` takes a parameter away.
fn cases() -> Vec<(&'static str, Value, Vec<Value>)> {
    let phone = |params: Value| json!({"devices": [[{"type": "phone", "params": params}]]});
    let sip = |to: &str| json!({"devices": [[{"type": "sip", "params": {"to": to}}]]});
    let rtp = |params: Value| json!({"device": {"type": "rtp", "params": params}});
    let tap = json!({
        "control_id": "c", "tap": {"type": "audio", "params": {"direction": "both"}},
        "device": {"type": "rtp", "params": {"addr": "192.0.2.10", "port": 5000, "codec": "PCMU", "ptime": 20}},
    });
    let devices = vec![
        json!({"devices": null}),
        json!({"devices": []}),
        json!({"devices": [[]]}),
        json!({"devices": [{"type": "phone", "params": {"to_number": "+1555"}}]}),
        json!({"devices": [[{"type": "phone"}]]}),
        json!({"devices": [[{"type": "pigeon", "params": {}}]]}),
        phone(json!({})),
        phone(json!({"to_number": "5551234567"})),
        phone(json!({"to_number": "+1555", "from_number": "me"})),
        phone(json!({"to_number": "+1555", "timeout": 0})),
        phone(json!({"to_number": "+1555", "timeout": "30"})),
        phone(json!({"to_number": "+1555", "max_duration": -1})),
        sip("a@example.com"),
        json!({"max_duration": "10"}),
        json!({"max_price_per_minute": -1}),
    ];
    let with = |more: &[Value]| devices.iter().chain(more).cloned().collect::<Vec<_>>();
    let ringback = [json!({"ringback": []}), json!({"ringback": "us"}), json!({"status_url": "ftp://x"})];
    vec![
        ("calling.connect", phone(json!({"to_number": "+15551234567", "timeout": 30})), with(&ringback)),
        (
            "calling.dial",
            json!({"tag": "t", "devices": [[{"type": "sip", "params": {"to": "sip:a@example.com"}}]]}),
            with(&[json!({"tag": null}), json!({"region": 1})]),
        ),
        ("calling.transfer", json!({"dest": "x"}), vec![json!({"dest": null}), json!({"dest": ""})]),
        (
            "calling.send_digits",
            json!({"digits": "1w2W#*AD"}),
            vec![json!({"digits": null}), json!({"digits": "12x"}), json!({"digits": 12})],
        ),
        (
            "calling.send_fax",
            json!({"control_id": "c", "document": "https://example.com/d.pdf"}),
            vec![
                json!({"control_id": null}),
                json!({"document": null}),
                json!({"document": "d.pdf"}),
                json!({"document": "ftp://example.com/d.pdf"}),
                json!({"header_info": 7}),
            ],
        ),
        (
            "calling.tap",
            tap,
            vec![
                json!({"device": null}),
                json!({"tap": {"type": "video"}}),
                json!({"tap": {"type": "audio", "params": {"direction": "up"}}}),
                json!({"device": {"type": "tape", "params": {}}}),
                json!({"device": {"type": "ws", "params": {"uri": "https://x"}}}),
                rtp(json!({"port": 5000})),
                rtp(json!({"addr": "192.0.2.10", "port": 0})),
                rtp(json!({"addr": "192.0.2.10", "port": 70_000})),
                rtp(json!({"addr": "192.0.2.10", "port": 5000, "ptime": "20"})),
            ],
        ),
        (
            "calling.stream",
            json!({"control_id": "c", "url": "wss://example.com/audio", "track": "both_tracks"}),
            vec![
                json!({"url": null}),
                json!({"url": "https://example.com"}),
                json!({"url": "wss://"}),
                json!({"track": "all"}),
                json!({"status_url_method": "PUT"}),
                json!({"custom_parameters": []}),
            ],
        ),
        ("calling.transcribe", json!({"control_id": "c"}), vec![json!({"status_url": "x"})]),
        (
            "calling.ai",
            json!({"control_id": "c", "prompt": {"text": "x"}, "hints": ["a"], "SWAIG": {}}),
            vec![
                json!({"control_id": null}),
                json!({"prompt": 7}),
                json!({"global_data": "x"}),
                json!({"languages": ["en"]}),
                json!({"params": []}),
                json!({"post_prompt_url": "x"}),
            ],
        ),
        (
            "calling.join_conference",
            json!({"name": "room", "beep": "onEnter", "status_callback_event": "join leave", "trim": "do-not-trim"}),
            vec![
                json!({"name": null}),
                json!({"muted": "yes"}),
                json!({"beep": "loud"}),
                json!({"max_participants": 0}),
                json!({"max_participants": 100_001}),
                json!({"record": true}),
                json!({"status_callback_event": "join dance"}),
                json!({"recording_status_callback_method": "PUT"}),
                json!({"stream": "wss://example.com"}),
            ],
        ),
        ("calling.join_room", json!({"name": "room"}), vec![json!({"name": null}), json!({"name": 1})]),
        (
            "calling.queue.enter",
            json!({"control_id": "c", "queue_name": "q"}),
            vec![json!({"control_id": null}), json!({"queue_name": null}), json!({"status_url": "x"})],
        ),
        ("calling.echo", json!({}), vec![json!({"timeout": -1}), json!({"timeout": "5"})]),
        (
            "calling.bind_digit",
            json!({"digits": "*1", "bind_method": "calling.play", "params": {}, "max_triggers": 0}),
            vec![
                json!({"digits": null}),
                json!({"digits": "x"}),
                json!({"bind_method": null}),
                json!({"bind_method": "calling.sing"}),
                json!({"params": "x"}),
                json!({"max_triggers": -1}),
            ],
        ),
        ("calling.clear_digit_bindings", json!({"realm": "r"}), vec![json!({"realm": 1})]),
        (
            "calling.live_transcribe",
            json!({"action": {"start": {"lang": "en-US"}}}),
            vec![
                json!({"action": null}),
                json!({"action": "start"}),
                json!({"action": {}}),
                json!({"action": {"start": {}}}),
                json!({"action": {"dance": {}}}),
            ],
        ),
        (
            "calling.live_translate",
            json!({"action": {"start": {"from_lang": "en", "to_lang": "es"}}}),
            vec![json!({"action": {"start": {"from_lang": "en"}}}), json!({"status_url": 7})],
        ),
        ("calling.user_event", json!({"event": "order", "lines": [1]}), vec![json!({"event": null})]),
        ("calling.end", json!({"reason": "busy"}), vec![json!({"reason": "bored"})]),
        (
            "messaging.send",
            json!({"from_number": "24636", "to_number": "+15552222222", "body": "x", "tags": ["vip"], "region": "us"}),
            vec![
                json!({"to_number": null}),
                json!({"to_number": "24636"}),
                json!({"to_number": "5552222222"}),
                json!({"from_number": "me"}),
                json!({"body": null}),
                json!({"body": 7}),
                json!({"media": ["picture.png"]}),
                json!({"media": "https://example.com/i.jpg"}),
                json!({"tags": "vip"}),
            ],
        ),
    ]
}

#[test]
fn what_is_right_is_taken_and_what_is_wrong_is_refused_before_anything_happens() {
    for (method, right, changes) in cases() {
        assert_eq!(Bench::answered().about(method, right.clone())["code"], "200", "{method} {right}");
        for change in changes {
            let mut wrong = right.clone();
            wrong.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let mut bench = Bench::answered();
            let reply = bench.about(method, wrong);
            assert_eq!(reply["code"], "400", "{method} {change}: {reply}");
            assert!(bench.events().is_empty() && bench.peer.live_actions(&bench.call).is_empty());
            assert_eq!(bench.peer.live_calls().len(), 1, "{method} {change}");
        }
    }
}

#[test]
fn agents_that_are_not_there_cannot_be_told_anything() {
    for (method, right, wrong) in [
        ("calling.ai_message", json!({"message_text": "x"}), json!({"role": "boss"})),
        ("calling.ai_hold", json!({"timeout": "30"}), json!({"timeout": "soon"})),
        ("calling.ai_unhold", json!({"prompt": "Back."}), json!({"prompt": 7})),
    ] {
        assert_eq!(Bench::answered().about(method, right)["code"], "404", "{method}");
        assert_eq!(Bench::answered().about(method, wrong)["code"], "400", "{method}");
    }
}
