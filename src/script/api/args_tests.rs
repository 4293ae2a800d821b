//! Arguments as scripts give them: what they become, and how they are refused.

#![allow(clippy::unwrap_used)]

use rhai::{Dynamic, Engine};

use super::args::{ArgError, Extras, check_value, closest, signature, unknown_option, write_params};
use super::table::Verb;
use super::verbs::{action_verb, all, call_verb, relay_verb};
use crate::call::ActionKind;

fn verb(name: &str) -> &'static Verb {
    call_verb(name).or_else(|| relay_verb(name)).unwrap_or_else(|| panic!("no verb {name}"))
}

fn give(name: &str, script: &str) -> Result<(String, Extras), ArgError> {
    let mut engine = Engine::new();
    engine.set_max_expr_depths(64, 64);
    let script = script.strip_prefix('!').map_or_else(|| format!("[{script}]"), Into::into);
    let args: rhai::Array = engine.eval(&script).unwrap_or_else(|error| panic!("{script}: {error}"));
    let mut out = String::from("…");
    let extras = write_params(verb(name), &args.iter().collect::<Vec<_>>(), &mut out);
    if extras.is_err() {
        assert_eq!(out, "…", "{script} left something behind");
    }
    extras.map(|extras| (out.split_off("…".len()), extras))
}

#[test]
fn arguments_become_params() {
    for (name, script, params) in [
        ("play", r#""Hello""#, r#","play":[{"type":"tts","params":{"text":"Hello"}}]"#),
        ("play", r#""say:Hello""#, r#","play":[{"type":"tts","params":{"text":"Hello"}}]"#),
        ("play", r#""silence:1.5""#, r#","play":[{"type":"silence","params":{"duration":1.5}}]"#),
        ("play", r#""ring:us""#, r#","play":[{"type":"ringtone","params":{"name":"us"}}]"#),
        ("play", r#""ring:us:3""#, r#","play":[{"type":"ringtone","params":{"name":"us","duration":3.0}}]"#),
        ("play", r#""ring:3:us""#, r#","play":[{"type":"ringtone","params":{"name":"us","duration":3.0}}]"#),
        ("play", r#""https://e.com/a""#, r#","play":[{"type":"audio","params":{"url":"https://e.com/a"}}]"#),
        ("play", r#"#{type: "tts", text: "x"}"#, r#","play":[{"type":"tts","params":{"text":"x"}}]"#),
        (
            "play",
            r#"["a", #{type: "silence", duration: 2}]"#,
            r#","play":[{"type":"tts","params":{"text":"a"}},{"type":"silence","params":{"duration":2}}]"#,
        ),
        (
            "play",
            r#"#{media: "a", volume: 3}"#,
            r#","play":[{"type":"tts","params":{"text":"a"}}],"volume":3"#,
        ),
        ("play", r#""a", #{volume: ()}"#, r#","play":[{"type":"tts","params":{"text":"a"}}]"#),
        ("play", r#""a", ()"#, r#","play":[{"type":"tts","params":{"text":"a"}}]"#),
        ("hangup", "", ""),
        ("hangup", r#"#{reason: "busy"}"#, r#","reason":"busy""#),
        ("answer", "#{max_duration: 60.0}", r#","max_duration":60"#),
        ("connect", r#""+15551234567""#, &phones(&["[", "]"])),
        ("connect", r#"["+15551234567"]"#, &phones(&["[", "]"])),
        ("connect", r#"[["+15551234567"]]"#, &phones(&["[", "]"])),
        ("connect", r#"#{to: "+15551234567"}"#, &phones(&["[", "]"])),
        ("connect", r#""sip:a@e.com""#, r#","devices":[[{"type":"sip","params":{"to":"sip:a@e.com"}}]]"#),
        (
            "connect",
            r#"[["sip:a@e.com", #{to: "sip:b@e.com", timeout: 5}]]"#,
            r#","devices":[[{"type":"sip","params":{"to":"sip:a@e.com"}},{"type":"sip","params":{"to":"sip:b@e.com","timeout":5}}]]"#,
        ),
        (
            "connect",
            r#"#{type: "webrtc", params: #{x: 1}}"#,
            r#","devices":[[{"type":"webrtc","params":{"x":1}}]]"#,
        ),
        ("refer", r#""sip:a@e.com""#, r#","device":{"type":"sip","params":{"to":"sip:a@e.com"}}"#),
        ("ai_hold", "30", r#","timeout":"30""#),
        ("ai_hold", "30.0", r#","timeout":"30""#),
        ("live_transcribe", r#""stop""#, r#","action":"stop""#),
        ("join_conference", r#""r", #{beep: true}"#, r#","name":"r","beep":"true""#),
        ("echo", r#"#{extra: #{newer: [1, #{a: ()}]}}"#, r#","newer":[1,{"a":null}]"#),
        ("record", r#"#{audio: #{extra: #{x: 1}}}"#, r#","record":{"audio":{"x":1}}"#),
        ("user_event", r#""e", #{a: 1, extra: #{b: 2}}"#, r#","event":"e","b":2,"a":1"#),
        ("echo", "!let t = 5; let f = || t += 1; f.call(); [#{timeout: t}]", r#","timeout":6"#),
        ("play", "!let m = #{volume: 1}; let f = || m.volume = 2; f.call(); [\"a\", m]", &said("2")),
    ] {
        let (written, _) = give(name, script).unwrap_or_else(|error| panic!("{name} {script}: {error}"));
        assert_eq!(written, params, "{name} {script}");
    }
}

fn phones(brackets: &[&str; 2]) -> String {
    let device = r#"{"type":"phone","params":{"to_number":"+15551234567"}}"#;
    format!(r#","devices":[{}{device}{}]"#, brackets[0], brackets[1])
}

fn said(volume: &str) -> String {
    format!(r#","play":[{{"type":"tts","params":{{"text":"a"}}}}],"volume":{volume}"#)
}

#[test]
fn money_is_written_as_it_is_meant() {
    for (amount, sent) in [
        ("29.99", "29.99"),
        (r#""29.99""#, "29.99"),
        ("5", "5"),
        (r#"parse_decimal("29.90")"#, "29.90"),
        ("0.1", "0.1"),
    ] {
        let (written, _) = give("pay", &format!("\"https://e.com\", #{{charge_amount: {amount}}}")).unwrap();
        assert!(written.ends_with(&format!("\"charge_amount\":\"{sent}\"")), "{written}");
    }
}

/// Verb, arguments, message, hint (empty: none).
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("play", "", "play: needs media", ""),
    (
        "pay",
        r#"#{payment_conector_url: "x"}"#,
        "pay: unknown option \"payment_conector_url\"",
        "payment_connector_url",
    ),
    ("pay", "#{}", "pay: needs payment_connector_url", ""),
    (
        "pay",
        r#""https://e.com", #{charge_amout: "1"}"#,
        "pay: unknown option \"charge_amout\"",
        "charge_amount",
    ),
    ("pay", r#""https://e.com", #{input: "dtmf"}"#, "pay: unknown option \"input\"", "input_method"),
    ("record", r#"#{audio: #{formt: "mp3"}}"#, "record: audio has an unknown option \"formt\"", "format"),
    (
        "record",
        r#"#{audio: #{}, format: "mp3"}"#,
        "record: format stands beside audio",
        "put format into audio",
    ),
    ("play", r#""a", #{volume: 55}"#, "play: volume must be between -40 and 40 dB, got 55", ""),
    ("play", r#""a", #{volume: "x"}"#, "play: volume must be a number between -40 and 40 dB, got \"x\"", ""),
    (
        "play",
        r#""a", #{volume: 0.0 / 0.0}"#,
        "play: volume must be a number between -40 and 40 dB, got NaN",
        "",
    ),
    (
        "play",
        r#""a", 3"#,
        "play: the last argument must be a map of options, got a whole number: play(media, options?)",
        "",
    ),
    ("play", r#""a", #{}, 3"#, "play: takes at most 2 arguments, got 3: play(media, options?)", ""),
    ("play", r#""a", #{media: "b"}"#, "play: media is given twice", ""),
    (
        "play",
        r#""a", #{direction: "lisen"}"#,
        "play: direction must be one of listen, speak, both, got \"lisen\"",
        "listen",
    ),
    ("play", r#"#{type: "tss", text: "x"}"#, "play: media has an unknown media type \"tss\"", "tts"),
    ("play", r#"["a", #{type: "tts", txt: "x"}]"#, "play: media[1] has an unknown option \"txt\"", "text"),
    ("play", r#"#{volume: 3}"#, "play: media needs a type: tts, audio, silence or ringtone", ""),
    ("play", "[]", "play: media must have at least one item, got an empty array", ""),
    ("play", "5", "play: media must be text or a media map, got 5", ""),
    (
        "play",
        r#""silence:long""#,
        "play: media must be of the form \"silence:1.5\", got \"silence:long\"",
        "",
    ),
    ("play", r#""ring:us:x""#, "play: media must be of the form \"ring:us:3\", got \"ring:us:x\"", ""),
    ("play", r#""ftp://e.com/a""#, "play: media must be a URL with http or https, got \"ftp://…\"", ""),
    (
        "play_audio",
        r#""a.mp3""#,
        "play_audio: url must be a URL with http or https, got text without \"://\"",
        "",
    ),
    (
        "play_audio",
        r#""https:///a""#,
        "play_audio: url must be a URL with http or https, got one without a host",
        "",
    ),
    ("play_silence", "-1", "play_silence: duration must be at least 0 seconds, got -1", ""),
    (
        "answer",
        "#{max_duration: 1.5}",
        "answer: max_duration must be a whole number of at least 1, got 1.5",
        "",
    ),
    ("answer", "#{max_duration: 0}", "answer: max_duration must be at least 1, got 0", ""),
    ("stream", r#""https://e.com""#, "stream: url must be a URL with ws or wss, got \"https://…\"", ""),
    (
        "stream",
        r#""wss://e.com", #{authorization_bearer_token: 1234}"#,
        "stream: authorization_bearer_token must be text, got a whole number",
        "",
    ),
    (
        "send_digits",
        r#""12x4""#,
        "send_digits: digits must be text of 0-9 * # A-D and w for pauses, got a 'x' in it",
        "",
    ),
    (
        "send_digits",
        r#""""#,
        "send_digits: digits must be text of 0-9 * # A-D and w for pauses, got nothing",
        "",
    ),
    (
        "send_digits",
        "41111111",
        "send_digits: digits must be text of 0-9 * # A-D and w for pauses, got a whole number",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{currency: "Euro"}"#,
        "pay: currency must be a currency of three letters such as \"USD\", got \"Euro\"",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{charge_amount: "-5"}"#,
        "pay: charge_amount must be an amount without sign such as \"29.99\", got \"-5\"",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{charge_amount: 0.1 + 0.2}"#,
        "pay: charge_amount must have at most 2 decimal places, got 17",
        "parse_decimal",
    ),
    (
        "pay",
        r#""https://e.com", #{postal_code: 90210}"#,
        "pay: postal_code must be true or false or text, got 90210",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{max_attempts: "many"}"#,
        "pay: max_attempts must be a whole number of at least 1, got \"many\"",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{security_code: "yes"}"#,
        "pay: security_code must be true or false, got \"yes\"",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{prompts: [#{"for": "postal-code", actions: [#{type: "Sing", phrase: "x"}]}]}"#,
        "pay: prompts[0].actions[0].type must be one of Say, Play, got \"Sing\"",
        "",
    ),
    (
        "pay",
        r#""https://e.com", #{valid_card_types: "visa amx"}"#,
        "pay: valid_card_types must be some of visa, mastercard, amex, maestro, discover, jcb, diners-club, \
         optima, got \"amx\"",
        "amex",
    ),
    ("pay", r#""https://e.com", #{description: [1]}"#, "pay: description must be text, got an array", ""),
    ("pay", r#""https://e.com", #{on_completed: 1}"#, "pay: on_completed must be a function, got 1", ""),
    (
        "pay",
        r#""https://e.com", #{control_id: ""}"#,
        "pay: control_id must be text that is not empty, got \"\"",
        "",
    ),
    ("answer", r#"#{control_id: "x"}"#, "answer: unknown option \"control_id\"", ""),
    (
        "connect",
        r#""4111111111111111""#,
        "connect: devices must be a telephone number such as \"+15551234567\" or a SIP address such as \
         \"sip:a@example.com\", got \"****\"",
        "",
    ),
    ("connect", "[]", "connect: devices must have at least one device, got an empty array", ""),
    (
        "connect",
        "[[[\"+15551234567\"]]]",
        "connect: devices[0][0] must be a device: a map, a telephone number or a SIP address, got an array",
        "",
    ),
    (
        "connect",
        r#"#{type: "phon", params: #{}}"#,
        "connect: devices.type must be one of phone, sip, webrtc, agora, got \"phon\"",
        "phone",
    ),
    (
        "connect",
        r#"#{from: "+15551234567"}"#,
        "connect: devices needs a type, or \"to\" with a telephone number or a SIP address",
        "",
    ),
    (
        "refer",
        r#""+15551234567""#,
        "refer: device must be a SIP address such as \"sip:a@example.com\", got \"+15551234567\"",
        "",
    ),
    (
        "echo",
        r#"#{timeout: 5, extra: #{timeout: 6}}"#,
        "echo: extra has \"timeout\", which is already set",
        "",
    ),
    ("echo", r#"#{extra: #{call_id: "x"}}"#, "echo: extra has \"call_id\", which is already set", ""),
    ("echo", r#"#{extra: #{x: || 1}}"#, "echo: extra.x is a function, JSON cannot carry it", ""),
    ("user_event", r#""e", #{node_id: "x"}"#, "user_event: node_id is set already", ""),
    (
        "user_event",
        "!let a = []; for i in 0..70 { a = [a]; } [\"e\", #{deep: a}]",
        "user_event: deep is nested more than 64 levels deep",
        "",
    ),
    ("send_message", "#{to_number: \"+15551234567\"}", "send_message: needs from_number", ""),
];

#[test]
fn wrong_arguments_are_refused_with_their_place() {
    for (name, script, message, hint) in REFUSED {
        let Err(error) = give(name, script) else { panic!("{name} {script} was taken") };
        assert_eq!(error.message, *message, "{name} {script}");
        let told = error.hint.unwrap_or_default();
        assert_eq!(told.is_empty(), hint.is_empty(), "{name} {script}: {told}");
        assert!(told.contains(hint), "{name} {script}: {told}");
    }
}

#[test]
fn the_host_learns_its_part_of_the_options() {
    let (written, extras) =
        give("play", r#""a", #{control_id: "mine", on_completed: |event| event}"#).unwrap();
    assert!(!written.contains("mine") && !written.contains("on_completed"));
    assert_eq!(extras.control_id.as_deref(), Some("mine"));
    assert!(extras.on_completed.is_some());
    let (_, extras) = give("dial", r#""+15551234567", #{tag: "t", dial_timeout: 20}"#).unwrap();
    assert_eq!((extras.tag.as_deref(), extras.timeout), (Some("t"), Some(20.0)));
    let (written, extras) = give("say", r#""a", #{timeout: 1.5}"#).unwrap();
    assert_eq!(extras.timeout, Some(1.5));
    assert!(!written.contains("timeout"));
    let error = give("say", r#""a", #{timeout: -1}"#).unwrap_err();
    assert_eq!(error.message, "say: timeout must be at least 0 seconds, got -1");
}

#[test]
fn a_value_in_use_is_refused_and_does_not_panic() {
    let mut shared = Dynamic::from(rhai::Map::new()).into_shared();
    let copy = shared.clone();
    let _held = shared.write_lock::<rhai::Map>().unwrap();
    for verb in all() {
        let taken = write_params(verb, &[&copy], &mut String::new());
        assert!(taken.is_err(), "{}", verb.name);
    }
}

#[test]
fn checks_of_single_values_agree_with_calls() {
    let play = verb("play");
    let volume = play.option("volume").unwrap();
    assert!(check_value(play, volume, &Dynamic::from(40_i64)).is_ok());
    let error = check_value(play, volume, &Dynamic::from(41_i64)).unwrap_err();
    assert_eq!(error.message, "play: volume must be between -40 and 40 dB, got 41");
    assert!(check_value(play, play.argument(0).unwrap(), &Dynamic::UNIT).is_err());
    assert!(unknown_option(verb("record"), "format").is_none());
    assert!(unknown_option(verb("record"), "on_completed").is_none());
    assert!(unknown_option(verb("user_event"), "anything").is_none());
    let error = unknown_option(verb("pay"), "charge_amout").unwrap();
    assert_eq!(error.hint.as_deref(), Some("did you mean \"charge_amount\"?"));
    let names = all().iter().map(|verb| verb.name);
    assert_eq!(closest("anser", names), Some("answer"));
}

#[test]
fn signatures_show_what_may_be_left_out() {
    for (name, shown) in [
        ("pay", "pay(payment_connector_url, options?)"),
        ("hangup", "hangup(reason?)"),
        ("hold", "hold()"),
        ("prompt_tts", "prompt_tts(text, collect, options?)"),
        ("record", "record(options?)"),
        ("send_message", "send_message(options)"),
        ("user_event", "user_event(event, options?)"),
    ] {
        assert_eq!(signature(verb(name)), shown);
    }
    assert_eq!(verb("play").arity(), 1..=2);
    assert_eq!(verb("hold").arity(), 0..=1);
}

#[test]
fn the_method_of_an_action_depends_on_its_kind() {
    for (kind, name, method) in [
        (ActionKind::Play, "stop", Some("calling.play.stop")),
        (ActionKind::Pay, "stop", Some("calling.pay.stop")),
        (ActionKind::PlayAndCollect, "stop", Some("calling.play_and_collect.stop")),
        (ActionKind::PlayAndCollect, "start_input_timers", Some("calling.collect.start_input_timers")),
        (ActionKind::Pay, "pause", None),
    ] {
        assert_eq!(action_verb(kind, name).map(|verb| verb.method), method, "{kind:?} {name}");
    }
}
