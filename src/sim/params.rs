//! Reading a request's parameters, with a refusal that names what is wrong.
//!
//! Never guesses: a value of the wrong type is refused, as a server does.

use super::frames::{Failure, Fields};
use super::timing;
use serde_json::Value;
use std::time::Duration;

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

    /// A number of seconds, or `default` when it is not given.
    pub(super) fn seconds(self, name: &str, default: f64) -> Result<Duration, Failure> {
        Ok(timing::seconds(self.number(name)?.unwrap_or(default)))
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

/// The refusal of a parameter.
pub(super) fn wrong(name: &str, expected: &str) -> Failure {
    Failure::bad(format!("parameter '{name}' must be {expected}"))
}
