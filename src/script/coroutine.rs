//! The bridge between a script, which looks blocking, and the shard, which never blocks: a stackful
//! coroutine that is resumed from the shard's loop and suspends itself inside a verb.
//!
//! All unsafe code of the crate is here. It knows nothing of calls; a coroutine stays on the thread
//! that made it.
#![allow(unsafe_code, reason = "a coroutine's stack is switched by hand; each block says why it is sound")]

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use corosensei::stack::{DefaultStack, Stack};
use corosensei::{Coroutine, CoroutineResult, Yielder};

/// Address space of a stack, in bytes; only what is touched takes memory.
const STACK_BYTES: usize = 4 * 1024 * 1024;
/// What must be left of a stack for native code, in bytes; a script that comes nearer to the end is
/// stopped with an error.
const RED_ZONE: usize = 64 * 1024;
/// How many unused stacks a thread keeps.
const POOLED: usize = 1024;

thread_local! {
    static CURRENT: Cell<*const Context> = const { Cell::new(ptr::null()) };
    static POOL: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
}

/// Why a coroutine suspended itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// It waits to be woken.
    Waiting,
    /// Its time slice is over; it could go on at once.
    Slice,
}

/// What came of a resume.
pub enum Resumed {
    /// It suspended itself again.
    Paused(Pause),
    /// It came to its end.
    Finished,
    /// It panicked; the payload is what `catch_unwind` gives.
    Panicked(Box<dyn Any + Send>),
}

struct Context {
    /// Set by the coroutine when it starts; valid as long as its body runs.
    yielder: Cell<*const Yielder<(), Pause>>,
    /// The lowest address that scripts may reach.
    limit: usize,
}

type Body = Coroutine<(), Pause, Result<(), Box<dyn Any + Send>>, DefaultStack>;

/// A suspended, running or finished coroutine.
pub struct Fiber {
    body: Option<Body>,
    /// Boxed, so that its address holds as long as the fiber lives.
    context: Box<Context>,
}

impl Fiber {
    /// Makes a coroutine of `body`; it starts with the first [`Self::resume`].
    ///
    /// # Errors
    /// When no memory can be mapped for its stack (`vm.max_map_count` on Linux).
    pub fn new(body: impl FnOnce() + 'static) -> std::io::Result<Self> {
        let stack = match POOL.with_borrow_mut(Vec::pop) {
            Some(stack) => stack,
            None => DefaultStack::new(STACK_BYTES)?,
        };
        let context =
            Box::new(Context { yielder: Cell::new(ptr::null()), limit: stack.limit().get() + RED_ZONE });
        let address: *const Context = &raw const *context;
        let body = Coroutine::with_stack(stack, move |yielder: &Yielder<(), Pause>, ()| {
            // SAFETY: the context is boxed and owned by the fiber, which owns this coroutine and
            // drops it first (see `Drop`); so the pointer is valid while this body runs.
            unsafe { &*address }.yielder.set(yielder);
            catch_unwind(AssertUnwindSafe(body))
        });
        Ok(Self { body: Some(body), context })
    }

    /// Runs it until it suspends itself or ends.
    pub fn resume(&mut self) -> Resumed {
        let Some(body) = self.body.as_mut() else { return Resumed::Finished };
        let result = {
            let _entered = Entered::new(&raw const *self.context);
            body.resume(())
        };
        match result {
            CoroutineResult::Yield(pause) => Resumed::Paused(pause),
            CoroutineResult::Return(outcome) => {
                self.recycle();
                match outcome {
                    Ok(()) => Resumed::Finished,
                    Err(payload) => Resumed::Panicked(payload),
                }
            }
        }
    }

    fn recycle(&mut self) {
        let Some(body) = self.body.take() else { return };
        let stack = body.into_stack();
        POOL.with_borrow_mut(|pool| {
            if pool.len() < POOLED {
                pool.push(stack);
            }
        });
    }
}

impl Drop for Fiber {
    /// A coroutine that is not at its end is unwound: its destructors run, on its own stack.
    fn drop(&mut self) {
        let _entered = Entered::new(&raw const *self.context);
        drop(self.body.take());
    }
}

/// Makes a context the current one, and the former one again when dropped.
struct Entered(*const Context);

impl Entered {
    /// Not inlined, so that no address of a thread-local is kept over a suspend.
    #[inline(never)]
    fn new(context: *const Context) -> Self {
        Self(CURRENT.with(|c| c.replace(context)))
    }
}

impl Drop for Entered {
    #[inline(never)]
    fn drop(&mut self) {
        CURRENT.with(|c| c.set(self.0));
    }
}

/// The context of the coroutine that runs now.
#[inline(never)]
fn current() -> Option<&'static Context> {
    // SAFETY: CURRENT is set only while `Fiber::resume` or `Fiber::drop` runs the coroutine that the
    // context belongs to; the context outlives it. The reference is used by the functions below
    // before they return, on that coroutine's own stack; it never leaves this file.
    unsafe { CURRENT.with(Cell::get).as_ref() }
}

/// Whether a coroutine runs now.
pub fn is_inside() -> bool {
    current().is_some()
}

/// Suspends the coroutine that runs now, until it is resumed. Outside of one it does nothing.
pub fn suspend(pause: Pause) {
    if let Some(context) = current() {
        // SAFETY: the body set the yielder before any of its code could come here, and it is valid
        // while the body runs, which it does: this is called on its stack.
        unsafe { &*context.yielder.get() }.suspend(pause);
    }
}

/// Runs `work` on the thread's own stack: it may be deep, and leaves no trace of it in the memory of
/// the coroutine's stack. `work` must not suspend.
pub fn off_stack<R>(work: impl FnOnce() -> R) -> R {
    match current() {
        Some(context) => {
            let work = SameThread(work);
            // SAFETY: as in `suspend`.
            unsafe { &*context.yielder.get() }.on_parent_stack(move || work.run()).0
        }
        None => work(),
    }
}

/// Carries a value to another stack of the same thread.
struct SameThread<T>(T);

// SAFETY: `on_parent_stack` asks for `Send` although it stays on the thread: it only changes the
// stack pointer. A fiber never leaves the thread that made it (`Fiber` is not `Send`), so the parent
// stack is this thread's own.
unsafe impl<T> Send for SameThread<T> {}

impl<R, F: FnOnce() -> R> SameThread<F> {
    fn run(self) -> SameThread<R> {
        SameThread((self.0)())
    }
}

/// Whether the coroutine that runs now has come too near to the end of its stack.
#[inline]
pub fn is_stack_exhausted() -> bool {
    let here = 0u8;
    current().is_some_and(|context| (&raw const here as usize) < context.limit)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::rc::Rc;

    fn run(fiber: &mut Fiber) -> &'static str {
        match fiber.resume() {
            Resumed::Paused(Pause::Waiting) => "waits",
            Resumed::Paused(Pause::Slice) => "slice",
            Resumed::Finished => "finished",
            Resumed::Panicked(_) => "panicked",
        }
    }

    #[test]
    fn a_fiber_stops_where_it_suspends_and_goes_on_there() {
        let seen = Rc::new(Cell::new(0));
        let inner = Rc::clone(&seen);
        let mut fiber = Fiber::new(move || {
            inner.set(1);
            suspend(Pause::Waiting);
            inner.set(2);
            suspend(Pause::Slice);
            inner.set(off_stack(|| 3));
        })
        .unwrap();
        assert_eq!((run(&mut fiber), seen.get()), ("waits", 1));
        assert_eq!((run(&mut fiber), seen.get()), ("slice", 2));
        assert_eq!((run(&mut fiber), seen.get()), ("finished", 3));
        assert_eq!(run(&mut fiber), "finished");
        assert!(!is_inside());
    }

    #[test]
    fn a_panic_stays_in_its_fiber() {
        let mut other = Fiber::new(|| suspend(Pause::Waiting)).unwrap();
        assert_eq!(run(&mut other), "waits");
        let mut fiber = Fiber::new(|| {
            suspend(Pause::Waiting);
            std::panic::resume_unwind(Box::new("on purpose"));
        })
        .unwrap();
        assert_eq!((run(&mut fiber), run(&mut fiber)), ("waits", "panicked"));
        assert_eq!(run(&mut other), "finished");
    }

    #[test]
    fn dropping_a_suspended_fiber_runs_its_destructors() {
        let owned = Rc::new(());
        let inner = Rc::clone(&owned);
        let mut fiber = Fiber::new(move || {
            let _kept = inner;
            suspend(Pause::Waiting);
        })
        .unwrap();
        run(&mut fiber);
        assert_eq!(Rc::strong_count(&owned), 2);
        drop(fiber);
        assert_eq!(Rc::strong_count(&owned), 1);
    }

    #[test]
    fn the_end_of_the_stack_is_seen_before_it_is_reached() {
        #[inline(never)]
        fn dive(depth: usize) -> usize {
            let pad = std::hint::black_box([depth; 64]);
            if is_stack_exhausted() { depth } else { dive(depth + 1).max(pad[63]) }
        }
        let reached = Rc::new(Cell::new(0));
        let inner = Rc::clone(&reached);
        let mut fiber = Fiber::new(move || inner.set(dive(0))).unwrap();
        assert_eq!(run(&mut fiber), "finished");
        assert!(reached.get() > 100);
        assert!(!is_stack_exhausted());
    }
}
