//! All cases with all faults, over threads: first each case without a fault, then with each that can happen in it.
//!
//! It prints nothing and decides no exit code.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Fault;
use super::judge::{Invariant, PANICKED, Violation, judge};
use super::plan::{Step, plan};
use super::trial::{Record, Trial};
use crate::testing::case::{CaseOptions, CaseResult, run_trial};
use crate::testing::failure::File;
use crate::testing::runner::{Gathered, gather};
use crate::testing::suite::{BrokenSuite, Case, Suite, Workshop};
use crate::testing::threads::in_order;
use crate::testing::transcript::Line;

/// So many faults of a case are one piece of work.
const PIECE: usize = 16;

/// What is to run, and how.
#[derive(Clone, Debug, Default)]
pub struct FaultOptions {
    /// How each case runs.
    pub case: CaseOptions,
    /// Only cases whose `file::name` contains this text.
    pub filter: Option<String>,
    /// How many threads run cases; at least one.
    pub jobs: usize,
    /// Only this fault, with the conversation.
    pub only: Option<Fault>,
}

/// What happens in a campaign.
#[derive(Debug)]
pub enum Told<'a> {
    /// A test file cannot be run.
    Broken(&'a BrokenSuite),
    /// A case was tried with its faults; with the real time since the one before.
    Tried(&'a Tried, Duration),
}

/// A case, and what its faults came to.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The test file.
    pub file: String,
    /// The case.
    pub case: Case,
    /// How many frames crossed without a fault.
    pub frames: usize,
    /// How many faults were tried.
    pub tried: usize,
    /// How many of them broke something.
    pub broke: usize,
    /// The case fails without any fault; then none is tried.
    pub failed: Option<CaseResult>,
    /// What was broken, each in one way; the first fault that did it.
    pub found: Vec<Found>,
    /// The run with the one fault that was asked for.
    pub only: Option<Only>,
}

/// An invariant that was broken.
#[derive(Clone, Debug)]
pub struct Found {
    /// The first fault that breaks it; none, if it breaks by itself.
    pub fault: Option<Fault>,
    /// The frame of that fault.
    pub step: Option<Step>,
    /// What broke.
    pub violation: Violation,
    /// How many other faults break it in the same way.
    pub more: usize,
    /// The files that places are in.
    pub files: Vec<File>,
}

/// A run with one fault.
#[derive(Clone, Debug)]
pub struct Only {
    /// The fault.
    pub fault: Fault,
    /// The frame at which it happened; none, if it makes no sense there, or there is no such frame.
    pub step: Option<Step>,
    /// The conversation.
    pub transcript: Vec<Line>,
}

/// What came of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Cases that were tried with faults.
    pub cases: usize,
    /// Combinations of a case and a fault that were tried.
    pub tried: usize,
    /// Combinations that broke something; a case that breaks something without a fault counts once.
    pub broke: usize,
    /// Cases that fail without any fault.
    pub failed: usize,
    /// Cases that the filter left out.
    pub left_out: usize,
    /// Test files that cannot be run.
    pub broken: usize,
}

impl Outcome {
    /// Whether there was something to try, and nothing broke.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.tried > 0 && self.broke == 0 && self.failed == 0 && self.broken == 0
    }

    fn add(&mut self, tried: &Tried) {
        self.cases += usize::from(tried.tried > 0);
        self.failed += usize::from(tried.failed.is_some());
        self.tried += tried.tried;
        self.broke += tried.broke;
    }
}

/// A case before any fault.
struct Base {
    file: PathBuf,
    case: Case,
    result: CaseResult,
    steps: Vec<Step>,
    records: Vec<Record>,
    violations: Vec<Violation>,
    files: Vec<File>,
}

/// What came of one fault.
struct Run {
    fault: Fault,
    step: Option<Step>,
    violations: Vec<Violation>,
    transcript: Vec<Line>,
}

/// Tries the cases of these test files with every fault. `tell` hears of each in order.
pub fn run(files: &[PathBuf], options: &FaultOptions, mut tell: impl FnMut(Told<'_>)) -> Outcome {
    let Gathered { work, left_out, broken } = gather(files, options.filter.as_deref());
    let mut outcome = Outcome { left_out, broken: broken.len(), ..Outcome::default() };
    for suite in &broken {
        tell(Told::Broken(suite));
    }
    let mut bases: Vec<Base> = Vec::new();
    let worker = || Worker::new(options.case);
    let try_base = |worker: &mut Worker, (file, case): &(&Path, Case)| worker.base(file, case);
    in_order(&work, options.jobs, worker, try_base, drop, |_, base| bases.push(base));
    try_faults(&bases, options, |tried, took| {
        outcome.add(tried);
        tell(Told::Tried(tried, took));
    });
    outcome
}

/// Tries each case with its faults, piece by piece.
fn try_faults(bases: &[Base], options: &FaultOptions, mut tell: impl FnMut(&Tried, Duration)) {
    let mut pieces: Vec<(usize, Vec<Fault>)> = Vec::new();
    for (index, base) in bases.iter().enumerate() {
        let faults = base.faults(options.only);
        // A case without faults has one piece too, so that it is told of.
        let chunks = faults.chunks(PIECE).map(<[Fault]>::to_vec);
        let count = pieces.len();
        pieces.extend(chunks.map(|faults| (index, faults)));
        if pieces.len() == count {
            pieces.push((index, Vec::new()));
        }
    }
    let is_last = |at: usize| pieces.get(at + 1).is_none_or(|next| next.0 != pieces[at].0);
    let (mut turn, mut runs, mut began) = (0, Vec::new(), Instant::now());
    let worker = || Worker::new(options.case);
    let try_piece = |worker: &mut Worker, (index, faults): &(usize, Vec<Fault>)| -> Vec<Run> {
        let base = &bases[*index];
        faults.iter().map(|fault| worker.run(base, *fault, options.only.is_some())).collect()
    };
    in_order(&pieces, options.jobs, worker, try_piece, drop, |(index, _), more| {
        runs.extend(more);
        if is_last(turn) {
            tell(&bases[*index].tried(std::mem::take(&mut runs), options.only), began.elapsed());
            began = Instant::now();
        }
        turn += 1;
    });
}

impl Base {
    /// A case of which nothing is known.
    fn lost(file: &Path, case: &Case, why: &'static str) -> Self {
        let result = CaseResult {
            file: file.display().to_string(),
            case: case.clone(),
            seconds: 0.0,
            failures: Vec::new(),
            printed: Vec::new(),
        };
        let (steps, records, files) = (Vec::new(), Vec::new(), Vec::new());
        let violations = vec![Violation::lost(why)];
        Self { file: file.to_owned(), case: case.clone(), result, steps, records, violations, files }
    }

    /// The faults that are tried: none, if the case fails by itself.
    fn faults(&self, only: Option<Fault>) -> Vec<Fault> {
        match (self.result.passed() && self.violations.is_empty(), only) {
            (false, _) => Vec::new(),
            (true, Some(fault)) => vec![fault],
            (true, None) => plan(&self.steps),
        }
    }

    fn tried(&self, runs: Vec<Run>, only: Option<Fault>) -> Tried {
        let alone = |violation: &Violation| self.found(None, None, violation.clone());
        let mut tried = Tried {
            file: self.result.file.clone(),
            case: self.case.clone(),
            frames: self.steps.len(),
            tried: runs.iter().filter(|run| run.step.is_some()).count(),
            broke: usize::from(!self.violations.is_empty()),
            failed: (!self.result.passed() && self.violations.is_empty()).then(|| self.result.clone()),
            found: self.violations.iter().map(alone).collect(),
            only: None,
        };
        for run in runs {
            tried.broke += usize::from(!run.violations.is_empty());
            for violation in run.violations {
                match tried.found.iter_mut().find(|found| is_alike(&found.violation, &violation)) {
                    Some(found) => found.more += 1,
                    None => tried.found.push(self.found(Some(run.fault), run.step.clone(), violation)),
                }
            }
            if only.is_some() {
                tried.only = Some(Only { fault: run.fault, step: run.step, transcript: run.transcript });
            }
        }
        tried
    }

    fn found(&self, fault: Option<Fault>, step: Option<Step>, violation: Violation) -> Found {
        Found { fault, step, violation, more: 0, files: self.files.clone() }
    }
}

/// Whether two faults broke the same.
fn is_alike(one: &Violation, other: &Violation) -> bool {
    let place = |violation: &Violation| (violation.what.file.clone(), violation.what.line);
    let has_place = one.what.line > 0;
    one.invariant == other.invariant
        && place(one) == place(other)
        && (has_place || one.invariant != Invariant::Conversation || one.what.message == other.what.message)
}

/// One thread's own workshop and suites.
struct Worker {
    options: CaseOptions,
    workshop: Workshop,
    suites: HashMap<PathBuf, Suite>,
}

impl Worker {
    fn new(options: CaseOptions) -> Self {
        Self { options, workshop: Workshop::default(), suites: HashMap::new() }
    }

    /// A case without a fault.
    fn base(&mut self, file: &Path, case: &Case) -> Base {
        let base = self.guarded(|worker| {
            let (trial, options) = (Trial::new(None), worker.options);
            let suite = worker.suite(file)?;
            let result = run_trial(suite, case, &options, &trial);
            let violations =
                if result.passed() { judge(None, &trial.records(), &trial, &result) } else { Vec::new() };
            let (steps, records, files) = (trial.steps(), trial.records(), files(suite));
            Ok(Base { file: file.to_owned(), case: case.clone(), result, steps, records, violations, files })
        });
        base.unwrap_or_else(|why| Base::lost(file, case, why))
    }

    /// A case with a fault.
    fn run(&mut self, base: &Base, fault: Fault, detailed: bool) -> Run {
        let run = self.guarded(|worker| {
            let (trial, options) = (Trial::new(Some(fault)), worker.options);
            let trial = if detailed { trial.detailed() } else { trial };
            let suite = worker.suite(&base.file)?;
            let result = run_trial(suite, &base.case, &options, &trial);
            let step = trial.happened();
            let violations = match step {
                Some(_) => judge(Some(fault), &base.records, &trial, &result),
                None => Vec::new(),
            };
            Ok(Run { fault, step, violations, transcript: trial.transcript() })
        });
        run.unwrap_or_else(|why| {
            let (step, violations) = (base.steps.get(fault.at).cloned(), vec![Violation::lost(why)]);
            Run { fault, step, violations, transcript: Vec::new() }
        })
    }

    fn suite(&mut self, file: &Path) -> Result<&Suite, &'static str> {
        match self.suites.entry(file.to_owned()) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let suite = self.workshop.suite(file).map_err(|_| "the file was changed meanwhile")?;
                Ok(entry.insert(suite))
            }
        }
    }

    /// Nothing of a run that panicked is used again.
    fn guarded<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, &'static str>,
    ) -> Result<T, &'static str> {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(self)));
        outcome.unwrap_or_else(|_| {
            *self = Self::new(self.options);
            Err(PANICKED)
        })
    }
}

/// The files of a test and of its script.
fn files(suite: &Suite) -> Vec<File> {
    let sources = suite.tests.sources().iter().chain(suite.script.sources());
    sources.map(|source| File { path: source.path.clone(), text: source.text.to_string() }).collect()
}
