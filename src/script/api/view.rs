//! A value of a script, looked at without copying it: closures share the variables they capture, and
//! a shared value may be in use while it is read.
//!
//! It never panics, whatever holds the value, and never copies maps or arrays.

use std::borrow::Cow;
use std::fmt::Write as _;

use rhai::{Array, Dynamic, DynamicReadLock, FLOAT, FnPtr, INT, ImmutableString, Map};
use rust_decimal::Decimal;

use super::place::short;

/// What a value is.
pub(super) enum View<'a> {
    Unit,
    Flag(bool),
    Int(INT),
    Float(FLOAT),
    Decimal(Decimal),
    Text(DynamicReadLock<'a, ImmutableString>),
    Char(char),
    List(DynamicReadLock<'a, Array>),
    Map(DynamicReadLock<'a, Map>),
    Function,
    /// Something of the host's, by the name of its type.
    Foreign(&'static str),
    /// A shared value that is being changed right now.
    Busy,
}

/// Looks at a value.
pub(super) fn view(value: &Dynamic) -> View<'_> {
    if value.is_shared() && value.is_locked() {
        return View::Busy;
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return View::Text(text);
    }
    if let Some(map) = value.read_lock::<Map>() {
        return View::Map(map);
    }
    if let Some(list) = value.read_lock::<Array>() {
        return View::List(list);
    }
    scalar(value).unwrap_or_else(|| other(value))
}

fn scalar(value: &Dynamic) -> Option<View<'_>> {
    if let Some(number) = value.read_lock::<INT>() {
        return Some(View::Int(*number));
    }
    if let Some(flag) = value.read_lock::<bool>() {
        return Some(View::Flag(*flag));
    }
    if let Some(number) = value.read_lock::<FLOAT>() {
        return Some(View::Float(*number));
    }
    if let Some(number) = value.read_lock::<Decimal>() {
        return Some(View::Decimal(*number));
    }
    if let Some(letter) = value.read_lock::<char>() {
        return Some(View::Char(*letter));
    }
    value.read_lock::<()>().map(|_| View::Unit)
}

fn other(value: &Dynamic) -> View<'_> {
    if value.read_lock::<FnPtr>().is_some() {
        return View::Function;
    }
    let name = value.type_name();
    View::Foreign(name.rsplit("::").next().unwrap_or(name))
}

impl View<'_> {
    /// The string it is.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(Cow::Borrowed(text.as_str())),
            Self::Char(letter) => Some(Cow::Owned(letter.to_string())),
            _ => None,
        }
    }

    /// The string that a string, flag or finite number is sent as where the wire wants strings.
    pub(super) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Flag(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
            Self::Int(number) => Some(Cow::Owned(number.to_string())),
            Self::Float(number) if number.is_finite() => Some(Cow::Owned(number.to_string())),
            Self::Decimal(number) => Some(Cow::Owned(number.to_string())),
            _ => self.text(),
        }
    }

    /// The whole number it is; a float or decimal without a fraction is one.
    pub(super) fn whole(&self) -> Option<i64> {
        /// 2^53: up to here a float holds every whole number.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        match self {
            Self::Int(number) => Some(*number),
            #[allow(clippy::cast_possible_truncation)]
            Self::Float(number) if number.fract() == 0.0 && number.abs() <= EXACT => Some(*number as i64),
            Self::Decimal(number) if number.fract().is_zero() => i64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The number it is, for comparing with a range; not-a-number and infinities are none.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            #[allow(clippy::cast_precision_loss)]
            Self::Int(number) => Some(*number as f64),
            Self::Float(number) if number.is_finite() => Some(*number),
            Self::Decimal(number) => f64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// Writes a number as JSON. Nothing is written for what is no finite number.
    pub(super) fn write_number(&self, out: &mut String) {
        // Writing into a String cannot fail.
        let _ = match self {
            Self::Int(number) => write!(out, "{number}"),
            Self::Float(number) if number.is_finite() => write!(out, "{number:?}"),
            Self::Decimal(number) => write!(out, "{number}"),
            _ => Ok(()),
        };
    }

    /// What came, for a message: short, and with nothing in it that could be a card number.
    pub(super) fn came(&self) -> String {
        match self {
            Self::Unit => "()".into(),
            Self::Flag(flag) => flag.to_string(),
            Self::Int(number) => short(&number.to_string()),
            Self::Float(number) => short(&format!("{number:?}")),
            Self::Decimal(number) => short(&number.to_string()),
            Self::Text(text) => format!("\"{}\"", short(text)),
            Self::Char(letter) => format!("\"{letter}\""),
            _ => self.what(),
        }
    }

    /// What kind of thing came, without its value.
    pub(super) fn what(&self) -> String {
        match self {
            Self::Unit => "()".into(),
            Self::Flag(_) => "true or false".into(),
            Self::Int(_) => "a whole number".into(),
            Self::Float(_) | Self::Decimal(_) => "a number".into(),
            Self::Text(_) | Self::Char(_) => "text".into(),
            Self::List(_) => "an array".into(),
            Self::Map(_) => "a map".into(),
            Self::Function => "a function".into(),
            Self::Foreign(name) => format!("a value of type {name}"),
            Self::Busy => "a variable that is being changed".into(),
        }
    }
}
