//! Runs suites over threads, and hands on their results in the order of files and lines.
//!
//! It prints nothing and decides no exit code.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::case::{CaseOptions, CaseResult, run_case};
use super::failure::{Failure, Trouble};
use super::suite::{BrokenSuite, Case, Suite, Workshop};
use super::threads::in_order;
use crate::script::coverage::Coverage;
use crate::script::diagnostics::Diagnostic;

/// To count what runs takes operations too, at most as many times those of the script itself.
const COUNTING: u64 = 4;

/// What is to run, and how.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// How each case runs.
    pub case: CaseOptions,
    /// Only cases whose `file::name` contains this text.
    pub filter: Option<String>,
    /// How many threads run cases; at least one.
    pub jobs: usize,
    /// Whether the lines that scripts run are counted.
    pub coverage: bool,
}

/// What happens in a run.
#[derive(Debug)]
pub enum Told<'a> {
    /// So many cases are going to run, and so many are left out by the filter.
    Begins {
        /// To run.
        cases: usize,
        /// Left out.
        left_out: usize,
    },
    /// A test file cannot be run.
    Broken(&'a BrokenSuite),
    /// A case is over; with the real time that it took.
    Case(&'a CaseResult, Duration),
    /// All cases are over, and this is what the scripts of theirs ran.
    Covered(&'a Coverage),
}

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cases that passed.
    pub passed: usize,
    /// Cases that failed.
    pub failed: usize,
    /// Cases that the filter left out.
    pub left_out: usize,
    /// Test files that cannot be run.
    pub broken: usize,
}

impl Outcome {
    /// Whether there was something to run, and all of it passed.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failed == 0 && self.broken == 0 && self.passed > 0
    }
}

/// Runs the cases of these test files. `tell` hears of each in order, as soon as those before it are over.
pub fn run(files: &[PathBuf], options: &RunOptions, mut tell: impl FnMut(Told<'_>)) -> Outcome {
    let Gathered { work, left_out, broken } = gather(files, options.filter.as_deref());
    let mut outcome = Outcome { left_out, ..Outcome::default() };
    outcome.broken = broken.len();
    tell(Told::Begins { cases: work.len(), left_out: outcome.left_out });
    for suite in &broken {
        tell(Told::Broken(suite));
    }
    let coverage = over_threads(&work, options, |result, took| {
        let count = if result.passed() { &mut outcome.passed } else { &mut outcome.failed };
        *count += 1;
        tell(Told::Case(result, took));
    });
    if options.coverage {
        tell(Told::Covered(&coverage));
    }
    outcome
}

/// The cases of test files.
pub(super) struct Gathered<'a> {
    /// Those that are to run, each with its file, in order.
    pub(super) work: Vec<(&'a Path, Case)>,
    /// How many the filter left out.
    pub(super) left_out: usize,
    /// The test files that cannot be run.
    pub(super) broken: Vec<BrokenSuite>,
}

/// Looks for the cases of these test files whose `file::name` contains the text of the filter.
pub(super) fn gather<'a>(files: &'a [PathBuf], filter: Option<&str>) -> Gathered<'a> {
    let (mut work, mut broken): (Vec<(&Path, Case)>, _) = (Vec::new(), Vec::new());
    let mut workshop = Workshop::default();
    for file in files {
        match workshop.suite(file) {
            Ok(suite) => work.extend(suite.cases.into_iter().map(|case| (file.as_path(), case))),
            Err(suite) => broken.push(*suite),
        }
    }
    let all = work.len();
    work.retain(|(file, case)| filter.is_none_or(|text| full_name(file, case).contains(text)));
    Gathered { left_out: all - work.len(), work, broken }
}

/// By what `--filter` finds a case.
fn full_name(file: &Path, case: &Case) -> String {
    format!("{}::{}", file.display(), case.name)
}

fn over_threads(
    work: &[(&Path, Case)],
    options: &RunOptions,
    mut tell: impl FnMut(&CaseResult, Duration),
) -> Coverage {
    let worker = || Worker::new(options.coverage);
    let mut case_options = options.case;
    if options.coverage {
        case_options.limits.operations = case_options.limits.operations.saturating_mul(COUNTING);
    }
    let run = |worker: &mut Worker, (file, case): &(&Path, Case)| {
        let began = Instant::now();
        let result = worker.run(file, case, &case_options);
        (result, began.elapsed())
    };
    let tell = |_: &(&Path, Case), (result, took): (CaseResult, Duration)| tell(&result, took);
    let mut coverage = Coverage::default();
    for covered in in_order(work, options.jobs, worker, run, Worker::covered, tell) {
        coverage.add(covered);
    }
    coverage
}

/// One thread's own workshop, and the suite that it ran last.
struct Worker {
    workshop: Workshop,
    suite: Option<Suite>,
    /// What ran in workshops that are not used any more.
    covered: Coverage,
    coverage: bool,
}

impl Worker {
    fn new(coverage: bool) -> Self {
        let workshop = Workshop::default();
        let workshop = if coverage { workshop.recorded() } else { workshop };
        Self { workshop, suite: None, covered: Coverage::default(), coverage }
    }

    fn covered(mut self) -> Coverage {
        self.covered.add(self.workshop.coverage());
        self.covered
    }

    fn run(&mut self, file: &Path, case: &Case, options: &CaseOptions) -> CaseResult {
        // Nothing of a case that panicked is used again.
        catch_unwind(AssertUnwindSafe(|| self.try_to_run(file, case, options))).unwrap_or_else(|_| {
            let fresh = Self::new(self.coverage);
            let covered = std::mem::replace(self, fresh).covered();
            self.covered = covered;
            lost(file, case, panicked())
        })
    }

    fn try_to_run(&mut self, file: &Path, case: &Case, options: &CaseOptions) -> CaseResult {
        let suite = match self.suite.take().filter(|suite| suite.path == file) {
            Some(suite) => suite,
            None => match self.workshop.suite(file) {
                Ok(suite) => suite,
                Err(_) => return lost(file, case, Trouble::new("changed", "the file was changed meanwhile")),
            },
        };
        let result = run_case(&suite, case, options);
        self.suite = Some(suite);
        result
    }
}

fn panicked() -> Trouble {
    Trouble::new("panic", "relay-script itself failed; please report this with the test and its script")
}

/// A case of which nothing is known but that it failed.
fn lost(file: &Path, case: &Case, trouble: Trouble) -> CaseResult {
    let name = file.display().to_string();
    let place = Diagnostic::error("case", &name, trouble.message.clone());
    let place = Diagnostic { line: case.line, column: usize::from(case.line > 0), ..place };
    CaseResult {
        file: name,
        case: case.clone(),
        seconds: 0.0,
        failures: vec![Failure::lost(trouble, place)],
        printed: Vec::new(),
    }
}
