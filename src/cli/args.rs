//! The words of the command line.
//!
//! It reads them and does nothing about them.

mod call;
mod hidden;
mod test;

use std::ffi::OsString;
use std::path::PathBuf;

pub use call::{CallArgs, CardArgs, PayOutcome, parse_speed};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
pub use test::TestArgs;

use super::exit::ExitCode;
use super::scripts::{ScriptArg, Scripts};
use super::settings::RelayArgs;
use super::sim::args::SimArgs;
use super::simulate::SimulateArgs;
use crate::config::Flags;
use crate::report::Color;

/// Run phone calls that are written as Rhai scripts.
#[derive(Debug, Parser)]
#[command(name = "relay-script", bin_name = "relay-script", version, disable_help_subcommand = true)]
#[command(after_help = "Example:\n  relay-script call scripts/pay.rhai")]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answer calls while you write: reload on save, simulate without credentials
    #[command(after_help = "Example:\n  relay-script run pay.rhai\n  relay-script run sales=sales.rhai \
                            support=support.rhai")]
    Run(RunArgs),
    /// Answer calls in production
    #[command(after_help = "Example:\n  SIGNALWIRE_PROJECT_ID=… SIGNALWIRE_API_TOKEN=… \
                            relay-script start pay.rhai --context sales")]
    Start(StartArgs),
    /// Simulate one call and print its timeline
    #[command(
        after_help = "Example:\n  relay-script call ivr.rhai --press \"hear support,2,wait 1,say hello\"\n  \
                            relay-script call pay.rhai --expiry 0120"
    )]
    Call(CallArgs),
    /// Run script tests, in virtual time
    #[command(after_help = "Example:\n  relay-script test scripts --filter pay")]
    Test(TestArgs),
    /// Find mistakes without running anything
    #[command(after_help = "Example:\n  relay-script check scripts/*.rhai")]
    Check(CheckArgs),
    /// Serve the simulator to any RELAY client, with an API and a page
    #[command(after_help = "Example:\n  relay-script sim --listen 127.0.0.1:4455")]
    Sim(SimArgs),
}

/// What every command takes.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Read settings from FILE instead of relay-script.toml
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read variables from FILE, NAME=value a line
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Write the log for people or as JSON
    #[arg(long, global = true, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["text", "json"]))]
    pub log_format: Option<String>,
    /// Log more; twice: everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Log warnings only; twice: errors only
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// Use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    pub color: ColorArg,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum ColorArg {
    #[default]
    Auto,
    Always,
    Never,
}

impl From<ColorArg> for Color {
    fn from(color: ColorArg) -> Self {
        match color {
            ColorArg::Auto => Self::Auto,
            ColorArg::Always => Self::Always,
            ColorArg::Never => Self::Never,
        }
    }
}

/// `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The script for all contexts, or one for each as CONTEXT=FILE
    #[arg(required = true, value_name = "[CONTEXT=]FILE")]
    pub scripts: Vec<ScriptArg>,
    /// The simulator.
    #[command(flatten)]
    pub simulate: SimulateArgs,
    /// The connection.
    #[command(flatten)]
    pub relay: RelayArgs,
}

/// `start`.
#[derive(Debug, Args)]
pub struct StartArgs {
    /// The script for all contexts, or one for each as CONTEXT=FILE
    #[arg(required = true, value_name = "[CONTEXT=]FILE")]
    pub scripts: Vec<ScriptArg>,
    /// Reload scripts when they are saved
    #[arg(long)]
    pub watch: bool,
    /// The connection.
    #[command(flatten)]
    pub relay: RelayArgs,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The scripts
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print what is found as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

impl Cli {
    /// Reads a command line, its first word the program's name.
    pub fn read(words: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, Usage> {
        let cli = Self::try_parse_from(words).map_err(Usage)?;
        cli.scripts()?;
        Ok(cli)
    }

    /// The scripts of `run` and `start`; none for other commands.
    pub fn scripts(&self) -> Result<Scripts, Usage> {
        let args = match &self.command {
            Command::Run(run) => &run.scripts,
            Command::Start(start) => &start.scripts,
            Command::Call(_) | Command::Test(_) | Command::Check(_) | Command::Sim(_) => {
                return Ok(Scripts::default());
            }
        };
        Scripts::new(args.iter().cloned()).map_err(|error| {
            let hint = error.hint().map(|hint| format!("\n\n  tip: {hint}")).unwrap_or_default();
            Usage(Self::command().error(ErrorKind::ValueValidation, format!("{error}{hint}")))
        })
    }

    /// The settings that were given as flags.
    pub fn flags(&self) -> Flags {
        let mut flags = Flags::default();
        self.global.add_to(&mut flags);
        match &self.command {
            Command::Run(RunArgs { relay, .. }) | Command::Start(StartArgs { relay, .. }) => {
                relay.add_to(&mut flags);
            }
            Command::Call(_) | Command::Test(_) | Command::Check(_) | Command::Sim(_) => {}
        }
        flags
    }
}

impl Global {
    fn add_to(&self, flags: &mut Flags) {
        if let Some(format) = &self.log_format {
            flags.push("--log-format", format.as_str());
        }
        match (self.verbose, self.quiet) {
            (0, 0) => {}
            (0, 1) => flags.push("-q", "warn"),
            (0, _) => flags.push("-q", "error"),
            (1, _) => flags.push("-v", "debug"),
            (_, _) => flags.push("-v", "trace"),
        }
    }
}

/// Why there is nothing to do: the command line is wrong, or help or the version was asked for.
#[derive(Debug)]
pub struct Usage(clap::Error);

impl Usage {
    /// What to print, ended by a newline.
    pub fn text(&self, color: bool) -> String {
        let text = self.0.render();
        if color { text.ansi().to_string() } else { text.to_string() }
    }

    /// Whether the text was asked for: it belongs on stdout then, else on stderr.
    pub fn was_asked_for(&self) -> bool {
        !self.0.use_stderr()
    }

    /// The exit code.
    pub fn exit(&self) -> ExitCode {
        if self.was_asked_for() { ExitCode::Ok } else { ExitCode::Usage }
    }
}

#[cfg(test)]
#[path = "args_tests.rs"]
mod tests;
