//! Everything that is printed for people (stderr) and handed out as data (stdout).
//!
//! The only place that writes to the two outside the log. All of it passes the redactor. It
//! decides no exit code and ends no process.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use crate::redact::Redactor;

/// When colours are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Always, whatever `NO_COLOR` says.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// The decision for a stream.
    pub fn applies(self, is_terminal: bool, env: &dyn Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let no_color = env("NO_COLOR").is_some_and(|value| !value.is_empty());
                is_terminal && !no_color && env("TERM").as_deref() != Some("dumb")
            }
        }
    }
}

/// Styles of text, as terminals know them.
#[derive(Clone, Copy)]
enum Style {
    Red,
    Yellow,
    Cyan,
    Green,
    Bold,
}

impl Style {
    fn code(self) -> &'static str {
        match self {
            Self::Red => "1;31",
            Self::Yellow => "1;33",
            Self::Cyan => "1;36",
            Self::Green => "1;32",
            Self::Bold => "1",
        }
    }
}

type Sink = Mutex<Box<dyn Write + Send>>;

/// The two outputs of a command. Passed around by reference; usable from several threads.
pub struct Report {
    out: Sink,
    err: Sink,
    redactor: Arc<Redactor>,
    color: bool,
    quiet: bool,
    out_closed: AtomicBool,
}

impl Report {
    /// The outputs of this process.
    pub fn of_process(color: Color, quiet: bool, redactor: Arc<Redactor>) -> Self {
        let env = |name: &str| std::env::var(name).ok();
        let color = color.applies(io::stderr().is_terminal(), &env);
        Self::new(Box::new(io::stdout()), Box::new(io::stderr()), color, quiet, redactor)
    }

    /// Any two outputs. `quiet` leaves out notes and status lines.
    pub fn new(
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        color: bool,
        quiet: bool,
        redactor: Arc<Redactor>,
    ) -> Self {
        Self {
            out: Mutex::new(out),
            err: Mutex::new(err),
            redactor,
            color,
            quiet,
            out_closed: AtomicBool::new(false),
        }
    }

    /// Whether stderr is coloured: for those who hand in text that is already drawn.
    pub fn color(&self) -> bool {
        self.color
    }

    /// The redactor through which everything passes.
    pub fn redactor(&self) -> &Arc<Redactor> {
        &self.redactor
    }

    /// An error, what caused it, and what can be done about it.
    pub fn error(&self, error: &dyn Error, hints: impl IntoIterator<Item = impl Display>) {
        self.failure("error", Style::Red, error, hints);
    }

    /// The same for something that is wrong but does not end the work.
    pub fn warning(&self, error: &dyn Error, hints: impl IntoIterator<Item = impl Display>) {
        self.failure("warning", Style::Yellow, error, hints);
    }

    /// Something wrong that is no error value: one line, `warning: …`.
    pub fn warn(&self, text: impl Display) {
        let label = self.painted(Style::Yellow, "warning");
        self.to_err(&format!("{label}{} {text}\n", self.painted(Style::Bold, ":")));
    }

    /// Something worth knowing: `note: …`.
    pub fn note(&self, text: impl Display) {
        if !self.quiet {
            let label = self.painted(Style::Cyan, "note");
            self.to_err(&format!("{label}{} {text}\n", self.painted(Style::Bold, ":")));
        }
    }

    /// What the program does now; its first word is set off: `listening on context default`.
    pub fn status(&self, text: impl Display) {
        if !self.quiet {
            let text = text.to_string();
            let (verb, rest) = text.split_at(text.find(' ').unwrap_or(text.len()));
            self.to_err(&format!("{}{rest}\n", self.painted(Style::Green, verb)));
        }
    }

    /// Text that is already drawn, such as a diagnostic with its excerpt, ended by one newline.
    pub fn drawn(&self, text: &str) {
        self.to_err(&format!("{}\n", text.trim_end_matches('\n')));
    }

    /// A line of data on stdout. A reader that went away is no error.
    pub fn line(&self, text: impl Display) -> io::Result<()> {
        let line = format!("{text}\n");
        self.to_out(&self.redactor.mask(&line))
    }

    /// A value on stdout as one line of JSON.
    pub fn json(&self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_string(value)?;
        line.push('\n');
        self.to_out(&self.redactor.mask_json(&line))
    }

    fn failure(
        &self,
        label: &str,
        style: Style,
        error: &dyn Error,
        hints: impl IntoIterator<Item = impl Display>,
    ) {
        let colon = self.painted(Style::Bold, ":");
        let mut text = format!("{}{colon} {error}\n", self.painted(style, label));
        for cause in causes(error) {
            text += &format!("  {}{colon} {cause}\n", self.painted(style, "caused by"));
        }
        for (index, hint) in hints.into_iter().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            text += &format!("{gap}{}{colon} {hint}\n", self.painted(Style::Cyan, "hint"));
        }
        self.to_err(&text);
    }

    fn painted(&self, style: Style, text: &str) -> String {
        if self.color { format!("\u{1b}[{}m{text}\u{1b}[0m", style.code()) } else { text.to_owned() }
    }

    /// A failing stderr is no reason to fail: there is nowhere left to say so.
    fn to_err(&self, text: &str) {
        let mut err = self.err.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = err.write_all(self.redactor.mask(text).as_bytes()).and_then(|()| err.flush());
    }

    fn to_out(&self, masked: &str) -> io::Result<()> {
        if self.out_closed.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        match out.write_all(masked.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.out_closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            result => result,
        }
    }
}

/// The messages of an error's sources, without those that the message before already holds.
fn causes(error: &dyn Error) -> Vec<String> {
    let mut last = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        if !text.is_empty() && !last.contains(&text) {
            causes.push(text.clone());
            last = text;
        }
        next = cause.source();
    }
    causes
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
