//! The command line: what is asked for, and the exit code that answers. The only user of clap.

pub mod args;
mod call;
mod check;
pub mod exit;
mod failure;
mod invocation;
mod outside;
pub mod press;
mod reload;
mod run;
mod saving;
pub mod scripts;
mod serve;
pub mod settings;
pub mod sim;
mod simulate;
mod softphone;
mod start;
mod test;
mod timeline;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::sync::Arc;

use args::{Cli, Command, Usage};
use exit::ExitCode;
use failure::Failure;
use invocation::Invocation;

use crate::redact::Redactor;
use crate::report::{Color, Report};

/// Does what a command line asks for; its first word is the program's name.
pub fn main(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let redactor = Arc::new(Redactor::new());
    let cli = match Cli::read(words) {
        Ok(cli) => cli,
        Err(usage) => return explain(&usage, redactor),
    };
    let report = Arc::new(Report::of_process(cli.global.color.into(), cli.global.quiet > 0, redactor));
    match dispatch(&cli, Arc::clone(&report)) {
        Ok(code) => code,
        Err(failure) => {
            report.error(&failure, failure.hints());
            failure.exit()
        }
    }
}

fn dispatch(cli: &Cli, report: Arc<Report>) -> Result<ExitCode, Failure> {
    let invocation = Invocation::new(cli, report)?;
    match &cli.command {
        Command::Run(args) => run::run(args, &invocation),
        Command::Start(args) => start::start(args, &invocation),
        Command::Call(args) => call::call(args, &invocation),
        Command::Test(args) => test::test(args, &invocation),
        Command::Check(args) => check::check(args, &invocation),
        Command::Sim(args) => sim::sim(args, &invocation),
    }
}

/// Prints a usage error, or the help or version that was asked for.
fn explain(usage: &Usage, redactor: Arc<Redactor>) -> ExitCode {
    let report = Report::of_process(Color::Auto, false, redactor);
    if usage.was_asked_for() {
        let env = |name: &str| std::env::var(name).ok();
        let color = Color::Auto.applies(std::io::stdout().is_terminal(), &env);
        if report.line(usage.text(color).trim_end_matches('\n')).is_err() {
            return ExitCode::Failed;
        }
    } else {
        report.drawn(&usage.text(report.color()));
    }
    usage.exit()
}
