//! `test`: script tests, in virtual time. No socket, no account.

mod faults;
mod show;
mod watch;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use super::args::TestArgs;
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use crate::report::Report;
use crate::testing::case::CaseOptions;
use crate::testing::faults::campaign::FaultOptions;
use crate::testing::runner::{Outcome, RunOptions, run};
use crate::testing::suite::find;
use show::{Show, Shown};

/// See the module.
pub fn test(args: &TestArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    invocation.start_log(LogHabit::Calm)?;
    let plan = Plan::new(args, invocation)?;
    if args.faults || args.fault.is_some() {
        let RunOptions { case, filter, jobs, .. } = plan.options;
        return faults::faults(args, &FaultOptions { case, filter, jobs, only: args.fault }, invocation);
    }
    if args.watch {
        return watch::watch(&args.paths, plan);
    }
    let outcome = plan.carry_out(&find(&args.paths)?)?;
    Ok(if outcome.is_good() { ExitCode::Ok } else { ExitCode::Failed })
}

/// How test files are run and shown.
#[derive(Clone)]
struct Plan {
    report: Arc<Report>,
    options: RunOptions,
    shown: Shown,
    junit: Option<PathBuf>,
    lcov: Option<PathBuf>,
}

impl Plan {
    fn new(args: &TestArgs, invocation: &Invocation) -> Result<Self, Failure> {
        let case = CaseOptions { limits: invocation.limits()?, seed: args.seed, update: args.update };
        let jobs = args.jobs.unwrap_or_else(|| available_parallelism().map_or(1, Into::into));
        let coverage = args.coverage || args.lcov.is_some();
        Ok(Self {
            report: Arc::clone(&invocation.report),
            options: RunOptions { case, filter: args.filter.clone(), jobs, coverage },
            shown: Shown { json: args.json, nocapture: args.nocapture, coverage: args.coverage },
            junit: args.junit.clone(),
            lcov: args.lcov.clone(),
        })
    }

    /// Runs these test files, shows what comes of them and writes it to files.
    fn carry_out(&self, files: &[PathBuf]) -> Result<Outcome, Failure> {
        let began = Instant::now();
        let mut show = Show::new(self.shown, &self.report);
        let outcome = run(files, &self.options, |told| show.tell(&told));
        let results = show.end(files.len(), &outcome, began.elapsed())?;
        if let Some(path) = &self.junit {
            let document = results.junit.document(began.elapsed());
            write(path, document)?;
        }
        if let Some(path) = &self.lcov {
            write(path, Ok(crate::testing::reports::lcov::tracefile(&results.coverage)))?;
        }
        Ok(outcome)
    }
}

fn write(path: &Path, text: std::io::Result<String>) -> Result<(), Failure> {
    let written = text.and_then(|text| fs::write(path, text));
    written.map_err(|source| Failure::Write { path: path.to_owned(), source })
}
