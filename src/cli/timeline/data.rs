//! What happened, as a JSON object. `kind` says which fields there are.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::words;
use crate::script::place::Place;
use crate::sim::{How, What};
use crate::testing::Happened;

/// One line of data.
#[derive(Debug, Serialize)]
pub struct Data {
    /// Seconds since the call began.
    pub t: f64,
    /// The call; `null` when it is about none.
    pub call_id: Option<String>,
    /// What it is and the rest of the fields.
    #[serde(flatten)]
    pub fields: Fields,
}

/// The fields of one kind of line.
#[derive(Debug, Serialize)]
pub struct Fields {
    /// What it is.
    pub kind: &'static str,
    /// The fields that this kind has.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The fields beside time and call; `None` for what is about the connection alone.
pub(super) fn fields(what: &Happened) -> Option<Fields> {
    let (kind, rest) = match what {
        Happened::Seen(seen) => of_peer(seen)?,
        Happened::Began { script, version, .. } => ("script", json!({"script": script, "version": version})),
        Happened::Printed { text, is_debug } => {
            (if *is_debug { "debug" } else { "print" }, json!({"text": text}))
        }
        Happened::Waits { strand, step } => (
            "waits",
            json!({"strand": strand.to_string(), "what": step.as_ref().map(|step| step.name),
                "place": step.as_ref().map(|step| position(&step.place)),
            }),
        ),
        Happened::Failed { fault, .. } => ("fault", json!({"fault": **fault})),
        Happened::Over { reason, .. } => ("outcome", json!({"reason": reason})),
    };
    match rest {
        Value::Object(rest) => Some(Fields { kind, rest }),
        _ => None,
    }
}

/// A place in a script.
pub(super) fn position(place: &Place) -> Value {
    json!({"file": &*place.file, "line": place.line, "column": place.column})
}

fn of_peer(seen: &What) -> Option<(&'static str, Value)> {
    Some(match seen {
        What::CallBegan { from, to } => ("call", json!({"from": from, "to": to})),
        What::Verb { method, .. } | What::Refused { method, .. } if words::is_of_connection(method) => {
            return None;
        }
        What::Event { event_type, .. } if words::is_of_connection(event_type) => return None,
        What::Verb { method, params } => {
            ("verb", json!({"verb": words::verb_name(method), "method": method, "params": params}))
        }
        What::Refused { method, code, message } => (
            "refused",
            json!({"verb": words::verb_name(method), "method": method,
                "code": code, "message": message,
            }),
        ),
        What::Heard { text, how, length } => {
            ("heard", json!({"how": kind_of_sound(*how), "text": text, "seconds": length.as_secs_f64()}))
        }
        What::Pressed { digits } => ("pressed", json!({"digits": digits})),
        What::Missed { text } => ("missed", json!({"text": text})),
        What::Spoke { text } => ("spoke", json!({"text": text})),
        What::Posted { to, summary } => ("posted", json!({"to": to, "summary": summary})),
        What::Event { event_type, summary, params } => {
            ("event", json!({"event_type": event_type, "summary": summary, "params": params}))
        }
        What::Ended { reason, by } => ("ended", json!({"reason": reason, "by": words::party(*by)})),
        What::Message { message_id, direction, from, to, body } => (
            "message",
            json!({"message_id": message_id, "direction": direction, "from": from, "to": to,
                "body": body,
            }),
        ),
    })
}

fn kind_of_sound(how: How) -> &'static str {
    match how {
        How::Tts => "tts",
        How::Audio => "audio",
        How::Silence => "silence",
        How::Ringtone => "ringtone",
    }
}
