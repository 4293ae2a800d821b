//! `test --faults` and `test --fault SPEC`: every case again, with each fault at each frame.
//!
//! It shows; what is tried and what counts as broken is decided in `testing::faults`.

use std::io;
use std::time::Instant;

use super::show::{Missing, missing};
use crate::cli::args::TestArgs;
use crate::cli::exit::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::invocation::Invocation;
use crate::report::Report;
use crate::testing::faults::campaign::{FaultOptions, Only, Outcome, Told, Tried, run};
use crate::testing::faults::report;
use crate::testing::reports::{data, text};
use crate::testing::suite::find;

/// See the module.
pub fn faults(args: &TestArgs, options: &FaultOptions, invocation: &Invocation) -> Result<ExitCode, Failure> {
    let (files, began) = (find(&args.paths)?, Instant::now());
    let mut show = Show { args, report: &invocation.report, bad: Vec::new(), written: Ok(()) };
    let outcome = run(&files, options, |told| show.tell(&told));
    show.end(files.len(), &outcome, began)?;
    Ok(if outcome.is_good() { ExitCode::Ok } else { ExitCode::Failed })
}

/// Shows cases as they come, and what was broken at the end.
struct Show<'a> {
    args: &'a TestArgs,
    report: &'a Report,
    bad: Vec<Tried>,
    written: io::Result<()>,
}

impl Show<'_> {
    fn tell(&mut self, told: &Told<'_>) {
        let written = match (told, self.args.json) {
            (Told::Broken(suite), true) => self.report.json(&data::broken(suite)),
            (Told::Broken(suite), false) => {
                self.report.drawn(&text::broken(suite, self.report.color()));
                Ok(())
            }
            (Told::Tried(tried, took), true) => self.report.json(&report::data(tried, *took)),
            (Told::Tried(tried, _), false) => self.tried(tried),
        };
        if self.written.is_ok() {
            self.written = written;
        }
    }

    fn tried(&mut self, tried: &Tried) -> io::Result<()> {
        self.report.line(report::line(tried))?;
        if let Some(only @ Only { step: Some(_), .. }) = &tried.only {
            self.report.line(report::conversation(only))?;
        }
        if tried.failed.is_some() || !tried.found.is_empty() {
            self.bad.push(tried.clone());
        }
        Ok(())
    }

    fn end(self, files: usize, outcome: &Outcome, began: Instant) -> Result<(), Failure> {
        self.written.map_err(Failure::Output)?;
        let color = self.report.color();
        for tried in &self.bad {
            if let Some(failed) = &tried.failed {
                self.report.drawn(&format!("\n{}", text::failures(failed, color)));
            }
            if !tried.found.is_empty() {
                self.report.drawn(&format!("\n{}", report::details(tried, color)));
            }
        }
        if !self.bad.is_empty() {
            // A blank line sets the count off.
            self.report.drawn("");
        }
        let nothing = outcome.tried + outcome.failed + outcome.broke + outcome.broken == 0;
        let without_sense = nothing && outcome.left_out == 0 && self.args.fault.is_some();
        let missing = if without_sense { Some(Missing::Fault) } else { missing(files, nothing) };
        if let Some(missing) = missing {
            self.report.error(&missing, [missing.hint()]);
        }
        let took = began.elapsed();
        let written = match self.args.json {
            true => self.report.json(&report::summary_data(outcome, took)),
            false => self.report.line(report::summary(outcome, took)),
        };
        written.map_err(Failure::Output)
    }
}
