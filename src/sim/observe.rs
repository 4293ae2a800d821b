//! What happened on a peer, for a timeline; secrets are masked here, before anybody sees them.
//!
//! Never prints.

use super::frames::Fields;
use super::line::By;
use serde_json::Value;
use std::time::Duration;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// When, since the peer began.
    pub at: Duration,
    /// The call that it is about, when there is one.
    pub call_id: Option<String>,
    /// What it was.
    pub what: What,
}

/// What can happen.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A call began: somebody dialled in, or the client dialled out.
    CallBegan {
        /// The number or address that calls.
        from: String,
        /// The number or address that is called.
        to: String,
    },
    /// The client asked for something.
    Verb {
        /// The wire method.
        method: String,
        /// Its parameters, secrets masked.
        params: Value,
    },
    /// The client's request was refused.
    Refused {
        /// The wire method.
        method: String,
        /// The result's code, or the number of the JSON-RPC error.
        code: String,
        /// The reason that was given.
        message: String,
    },
    /// The virtual party began to hear something.
    Heard {
        /// The spoken text, the URL, the ringtone's name, or the length of the silence.
        text: String,
        /// What kind of sound it was.
        how: How,
        /// How long it is planned to last; it may be cut short, and the length of an audio file may become
        /// known later.
        length: Duration,
    },
    /// The virtual party pressed keys, or began to press them one after another; masked while a payment
    /// listens.
    Pressed {
        /// The keys: `****` during a payment, and of as many as a card has only the last four.
        digits: String,
    },
    /// The virtual party spoke; masked while a payment listens.
    Spoke {
        /// What was said, or asterisks.
        text: String,
    },
    /// Something was posted to a URL outside, or the built-in connector answered in its place.
    Posted {
        /// Where to, without credentials and query.
        to: String,
        /// What came of it: the HTTP status, or a few words.
        summary: String,
    },
    /// The virtual party listened for a text that nobody spoke, and stopped waiting for it.
    Missed {
        /// What it listened for.
        text: String,
    },
    /// An event was sent (or kept until the session has a link).
    Event {
        /// The event's type.
        event_type: String,
        /// Its state in a few words, such as `finished` or `digit 1`.
        summary: String,
        /// Its parameters, secrets masked.
        params: Value,
    },
    /// A call is over.
    Ended {
        /// The wire's `end_reason`.
        reason: String,
        /// Who ended it.
        by: By,
    },
    /// A message was sent by the client or arrived for it.
    Message {
        /// Its id.
        message_id: String,
        /// `inbound` or `outbound`.
        direction: &'static str,
        /// The sender's number.
        from: String,
        /// The receiver's number.
        to: String,
        /// The text.
        body: String,
    },
}

/// The kinds of sound that a call can hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Spoken text.
    Tts,
    /// An audio file.
    Audio,
    /// Silence.
    Silence,
    /// A ringtone.
    Ringtone,
}

impl What {
    pub(super) fn verb(method: &str, params: &Fields) -> Self {
        Self::Verb { method: method.into(), params: masked_fields(params) }
    }

    pub(super) fn posted(url: &str, summary: String) -> Self {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        Self::Posted { to: mask_url(url), summary }
    }

    pub(super) fn event(event_type: &str, params: &Fields) -> Self {
        Self::Event { event_type: event_type.into(), summary: summary(params), params: masked_fields(params) }
    }
}

/// An event's state in a few words.
fn summary(params: &Fields) -> String {
    if let Some(result) = params.get("result").filter(|result| result.is_object()) {
        let heard = ["/params/digits", "/params/text"]
            .iter()
            .find_map(|path| result.pointer(path))
            .and_then(Value::as_str);
        return words(result.get("type").and_then(Value::as_str), heard);
    }
    for (name, path) in [("detect", "/params/event"), ("fax", "/type")] {
        if let Some(word) = params.get(name).and_then(|value| value.pointer(path)?.as_str()) {
            return word.to_owned();
        }
    }
    let state = ["call_state", "connect_state", "dial_state", "message_state", "state", "status"]
        .iter()
        .find_map(|name| params.get(*name)?.as_str());
    let detail = ["end_reason", "result"].iter().find_map(|name| params.get(*name)?.as_str());
    words(state, detail)
}

fn words(first: Option<&str>, second: Option<&str>) -> String {
    let words: Vec<&str> = first.into_iter().chain(second).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn masked_fields(fields: &Fields) -> Value {
    Value::Object(fields.iter().map(|(name, value)| (name.clone(), masked(name, value))).collect())
}

/// A value as a timeline may show it: secret fields and credentials inside URLs are masked.
fn masked(name: &str, value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        _ if is_secret(name) => "****".into(),
        Value::Object(fields) => masked_fields(fields),
        Value::Array(items) => items.iter().map(|item| masked("", item)).collect(),
        Value::String(text) if is_called(name) => without_query(&mask_url(text)).into(),
        Value::String(text) => mask_url(text).into(),
        Value::Number(_) => value.clone(),
    }
}

/// A frame, or any other value, as it may be seen and kept: secret fields and credentials inside URLs are masked.
#[must_use]
pub fn masked_value(value: &Value) -> Value {
    masked("", value)
}

/// Whether a URL in this field is called by the platform: its query is the business of whoever is called.
fn is_called(name: &str) -> bool {
    ["connector_url", "status_url", "callback", "post_prompt_url"].iter().any(|word| name.ends_with(word))
}

/// A URL without the values after its `?`.
fn without_query(url: &str) -> String {
    match url.split_once('?') {
        Some((page, _)) => format!("{page}?****"),
        None => url.to_owned(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let secret =
        ["token", "password", "secret", "authorization_state", "expiration_date", "cvv", "card_postal_code"];
    name != "token_type" && secret.iter().any(|word| name.contains(word))
}

/// Pressed keys; of as many digits as a card has, only the last four are shown.
pub(super) fn mask_card(keys: &str) -> String {
    const SHORTEST_CARD: usize = 12;
    let digits: Vec<char> = keys.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < SHORTEST_CARD {
        return keys.to_owned();
    }
    let last: String = digits[digits.len() - 4..].iter().collect();
    format!("************{last}")
}

/// `https://user:password@host` without what stands before the `@`.
fn mask_url(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let end = rest.find(['/', '?', '#', ' ']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}://****{}", &rest[at..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::frames::fields;
    use serde_json::json;

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        let params = fields(json!({
            "authentication": {"project": "p", "token": "planted"},
            "authorization_bearer_token": "planted", "post_prompt_auth_password": "planted",
            "list": [{"jwt_token": "planted"}], "url": "https://me:planted@host/x@y",
            "token_type": "reusable", "payment_card_expiration_date": "planted", "cvv": "planted",
            "payment_card_postal_code": "planted", "postal_code": "true",
            "payment_connector_url": "https://me:planted@host/pay?key=planted",
            "status_url": "https://host/status?key=planted",
        }));
        let seen = masked_fields(&params).to_string();
        assert!(!seen.contains("planted"), "{seen}");
        assert!(seen.contains("reusable") && seen.contains("https://****@host/pay?****"), "{seen}");
        assert!(
            seen.contains("\"postal_code\":\"true\"") && seen.contains("https://****@host/x@y"),
            "{seen}"
        );
    }

    #[test]
    fn an_event_is_summed_up_in_a_few_words() {
        for (params, expected) in [
            (json!({"state": "finished"}), "finished"),
            (json!({"state": "error", "result": "relay-pay-stop"}), "error relay-pay-stop"),
            (json!({"call_state": "ended", "end_reason": "hangup"}), "ended hangup"),
            (
                json!({"result": {"type": "digit", "params": {"digits": "12"}}, "state": "finished"}),
                "digit 12",
            ),
            (json!({"result": {"type": "no_input"}}), "no_input"),
            (json!({"detect": {"type": "machine", "params": {"event": "HUMAN"}}}), "HUMAN"),
            (json!({"fax": {"type": "page", "params": {}}}), "page"),
            (json!({"message_state": "queued"}), "queued"),
        ] {
            assert_eq!(summary(&fields(params)), expected);
        }
    }
}
