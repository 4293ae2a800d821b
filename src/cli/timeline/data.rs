//! What happened, as the fields of a JSON object. `kind` says which others there are.

use serde_json::{Map, Value, json};

use super::words;
use crate::sim::{How, What};
use crate::testing::Happened;

/// The fields beside time and call; `None` for what is about the connection alone.
pub(super) fn fields(what: &Happened) -> Option<Map<String, Value>> {
    let value = match what {
        Happened::Seen(seen) => of_peer(seen)?,
        Happened::Began { script, version } => {
            json!({"kind": "script", "script": script, "version": version})
        }
        Happened::Printed { text, is_debug } => {
            json!({"kind": if *is_debug { "debug" } else { "print" }, "text": text})
        }
        Happened::Failed { fault, .. } => json!({"kind": "fault", "fault": **fault}),
        Happened::Over { reason, .. } => json!({"kind": "outcome", "reason": reason}),
    };
    match value {
        Value::Object(fields) => Some(fields),
        _ => None,
    }
}

fn of_peer(seen: &What) -> Option<Value> {
    Some(match seen {
        What::CallBegan { from, to } => json!({"kind": "call", "from": from, "to": to}),
        What::Verb { method, .. } | What::Refused { method, .. } if words::is_of_connection(method) => {
            return None;
        }
        What::Event { event_type, .. } if words::is_of_connection(event_type) => return None,
        What::Verb { method, params } => {
            json!({"kind": "verb", "verb": words::verb_name(method), "method": method, "params": params})
        }
        What::Refused { method, code, message } => json!({
            "kind": "refused", "verb": words::verb_name(method), "method": method,
            "code": code, "message": message,
        }),
        What::Heard { text, how } => json!({"kind": "heard", "how": kind_of_sound(*how), "text": text}),
        What::Pressed { digits } => json!({"kind": "pressed", "digits": digits}),
        What::Spoke { text } => json!({"kind": "spoke", "text": text}),
        What::Event { event_type, summary, params } => {
            json!({"kind": "event", "event_type": event_type, "summary": summary, "params": params})
        }
        What::Ended { reason, by } => json!({"kind": "ended", "reason": reason, "by": words::party(*by)}),
        What::Message { message_id, direction, from, to, body } => json!({
            "kind": "message", "message_id": message_id, "direction": direction, "from": from, "to": to,
            "body": body,
        }),
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
