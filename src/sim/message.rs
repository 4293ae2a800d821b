//! Text messages: outbound ones with their delivery states, inbound ones.
//!
//! Never calls a provider: every outbound message is delivered.

use super::frames::{Failure, Fields, fields};
use super::observe::What;
use super::params::Params;
use serde_json::{Value, json};
use std::time::Duration;

/// A message from somebody to the client's number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InboundMessage {
    /// The sender's number.
    pub from: String,
    /// The number that it was sent to.
    pub to: String,
    /// The context that it is delivered to.
    pub context: String,
    /// The text.
    pub body: String,
    /// URLs of attached media.
    pub media: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}

impl InboundMessage {
    /// The parameters of `messaging.receive`.
    pub(super) fn params(&self, message_id: &str) -> Fields {
        fields(json!({
            "message_id": message_id,
            "context": self.context,
            "direction": "inbound",
            "from_number": self.from,
            "to_number": self.to,
            "body": self.body,
            "media": self.media,
            "segments": segments(&self.body),
            "message_state": "received",
            "tags": self.tags,
        }))
    }

    pub(super) fn observation(&self, message_id: &str) -> What {
        What::Message {
            message_id: message_id.to_owned(),
            direction: "inbound",
            from: self.from.clone(),
            to: self.to.clone(),
            body: self.body.clone(),
        }
    }
}

/// A message that the client sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) session: u64,
    params: Fields,
    /// How many states were announced.
    announced: usize,
}

/// The states of a sent message, and how long each takes to come.
const STATES: [(&str, u64); 4] = [("queued", 0), ("initiated", 100), ("sent", 400), ("delivered", 1000)];

impl Sent {
    /// Checks a `messaging.send`.
    pub(super) fn parse(session: u64, id: &str, params: Params<'_>) -> Result<Self, Failure> {
        let (from, to) = (params.text("from_number")?, params.text("to_number")?);
        let body = params.optional_text("body")?.unwrap_or_default();
        if body.is_empty() && params.get("media").is_none() {
            return Err(Failure::bad("missing required parameter 'body' or 'media'"));
        }
        let given = |name: &str, default: Value| params.get(name).cloned().unwrap_or(default);
        let params = fields(json!({
            "message_id": id,
            "context": given("context", "default".into()),
            "direction": "outbound",
            "from_number": from,
            "to_number": to,
            "body": body,
            "media": given("media", json!([])),
            "segments": segments(body),
            "tags": given("tags", json!([])),
        }));
        Ok(Self { session, params, announced: 0 })
    }

    /// The next state's event, and how long until the one after it.
    pub(super) fn next(&mut self) -> Option<(Fields, Option<Duration>)> {
        let (state, _) = STATES.get(self.announced)?;
        self.announced += 1;
        let mut params = self.params.clone();
        params.insert("message_state".into(), (*state).into());
        let after = STATES.get(self.announced).map(|(_, after)| Duration::from_millis(*after));
        Some((params, after))
    }

    pub(super) fn observation(&self) -> What {
        let text = |name: &str| self.params.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        What::Message {
            message_id: text("message_id"),
            direction: "outbound",
            from: text("from_number"),
            to: text("to_number"),
            body: text("body"),
        }
    }
}

/// How many SMS a text takes, at 160 characters each.
fn segments(body: &str) -> usize {
    body.chars().count().div_ceil(160).max(1)
}
