//! Who runs next: the coroutines of one shard, those that are ready, and those that wait for a time.
//!
//! It has no clock and no thread: the shard's loop drives it. What a coroutine waits for is decided
//! where it waits; a coroutine that is woken for nothing looks again and goes on waiting.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use super::coroutine::{Fiber, Pause, Resumed};
use super::strand::Strand;
use crate::relay::Time;

/// A place in the scheduler. After its coroutine ended it may be given to another.
pub type Token = u32;

/// What the machine says, asked while a script computes.
#[derive(Clone, Copy)]
pub struct Meters {
    /// The time since some fixed point.
    pub clock: fn() -> Duration,
    /// The memory that the program takes, in bytes; 0 where that cannot be found out.
    pub memory: fn() -> usize,
}

struct Seat {
    /// Taken out while it runs.
    fiber: Option<Fiber>,
    strand: Rc<Strand>,
    is_ready: bool,
}

/// See the module.
#[derive(Default)]
pub struct Scheduler {
    seats: RefCell<Vec<Option<Seat>>>,
    free: RefCell<Vec<Token>>,
    ready: RefCell<VecDeque<Token>>,
    sliced: RefCell<VecDeque<Token>>,
    timers: RefCell<BinaryHeap<Reverse<(Time, Token)>>>,
    current: RefCell<Option<Rc<Strand>>>,
    now: Cell<Time>,
    meters: Cell<Option<Meters>>,
}

impl Scheduler {
    /// The time that was told last.
    pub fn now(&self) -> Time {
        self.now.get()
    }

    /// Tells the time; it never goes back.
    pub fn set_now(&self, now: Time) {
        self.now.set(now.max(self.now.get()));
    }

    /// The real time and memory, for limiting what a script computes; without them only operations
    /// count.
    pub fn meters(&self) -> Option<Meters> {
        self.meters.get()
    }

    /// Gives it meters.
    pub fn set_meters(&self, meters: Meters) {
        self.meters.set(Some(meters));
    }

    /// The strand that runs now.
    pub fn current(&self) -> Option<Rc<Strand>> {
        self.current.borrow().clone()
    }

    /// Looks at the strand that runs now, without taking a share in it.
    pub fn with_current<R>(&self, look: impl FnOnce(&Strand) -> R) -> Option<R> {
        self.current.borrow().as_deref().map(look)
    }

    /// Reserves a place for a coroutine to come.
    pub fn reserve(&self) -> Token {
        if let Some(token) = self.free.borrow_mut().pop() {
            return token;
        }
        let mut seats = self.seats.borrow_mut();
        seats.push(None);
        Token::try_from(seats.len() - 1).unwrap_or(Token::MAX)
    }

    /// Gives back a place that was reserved and not used.
    pub fn release(&self, token: Token) {
        self.free.borrow_mut().push(token);
    }

    /// Puts a coroutine on its reserved place; it runs in the next round.
    pub fn seat(&self, token: Token, fiber: Fiber, strand: Rc<Strand>) {
        self.seats.borrow_mut()[token as usize] = Some(Seat { fiber: Some(fiber), strand, is_ready: true });
        self.ready.borrow_mut().push_back(token);
    }

    /// Makes a coroutine ready, if it is not.
    pub fn wake(&self, token: Token) {
        if let Some(Some(seat)) = self.seats.borrow_mut().get_mut(token as usize)
            && !seat.is_ready
        {
            seat.is_ready = true;
            self.ready.borrow_mut().push_back(token);
        }
    }

    /// Wakes `token` at `at`.
    pub fn wake_at(&self, at: Time, token: Token) {
        self.timers.borrow_mut().push(Reverse((at, token)));
    }

    /// Wakes those whose time has come.
    pub fn fire_timers(&self) {
        loop {
            let due = match self.timers.borrow().peek() {
                Some(Reverse((at, token))) if *at <= self.now() => *token,
                _ => return,
            };
            self.timers.borrow_mut().pop();
            self.wake(due);
        }
    }

    /// When [`Self::fire_timers`] has something to do.
    pub fn next_timer(&self) -> Option<Time> {
        self.timers.borrow().peek().map(|Reverse((at, _))| *at)
    }

    /// Whether something can run now.
    pub fn has_work(&self) -> bool {
        !self.ready.borrow().is_empty() || !self.sliced.borrow().is_empty()
    }

    /// Runs all that is ready now, then one slice of one coroutine that is computing; so a busy script
    /// delays the others by a slice at most. What becomes ready meanwhile has its turn in the next
    /// round. Coroutines that ended are handed to `ended`.
    pub fn run(&self, mut ended: impl FnMut(Rc<Strand>, Option<Box<dyn std::any::Any + Send>>)) {
        let round = self.ready.borrow().len();
        for _ in 0..round {
            let next = self.ready.borrow_mut().pop_front();
            let Some(token) = next else { break };
            self.step(token, &mut ended);
        }
        let next = self.sliced.borrow_mut().pop_front();
        if let Some(token) = next {
            self.step(token, &mut ended);
        }
    }

    fn step(&self, token: Token, ended: &mut impl FnMut(Rc<Strand>, Option<Box<dyn std::any::Any + Send>>)) {
        let Some((mut fiber, strand)) = self.take(token) else { return };
        let former = self.current.replace(Some(Rc::clone(&strand)));
        let resumed = fiber.resume();
        self.current.replace(former);
        let payload = match resumed {
            Resumed::Paused(pause) => return self.put_back(token, fiber, pause),
            Resumed::Finished => None,
            Resumed::Panicked(payload) => Some(payload),
        };
        let seat = self.seats.borrow_mut()[token as usize].take();
        drop(seat);
        self.release(token);
        ended(strand, payload);
    }

    fn take(&self, token: Token) -> Option<(Fiber, Rc<Strand>)> {
        let mut seats = self.seats.borrow_mut();
        let seat = seats.get_mut(token as usize)?.as_mut()?;
        seat.is_ready = false;
        Some((seat.fiber.take()?, Rc::clone(&seat.strand)))
    }

    fn put_back(&self, token: Token, fiber: Fiber, pause: Pause) {
        let mut seats = self.seats.borrow_mut();
        let Some(Some(seat)) = seats.get_mut(token as usize) else { return };
        seat.fiber = Some(fiber);
        if pause == Pause::Slice && !seat.is_ready {
            seat.is_ready = true;
            self.sliced.borrow_mut().push_back(token);
        }
    }

    /// Drops every coroutine, unwinding those that are suspended.
    pub fn clear(&self) {
        loop {
            let seat = self.seats.borrow_mut().iter_mut().find_map(Option::take);
            match seat {
                Some(seat) => drop(seat),
                None => return,
            }
        }
    }
}
