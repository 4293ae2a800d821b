//! Reading a request's parameters, with a refusal that names what is wrong.
//!
//! Never guesses: a value of the wrong type is refused, as a server does.

use super::frames::{Failure, Fields};
use super::timing;
use serde_json::Value;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The longest time that a parameter may name, in seconds: a day (*assumed*).
const LONGEST: f64 = 86_400.0;

/// A view of a request's parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Params<'a>(pub(super) &'a Fields);

impl<'a> Params<'a> {
    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn required(self, name: &str) -> Result<&'a Value, Failure> {
        self.get(name).ok_or_else(|| Failure::bad(format!("missing required parameter '{name}'")))
    }

    /// A text that must be there and must not be empty.
    pub(super) fn text(self, name: &str) -> Result<&'a str, Failure> {
        match self.required(name)?.as_str() {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(wrong(name, "a text that is not empty")),
        }
    }

    pub(super) fn optional_text(self, name: &str) -> Result<Option<&'a str>, Failure> {
        self.get(name).map(|value| value.as_str().ok_or_else(|| wrong(name, "a text"))).transpose()
    }

    pub(super) fn number(self, name: &str) -> Result<Option<f64>, Failure> {
        self.get(name).map(|value| value.as_f64().ok_or_else(|| wrong(name, "a number"))).transpose()
    }

    /// A number of seconds from 0 to a day, or `default` when it is not given.
    pub(super) fn seconds(self, name: &str, default: f64) -> Result<Duration, Failure> {
        Ok(timing::seconds(self.within(name, 0.0..=LONGEST)?.unwrap_or(default)))
    }

    /// A number in a range, both ends included.
    pub(super) fn within(self, name: &str, range: RangeInclusive<f64>) -> Result<Option<f64>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| range.contains(number));
        let expected = || format!("a number from {} to {}", range.start(), range.end());
        number.map(Some).ok_or_else(|| unfit(name, &expected(), value))
    }

    /// One of a few words.
    pub(super) fn choice(self, name: &str, words: &[&str]) -> Result<Option<&'a str>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let word = value.as_str().filter(|word| words.contains(word));
        word.map(Some).ok_or_else(|| unfit(name, &format!("one of {}", words.join(", ")), value))
    }

    /// Keys of a telephone, one after another; there may be none.
    pub(super) fn keys(self, name: &str) -> Result<Option<&'a str>, Failure> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let keys = value.as_str().filter(|keys| keys.chars().all(|key| KEYS.contains(key)));
        keys.map(Some).ok_or_else(|| unfit(name, "keys (0-9 * # A-D)", value))
    }

    /// A list of texts.
    pub(super) fn texts(self, name: &str) -> Result<(), Failure> {
        let Some(value) = self.get(name) else { return Ok(()) };
        let fits = value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
        if fits { Ok(()) } else { Err(unfit(name, "a list of texts", value)) }
    }

    /// A number of minutes.
    pub(super) fn minutes(self, name: &str) -> Result<Option<Duration>, Failure> {
        Ok(self.number(name)?.map(|minutes| timing::seconds(minutes * 60.0)))
    }

    pub(super) fn flag(self, name: &str, default: bool) -> Result<bool, Failure> {
        match self.get(name) {
            None => Ok(default),
            Some(value) => value.as_bool().ok_or_else(|| wrong(name, "true or false")),
        }
    }

    /// A list that must be there and must not be empty.
    pub(super) fn list(self, name: &str) -> Result<&'a Vec<Value>, Failure> {
        match self.required(name)?.as_array() {
            Some(list) if !list.is_empty() => Ok(list),
            _ => Err(wrong(name, "a list that is not empty")),
        }
    }

    pub(super) fn object(self, name: &str) -> Result<Params<'a>, Failure> {
        self.required(name)?.as_object().map(Params).ok_or_else(|| wrong(name, "an object"))
    }

    pub(super) fn optional_object(self, name: &str) -> Result<Option<Params<'a>>, Failure> {
        self.get(name).map(|_| self.object(name)).transpose()
    }

    /// `volume`: decibels from −40 to 40.
    pub(super) fn volume(self) -> Result<(), Failure> {
        match self.number("volume")? {
            Some(volume) if !(-40.0..=40.0).contains(&volume) => {
                Err(wrong("volume", "a number from -40 to 40"))
            }
            _ => Ok(()),
        }
    }
}

/// The keys that a telephone can send.
pub(super) const KEYS: &str = "0123456789*#ABCD";

/// The refusal of a parameter that says what came: a number, a word, or the kind of value.
pub(super) fn unfit(name: &str, expected: &str, came: &Value) -> Failure {
    let came = match came {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) if text.chars().count() > 40 => "a long text".to_owned(),
        scalar => scalar.to_string(),
    };
    Failure::bad(format!("parameter '{name}' must be {expected}, not {came}"))
}

/// The refusal of a parameter.
pub(super) fn wrong(name: &str, expected: &str) -> Failure {
    Failure::bad(format!("parameter '{name}' must be {expected}"))
}
