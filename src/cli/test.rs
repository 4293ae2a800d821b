//! `test`: script tests, in virtual time. No socket, no account.

mod faults;

use std::io;
use std::thread::available_parallelism;
use std::time::Instant;

use super::args::TestArgs;
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use crate::report::Report;
use crate::testing::case::{CaseOptions, CaseResult};
use crate::testing::faults::campaign::FaultOptions;
use crate::testing::reports::{data, text};
use crate::testing::runner::{Outcome, RunOptions, Told, run};
use crate::testing::suite::find;

/// See the module.
pub fn test(args: &TestArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    invocation.start_log(LogHabit::Calm)?;
    let case = CaseOptions { limits: invocation.limits()?, seed: args.seed, update: args.update };
    let jobs = args.jobs.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
    let filter = args.filter.clone();
    if args.faults || args.fault.is_some() {
        return faults::faults(args, &FaultOptions { case, filter, jobs, only: args.fault }, invocation);
    }
    let options = RunOptions { case, filter, jobs };
    let (files, began) = (find(&args.paths)?, Instant::now());
    let mut show = Show { args, report: &invocation.report, failed: Vec::new(), written: Ok(()) };
    let outcome = run(&files, &options, |told| show.tell(&told));
    show.end(files.len(), &outcome, began)?;
    Ok(if outcome.is_good() { ExitCode::Ok } else { ExitCode::Failed })
}

/// Shows results as they come, and the failures at the end.
struct Show<'a> {
    args: &'a TestArgs,
    report: &'a Report,
    failed: Vec<CaseResult>,
    written: io::Result<()>,
}

impl Show<'_> {
    fn tell(&mut self, told: &Told<'_>) {
        let written = match (told, self.args.json) {
            (Told::Begins { .. }, _) => Ok(()),
            (Told::Broken(suite), true) => self.report.json(&data::broken(suite)),
            (Told::Broken(suite), false) => {
                self.report.drawn(&text::broken(suite, self.report.color()));
                Ok(())
            }
            (Told::Case(result, took), true) => self.report.json(&data::case(result, *took)),
            (Told::Case(result, _), false) => self.case(result),
        };
        if self.written.is_ok() {
            self.written = written;
        }
    }

    fn case(&mut self, result: &CaseResult) -> io::Result<()> {
        self.report.line(text::line(result))?;
        if self.args.nocapture || !result.passed() {
            for line in &result.printed {
                self.report.line(format!("        {line}"))?;
            }
        }
        if !result.passed() {
            self.failed.push(result.clone());
        }
        Ok(())
    }

    fn end(self, files: usize, outcome: &Outcome, began: Instant) -> Result<(), Failure> {
        self.written.map_err(Failure::Output)?;
        for result in &self.failed {
            self.report.drawn(&format!("\n{}", text::failures(result, self.report.color())));
        }
        if self.args.json {
            self.report.json(&data::summary(outcome, began.elapsed())).map_err(Failure::Output)?;
        } else if !self.failed.is_empty() {
            // A blank line sets the count off.
            self.report.drawn("");
        }
        let nothing = outcome.passed + outcome.failed + outcome.broken == 0;
        if let Some(missing) = missing(files, nothing) {
            self.report.error(&missing, [missing.hint()]);
        }
        if !self.args.json {
            self.report.line(text::summary(outcome, began.elapsed())).map_err(Failure::Output)?;
        }
        Ok(())
    }
}

/// There is nothing to run.
#[derive(Debug, thiserror::Error)]
enum Missing {
    #[error("there are no test files")]
    Files,
    #[error("no case fits the filter")]
    Cases,
    #[error("the fault makes no sense in any of the cases")]
    Fault,
}

impl Missing {
    fn hint(&self) -> &'static str {
        match self {
            Self::Files => {
                "a test of pay.rhai is a file pay.test.rhai beside it, with functions whose names begin with test_"
            }
            Self::Cases => "--filter TEXT takes cases whose file::name contains the text",
            Self::Fault => "--faults tries them all, and says how to see one again",
        }
    }
}

fn missing(files: usize, nothing: bool) -> Option<Missing> {
    match (files, nothing) {
        (0, _) => Some(Missing::Files),
        (_, true) => Some(Missing::Cases),
        (_, false) => None,
    }
}
