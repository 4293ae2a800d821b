//! What the words of a test and the runner of its case share: the world, what the test waits for, and
//! what went wrong so far.
//!
//! The words only look and ask; the runner moves the world while the test is suspended.

use std::cell::{Cell, Ref, RefCell, RefMut};
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::failure::{Failure, Row, Trouble};
use super::snapshots::Snapshots;
use super::world::World;
use crate::relay::Time;
use crate::runtime::meters::METERS;
use crate::script::coroutine::{self, Pause};
use crate::script::diagnostics::mask_cards;
use crate::script::program::Program;

/// How long a case may take in virtual time.
pub const LONGEST_CASE: Duration = Duration::from_secs(3600);
/// Operations that the test code of a case may take.
const BUDGET: u64 = 10_000_000;
/// How long the test code of a case may compute, in real time.
const TIME_BUDGET: Duration = Duration::from_secs(10);
/// By how much the program may grow, in bytes, while a case runs.
const MEMORY_BUDGET: usize = 512 * 1024 * 1024;
/// The clock and the memory are looked at after so many operations.
const LOOK_EVERY: u64 = 4096;

/// What a look at the world finds.
pub enum Look<T> {
    /// What is waited for.
    Found(T),
    /// Not yet.
    NotYet,
    /// It will never be there; why.
    Never(Box<Trouble>),
}

/// Why a wait ended without what it waited for.
pub enum Unfound {
    /// Its time is over.
    TimedOut,
    /// Something else is wrong.
    Wrong(Box<Trouble>),
}

/// What the runner is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// To let everything happen that can happen without time passing.
    Settle,
    /// To let time pass until something happens, at most until then.
    Advance(Time),
    /// To end this world as at the end of a case, and to make a new one.
    Renew,
}

/// See the module.
pub struct Scene {
    world: RefCell<World>,
    /// Counts the worlds: what belongs to an earlier one is of no use any more.
    age: Cell<usize>,
    /// The time that passed in earlier worlds.
    past: Cell<Time>,
    order: Cell<Order>,
    row: RefCell<Option<Row>>,
    /// What the test code was told last, with its number; it may catch it.
    troubles: RefCell<Vec<Trouble>>,
    failures: RefCell<Vec<Failure>>,
    /// What went wrong when a world was ended, and that world.
    ended: RefCell<Option<(Trouble, World)>>,
    printed: RefCell<Vec<String>>,
    operations: Cell<u64>,
    /// Real time that test code took before it was resumed last, and when that was.
    spent: Cell<Duration>,
    resumed: Cell<Instant>,
    /// The least memory that was seen, in bytes.
    memory: Cell<Option<usize>>,
    /// The recorded transcripts of the test file.
    pub snapshots: Snapshots,
    /// The test file, compiled.
    pub tests: Rc<Program>,
}

impl Scene {
    /// A scene in this world.
    #[must_use]
    pub fn new(world: World, tests: Rc<Program>, snapshots: Snapshots) -> Self {
        Self {
            world: RefCell::new(world),
            age: Cell::new(0),
            past: Cell::new(Time::ZERO),
            order: Cell::new(Order::Settle),
            row: RefCell::default(),
            troubles: RefCell::default(),
            failures: RefCell::default(),
            ended: RefCell::default(),
            printed: RefCell::default(),
            operations: Cell::new(0),
            spent: Cell::new(Duration::ZERO),
            resumed: Cell::new(Instant::now()),
            memory: Cell::new(None),
            snapshots,
            tests,
        }
    }

    /// The world, to look at.
    pub fn world(&self) -> Ref<'_, World> {
        self.world.borrow()
    }

    /// The world, to act in.
    pub fn world_mut(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// Which world it is.
    #[must_use]
    pub fn age(&self) -> usize {
        self.age.get()
    }

    /// The time that passed in all worlds.
    #[must_use]
    pub fn elapsed(&self) -> Time {
        self.past.get() + self.world().now()
    }

    /// Acts in the world, and lets everything happen that follows from it at once.
    pub fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let outcome = act(&mut self.world_mut());
        self.suspend(Order::Settle);
        outcome
    }

    /// Waits until `look` finds something, at most for `limit`.
    ///
    /// # Errors
    /// The time is over, or something happened that makes waiting vain: a fault of the script, an
    /// unexpected request, the end of the case's own time.
    pub fn wait<T>(&self, limit: Duration, mut look: impl FnMut(&World) -> Look<T>) -> Result<T, Unfound> {
        let now = self.world().now();
        let end = now.saturating_add(limit).min(LONGEST_CASE.max(now));
        loop {
            let found = look(&self.world());
            match found {
                Look::Found(found) => return Ok(found),
                Look::Never(trouble) => return Err(Unfound::Wrong(self.because(trouble))),
                Look::NotYet => {}
            }
            if let Some(trouble) = self.outside_trouble() {
                return Err(Unfound::Wrong(Box::new(trouble)));
            }
            if self.world().now() >= end {
                return Err(Unfound::TimedOut);
            }
            self.suspend(Order::Advance(end));
        }
    }

    /// A trouble, or what caused it: a fault that nobody expects explains most of what comes after it.
    fn because(&self, trouble: Box<Trouble>) -> Box<Trouble> {
        self.outside_trouble().map_or(trouble, Box::new)
    }

    /// What went wrong without the test's doing.
    #[must_use]
    pub fn outside_trouble(&self) -> Option<Trouble> {
        let world = self.world();
        if world.is_endless() {
            let message = "the script goes on without letting time pass";
            let hint = "a loop of verbs needs something that takes time: wait() for an action, or sleep()";
            return Some(Trouble::new("endless", message).hinted(hint));
        }
        if let Some(found) = world.unexpected_fault() {
            let message = format!("the script failed: {}", found.fault.message);
            let hint =
                "if the case is about this fault, say so: caller.expects_fault(\"part of its message\")";
            return Some(Trouble::new("script-fault", message).hinted(hint));
        }
        let unexpected = world.doubles.unexpected()?;
        let hint = format!(
            "say what comes back: http.on(\"{} {}\").returns(#{{status: 200}})",
            unexpected.method, unexpected.url
        );
        Some(Trouble::new("unexpected-request", unexpected.to_string()).hinted(hint))
    }

    /// Ends this world and goes on in a new one; gives what was wrong at the end of the old one.
    pub fn begin_anew(&self) -> Option<(Trouble, World)> {
        self.suspend(Order::Renew);
        self.ended.take()
    }

    /// Puts another world in the place of this one, which ended with this trouble.
    pub fn renew(&self, world: World, trouble: Option<Trouble>) {
        self.age.set(self.age.get() + 1);
        let old = self.world.replace(world);
        self.past.set(self.past.get() + old.now());
        self.ended.replace(trouble.map(|trouble| (trouble, old)));
    }

    fn suspend(&self, order: Order) {
        self.order.set(order);
        self.spent.set(self.spent.get() + self.resumed.get().elapsed());
        coroutine::suspend(Pause::Waiting);
        self.resumed.set(Instant::now());
    }

    /// What the test asked for when it was suspended.
    #[must_use]
    pub fn order(&self) -> Order {
        self.order.get()
    }

    /// Counts an operation of the test code; says so when it has taken too many.
    pub fn tick(&self) -> Option<String> {
        let operations = self.operations.get() + 1;
        self.operations.set(operations);
        if operations > BUDGET {
            return Some(format!("the test ran {BUDGET} operations: its budget is used up"));
        }
        if coroutine::is_stack_exhausted() {
            return Some("the test's stack is used up: functions call each other too deeply".to_owned());
        }
        if !operations.is_multiple_of(LOOK_EVERY) {
            return None;
        }
        if self.spent.get() + self.resumed.get().elapsed() > TIME_BUDGET {
            let seconds = TIME_BUDGET.as_secs();
            return Some(format!("the test computed for {seconds} seconds: its budget is used up"));
        }
        self.is_too_large().then(|| {
            let megabytes = MEMORY_BUDGET / (1024 * 1024);
            format!("the test took {megabytes} MiB of memory: its budget is used up")
        })
    }

    /// Whether the program has grown too much since it was looked at first.
    fn is_too_large(&self) -> bool {
        let now = (METERS.memory)();
        let began = self.memory.get().unwrap_or(now).min(now);
        self.memory.set(Some(began));
        now - began > MEMORY_BUDGET
    }

    /// Keeps what goes wrong; gives the number by which the error that is thrown refers to it.
    pub fn keep(&self, trouble: Trouble) -> usize {
        let mut troubles = self.troubles.borrow_mut();
        troubles.push(trouble);
        troubles.len() - 1
    }

    /// What was kept under a number.
    #[must_use]
    pub fn kept(&self, number: usize) -> Option<Trouble> {
        self.troubles.borrow().get(number).cloned()
    }

    /// The row that the test is at.
    pub fn set_row(&self, row: Option<Row>) {
        self.row.replace(row);
    }

    /// Notes a failure, with the row that the test is at.
    pub fn fail(&self, mut failure: Failure) {
        failure.row = self.row.borrow().clone();
        self.failures.borrow_mut().push(failure);
    }

    /// How many failures there are.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failures.borrow().len()
    }

    /// The failures so far.
    pub fn take_failures(&self) -> Vec<Failure> {
        self.failures.take()
    }

    /// The test printed something.
    pub fn print(&self, text: &str) {
        self.printed.borrow_mut().push(mask_cards(text));
    }

    /// What it printed.
    pub fn take_printed(&self) -> Vec<String> {
        self.printed.take()
    }
}
