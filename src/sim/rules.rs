//! What the parameters of each method must be: which are needed, their types, ranges and words.
//!
//! Never knows what a parameter is for. Where SignalWire documents no range, the bounds are *assumed* wide.

use super::frames::Failure;
use super::params::{Params, wrong};
use serde_json::Value;

/// What one parameter must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A text that is not empty.
    Text,
    /// Any text.
    Words,
    /// A number above 0.
    Positive,
    /// A number from the first to the second, both included.
    Number(f64, f64),
    /// A whole number from the first to the second, both included.
    Whole(u64, u64),
    /// Seconds from 0, as a number or a text.
    Seconds,
    Flag,
    /// An URL with one of these schemes.
    Url(&'static [&'static str]),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A flag, or one of these words.
    FlagOr(&'static [&'static str]),
    /// Words of these, parted by spaces or commas.
    Some(&'static [&'static str]),
    List,
    Texts,
    Objects,
    Object,
    /// An object, or a text.
    ObjectOrText,
}

/// One parameter and its rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    needed: bool,
    rule: Rule,
}

/// A parameter that must be there.
pub(super) const fn need(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: true, rule }
}

/// A parameter that may be left out.
pub(super) const fn may(name: &'static str, rule: Rule) -> Field {
    Field { name, needed: false, rule }
}

pub(super) const WEB: Rule = Rule::Url(&["http", "https"]);
pub(super) const SOCKET: Rule = Rule::Url(&["ws", "wss"]);
pub(super) const SIDE: Rule = Rule::OneOf(&["listen", "speak", "both"]);
pub(super) const AMOUNT: Rule = Rule::Number(0.0, f64::INFINITY);
const HTTP_METHOD: Rule = Rule::OneOf(&["GET", "POST"]);
const ROLE: Rule = Rule::OneOf(&["system", "user", "assistant"]);
const TRACK: Rule = Rule::OneOf(&["inbound_track", "outbound_track", "both_tracks"]);
const BEEP: Rule = Rule::FlagOr(&["true", "false", "onEnter", "onExit"]);
const EVENTS: Rule =
    Rule::Some(&["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"]);
const RECORDING_EVENTS: Rule = Rule::Some(&["in-progress", "completed", "absent"]);
/// `max_price_per_minute`.
const PRICE: Field = may("max_price_per_minute", AMOUNT);
const LONGEST: Field = may("max_duration", Rule::Positive);
const STATUS: Field = may("status_url", WEB);

/// An AI agent's parameters that `ai` and `amazon_bedrock` share.
const AGENT: &[Field] = &[
    may("agent", Rule::Text),
    may("prompt", Rule::ObjectOrText),
    may("post_prompt", Rule::ObjectOrText),
    may("post_prompt_url", WEB),
    may("post_prompt_auth_user", Rule::Words),
    may("post_prompt_auth_password", Rule::Words),
    may("global_data", Rule::Object),
    may("pronounce", Rule::Objects),
    may("hints", Rule::List),
    may("languages", Rule::Objects),
    may("SWAIG", Rule::Object),
    may("params", Rule::Object),
];

const CONFERENCE: &[Field] = &[
    need("name", Rule::Text),
    may("muted", Rule::Flag),
    may("beep", BEEP),
    may("start_on_enter", Rule::Flag),
    may("end_on_exit", Rule::Flag),
    may("wait_url", WEB),
    may("max_participants", Rule::Whole(1, 100_000)),
    may("record", Rule::OneOf(&["do-not-record", "record-from-start"])),
    may("region", Rule::Text),
    may("trim", Rule::OneOf(&["trim-silence", "do-not-trim"])),
    may("coach", Rule::Text),
    may("status_callback", WEB),
    may("status_callback_event", EVENTS),
    may("status_callback_event_type", Rule::Text),
    may("status_callback_method", HTTP_METHOD),
    may("recording_status_callback", WEB),
    may("recording_status_callback_event", RECORDING_EVENTS),
    may("recording_status_callback_event_type", Rule::Text),
    may("recording_status_callback_method", HTTP_METHOD),
    may("stream", Rule::Object),
];

const STREAM: &[Field] = &[
    need("url", SOCKET),
    may("name", Rule::Words),
    may("codec", Rule::Text),
    may("track", TRACK),
    STATUS,
    may("status_url_method", HTTP_METHOD),
    may("authorization_bearer_token", Rule::Words),
    may("custom_parameters", Rule::Object),
];

/// The methods with rules; the rest checks its parameters where it reads them.
const METHODS: &[(&str, &[Field])] = &[
    ("calling.answer", &[LONGEST]),
    ("calling.connect", &[may("tag", Rule::Words), LONGEST, PRICE, STATUS]),
    ("calling.dial", &[need("tag", Rule::Text), LONGEST, PRICE, may("region", Rule::Text)]),
    ("calling.refer", &[need("device", Rule::Object), STATUS]),
    ("calling.transfer", &[need("dest", Rule::Text)]),
    ("calling.echo", &[may("timeout", AMOUNT), STATUS]),
    (
        "calling.send_fax",
        &[need("document", WEB), may("identity", Rule::Words), may("header_info", Rule::Words)],
    ),
    ("calling.tap", &[need("tap", Rule::Object), need("device", Rule::Object)]),
    ("calling.stream", STREAM),
    ("calling.transcribe", &[STATUS]),
    ("calling.ai", AGENT),
    ("calling.amazon_bedrock", AGENT),
    (
        "calling.ai_message",
        &[
            may("message_text", Rule::Text),
            may("role", ROLE),
            may("reset", Rule::Object),
            may("global_data", Rule::Object),
        ],
    ),
    ("calling.ai_hold", &[may("timeout", Rule::Seconds), may("prompt", Rule::Words)]),
    ("calling.ai_unhold", &[may("prompt", Rule::Words)]),
    ("calling.join_conference", CONFERENCE),
    ("calling.leave_conference", &[need("conference_id", Rule::Text)]),
    ("calling.join_room", &[need("name", Rule::Text), STATUS]),
    ("calling.queue.enter", &[need("control_id", Rule::Text), need("queue_name", Rule::Text), STATUS]),
    (
        "calling.queue.leave",
        &[
            need("control_id", Rule::Text),
            need("queue_name", Rule::Text),
            may("queue_id", Rule::Text),
            STATUS,
        ],
    ),
    (
        "calling.bind_digit",
        &[
            need("bind_method", Rule::Text),
            may("params", Rule::Object),
            may("realm", Rule::Words),
            may("max_triggers", Rule::Whole(0, u64::MAX)),
        ],
    ),
    ("calling.clear_digit_bindings", &[may("realm", Rule::Words)]),
    ("calling.live_transcribe", &[need("action", Rule::ObjectOrText)]),
    ("calling.live_translate", &[need("action", Rule::ObjectOrText), STATUS]),
    ("calling.user_event", &[need("event", Rule::Text)]),
    (
        "messaging.send",
        &[
            may("context", Rule::Text),
            need("from_number", Rule::Text),
            need("to_number", Rule::Text),
            may("body", Rule::Words),
            may("media", Rule::List),
            may("tags", Rule::Texts),
            may("region", Rule::Text),
        ],
    ),
];

/// Refuses a request whose parameters do not follow the method's rules.
pub(super) fn check(method: &str, params: Params<'_>) -> Result<(), Failure> {
    let known = METHODS.iter().find(|(name, _)| *name == method);
    known.map_or(Ok(()), |(_, fields)| fit(params, fields))
}

/// Refuses parameters that do not follow these rules.
pub(super) fn fit(params: Params<'_>, fields: &[Field]) -> Result<(), Failure> {
    for Field { name, needed, rule } in fields {
        match params.get(name) {
            None if *needed => {
                return Err(Failure::bad(format!("missing required parameter '{name}'")));
            }
            Some(value) if !rule.takes(value) => return Err(wrong(name, &rule.expected())),
            _ => {}
        }
    }
    Ok(())
}

/// Whether this is an URL with one of these schemes and something behind it.
pub(super) fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let known = schemes.iter().any(|known| scheme.eq_ignore_ascii_case(known));
        known && !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
    })
}

impl Rule {
    fn takes(self, value: &Value) -> bool {
        let text = value.as_str();
        let number = value.as_f64();
        let every = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(fits));
        match self {
            Self::Text => text.is_some_and(|text| !text.is_empty()),
            Self::Words => text.is_some(),
            Self::Positive => number.is_some_and(|number| number > 0.0),
            Self::Number(least, most) => number.is_some_and(|number| (least..=most).contains(&number)),
            Self::Whole(least, most) => value.as_u64().is_some_and(|number| (least..=most).contains(&number)),
            Self::Seconds => {
                let given = number.or_else(|| text?.parse().ok());
                given.is_some_and(|seconds| seconds >= 0.0)
            }
            Self::Flag => value.is_boolean(),
            Self::Url(schemes) => text.is_some_and(|text| is_url(text, schemes)),
            Self::OneOf(words) => text.is_some_and(|text| words.contains(&text)),
            Self::FlagOr(words) => value.is_boolean() || text.is_some_and(|text| words.contains(&text)),
            Self::Some(words) => text.is_some_and(|text| {
                let mut given = text.split([' ', ',']).filter(|word| !word.is_empty());
                given.all(|word| words.contains(&word))
            }),
            Self::List => value.is_array(),
            Self::Texts => every(Value::is_string),
            Self::Objects => every(Value::is_object),
            Self::Object => value.is_object(),
            Self::ObjectOrText => value.is_object() || text.is_some_and(|text| !text.is_empty()),
        }
    }

    fn expected(self) -> String {
        match self {
            Self::Text => "a text that is not empty".into(),
            Self::Words => "a text".into(),
            Self::Positive => "a number above 0".into(),
            Self::Number(least, most) if most.is_infinite() => format!("a number from {least}"),
            Self::Number(least, most) => format!("a number from {least} to {most}"),
            Self::Whole(least, u64::MAX) => format!("a whole number from {least}"),
            Self::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Self::Seconds => "a number of seconds from 0".into(),
            Self::Flag => "true or false".into(),
            Self::Url(schemes) => format!("a URL with {}", schemes.join(" or ")),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
            Self::FlagOr(words) => format!("true, false or one of {}", words.join(", ")),
            Self::Some(words) => format!("words of {}", words.join(", ")),
            Self::List => "a list".into(),
            Self::Texts => "a list of texts".into(),
            Self::Objects => "a list of objects".into(),
            Self::Object => "an object".into(),
            Self::ObjectOrText => "an object or a text".into(),
        }
    }
}
