//! `test --watch`: runs tests again when what they depend on changes, until somebody ends it.
//!
//! Which those are is decided in [`changes`](crate::testing::changes).

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;
use std::thread;

use tokio::runtime::Builder;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::oneshot;

use super::Plan;
use crate::cli::exit::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::simulate::keyboard::{Asked, Keyboard};
use crate::script::sources::{Disk, Files};
use crate::shutdown::{Request, Requests};
use crate::testing::changes::Changes;
use crate::testing::suite::{find, folders};
use crate::watch::Watcher;

/// Looks that follow each other because the set of files changed in between.
const MOST_LOOKS: usize = 3;

/// See the module.
pub fn watch(paths: &[PathBuf], plan: Plan) -> Result<ExitCode, Failure> {
    // A path that does not exist is a mistake now; later it may be about to come back.
    find(paths)?;
    Builder::new_current_thread().enable_all().build()?.block_on(go_on(paths, &plan))
}

async fn go_on(paths: &[PathBuf], plan: &Plan) -> Result<ExitCode, Failure> {
    let (changed, mut changes) = unbounded_channel();
    // With nobody listening the program is ending.
    let watcher = Watcher::start(move || changed.send(()).unwrap_or_default())?;
    let mut requests = Requests::listen()?;
    let mut keyboard = Keyboard::listen();
    let mut watch = Watch { paths, plan, watcher, changes: Changes::default(), watched: BTreeSet::new() };
    let mut round = watch.look()?.unwrap_or_default();
    loop {
        let mut running = Some(watch.run(&round)?);
        round = loop {
            tokio::select! {
                request = requests.next() => match request {
                    Request::Reload if running.is_none() => break watch.all()?,
                    Request::Reload => {}
                    Request::Drain | Request::Stop => return Ok(ExitCode::Interrupted),
                },
                asked = keyboard.next() => match asked {
                    Asked::Quit => return Ok(ExitCode::Ok),
                    Asked::Reload if running.is_none() => break watch.all()?,
                    _ => {}
                },
                // A run is told of in whole: changes wait for its end.
                Some(()) = changes.recv(), if running.is_none() => {
                    if let Some(round) = watch.look()? {
                        break round;
                    }
                }
                outcome = ended(&mut running) => {
                    running = None;
                    outcome?;
                    plan.report.status("waiting for changes; r runs everything, q ends");
                }
            }
        };
    }
}

/// What is run next, and why.
#[derive(Default)]
struct Round {
    tests: Vec<PathBuf>,
    why: String,
}

/// A run under way, on a thread of its own.
type Running = oneshot::Receiver<Result<(), Failure>>;

/// Waits for the end of the run; for ever if none is under way.
async fn ended(running: &mut Option<Running>) -> Result<(), Failure> {
    match running {
        Some(running) => running.await.unwrap_or(Err(Failure::Panicked)),
        None => std::future::pending().await,
    }
}

struct Watch<'a> {
    paths: &'a [PathBuf],
    plan: &'a Plan,
    watcher: Watcher,
    changes: Changes,
    watched: BTreeSet<PathBuf>,
}

impl Watch<'_> {
    /// What has changed since the last look; at the first one all of it.
    fn look(&mut self) -> Result<Option<Round>, Failure> {
        let files: Rc<dyn Files> = Rc::new(Disk);
        let (mut touched, mut changed) = (BTreeSet::new(), BTreeSet::new());
        let is_first = self.watched.is_empty();
        for _ in 0..MOST_LOOKS {
            // A folder may be gone for a moment while something is saved.
            let tests = find(self.paths).unwrap_or_default();
            let look = self.changes.look(&files, &tests);
            touched.extend(look.touched);
            changed.extend(look.changed);
            let (folders, mut watched) = (folders(self.paths), look.reads);
            watched.extend(self.paths.iter().cloned());
            let all = watched.iter().chain(&folders).cloned().collect();
            if self.watched == all {
                break;
            }
            self.watcher.watch_with(watched, folders)?;
            self.watched = all;
        }
        let why = match changed.len() {
            _ if is_first => String::new(),
            0 => "files are gone".to_owned(),
            _ => format!("changed {}", changed.into_iter().collect::<Vec<_>>().join(", ")),
        };
        Ok((!touched.is_empty()).then(|| Round { tests: touched.into_iter().collect(), why }))
    }

    /// Everything.
    fn all(&mut self) -> Result<Round, Failure> {
        self.look()?;
        Ok(Round { tests: find(self.paths).unwrap_or_default(), why: "running everything".to_owned() })
    }

    fn run(&self, round: &Round) -> Result<Running, Failure> {
        if !round.why.is_empty() {
            self.plan.report.status(&round.why);
        }
        let (sender, running) = oneshot::channel();
        let (plan, tests) = (self.plan.clone(), round.tests.clone());
        // With nobody listening the program is ending.
        thread::Builder::new()
            .name("tests".to_owned())
            .spawn(move || drop(sender.send(plan.carry_out(&tests).map(|_| ()))))?;
        Ok(running)
    }
}
