//! Every verb, driven from a script, sends the frame that SignalWire's own SDK sends.
#![allow(clippy::unwrap_used)]

mod common;
mod sdk;

use common::{Rig, silent};
use relay_script::script::api::table::{Receiver, Verb};
use relay_script::script::api::verbs;
use serde_json::{Map, Value, json};

/// The SDK's frames, in the order of [`sdk::CASES`]; the connect stands before them.
const FRAMES: &str = include_str!("data/sdk-frames.json");

fn frames() -> Vec<Value> {
    serde_json::from_str(FRAMES).unwrap()
}

/// What the client sends while a call runs this statement; what it throws is a line of the rig.
fn drive(statement: &str) -> Rig {
    let script = format!("try {{ {statement} }} catch (e) {{ print(`thrown ${{e.kind}} ${{e.message}}`) }}");
    let mut rig = Rig::new(&script);
    rig.dial(silent());
    rig.wait(200.0);
    rig
}

/// The params of the last request of this method, without the ids of the call, which must be there
/// for a request about one.
fn sent(rig: &Rig, method: &str) -> Option<Map<String, Value>> {
    let mut frame = rig.requests().into_iter().rfind(|frame| frame["method"] == method)?;
    assert!(frame["id"].as_str().is_some_and(|id| !id.is_empty()), "{frame}");
    assert_eq!(frame["jsonrpc"], "2.0", "{frame}");
    let params = frame["params"].as_object_mut().unwrap();
    for id in ["node_id", "call_id"] {
        let id = params.remove(id);
        let about_a_call = method.starts_with("calling.") && method != "calling.dial";
        assert_eq!(
            id.is_some_and(|id| id.as_str().is_some_and(|id| !id.is_empty())),
            about_a_call,
            "{method}"
        );
    }
    Some(std::mem::take(params))
}

/// Equal as JSON, where 1 and 1.0 are the same number, and an id that is made anew is any text.
fn same(sent: &Value, expected: &Value) -> bool {
    match (sent, expected) {
        (Value::String(sent), Value::String(expected)) if expected == "<generated>" => !sent.is_empty(),
        (Value::Number(sent), Value::Number(expected)) => sent.as_f64() == expected.as_f64(),
        (Value::Array(sent), Value::Array(expected)) => {
            sent.len() == expected.len()
                && sent.iter().zip(expected).all(|(sent, expected)| same(sent, expected))
        }
        (Value::Object(sent), Value::Object(expected)) => {
            sent.len() == expected.len()
                && sent
                    .iter()
                    .all(|(key, value)| expected.get(key).is_some_and(|expected| same(value, expected)))
        }
        _ => sent == expected,
    }
}

#[test]
fn every_verb_sends_the_frame_of_the_sdk_from_a_script() {
    let frames = frames();
    assert_eq!(frames.len() - 1, sdk::CASES.len(), "each frame after the connect has its case");
    for (frame, statement) in frames.iter().skip(1).zip(sdk::CASES) {
        let method = frame["method"].as_str().unwrap();
        let rig = drive(&statement.replace("TTS", sdk::TTS));
        let Some(params) = sent(&rig, method) else {
            panic!("{statement} sent no {method}: {:?}", rig.lines());
        };
        let params = Value::Object(params);
        assert!(
            same(&params, &frame["params"]),
            "{statement}\nsent     {params}\nexpected {}",
            frame["params"]
        );
    }
}

#[test]
fn the_connect_says_what_the_sdk_says() {
    let rig = drive("call.answer();");
    let frame = rig.requests().remove(0);
    let expected = &frames()[0];
    assert_eq!(frame["method"], expected["method"]);
    let mut params = frame["params"].clone();
    let agent = params.as_object_mut().unwrap().remove("agent").unwrap();
    assert!(agent.as_str().unwrap().starts_with("relay-script/"), "{agent}");
    let mut fields = expected["params"].clone();
    fields.as_object_mut().unwrap().remove("agent");
    assert_eq!(params, fields);
}

#[test]
fn every_example_of_the_table_sends_its_request_without_an_error_about_arguments() {
    for verb in verbs::all() {
        let rig = drive(verb.example);
        let lines = rig.lines().join("\n");
        assert!(!lines.contains("thrown argument") && !lines.contains("failed"), "{}: {lines}", verb.example);
        assert!(sent(&rig, verb.method).is_some(), "{} sent no {}: {lines}", verb.example, verb.method);
    }
}

#[test]
fn every_row_is_driven_by_a_frame_of_the_sdk_or_stands_for_one() {
    let by_statement = |verb: &Verb| {
        let call = format!(".{}(", verb.name);
        let mut cases = frames().into_iter().skip(1).zip(sdk::CASES);
        cases.any(|(frame, statement)| frame["method"] == verb.method && statement.contains(&call))
    };
    let undriven: Vec<_> =
        verbs::all().iter().filter(|verb| !by_statement(verb)).map(|verb| verb.name).collect();
    // The SDK has no `say`; it is a `play` that is waited for.
    assert_eq!(undriven, ["say"]);
}

#[test]
fn requests_that_the_sdk_does_not_show_are_written_as_well() {
    for (statement, method, expected) in [
        (
            r#"call.say(5, #{language: "en-US", gender: "male", voice: "v", volume: 1, timeout: 20});"#,
            "calling.play",
            json!({"control_id": "<generated>", "volume": 1, "play": [{"type": "tts", "params":
                {"text": "5", "language": "en-US", "gender": "male", "voice": "v"}}]}),
        ),
        (
            r#"call.play(["say:Hi", "Hello", "https://example.com/a.mp3", "silence:1.5", "ring:us"]);"#,
            "calling.play",
            json!({"control_id": "<generated>", "play": [
                {"type": "tts", "params": {"text": "Hi"}}, {"type": "tts", "params": {"text": "Hello"}},
                {"type": "audio", "params": {"url": "https://example.com/a.mp3"}},
                {"type": "silence", "params": {"duration": 1.5}},
                {"type": "ringtone", "params": {"name": "us"}}]}),
        ),
        (
            r#"call.play(#{type: "tts", text: "Hi"}, #{extra: #{newer: [1, true]}});"#,
            "calling.play",
            json!({"control_id": "<generated>", "newer": [1, true],
                "play": [{"type": "tts", "params": {"text": "Hi"}}]}),
        ),
        (
            r#"relay.execute("calling.newest", #{call_id: call.id, node_id: call.node_id, a: 1.5});"#,
            "calling.newest",
            json!({"a": 1.5}),
        ),
        (
            r#"call.user_event(#{event: "order", lines: [#{id: 7}], none: ()});"#,
            "calling.user_event",
            json!({"event": "order", "lines": [{"id": 7}], "none": null}),
        ),
    ] {
        let rig = drive(statement);
        let params = Value::Object(sent(&rig, method).unwrap_or_else(|| panic!("{:?}", rig.lines())));
        assert!(same(&params, &expected), "{statement}\nsent     {params}\nexpected {expected}");
    }
}

#[test]
fn wrong_arguments_send_nothing_at_all() {
    // Where the first argument may be a map, a map of options cannot be told from it.
    let takes_map = |verb: &Verb| verb.argument(0).is_some_and(|first| first.kind.takes_map());
    for verb in verbs::all().iter().filter(|verb| !takes_map(verb)) {
        let statement = match verb.receiver {
            Receiver::Relay => format!("relay.{}(#{{ no_such_option_at_all: 1 }});", verb.name),
            Receiver::Call if verb.open => continue,
            Receiver::Call => format!("call.{}(#{{ no_such_option_at_all: 1 }});", verb.name),
            Receiver::Action => {
                let begin = verb.example.split(';').next().unwrap();
                format!("{begin}; action.{}(#{{ no_such_option_at_all: 1 }});", verb.name)
            }
        };
        let rig = drive_unchecked(&statement);
        let lines = rig.lines().join("\n");
        assert!(lines.contains("thrown argument"), "{statement}: {lines}");
        assert!(sent(&rig, verb.method).is_none(), "{statement} was sent");
    }
}

/// The same where the options come from a variable, which `check` cannot see through.
fn drive_unchecked(statement: &str) -> Rig {
    drive(&format!(
        "let options = #{{ no_such_option_at_all: 1 }}; {}",
        statement.replace("#{ no_such_option_at_all: 1 }", "options")
    ))
}
