//! One use of the program: what was asked, where settings come from, and where output goes.
//!
//! It does nothing of what was asked.

use std::sync::Arc;

use super::args::Cli;
use super::failure::Failure;
use crate::config::{Config, Credentials, LogFormat, LogLevel, Sources};
use crate::log::{self, LogOptions};
use crate::report::Report;
use crate::script::host::Limits;

/// See the module.
pub struct Invocation {
    /// The settings.
    pub sources: Sources<'static>,
    /// Where output goes.
    pub report: Arc<Report>,
}

/// How a command logs when nothing is set.
#[derive(Clone, Copy)]
pub enum LogHabit {
    /// JSON lines, for collectors of logs.
    Json,
    /// Text lines.
    Text,
    /// Text lines, and no word of what goes well: the command has its own output.
    Calm,
}

impl Invocation {
    /// Finds the settings.
    pub fn new(cli: &Cli, report: Arc<Report>) -> Result<Self, Failure> {
        let global = &cli.global;
        let sources = Sources::of_process(cli.flags(), global.config.as_deref(), global.env_file.as_deref())?;
        Ok(Self { sources, report })
    }

    /// All settings. Secrets are kept out of all output from here on.
    pub fn config(&self) -> Result<Config, Failure> {
        let config = Config::load(&self.sources)?;
        match &config.credentials {
            Some(Credentials::Token { token, .. }) => self.report.redactor().add(token.expose()),
            Some(Credentials::Jwt(token)) => self.report.redactor().add(token.expose()),
            None => {}
        }
        Ok(config)
    }

    /// The limits of scripts.
    pub fn limits(&self) -> Result<Limits, Failure> {
        Ok(Limits { operations: self.sources.max_operations()? })
    }

    /// Starts the log; says how it is written.
    pub fn start_log(&self, habit: LogHabit) -> Result<LogFormat, Failure> {
        let logging = self.sources.logging()?;
        let format = logging.format.unwrap_or(match habit {
            LogHabit::Json => LogFormat::Json,
            LogHabit::Text | LogHabit::Calm => LogFormat::Text,
        });
        let level = match (habit, logging.level) {
            (LogHabit::Calm, LogLevel::Info) => LogLevel::Warn,
            (_, level) => level,
        };
        let color = self.report.color();
        let options = LogOptions { format, level, directives: logging.directives, color };
        log::init(&options, Arc::clone(self.report.redactor()))?;
        Ok(format)
    }
}
