//! One case: a fresh world, and a test function as a coroutine that plays the callers in it.
//!
//! While test code runs, the clock stands still; while it waits, the world goes from one thing that is
//! due to the next.

use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;

use super::failure::{Failure, Trouble, rounded};
use super::faults::Trial;
use super::scene::{Order, Scene};
use super::snapshots::Snapshots;
use super::suite::{Case, Suite};
use super::world::World;
use crate::script::coroutine::{Fiber, Resumed};
use crate::script::diagnostics::Diagnostic;
use crate::script::host::Limits;

/// How long scripts may go on after the callers hung up, in virtual time: what a call grants them, and
/// some more.
const GRACE: Duration = Duration::from_secs(120);

/// How cases run.
#[derive(Clone, Copy, Debug, Default)]
pub struct CaseOptions {
    /// The limits of scripts.
    pub limits: Limits,
    /// Where ids begin: the same seed gives the same case.
    pub seed: u64,
    /// Whether recorded transcripts are written in place of being compared.
    pub update: bool,
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseResult {
    /// The test file.
    pub file: String,
    /// The case.
    #[serde(flatten)]
    pub case: Case,
    /// How long it took in virtual time, in seconds; of a table, all rows together.
    pub seconds: f64,
    /// What failed; nothing when it passed.
    pub failures: Vec<Failure>,
    /// What the test printed.
    pub printed: Vec<String>,
}

impl CaseResult {
    /// Whether nothing failed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs one case. The same suite, case and options give the same result.
#[must_use]
pub fn run_case(suite: &Suite, case: &Case, options: &CaseOptions) -> CaseResult {
    run(suite, case, options, None)
}

/// Runs one case in a trial: with a fault, or noting what faults need to know.
#[must_use]
pub fn run_trial(suite: &Suite, case: &Case, options: &CaseOptions, trial: &Trial) -> CaseResult {
    run(suite, case, options, Some(trial))
}

fn run(suite: &Suite, case: &Case, options: &CaseOptions, trial: Option<&Trial>) -> CaseResult {
    let world = || World::over_wire(&suite.script, options.limits, options.seed, trial.map(Trial::wire));
    let snapshots = match trial {
        Some(trial) if trial.has_fault() => Snapshots::unread(&suite.path),
        _ => Snapshots::of(&suite.path, options.update),
    };
    let scene = Rc::new(Scene::new(world(), Rc::clone(&suite.tests), snapshots));
    let running = Running { suite, case, scene: &scene, world: &world, trial };
    match suite.player.play(&scene, &case.name) {
        Ok(fiber) => running.play(fiber),
        Err(error) => running.fail(Trouble::new("error", format!("no memory for the case: {error}"))),
    }
    suite.player.leave();
    let seconds = rounded(scene.elapsed());
    CaseResult {
        file: suite.tests.file().to_owned(),
        case: case.clone(),
        seconds,
        failures: scene.take_failures(),
        printed: scene.take_printed(),
    }
}

struct Running<'a> {
    suite: &'a Suite,
    case: &'a Case,
    scene: &'a Scene,
    world: &'a dyn Fn() -> World,
    trial: Option<&'a Trial>,
}

impl Running<'_> {
    /// Runs the coroutine to its end, and moves the world while it waits.
    fn play(&self, mut fiber: Fiber) {
        loop {
            match fiber.resume() {
                Resumed::Paused(_) => self.obey(),
                Resumed::Finished => break,
                Resumed::Panicked(_) => return self.fail(panicked()),
            }
        }
        drop(fiber);
        if let Some(trouble) = self.end()
            && self.scene.failed() == 0
        {
            self.fail(trouble);
        }
    }

    fn obey(&self) {
        match self.scene.order() {
            Order::Settle => self.scene.world_mut().settle(),
            Order::Advance(end) => {
                let mut world = self.scene.world_mut();
                let next = world.next_due().map_or(end, |due| due.min(end));
                world.advance_to(next);
            }
            Order::Renew => {
                let trouble = self.end();
                self.scene.renew((self.world)(), trouble);
            }
        }
    }

    /// The callers hang up, and scripts come to their end; what is wrong then.
    fn end(&self) -> Option<Trouble> {
        let ended = {
            let mut world = self.scene.world_mut();
            if let Some(trial) = self.trial.filter(|_| self.scene.failed() > 0) {
                trial.linger(&mut world);
            }
            world.hang_up_all();
            world.settle();
            let ended = run_out(&mut world);
            if let Some(trial) = self.trial.filter(|_| ended) {
                trial.wait_for_the_late(&mut world);
            }
            ended && run_out(&mut world)
        };
        if let Some(trial) = self.trial {
            trial.world_over(&self.scene.world(), ended);
        }
        self.scene.outside_trouble().or_else(|| (!ended).then(still_running))
    }

    /// Notes what is wrong with the case as a whole.
    fn fail(&self, trouble: Trouble) {
        let (tests, file) = (&self.suite.tests, self.suite.tests.file());
        let column = usize::from(self.case.line > 0);
        let length = self.case.name.chars().count() + "fn ".len();
        let place = Diagnostic::error("case", file, trouble.message.clone());
        let place = Diagnostic { line: self.case.line, column, length, ..place };
        self.scene.fail(Failure::new(trouble, place, tests.sources(), &self.scene.world()));
    }
}

/// Lets scripts come to their end; false when they do not.
fn run_out(world: &mut World) -> bool {
    let limit = world.now() + GRACE;
    while world.simulation.line.shard().live() > 0 {
        match world.next_due() {
            Some(due) if due <= limit => world.advance_to(due),
            _ => return false,
        }
    }
    true
}

fn still_running() -> Trouble {
    let seconds = GRACE.as_secs();
    Trouble::new(
        "still-running",
        format!("the script was still running {seconds} s after the callers hung up"),
    )
}

fn panicked() -> Trouble {
    let message = "relay-script itself failed inside a word of the test; please report this with the test";
    Trouble::new("panic", message)
}
