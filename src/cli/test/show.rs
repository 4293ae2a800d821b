//! Shows results as they come, and the failures at the end.
//!
//! What it shows is drawn elsewhere.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::cli::failure::Failure;
use crate::report::Report;
use crate::script::coverage::Coverage;
use crate::testing::case::CaseResult;
use crate::testing::reports::junit::Junit;
use crate::testing::reports::{coverage, data, text};
use crate::testing::runner::{Outcome, Told};

/// What is shown, and how.
#[derive(Clone, Copy)]
pub struct Shown {
    /// As JSON, one object a line.
    pub json: bool,
    /// What tests print, also of those that pass.
    pub nocapture: bool,
    /// What the scripts ran.
    pub coverage: bool,
}

/// What a run leaves behind for files.
#[derive(Default)]
pub struct Results {
    /// All cases.
    pub junit: Junit,
    /// What the scripts ran, if that was counted.
    pub coverage: Coverage,
}

/// See the module.
pub struct Show {
    shown: Shown,
    report: Arc<Report>,
    failed: Vec<CaseResult>,
    results: Results,
    written: io::Result<()>,
}

impl Show {
    /// Nothing is shown yet.
    pub fn new(shown: Shown, report: &Arc<Report>) -> Self {
        let (failed, results) = (Vec::new(), Results::default());
        Self { shown, report: Arc::clone(report), failed, results, written: Ok(()) }
    }

    /// Something happened in the run.
    pub fn tell(&mut self, told: &Told<'_>) {
        match told {
            Told::Broken(suite) => self.results.junit.broken(suite),
            Told::Case(result, took) => self.results.junit.case(result, *took),
            Told::Covered(coverage) => self.results.coverage.clone_from(coverage),
            Told::Begins { .. } => {}
        }
        let written = match (told, self.shown.json) {
            (Told::Begins { .. } | Told::Covered(_), _) => Ok(()),
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
        if self.shown.nocapture || !result.passed() {
            for line in &result.printed {
                self.report.line(format!("        {line}"))?;
            }
        }
        if !result.passed() {
            self.failed.push(result.clone());
        }
        Ok(())
    }

    /// The run of so many test files is over.
    pub fn end(self, files: usize, outcome: &Outcome, took: Duration) -> Result<Results, Failure> {
        self.written.map_err(Failure::Output)?;
        for result in &self.failed {
            self.report.drawn(&format!("\n{}", text::failures(result, self.report.color())));
        }
        if self.shown.coverage {
            show_coverage(&self.report, self.shown.json, &self.results.coverage).map_err(Failure::Output)?;
        }
        if self.shown.json {
            self.report.json(&data::summary(outcome, took)).map_err(Failure::Output)?;
        } else if !self.failed.is_empty() {
            // A blank line sets the count off.
            self.report.drawn("");
        }
        let nothing = outcome.passed + outcome.failed + outcome.broken == 0;
        if let Some(missing) = missing(files, nothing) {
            self.report.error(&missing, [missing.hint()]);
        }
        if !self.shown.json {
            self.report.line(text::summary(outcome, took)).map_err(Failure::Output)?;
        }
        Ok(self.results)
    }
}

fn show_coverage(report: &Report, json: bool, covered: &Coverage) -> io::Result<()> {
    if json {
        return covered.files.iter().try_for_each(|(path, file)| report.json(&data::covered(path, file)));
    }
    report.line(coverage::listing(covered).trim_end())
}

/// There is nothing to run.
#[derive(Debug, thiserror::Error)]
pub enum Missing {
    /// No test file.
    #[error("there are no test files")]
    Files,
    /// No case that the filter lets through.
    #[error("no case fits the filter")]
    Cases,
    /// No place where this fault can be.
    #[error("the fault makes no sense in any of the cases")]
    Fault,
}

impl Missing {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Files => {
                "a test of pay.rhai is a file pay.test.rhai beside it, with functions whose names begin with test_"
            }
            Self::Cases => "--filter TEXT takes cases whose file::name contains the text",
            Self::Fault => "--faults tries them all, and says how to see one again",
        }
    }
}

/// What there is none of, when nothing was run.
pub fn missing(files: usize, nothing: bool) -> Option<Missing> {
    match (files, nothing) {
        (0, _) => Some(Missing::Files),
        (_, true) => Some(Missing::Cases),
        (_, false) => None,
    }
}
