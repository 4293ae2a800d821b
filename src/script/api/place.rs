//! Where in a verb's arguments a value stands, and the errors that name the place.
//!
//! A place costs nothing until an error is made of it. A message never repeats more of a value than
//! a few characters, and never what could be a card number.

use std::fmt::{self, Write as _};

use super::args::ArgError;
use super::view::View;

/// How deep the data of a script may be nested.
pub(super) const MAX_DEPTH: usize = 64;

/// A place in a verb's arguments: `pay: prompts[0].for`.
pub(super) struct Place<'a> {
    up: Option<&'a Place<'a>>,
    step: Step<'a>,
    depth: usize,
}

enum Step<'a> {
    Verb(&'a str),
    Value,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    /// A verb's arguments.
    pub(super) fn verb(name: &'a str) -> Self {
        Self { up: None, step: Step::Verb(name), depth: 0 }
    }

    /// A value that belongs to no verb.
    pub(super) fn value() -> Self {
        Self { up: None, step: Step::Value, depth: 0 }
    }

    /// A key of the map that stands here.
    pub(super) fn key<'b>(&'b self, name: &'b str) -> Place<'b> {
        Place { up: Some(self), step: Step::Key(name), depth: self.depth + 1 }
    }

    /// An item of the array that stands here.
    pub(super) fn item(&self, index: usize) -> Place<'_> {
        Place { up: Some(self), step: Step::Index(index), depth: self.depth + 1 }
    }

    /// Whether it is the whole of what was given.
    pub(super) fn is_root(&self) -> bool {
        self.up.is_none()
    }

    /// Refuses data that is nested too deep.
    pub(super) fn within_depth(&self) -> Result<(), ArgError> {
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        let mut root = self;
        while let (Some(up), true) = (root.up, root.depth > 1) {
            root = up;
        }
        Err(root.error(&format!("is nested more than {MAX_DEPTH} levels deep")))
    }

    /// An error about what stands here.
    pub(super) fn error(&self, problem: &str) -> ArgError {
        ArgError { message: format!("{self} {problem}"), hint: None }
    }

    /// Something else was expected here.
    pub(super) fn must_be(&self, expected: &str, came: &View<'_>) -> ArgError {
        self.error(&format!("must be {expected}, got {}", came.came()))
    }

    /// As [`Place::must_be`], for values that are not to be repeated.
    pub(super) fn must_be_untold(&self, expected: &str, came: &View<'_>) -> ArgError {
        self.error(&format!("must be {expected}, got {}", came.what()))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(up) = self.up {
            up.fmt(f)?;
        }
        match (self.step_before(), &self.step) {
            (_, Step::Verb(name)) => write!(f, "{name}:"),
            (_, Step::Value) => f.write_str("value"),
            (Some(Step::Verb(_)), Step::Key(name)) => write!(f, " {}", short(name)),
            (_, Step::Key(name)) => write!(f, ".{}", short(name)),
            (_, Step::Index(index)) => write!(f, "[{index}]"),
        }
    }
}

impl Place<'_> {
    fn step_before(&self) -> Option<&Step<'_>> {
        self.up.map(|up| &up.step)
    }
}

/// The longest piece of a value that a message repeats, in characters.
const SHORT: usize = 40;

/// As many digits in a row (spaces and dashes between do not count) may be a card number.
const CARD_DIGITS: usize = 12;

/// A value made fit for a message: at most 40 characters, runs of 12 and more digits masked.
pub(super) fn short(value: &str) -> String {
    let masked = mask(value);
    if masked.chars().count() <= SHORT {
        return masked;
    }
    masked.chars().take(SHORT - 1).chain(['…']).collect()
}

fn mask(value: &str) -> String {
    let mut out = String::with_capacity(value.len().min(4 * SHORT));
    let mut rest = value;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        let end = run.find(|c: char| !c.is_ascii_digit() && c != ' ' && c != '-').unwrap_or(run.len());
        let (run, after) = run.split_at(end);
        out.push_str(before);
        if run.chars().filter(char::is_ascii_digit).count() >= CARD_DIGITS {
            out.push_str("****");
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out.push_str(rest);
    // Control characters would spoil the line that the message is printed on.
    out.chars().fold(String::new(), |mut line, c| {
        let _ = if c.is_control() { write!(line, "{}", c.escape_default()) } else { line.write_char(c) };
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_card_number_is_masked() {
        for (value, shown) in [
            ("4111111111111111", "****"),
            ("card 4111 1111 1111 1111, thanks", "card ****, thanks"),
            ("4111-1111-1111-1111", "****"),
            ("+15551234567", "+15551234567"),
            ("two\nlines", "two\\nlines"),
            ("plain", "plain"),
        ] {
            assert_eq!(short(value), shown);
        }
        assert_eq!(short(&"x".repeat(100)).chars().count(), 40);
    }

    #[test]
    fn a_place_reads_as_in_the_script() {
        let verb = Place::verb("pay");
        let prompts = verb.key("prompts");
        let first = prompts.item(0);
        assert_eq!(first.key("for").to_string(), "pay: prompts[0].for");
        assert_eq!(verb.to_string(), "pay:");
        assert_eq!(Place::value().key("a").item(2).to_string(), "value.a[2]");
    }
}
