//! The rows against the frames that SignalWire's own SDK sends, and against what the writer relies on.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeSet, HashSet};

use rhai::{Dynamic, Engine, Token};
use serde_json::{Value, json};

use super::super::args::{Extras, write_params};
use super::super::paths::MAX_STEPS;
use super::super::table::{Kind, Param, Receiver, Verb};
use super::all;

/// The SDK's frames; the first one is the connect.
const FRAMES: &str = include_str!("../../../../tests/data/sdk-frames.json");

const TTS: &str = r#"#{type: "tts", params: #{text: "Hello", language: "en-US", gender: "female",
    voice: "en-US-Neural2-F"}}"#;

/// Verb and arguments, one for each frame of the SDK, in its order.
const CASES: &[(&str, &str)] = &[
    ("answer", "#{max_duration: 60}"),
    ("play", r#"[TTS], #{volume: -3.5, direction: "listen", "loop": 2, control_id: "c-play"}"#),
    ("play_audio", r#""https://example.com/a.mp3", #{volume: 1}"#),
    ("pause", ""),
    ("resume", ""),
    ("volume", "4"),
    ("stop", ""),
    ("play_tts", r#""Hi", #{language: "en-GB", gender: "male", voice: "v", volume: 2.0}"#),
    ("play_silence", "1.5"),
    ("play_ringtone", r#""us", #{duration: 3, volume: 1}"#),
    (
        "record",
        r##"#{audio: #{format: "wav", stereo: true, direction: "both", beep: true, initial_timeout: 4,
        end_silence_timeout: 1, terminators: "#", input_sensitivity: 44}, control_id: "c-record"}"##,
    ),
    ("pause", r#""silence""#),
    ("resume", ""),
    ("stop", ""),
    (
        "play_and_collect",
        r##"TTS, #{digits: #{max: 4, digit_timeout: 3, terminators: "#"}, initial_timeout: 10},
        #{volume: 1, control_id: "c-pac"}"##,
    ),
    ("volume", "#{volume: 2}"),
    ("start_input_timers", ""),
    ("stop", ""),
    (
        "collect",
        r##"#{digits: #{max: 4, digit_timeout: 3, terminators: "#"}, speech: #{language: "en-US",
        end_silence_timeout: 1, speech_timeout: 15, hints: ["sales"]}, initial_timeout: 10,
        partial_results: true, continuous: false, send_start_of_input: true, start_input_timers: false,
        control_id: "c-collect"}"##,
    ),
    ("start_input_timers", ""),
    ("stop", ""),
    (
        "prompt_tts",
        r#""Press 1", #{digits: #{max: 1}}, #{language: "en-US", gender: "female", voice: "v", volume: 1}"#,
    ),
    ("prompt_audio", r#""https://example.com/p.mp3", #{digits: #{max: 1}}, #{volume: 1}"#),
    (
        "connect",
        r#"[#{type: "phone", params: #{to_number: "+15551234567", from_number: "+15559876543", timeout: 30}},
        #{type: "sip", params: #{to: "sip:a@example.com", from: "sip:b@example.com"}}], #{ringback: "ring:us",
        tag: "t1", max_duration: 600, max_price_per_minute: 0.5, status_url: "https://example.com/s"}"#,
    ),
    ("disconnect", ""),
    ("send_digits", r##""1234#", #{control_id: "c-digits"}"##),
    (
        "detect",
        r#"#{type: "machine", params: #{initial_timeout: 4.5}}, #{timeout: 30, control_id: "c-detect"}"#,
    ),
    ("stop", ""),
    ("detect_digit", r#""123", #{timeout: 10}"#),
    (
        "detect_answering_machine",
        "#{timeout: 20, initial_timeout: 4.5, end_silence_timeout: 1, machine_voice_threshold: 1.25,
        machine_words_threshold: 6, detect_interruptions: true, detect_message_end: true}",
    ),
    ("detect_fax", r#"#{tone: "CED", timeout: 10}"#),
    (
        "refer",
        r#"#{type: "sip", params: #{to: "sip:user@example.com"}}, #{status_url: "https://example.com/s"}"#,
    ),
    (
        "pay",
        r#"#{payment_connector_url: "https://example.com/connector", control_id: "c-pay", input_method: "dtmf",
        status_url: "https://example.com/s", payment_method: "credit-card", timeout: 5, max_attempts: 3,
        security_code: true, postal_code: true, min_postal_code_length: 5, token_type: "one-time",
        charge_amount: parse_decimal("29.99"), currency: "USD", language: "en-US", voice: "woman",
        description: "Order 7", valid_card_types: "visa, mastercard amex", parameters: #{order: 7},
        prompts: [#{"for": "payment-card-number", actions: [#{type: "Say", phrase: "Card number please"}],
        attempts: 1, card_type: "visa", error_type: "timeout"}]}"#,
    ),
    ("stop", ""),
    (
        "send_fax",
        r#""https://example.com/d.pdf", #{identity: "+15551234567", header_info: "H", control_id: "c-sfax"}"#,
    ),
    ("stop", ""),
    ("receive_fax", r#"#{control_id: "c-rfax"}"#),
    ("stop", ""),
    (
        "tap",
        r#"#{type: "audio", params: #{direction: "both"}}, #{type: "rtp", params: #{addr: "192.0.2.10",
        port: 5000, codec: "PCMU", ptime: 20}}, #{control_id: "c-tap"}"#,
    ),
    ("stop", ""),
    (
        "stream",
        r#""wss://example.com/audio", #{name: "n", codec: "PCMU", track: "inbound_track",
        status_url: "https://example.com/s", status_url_method: "POST", authorization_bearer_token: "tok",
        custom_parameters: #{a: "b"}, control_id: "c-stream"}"#,
    ),
    ("stop", ""),
    ("transfer", r#""https://example.com/swml""#),
    (
        "join_conference",
        r#""room", #{muted: false, beep: "onEnter", start_on_enter: true, end_on_exit: false,
        wait_url: "https://example.com/w", max_participants: 10, record: "record-from-start", region: "us",
        trim: "trim-silence", coach: "call-1", status_callback: "https://example.com/s",
        status_callback_event: ["join", "leave"], status_callback_event_type: "t",
        status_callback_method: "POST", recording_status_callback: "https://example.com/r",
        recording_status_callback_event: "completed", recording_status_callback_event_type: "t",
        recording_status_callback_method: "POST", stream_obj: #{url: "wss://example.com"}}"#,
    ),
    ("leave_conference", r#""conf-1""#),
    ("hold", ""),
    ("unhold", ""),
    ("denoise", ""),
    ("denoise_stop", ""),
    ("transcribe", r#"#{status_url: "https://example.com/s", control_id: "c-tr"}"#),
    ("stop", ""),
    ("echo", r#"#{timeout: 30, status_url: "https://example.com/s"}"#),
    ("bind_digit", r#""*1", "calling.play", #{bind_params: #{play: [TTS]}, realm: "r", max_triggers: 2}"#),
    ("clear_digit_bindings", r#"#{realm: "r"}"#),
    ("live_transcribe", r#"#{start: #{lang: "en-US"}}"#),
    (
        "live_translate",
        r#"#{start: #{from_lang: "en-US", to_lang: "es-ES"}}, #{status_url: "https://example.com/s"}"#,
    ),
    ("join_room", r#""room", #{status_url: "https://example.com/s"}"#),
    ("leave_room", ""),
    (
        "ai",
        r#"#{agent: "ag", prompt: #{text: "You help."}, post_prompt: #{text: "Summarise."},
        post_prompt_url: "https://example.com/pp", post_prompt_auth_user: "u", post_prompt_auth_password: "pw",
        global_data: #{k: 1}, pronounce: [#{replace: "SW", "with": "SignalWire"}], hints: ["sales"],
        languages: [#{name: "English", code: "en-US", voice: "v"}], SWAIG: #{functions: []},
        ai_params: #{end_of_speech_timeout: 3000}, control_id: "c-ai"}"#,
    ),
    ("stop", ""),
    (
        "amazon_bedrock",
        r#"#{prompt: #{text: "You help."}, SWAIG: #{functions: []}, ai_params: #{x: 1}, global_data: #{k: 1},
        post_prompt: #{text: "Sum."}, post_prompt_url: "https://example.com/pp"}"#,
    ),
    ("ai_message", r#""hi", #{role: "system", reset: #{full_reset: true}, global_data: #{k: 2}}"#),
    ("ai_hold", r#"#{timeout: "30", prompt: "Hold on."}"#),
    ("ai_unhold", r#""Back.""#),
    ("user_event", r#""order", #{order_id: "12345"}"#),
    ("queue_enter", r#""support", #{status_url: "https://example.com/s", control_id: "c-q"}"#),
    (
        "queue_leave",
        r#""support", #{queue_id: "q-1", status_url: "https://example.com/s", control_id: "c-q"}"#,
    ),
    (
        "send_message",
        r#"#{context: "ctx", to_number: "+15552222222", from_number: "+15551111111", body: "Hello",
        media: ["https://example.com/i.jpg"], tags: ["vip"], region: "us"}"#,
    ),
    ("receive", r#"["sales"]"#),
    ("unreceive", r#""sales""#),
    (
        "dial",
        r#"#{to: "+15551234567", from: "+15559876543", timeout: 30}, #{tag: "tag-1", max_duration: 10}"#,
    ),
    ("pass", ""),
    ("hangup", r#""busy""#),
];

/// Options and verbs that the SDK's frames do not show.
fn further_cases() -> Vec<(&'static str, &'static str, Value)> {
    let speech =
        json!({"type": "tts", "params": {"text": "5", "language": "en-US", "gender": "male", "voice": "v"}});
    vec![
        (
            "say",
            r#"5, #{language: "en-US", gender: "male", voice: "v", volume: 1, timeout: 20}"#,
            json!({"play": [speech], "volume": 1}),
        ),
        (
            "dial",
            r#"["+15551234567"], #{region: "us", max_price_per_minute: 1, dial_timeout: 20}"#,
            json!({"devices": [[{"type": "phone", "params": {"to_number": "+15551234567"}}]],
                "region": "us", "max_price_per_minute": 1}),
        ),
        ("detect_digit", "", json!({"detect": {"type": "digit", "params": {}}})),
        (
            "detect",
            r#"#{detect: #{type: "fax", tone: "CNG"}}"#,
            json!({"detect": {"type": "fax", "params": {"tone": "CNG"}}}),
        ),
        ("record", "", json!({"record": {"audio": {}}})),
        (
            "record",
            r#"#{format: "mp3", beep: true}"#,
            json!({"record": {"audio": {"format": "mp3", "beep": true}}}),
        ),
        (
            "prompt_tts",
            r#"#{text: "x", collect: #{speech: #{}}, voice: "v"}"#,
            json!({"play": [{"type": "tts", "params": {"text": "x", "voice": "v"}}], "collect": {"speech": {}}}),
        ),
        (
            "pay",
            r#""https://example.com/c", #{postal_code: "90210", charge_amount: 5, currency: "KWD"}"#,
            json!({"payment_connector_url": "https://example.com/c", "postal_code": "90210",
                "charge_amount": "5", "currency": "KWD"}),
        ),
    ]
}

fn arguments(script: &str) -> Vec<Dynamic> {
    let script = format!("[{}]", script.replace("TTS", TTS));
    let mut engine = Engine::new();
    engine.set_max_expr_depths(64, 64);
    engine.eval::<rhai::Array>(&script).unwrap_or_else(|error| panic!("{script}: {error}"))
}

fn written(verb: &'static Verb, script: &str) -> (Value, Extras) {
    let args = arguments(script);
    let mut out = String::from("{\"ids\":0");
    let extras = write_params(verb, &args.iter().collect::<Vec<_>>(), &mut out);
    let extras = extras.unwrap_or_else(|error| panic!("{} {script}: {error}", verb.name));
    out.push('}');
    let mut params: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{out}: {error}"));
    params.as_object_mut().unwrap().remove("ids");
    (params, extras)
}

/// Equal as JSON, where 1 and 1.0 are the same number.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

fn row(name: &str, method: &str) -> &'static Verb {
    let mut rows = all().iter().copied();
    rows.find(|verb| verb.name == name && verb.method == method)
        .unwrap_or_else(|| panic!("no row {name} sends {method}"))
}

#[test]
fn every_verb_writes_the_frame_that_the_sdk_sends() {
    let frames: Vec<Value> = serde_json::from_str(FRAMES).unwrap();
    assert_eq!(frames.len() - 1, CASES.len());
    for (frame, (name, script)) in frames.iter().skip(1).zip(CASES) {
        let verb = row(name, frame["method"].as_str().unwrap());
        let mut expected = frame["params"].clone();
        let control_id = expected.as_object_mut().unwrap().remove("control_id");
        assert_eq!(control_id.is_some(), verb.control_id, "{name}");
        let (params, extras) = written(verb, script);
        assert!(same(&params, &expected), "{name}: {params} instead of {expected}");
        let chosen = control_id.filter(|id| id != "<generated>" && verb.receiver == Receiver::Call);
        assert_eq!(extras.control_id.as_deref(), chosen.as_ref().and_then(Value::as_str), "{name}");
    }
}

#[test]
fn options_and_short_forms_beyond_the_sdk_frames_are_written() {
    for (name, script, expected) in further_cases() {
        let verb = all().iter().copied().find(|verb| verb.name == name).unwrap();
        let (params, _) = written(verb, script);
        assert!(same(&params, &expected), "{name}: {params} instead of {expected}");
    }
}

#[test]
fn the_cases_drive_every_row_with_every_option() {
    let frames: Vec<Value> = serde_json::from_str(FRAMES).unwrap();
    let methods = frames.iter().skip(1).map(|frame| frame["method"].as_str().unwrap());
    let mut cases: Vec<(&Verb, &str)> =
        CASES.iter().zip(methods).map(|((name, script), method)| (row(name, method), *script)).collect();
    for (name, script, _) in further_cases() {
        cases.push((all().iter().copied().find(|verb| verb.name == name).unwrap(), script));
    }
    for verb in all() {
        let own = cases.iter().filter(|(row, _)| std::ptr::eq(*row, *verb));
        let scripts: Vec<String> = own.map(|(_, script)| script.replace(['{', '\n'], " ")).collect();
        assert!(!scripts.is_empty(), "no case for {} {}", verb.name, verb.method);
        for option in verb.options.iter().filter(|row| !verb.positional.contains(&row.name)) {
            let given = |name: &str| scripts.iter().any(|script| script.contains(&format!(" {name}:")));
            let spread =
                matches!(option.kind, Kind::Spread(inner) if inner.iter().any(|row| given(row.name)));
            let quoted = scripts.iter().any(|script| script.contains(&format!("\"{}\":", option.name)));
            let positional = matches!(option.kind, Kind::Spread(_)) && !verb.positional.is_empty();
            assert!(
                given(option.name) || spread || quoted || positional,
                "no case gives {} of {}",
                option.name,
                verb.name
            );
        }
    }
}

#[test]
fn every_row_says_what_it_is_and_shows_it() {
    let mut engine = Engine::new();
    #[allow(deprecated)]
    engine.on_parse_token(|token, _, _| match token {
        Token::Reserved(word) if &*word == "call" => Token::Identifier(word),
        token => token,
    });
    for verb in all() {
        assert!(verb.doc.ends_with('.') && !verb.doc.contains('\n'), "{}", verb.name);
        assert!(verb.example.ends_with(';'), "{}", verb.name);
        assert!(verb.example.contains(&format!(".{}(", verb.name)), "{}", verb.name);
        engine.compile(verb.example).unwrap_or_else(|error| panic!("{}: {error}", verb.example));
        each_param(verb.options, &mut |param| assert!(!param.doc.is_empty(), "{} {}", verb.name, param.name));
        assert_eq!(verb.on.is_empty(), verb.receiver != Receiver::Action, "{}", verb.name);
        for name in verb.positional {
            assert!(verb.option(name).is_some(), "{} has no option {name}", verb.name);
        }
    }
}

fn each_param(rows: &'static [Param], seen: &mut dyn FnMut(&'static Param)) {
    for row in rows {
        seen(row);
        each_kind(&row.kind, seen);
    }
}

fn each_kind(kind: &'static Kind, seen: &mut dyn FnMut(&'static Param)) {
    match kind {
        Kind::Map(inner) | Kind::Spread(inner) => each_param(inner, seen),
        Kind::List(item) | Kind::AsText(item) => each_kind(item, seen),
        Kind::Either(kinds) => kinds.iter().for_each(|kind| each_kind(kind, seen)),
        _ => {}
    }
}

#[test]
fn names_are_unique() {
    let mut names = BTreeSet::new();
    for verb in all() {
        if verb.on.is_empty() {
            assert!(names.insert(format!("{:?} {}", verb.receiver, verb.name)), "{}", verb.name);
        }
        for kind in verb.on {
            assert!(names.insert(format!("{kind:?} {}", verb.name)), "{kind:?} {}", verb.name);
        }
        let mut options = HashSet::new();
        let all_options = verb.options.iter().map(|row| row.name).chain(verb.host_keys().iter().copied());
        all_options.for_each(|name| assert!(options.insert(name), "{} {name}", verb.name));
    }
}

#[test]
fn no_wire_path_is_opened_twice() {
    for verb in all() {
        let fixed = verb.fixed.iter().map(|(path, _)| *path);
        let rows = verb.options.iter().map(|row| row.wire).filter(|wire| !wire.is_empty());
        stand_together(verb.name, fixed.chain(rows));
        each_param(verb.options, &mut |param| {
            if let Kind::Map(inner) | Kind::Spread(inner) = &param.kind {
                stand_together(param.name, inner.iter().map(|row| row.wire));
            }
        });
    }
}

fn stand_together(what: &str, paths: impl Iterator<Item = &'static str>) {
    let mut closed: HashSet<String> = HashSet::new();
    let mut open: Vec<String> = Vec::new();
    for path in paths {
        assert!(path.split('.').count() < MAX_STEPS, "{what}: {path}");
        let steps: Vec<&str> = path.split('.').collect();
        let now: Vec<String> = (1..steps.len()).map(|end| steps[..end].join(".")).collect();
        closed.extend(open.drain(..).filter(|before| !now.contains(before)));
        for prefix in &now {
            assert!(!closed.contains(prefix), "{what}: {prefix} is opened twice");
        }
        assert!(closed.insert(path.into()), "{what}: {path} is written twice");
        open = now;
    }
}
