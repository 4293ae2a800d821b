//! What is wrong with a script: one shape for syntax errors, findings of `check` and run-time faults.
//!
//! It describes and renders; it never prints, logs or reads files. Card numbers are masked before
//! a diagnostic exists.

mod mask;
mod parse;
mod render;
mod runtime;
#[cfg(test)]
mod tests;

use std::fmt;

use rhai::Position;
use serde::Serialize;

use super::place::Place;
use super::sources::Source;
pub use super::suggest::closest;
pub use mask::mask_cards;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The script must not run, or stopped running.
    Error,
    /// Worth a look; the script runs.
    Warning,
}

/// One step of a script's call stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// The function that was called (`closure` for one without a name).
    pub function: String,
    /// The file that called it.
    pub file: String,
    /// The line of the call, from 1; 0 when the host made the call.
    pub line: usize,
    /// The column of the call in characters, from 1; 0 when unknown.
    pub column: usize,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name of the kind of fault: `syntax`, `unknown-verb`, `import-cycle` …
    pub code: &'static str,
    /// One sentence: lowercase, no final period.
    pub message: String,
    /// The file, as its path was given.
    pub file: String,
    /// The line, from 1; 0 when unknown.
    pub line: usize,
    /// The column in characters, from 1; 0 when unknown.
    pub column: usize,
    /// How many characters are meant; 0 when unknown.
    pub length: usize,
    /// What to do about it.
    pub hint: Option<String>,
    /// The `kind` of an error thrown by a verb (`timeout`, `invalid` …).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The script's call stack, innermost call first.
    pub stack: Vec<Frame>,
}

impl Diagnostic {
    /// An error in `file`, without a place.
    #[must_use]
    pub fn error(code: &'static str, file: &str, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: mask_cards(&message.into()),
            file: file.to_owned(),
            line: 0,
            column: 0,
            length: 0,
            hint: None,
            kind: None,
            stack: Vec::new(),
        }
    }

    /// The same, as a warning.
    #[must_use]
    pub fn warning(code: &'static str, file: &str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, file, message) }
    }

    /// Puts it at a position; the length is that of the word, string or sign found there.
    #[must_use]
    pub fn at(mut self, position: Position, text: &str) -> Self {
        self.line = position.line().unwrap_or(0);
        self.column = if self.line == 0 { 0 } else { position.position().unwrap_or(1) };
        self.length = render::token_length(text, self.line, self.column);
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hinted(mut self, hint: Option<impl Into<String>>) -> Self {
        self.hint = hint.map(|hint| mask_cards(&hint.into()));
        self
    }

    /// Whether it keeps a script from running.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The report for people: message, file, line, column, source line with a caret, call stack, hint.
    #[must_use]
    pub fn render(&self, sources: &[Source], styled: bool) -> String {
        render::render(self, sources, styled)
    }

    /// One line of NDJSON (without the line feed).
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The line of a place with a caret, drawn as in a diagnostic but without a message. Of a place that the
/// sources do not have, only the path is given.
#[must_use]
pub fn excerpt(sources: &[Source], place: &Place) -> String {
    render::excerpt(sources, place)
}

/// The text from a place to the end of its line.
pub(super) fn text_at<'a>(sources: &'a [Source], file: &str, line: usize, column: usize) -> Option<&'a str> {
    render::source_line(sources, file, line).map(|line| render::from_column(line, column))
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}
