//! What bodies of requests and messages of a page may say.
//!
//! An error names the field, what was expected and what kind of thing came; never what it held, which may be a
//! card number.

use crate::sim::caller::{CallPlan, PlanAction};
use crate::sim::card::Card;
use crate::sim::control::InboundCall;
use crate::sim::message::InboundMessage;
use serde_json::{Map, Value};

/// Who calls when nothing else is said.
const FROM: &str = "+15551110000";
/// Who is called when nothing else is said.
const TO: &str = "+15552220000";

/// Why a body is refused.
pub type Wrong = String;

/// The fields of an object, with the place where it stands for errors.
pub(super) struct Wanted<'a> {
    place: String,
    fields: &'a Map<String, Value>,
}

impl<'a> Wanted<'a> {
    /// An object with no other fields than `known`.
    pub(super) fn new(place: &str, value: &'a Value, known: &[&str]) -> Result<Self, Wrong> {
        let Value::Object(fields) = value else {
            return Err(format!("{place}: expected an object, came {}", kind(value)));
        };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => {
                let name: String = name.chars().take(40).collect();
                Err(format!("{place}: unknown field \"{name}\"; expected {}", known.join(", ")))
            }
            None => Ok(Self { place: place.to_owned(), fields }),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// A text that is not empty, if it is there.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Wrong> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, "a text", other)),
        }
    }

    pub(super) fn needed(&self, name: &str) -> Result<&'a str, Wrong> {
        self.text(name)?.ok_or_else(|| format!("{}: missing field \"{name}\", a text", self.place))
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, Wrong> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let texts = value.as_array().and_then(|items| {
            items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>()
        });
        texts.ok_or_else(|| self.wrong(name, "a list of texts", value))
    }

    fn wrong(&self, name: &str, expected: &str, came: &Value) -> Wrong {
        format!("{}: field \"{name}\": expected {expected}, came {}", self.place, kind(came))
    }
}

/// What kind of value it is, without the value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(text) if text.trim().is_empty() => "an empty text",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A call that is to be placed, as the body of `POST /calls` says it.
///
/// # Errors
/// What is wrong, by name, and never what it held.
pub fn call(body: &Value) -> Result<InboundCall, Wrong> {
    let wanted = Wanted::new("call", body, &["from", "to", "context", "tag", "card", "actions"])?;
    let card = wanted.get("card").map(Card::from_json).transpose()?;
    let actions = wanted.get("actions").map(PlanAction::list_from_json).transpose()?.unwrap_or_default();
    Ok(InboundCall {
        from: wanted.text("from")?.unwrap_or(FROM).to_owned(),
        to: wanted.text("to")?.unwrap_or(TO).to_owned(),
        context: wanted.text("context")?.unwrap_or("default").to_owned(),
        tag: wanted.text("tag")?.unwrap_or_default().to_owned(),
        plan: CallPlan { actions, card, ..CallPlan::default() },
        ..InboundCall::default()
    })
}

/// What the virtual party of a call is to do from now on.
pub(super) fn plan(body: &Value) -> Result<CallPlan, Wrong> {
    let wanted = Wanted::new("plan", body, &["card", "actions"])?;
    let card = wanted.get("card").map(Card::from_json).transpose()?;
    let actions = wanted.get("actions").map(PlanAction::list_from_json).transpose()?.unwrap_or_default();
    Ok(CallPlan { actions, card, ..CallPlan::default() })
}

/// A message that is to arrive.
pub(super) fn message(body: &Value) -> Result<InboundMessage, Wrong> {
    let wanted = Wanted::new("message", body, &["from", "to", "context", "body", "media", "tags"])?;
    let message = InboundMessage {
        from: wanted.text("from")?.unwrap_or(FROM).to_owned(),
        to: wanted.text("to")?.unwrap_or(TO).to_owned(),
        context: wanted.text("context")?.unwrap_or("default").to_owned(),
        body: wanted.text("body")?.unwrap_or_default().to_owned(),
        media: wanted.texts("media")?,
        tags: wanted.texts("tags")?,
    };
    if message.body.is_empty() && message.media.is_empty() {
        return Err("message: missing field \"body\", a text, or \"media\", a list of URLs".to_owned());
    }
    Ok(message)
}

/// Keys of a phone.
pub(super) fn keys(text: &str) -> Result<String, Wrong> {
    let fits = text.chars().all(|key| "0123456789*#ABCDabcd".contains(key));
    fits.then(|| text.to_owned()).ok_or_else(|| "expected keys of a phone (0-9 * # A-D)".to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn a_call_says_who_calls_whom_and_what_they_do() {
        let wanted = call(&json!({
            "from": "+1", "to": "+2", "context": "sales",
            "card": {"number": "4242 4242 4242 4242", "expiry": "12/30", "cvv": "123", "zip": "90210"},
            "actions": [{"wait": 1.5}, {"hears": "menu"}, {"press": "1"}, {"say": "sales"}, {"hang_up": true}],
        }))
        .unwrap();
        assert_eq!((&*wanted.from, &*wanted.to, &*wanted.context), ("+1", "+2", "sales"));
        let card = wanted.plan.card.unwrap();
        assert_eq!((&*card.number, &*card.expiry), ("4242424242424242", "1230"));
        assert_eq!(
            wanted.plan.actions,
            [
                PlanAction::Wait(Duration::from_millis(1500)),
                PlanAction::Hear("menu".into()),
                PlanAction::Press("1".into()),
                PlanAction::Speak("sales".into()),
                PlanAction::HangUp,
            ]
        );
        let plain = call(&json!({})).unwrap();
        assert_eq!((&*plain.from, &*plain.to, &*plain.context), (FROM, TO, "default"));
    }

    #[test]
    fn what_is_wrong_is_named_and_never_shown() {
        const NUMBER: u64 = 4_242_424_242_424_242;
        for (body, expected) in [
            (json!([]), "call: expected an object, came a list"),
            (
                json!({"form": "+1"}),
                "call: unknown field \"form\"; expected from, to, context, tag, card, actions",
            ),
            (json!({"to": 2}), "call: field \"to\": expected a text, came a number"),
            (json!({"to": " "}), "call: field \"to\": expected a text, came an empty text"),
            (json!({"card": {"number": NUMBER}}), "card.number: expected a text of digits, got a number"),
            (json!({"actions": {}}), "actions: expected a list, got an object"),
            (
                json!({"actions": [{"wait": 1}, {"press": "x"}]}),
                "actions[1].press: expected keys (0-9 * # A-D), got other characters",
            ),
        ] {
            assert_eq!(call(&body).map(|_| ()).unwrap_err(), expected);
        }
        let nothing = "message: missing field \"body\", a text, or \"media\", a list of URLs";
        assert_eq!(message(&json!({"from": "+1"})).unwrap_err(), nothing);
    }
}
