//! One coroutine of a run: the top level, a callback, a task, `on_end`.
//!
//! It keeps what limits the script: the operations since its last wait, and whether it was stopped.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use rhai::Dynamic;

use super::fault::Thrown;
use super::place::Step;
use super::run::Run;
use super::scheduler::{Meters, Token};
use super::task::TaskCell;

/// Operations after which a computing script lets the others run.
const SLICE: u64 = 500;
/// How long a slice may take: some operations are long.
const SLICE_TIME: Duration = Duration::from_millis(1);
/// How long a script may compute between two waits, all slices together.
const TIME_BUDGET: Duration = Duration::from_secs(10);
/// By how much the program may grow, in bytes, while a script computes between two waits.
const MEMORY_BUDGET: usize = 256 * 1024 * 1024;
/// The clock is looked at after so many operations.
const LOOK_EVERY: u64 = 16;
/// What it costs to begin a coroutine, in operations.
const BIRTH: u64 = 1_000;
/// Verbs that a script may try on a call that is over before it is stopped.
const LAST_TRIES: u32 = 100;

/// What a strand runs.
#[derive(Clone)]
pub enum Role {
    /// The script's top level, or `on_message`.
    Main,
    /// A function given to `on_completed` or `call.on`.
    Callback,
    /// A function given to `spawn`.
    Task(Rc<TaskCell>),
    /// `on_end`.
    End,
}

/// Which of a call's strands it is. While the strand lives no other of its call has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StrandName {
    /// The script's top level, or `on_message`.
    Main,
    /// A function given to `on_completed` or `call.on`, with a number.
    Callback(Token),
    /// A function given to `spawn`, with a number.
    Task(Token),
    /// `on_end`.
    End,
}

impl fmt::Display for StrandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Main => f.write_str("main"),
            Self::Callback(number) => write!(f, "callback-{number}"),
            Self::Task(number) => write!(f, "task-{number}"),
            Self::End => f.write_str("end"),
        }
    }
}

/// Why a script was stopped by the host. A script cannot catch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Too many operations between two waits.
    Budget(u64),
    /// Too much time between two waits.
    Time,
    /// Too much memory between two waits.
    Memory,
    /// The stack is used up.
    Stack,
    /// A value is nested too deeply.
    Deep,
    /// It goes on although the call is over.
    Stubborn,
    /// It took too long after the end of the call.
    Overtime,
    /// Too many tasks and callbacks at the same time.
    Crowd(usize),
    /// Another part of the same script failed, or the program ends.
    Cancelled,
}

impl Stop {
    /// What the user reads.
    pub fn message(self) -> String {
        match self {
            Self::Budget(limit) => {
                format!(
                    "the script ran {limit} operations without waiting: the budget between two waits is used up"
                )
            }
            Self::Time => format!(
                "the script computed for {} seconds without waiting: the budget between two waits is used up",
                TIME_BUDGET.as_secs()
            ),
            Self::Memory => format!(
                "the script took {} MiB of memory without waiting: the budget between two waits is used up",
                MEMORY_BUDGET / (1024 * 1024)
            ),
            Self::Stack => "the script's stack is used up: functions call each other too deeply".into(),
            Self::Deep => format!("a value is nested more than {} levels deep", super::depth::MAX_DEPTH),
            Self::Stubborn => format!("the script went on after {LAST_TRIES} verbs on a call that is over"),
            Self::Overtime => "the script was still running long after the call was over".into(),
            Self::Crowd(limit) => {
                format!("more than {limit} tasks and callbacks of one call run at the same time")
            }
            Self::Cancelled => "the script was stopped".into(),
        }
    }
}

/// What a strand does at an operation.
pub enum Tick {
    /// It goes on.
    Go,
    /// Its slice is over.
    Slice,
    /// It is stopped.
    Stop,
}

/// See the module.
pub struct Strand {
    /// Its place in the scheduler.
    pub token: Token,
    /// The run it belongs to.
    pub run: Rc<Run>,
    /// What it runs.
    pub role: Role,
    /// What it is about; kept only where places are wanted.
    pub step: RefCell<Option<Rc<Step>>>,
    used: Cell<u64>,
    /// When the present slice was looked at first, by the stopwatch.
    slice_began: Cell<Option<Duration>>,
    spent: Cell<Duration>,
    /// The least memory that was seen since the last wait, in bytes.
    memory_began: Cell<Option<usize>>,
    tries: Cell<u32>,
    stopped: Cell<Option<Stop>>,
    outcome: RefCell<Option<Result<Dynamic, Thrown>>>,
}

impl Strand {
    /// A strand that has not begun.
    pub fn new(token: Token, run: Rc<Run>, role: Role) -> Self {
        Self {
            token,
            run,
            role,
            step: RefCell::default(),
            used: Cell::new(0),
            slice_began: Cell::new(None),
            spent: Cell::new(Duration::ZERO),
            memory_began: Cell::new(None),
            tries: Cell::new(0),
            stopped: Cell::new(None),
            outcome: RefCell::default(),
        }
    }

    /// What it is called among the strands of its call.
    pub fn name(&self) -> StrandName {
        match self.role {
            Role::Main => StrandName::Main,
            Role::Callback => StrandName::Callback(self.token),
            Role::Task(_) => StrandName::Task(self.token),
            Role::End => StrandName::End,
        }
    }

    /// Counts an operation. `meters` are the real time and memory, if they matter here.
    #[inline]
    pub fn tick(&self, budget: u64, meters: Option<Meters>) -> Tick {
        if self.stopped.get().is_some() {
            return Tick::Stop;
        }
        let used = self.used.get() + 1;
        self.used.set(used);
        if super::coroutine::is_stack_exhausted() {
            self.stop(Stop::Stack);
            return Tick::Stop;
        }
        if used > budget {
            self.stop(Stop::Budget(budget));
            return Tick::Stop;
        }
        let mut is_over = used.is_multiple_of(SLICE);
        if (is_over || used.is_multiple_of(LOOK_EVERY))
            && let Some(meters) = meters
        {
            is_over |= self.look_at_time((meters.clock)(), is_over);
            if is_over {
                self.look_at_memory((meters.memory)());
            }
        }
        match (is_over, self.stopped.get()) {
            (_, Some(_)) => Tick::Stop,
            (true, None) => {
                self.slice_began.set(None);
                Tick::Slice
            }
            (false, None) => Tick::Go,
        }
    }

    /// Whether the slice has taken its time. At its end the time is counted.
    fn look_at_time(&self, now: Duration, is_over: bool) -> bool {
        let Some(began) = self.slice_began.get() else {
            self.slice_began.set(Some(now));
            return false;
        };
        let taken = now.saturating_sub(began);
        if taken < SLICE_TIME && !is_over {
            return false;
        }
        self.spent.set(self.spent.get() + taken);
        if self.spent.get() > TIME_BUDGET {
            self.stop(Stop::Time);
        }
        true
    }

    /// Whether the program has grown too much since this script waited last.
    fn look_at_memory(&self, now: usize) {
        let began = self.memory_began.get().unwrap_or(now).min(now);
        self.memory_began.set(Some(began));
        if now - began > MEMORY_BUDGET {
            self.stop(Stop::Memory);
        }
    }

    /// It was begun by `parent`, which has not waited since: so far they share the budget.
    pub fn charge(&self, parent: &Self) {
        self.used.set(parent.used.get() + BIRTH);
        self.spent.set(parent.spent.get());
        self.memory_began.set(parent.memory_began.get());
    }

    /// It waits: the budget begins anew.
    pub fn refresh(&self) {
        self.used.set(0);
        self.slice_began.set(None);
        self.spent.set(Duration::ZERO);
        self.memory_began.set(None);
    }

    /// It tried a verb on a call that is over; too many of these stop it.
    pub fn try_in_vain(&self) {
        self.tries.set(self.tries.get() + 1);
        if self.tries.get() > LAST_TRIES {
            self.stop(Stop::Stubborn);
        }
    }

    /// Stops it; it learns so at its next operation or wait. The first reason counts.
    pub fn stop(&self, why: Stop) {
        if self.stopped.get().is_none() {
            self.stopped.set(Some(why));
        }
    }

    /// Why it was stopped.
    pub fn stopped(&self) -> Option<Stop> {
        self.stopped.get()
    }

    /// Keeps what came of it.
    pub fn finish(&self, outcome: Result<Dynamic, Thrown>) {
        *self.outcome.borrow_mut() = Some(outcome);
    }

    /// What came of it; nothing if it never got to its end.
    pub fn take_outcome(&self) -> Option<Result<Dynamic, Thrown>> {
        self.outcome.take()
    }
}
