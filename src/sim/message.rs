//! Text messages: outbound ones with their delivery states, inbound ones.
//!
//! Never calls a provider: every outbound message is delivered, except to the test numbers.

use super::frames::{Failure, Fields, fields};
use super::numbers::{Undelivered, is_number, is_sender, undelivered};
use super::observe::What;
use super::params::{Params, wrong};
use super::rules::is_url;
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
    /// How it ends when it is not delivered.
    undelivered: Option<Undelivered>,
    /// How many states were announced.
    announced: usize,
}

/// The states of a sent message, and how long each takes to come.
const STATES: [(&str, u64); 4] = [("queued", 0), ("initiated", 100), ("sent", 400), ("delivered", 1000)];

impl Sent {
    /// Checks a `messaging.send`.
    pub(super) fn parse(session: u64, id: &str, params: Params<'_>) -> Result<Self, Failure> {
        let (from, to) = (params.text("from_number")?, params.text("to_number")?);
        if !is_number(to) {
            return Err(wrong("to_number", "a number such as +15551234567"));
        }
        if !is_sender(from) {
            return Err(wrong("from_number", "a number such as +15551234567, or a short code"));
        }
        let media = params.get("media").and_then(Value::as_array).map_or(&[][..], |media| media);
        if !media.iter().all(|url| url.as_str().is_some_and(|url| is_url(url, &["http", "https"]))) {
            return Err(wrong("media", "a list of http or https URLs"));
        }
        let body = params.optional_text("body")?.unwrap_or_default();
        if body.is_empty() && media.is_empty() {
            return Err(Failure::bad("missing required parameter 'body' or 'media'"));
        }
        let given = |name: &str, default: Value| params.get(name).cloned().unwrap_or(default);
        let undelivered = undelivered(to);
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
        Ok(Self { session, params, undelivered, announced: 0 })
    }

    /// The next state's event, and how long until the one after it.
    pub(super) fn next(&mut self) -> Option<(Fields, Option<Duration>)> {
        let (usual, _) = STATES.get(self.announced)?;
        let ending = self.undelivered.filter(|end| end.after == self.announced);
        let mut params = self.params.clone();
        params.insert("message_state".into(), ending.map_or(*usual, |end| end.state).into());
        if let Some(end) = ending {
            params.insert("reason".into(), end.reason.into());
        }
        self.announced = if ending.is_some() { STATES.len() } else { self.announced + 1 };
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
