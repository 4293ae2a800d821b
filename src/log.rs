//! Sets up the log: format, levels, and the masking of every line.
//!
//! It decides nothing about what is logged elsewhere, and no line passes it unmasked.

use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::sync::Arc;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{LogFormat, LogLevel};
use crate::redact::Redactor;

/// How the log is written.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Lines for people or JSON.
    pub format: LogFormat,
    /// The level of this crate; other crates are heard from `warn` up, or less if this is less.
    pub level: LogLevel,
    /// Directives as in `RUST_LOG`, which replace `level`.
    pub directives: Option<String>,
    /// Whether text lines are coloured.
    pub color: bool,
}

/// The log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The directives make no sense.
    #[error("RUST_LOG: expected directives like relay_script=debug, got {got:?}")]
    Directives {
        /// What was given.
        got: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// There is a log already.
    #[error("the log is set up already")]
    Twice,
}

/// Makes stderr the log of the whole process, and logs panics.
pub fn init(options: &LogOptions, redactor: Arc<Redactor>) -> Result<(), LogError> {
    let subscriber = subscriber(options, redactor, io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Twice)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(())
}

/// A log that writes each masked line to a sink made by `sink`.
pub fn subscriber<W: Write + 'static>(
    options: &LogOptions,
    redactor: Arc<Redactor>,
    sink: impl Fn() -> W + Send + Sync + 'static,
) -> Result<Box<dyn Subscriber + Send + Sync>, LogError> {
    let json = options.format == LogFormat::Json;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter(options)?)
        .with_writer(Masked { redactor, json, sink })
        .log_internal_errors(false);
    Ok(if json {
        Box::new(builder.json().flatten_event(true).with_span_list(false).finish())
    } else {
        Box::new(builder.compact().with_ansi(options.color).finish())
    })
}

fn filter(options: &LogOptions) -> Result<EnvFilter, LogError> {
    let directives = options.directives.clone().unwrap_or_else(|| {
        format!("{},relay_script={}", name(options.level.min(LogLevel::Warn)), name(options.level))
    });
    EnvFilter::try_new(&directives).map_err(|source| LogError::Directives { got: directives, source })
}

fn name(level: LogLevel) -> &'static str {
    match level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}

/// Logs where a panic happened. Of its message only a fixed text is shown: a formatted one may hold
/// what must not be seen.
pub fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let reason = panic.payload().downcast_ref::<&'static str>().copied();
    tracing::error!(location, reason = reason.unwrap_or("(not shown)"), "panicked");
}

/// Makes writers that mask what they are given before it reaches the sink.
struct Masked<S> {
    redactor: Arc<Redactor>,
    json: bool,
    sink: S,
}

impl<'a, W: Write, S: Fn() -> W> MakeWriter<'a> for Masked<S> {
    type Writer = LineWriter<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        LineWriter { redactor: &self.redactor, json: self.json, sink: (self.sink)(), held: Vec::new() }
    }
}

/// Holds text back until its line is whole, then masks the line and passes it on in one write.
struct LineWriter<'a, W: Write> {
    redactor: &'a Redactor,
    json: bool,
    sink: W,
    held: Vec<u8>,
}

impl<W: Write> LineWriter<'_, W> {
    /// A sink that fails is no reason to fail: there is nowhere left to say so.
    fn pass_on(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let masked = if self.json { self.redactor.mask_json(&text) } else { self.redactor.mask(&text) };
        let _ = self.sink.write_all(masked.as_bytes());
    }
}

impl<W: Write> Write for LineWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.is_empty() && bytes.ends_with(b"\n") {
            self.pass_on(bytes);
        } else {
            self.held.extend_from_slice(bytes);
            let whole = self.held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let lines: Vec<u8> = self.held.drain(..whole).collect();
            self.pass_on(&lines);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.sink.flush();
        Ok(())
    }
}

impl<W: Write> Drop for LineWriter<'_, W> {
    fn drop(&mut self) {
        let rest = std::mem::take(&mut self.held);
        self.pass_on(&rest);
    }
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;
