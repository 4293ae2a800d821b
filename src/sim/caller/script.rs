//! What a virtual party is told to do, read from JSON.
//!
//! ```json
//! {"actions": [{"wait": 1.5}, {"hears": "menu"}, {"press": "1"}, {"say": "sales"}, {"hang_up": true}],
//!  "card": {"number": "4242424242424242", "expiry": "1230", "cvv": "123", "zip": "90210"}}
//! ```
//!
//! An error names the place, what was expected and what came; it never shows a key or a part of a card.

use super::super::card::{Card, CardParts, Entry};
use super::keys::is_key;
use super::plan::PlanAction;
use serde_json::{Map, Value};
use std::time::Duration;

/// The longest wait, in seconds.
const DAY: f64 = 86_400.0;

impl PlanAction {
    /// Reads a list of steps, each an object with one key: `wait` (seconds from 0 to 86400), `hears` (a text),
    /// `press` (keys: `0-9 * # A-D`, spaces between them are left out), `say` (a text) or `hang_up` (`true`).
    ///
    /// # Errors
    /// What is wrong, such as `actions[2].wait: expected seconds from 0 to 86400, got -1`.
    pub fn list_from_json(value: &Value) -> Result<Vec<Self>, String> {
        let list = value.as_array().ok_or_else(|| wrong("actions", "a list", value))?;
        let steps = list.iter().enumerate();
        steps.map(|(index, step)| read_step(&format!("actions[{index}]"), step)).collect()
    }
}

impl Card {
    /// Reads an object with `number`, `expiry`, `cvv` and `zip`, each a text as in [`CardParts`] and each
    /// optional.
    ///
    /// # Errors
    /// What is wrong, such as `card.cvv: expected at most 4 digits, got 5 digits`.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        const PARTS: [&str; 4] = ["number", "expiry", "cvv", "zip"];
        let fields = value.as_object().ok_or_else(|| wrong("card", "an object", value))?;
        if fields.keys().any(|name| !PARTS.contains(&name.as_str())) {
            return Err(format!("card: expected {} and nothing else", listed(&PARTS, "and")));
        }
        let [number, expiry, cvv, zip] = PARTS.map(|name| part(fields, name));
        let parts = CardParts { number: number?, expiry: expiry?, cvv: cvv?, zip: zip? };
        Self::of(parts).map_err(|error| format!("card.{}: {error}", name_of(error.part)))
    }
}

fn part<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, String> {
    let given = fields.get(name).filter(|value| !value.is_null());
    let text = |value: &'a Value| {
        value.as_str().ok_or_else(|| wrong(&format!("card.{name}"), "a text of digits", value))
    };
    given.map(text).transpose()
}

fn name_of(part: Entry) -> &'static str {
    match part {
        Entry::CardNumber => "number",
        Entry::ExpirationDate => "expiry",
        Entry::SecurityCode => "cvv",
        Entry::PostalCode => "zip",
    }
}

fn read_step(place: &str, step: &Value) -> Result<PlanAction, String> {
    const STEPS: [&str; 5] = ["wait", "hears", "press", "say", "hang_up"];
    let fields = step.as_object().ok_or_else(|| wrong(place, "an object", step))?;
    let one = || format!("{place}: expected one of {}", listed(&STEPS, "or"));
    let (name, value) = match fields.iter().next() {
        Some(field) if fields.len() == 1 => field,
        _ => return Err(format!("{}, got {} keys", one(), fields.len())),
    };
    let place = format!("{place}.{name}");
    match name.as_str() {
        "wait" => read_wait(&place, value),
        "hears" => read_text(&place, value).map(PlanAction::Hear),
        "say" => read_text(&place, value).map(PlanAction::Speak),
        "press" => read_keys(&place, value),
        "hang_up" if *value == Value::Bool(true) => Ok(PlanAction::HangUp),
        "hang_up" => Err(wrong(&place, "true", value)),
        _ => Err(format!("{}, got another key", one())),
    }
}

fn read_wait(place: &str, value: &Value) -> Result<PlanAction, String> {
    let seconds = value.as_f64().filter(|seconds| (0.0..=DAY).contains(seconds));
    let wait = seconds.map(|seconds| PlanAction::Wait(Duration::from_secs_f64(seconds)));
    wait.ok_or_else(|| match value {
        Value::Number(number) => format!("{place}: expected seconds from 0 to 86400, got {number}"),
        other => wrong(place, "seconds from 0 to 86400", other),
    })
}

fn read_text(place: &str, value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or_else(|| wrong(place, "a text", value))?;
    Some(text.to_owned())
        .filter(|text| !text.trim().is_empty())
        .ok_or_else(|| format!("{place}: expected a text, got an empty one"))
}

fn read_keys(place: &str, value: &Value) -> Result<PlanAction, String> {
    const EXPECTED: &str = "keys (0-9 * # A-D)";
    let text = value.as_str().ok_or_else(|| wrong(place, EXPECTED, value))?;
    let keys: String = text.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    match keys.is_empty() {
        true => Err(format!("{place}: expected {EXPECTED}, got none")),
        false if keys.chars().all(is_key) => Ok(PlanAction::Press(keys)),
        false => Err(format!("{place}: expected {EXPECTED}, got other characters")),
    }
}

/// Names the kind of what came, and nothing of it.
fn wrong(place: &str, expected: &str, came: &Value) -> String {
    let kind = match came {
        Value::Null => "null",
        Value::Bool(true) => "true",
        Value::Bool(false) => "false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{place}: expected {expected}, got {kind}")
}

/// `a, b or c`.
fn listed(words: &[&str], last: &str) -> String {
    match words {
        [first @ .., end] if !first.is_empty() => format!("{} {last} {end}", first.join(", ")),
        words => words.concat(),
    }
}

#[cfg(test)]
#[path = "script_tests.rs"]
mod tests;
