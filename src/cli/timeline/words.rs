//! What happened, in a few words: who, and what.

use serde_json::Value;

use crate::sim::{By, How, What};
use crate::testing::Happened;

/// The longest argument of a verb, in characters.
const LONGEST: usize = 60;

/// Methods that scripts know by another name.
const NAMES: &[(&str, &str)] = &[
    ("calling.end", "hangup"),
    ("calling.denoise.stop", "denoise_stop"),
    ("calling.queue.enter", "queue_enter"),
    ("calling.queue.leave", "queue_leave"),
    ("messaging.send", "send_message"),
];

/// Where the main argument of a method stands.
const ARGUMENTS: &[(&str, &[&str])] = &[
    ("calling.end", &["/reason"]),
    ("calling.record", &["/record/audio/format"]),
    ("calling.detect", &["/detect/type"]),
    ("calling.pay", &["/charge_amount", "/currency"]),
    ("calling.send_digits", &["/digits"]),
    ("calling.send_fax", &["/document"]),
    ("calling.tap", &["/device/type"]),
    ("calling.stream", &["/url"]),
    ("calling.ai", &["/prompt/text", "/agent"]),
    ("calling.ai_message", &["/message_text"]),
    ("calling.refer", &["/device/params/to"]),
    ("calling.transfer", &["/dest"]),
    ("calling.join_conference", &["/name"]),
    ("calling.leave_conference", &["/conference_id"]),
    ("calling.join_room", &["/name"]),
    ("calling.bind_digit", &["/digits", "/bind_method"]),
    ("calling.live_transcribe", &["/action"]),
    ("calling.live_translate", &["/action"]),
    ("calling.queue.enter", &["/queue_name"]),
    ("calling.queue.leave", &["/queue_name"]),
    ("calling.user_event", &["/event"]),
    ("messaging.send", &["/to_number"]),
];

/// Whether a method or an event is about the connection, not about calls.
pub(super) fn is_of_connection(name: &str) -> bool {
    name.starts_with("signalwire.")
}

/// What a script calls a wire method: `play`, `hangup`, `pay.stop`.
pub(super) fn verb_name(method: &str) -> &str {
    let known = NAMES.iter().find(|(wire, _)| *wire == method).map(|(_, name)| *name);
    known.unwrap_or_else(|| method.strip_prefix("calling.").unwrap_or(method))
}

/// Who ended a call, as data.
pub(super) fn party(by: By) -> &'static str {
    match by {
        By::Script => "script",
        By::Caller => "caller",
        By::Server => "server",
    }
}

/// Who ended a call, for people.
pub(super) fn party_in_words(by: By) -> &'static str {
    match by {
        By::Script => "the script",
        By::Caller => "the caller",
        By::Server => "the server",
    }
}

/// Who did what; `None` for what is of no interest to people.
pub(super) fn describe(what: &Happened) -> Option<(&'static str, String)> {
    match what {
        Happened::Seen(seen) => of_peer(seen),
        Happened::Printed { text, is_debug: false } => Some(("script", format!("prints {text}"))),
        Happened::Printed { text, is_debug: true } => Some(("script", format!("debug {text}"))),
        Happened::Failed { fault, .. } => {
            Some(("script", format!("failed at {}:{}: {}", fault.file, fault.line, fault.message)))
        }
        Happened::Began { .. } | Happened::Waits { .. } | Happened::Over { .. } => None,
    }
}

fn of_peer(seen: &What) -> Option<(&'static str, String)> {
    Some(match seen {
        What::CallBegan { from, to } => ("caller", format!("{from} calls {to}")),
        What::Verb { method, .. } | What::Refused { method, .. } if is_of_connection(method) => return None,
        What::Verb { method, params } => ("script", join(verb_name(method), &main_argument(method, params))),
        What::Refused { method, code, message } => {
            ("event", format!("{} refused with {code}: {message}", verb_name(method)))
        }
        What::Heard { text, how, .. } => ("caller", heard(text, *how)),
        What::Pressed { digits } => ("caller", format!("presses {digits}")),
        What::Missed { text } => ("caller", format!("did not hear \"{text}\"")),
        What::Spoke { text } => ("caller", format!("says \"{text}\"")),
        What::Posted { to, summary } => ("pay", format!("posts to {to}: {summary}")),
        What::Event { event_type, summary, .. } => ("event", event(event_type, summary)?),
        What::Message { direction: "inbound", from, body, .. } => {
            ("event", format!("message from {from}: \"{body}\""))
        }
        What::Ended { .. } | What::Message { .. } => return None,
    })
}

fn heard(text: &str, how: How) -> String {
    match how {
        How::Tts => format!("hears \"{text}\""),
        How::Audio => format!("hears {text}"),
        How::Silence => format!("hears {text} of silence"),
        How::Ringtone => format!("hears the ringtone {text}"),
    }
}

/// An event without its family's prefix. Left out: what says only that the verb before it began.
fn event(event_type: &str, summary: &str) -> Option<String> {
    if is_of_connection(event_type) || event_type.ends_with(".receive") {
        return None;
    }
    let name = event_type.strip_prefix("calling.call.").unwrap_or(event_type);
    match (name, summary) {
        ("play", "playing") => None,
        ("state", state) => Some(join("call", state)),
        (name, summary) => Some(join(name, summary)),
    }
}

fn main_argument(method: &str, params: &Value) -> String {
    let argument = match method {
        "calling.play" => media(params),
        "calling.play_and_collect" => join(&media(params), &wanted(&params["collect"])),
        "calling.collect" => wanted(params),
        "calling.connect" | "calling.dial" => devices(params),
        _ => {
            let places =
                ARGUMENTS.iter().find(|(wire, _)| *wire == method).map_or(&[][..], |(_, places)| places);
            let words: Vec<_> = places.iter().filter_map(|place| word(params.pointer(place)?)).collect();
            words.join(" ")
        }
    };
    // What a plain hangup says is what the word means.
    let argument = if method == "calling.end" && argument == "hangup" { String::new() } else { argument };
    shortened(&argument)
}

/// The kinds of media in a list: `tts, silence`. What is heard of them follows line by line.
fn media(params: &Value) -> String {
    let kinds = params["play"].as_array().into_iter().flatten().filter_map(|item| item["type"].as_str());
    let kinds: Vec<_> = kinds.collect();
    kinds.join(", ")
}

/// What is collected: `digits (max 4)`, `speech`.
fn wanted(collect: &Value) -> String {
    let digits = collect.get("digits").map(|digits| match digits["max"].as_u64() {
        Some(max) => format!("digits (max {max})"),
        None => "digits".to_owned(),
    });
    let speech = collect.get("speech").map(|_| "speech".to_owned());
    let words: Vec<_> = [digits, speech].into_iter().flatten().collect();
    words.join(", ")
}

/// Whom a list of lists of devices calls.
fn devices(params: &Value) -> String {
    let groups = params["devices"].as_array().into_iter().flatten();
    let devices = groups.flat_map(|group| group.as_array().into_iter().flatten());
    let numbers = devices
        .filter_map(|device| ["to_number", "to"].iter().find_map(|name| device["params"][*name].as_str()));
    let numbers: Vec<_> = numbers.collect();
    numbers.join(", ")
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn join(first: &str, second: &str) -> String {
    if second.is_empty() { first.to_owned() } else { format!("{first} {second}") }
}

fn shortened(text: &str) -> String {
    let text = text.replace('\n', " ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
