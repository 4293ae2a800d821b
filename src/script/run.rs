//! One run: a script for one call (or one inbound message), from its start until everything that it
//! began is over, `on_end` included.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use rhai::{AST, Dynamic, EvalAltResult, Scope};

use super::call::{CallCell, CallRef};
use super::callback::Callback;
use super::coroutine::Fiber;
use super::diagnostics::Diagnostic;
use super::event::Event;
use super::fault::{self, Thrown};
use super::host::Host;
use super::program::Program;
use super::strand::{Role, Stop, Strand};
use super::wait::terminated;
use crate::relay::Time;

/// How long a script may go on after its call is over, and how long `on_end` may take.
const AFTER_THE_END: Duration = Duration::from_secs(30);

/// How many coroutines a run may have at the same time: tasks and callbacks that wait.
const MAX_STRANDS: usize = 256;

/// See the module.
pub struct Run {
    /// What all verbs share.
    pub host: Rc<Host>,
    /// The version of the script; it stays the same to the end.
    pub program: Rc<Program>,
    /// The call, unless the run is for a message.
    pub call: Option<Rc<CallCell>>,
    strands: RefCell<Vec<Rc<Strand>>>,
    legs: RefCell<Vec<Rc<CallCell>>>,
    overdue_at: Cell<Option<Time>>,
    failed: Cell<bool>,
    on_end_ran: Cell<bool>,
    done: Cell<bool>,
}

impl Run {
    fn new(host: &Rc<Host>, program: Rc<Program>, call: Option<Rc<CallCell>>) -> Rc<Self> {
        host.runs.set(host.runs.get() + 1);
        Rc::new(Self {
            host: Rc::clone(host),
            program,
            call,
            strands: RefCell::default(),
            legs: RefCell::default(),
            overdue_at: Cell::new(None),
            failed: Cell::new(false),
            on_end_ran: Cell::new(false),
            done: Cell::new(false),
        })
    }

    /// Begins to handle a call.
    pub fn of_call(host: &Rc<Host>, program: Rc<Program>, call: Rc<CallCell>) {
        let run = Self::new(host, program, Some(Rc::clone(&call)));
        call.give_to(Rc::clone(&run));
        host.observer.call_began(&call.id, &run.program);
        run.run_ast(Role::Main, Part::Main, Vec::new());
    }

    /// Begins to handle an inbound message; a script without `on_message` lets it pass.
    pub fn of_message(host: &Rc<Host>, program: Rc<Program>, message: Dynamic) {
        if program.message().is_none() {
            return;
        }
        let run = Self::new(host, program, None);
        run.run_ast(Role::Main, Part::Message, vec![("message", message)]);
    }

    fn run_ast(self: &Rc<Self>, role: Role, part: Part, variables: Vec<(&'static str, Dynamic)>) {
        self.spawn(role, move |run| {
            let Some(ast) = part.of(&run.program) else { return Ok(Dynamic::UNIT) };
            let mut scope = Scope::new();
            for (name, value) in variables {
                scope.push_dynamic(name, value);
            }
            run.host.engine().run_ast_with_scope(&mut scope, ast).map(|()| Dynamic::UNIT)
        });
    }

    /// Begins a coroutine of this run.
    pub fn spawn(self: &Rc<Self>, role: Role, body: impl FnOnce(&Run) -> Result<Dynamic, Thrown> + 'static) {
        let is_last = matches!(role, Role::End);
        if self.done.get() || self.failed.get() && !is_last {
            return;
        }
        if self.strands.borrow().len() >= MAX_STRANDS {
            return self.fail(&terminated(Stop::Crowd(MAX_STRANDS)), Trouble::Fatal);
        }
        let scheduler = &self.host.scheduler;
        let token = scheduler.reserve();
        let strand = Rc::new(Strand::new(token, Rc::clone(self), role));
        // What a script begins while it computes is charged to it, and so is what that begins in turn.
        if let Some(parent) = scheduler.current().filter(|parent| Rc::ptr_eq(&parent.run, self)) {
            strand.charge(&parent);
        }
        let inner = Rc::clone(&strand);
        let fiber = Fiber::new(move || {
            inner.finish(fault::exited(body(&inner.run)));
        });
        match fiber {
            Ok(fiber) => {
                self.strands.borrow_mut().push(Rc::clone(&strand));
                scheduler.seat(token, fiber, strand);
            }
            Err(error) => {
                scheduler.release(token);
                let text = format!("no memory for one more coroutine: {error}");
                self.fail(&Box::new(EvalAltResult::ErrorSystem(text, error.into())), Trouble::Fatal);
                self.settle();
            }
        }
    }

    /// Calls a function of the script with an event, as a coroutine of this run.
    pub fn call_back(self: &Rc<Self>, callback: Callback, event: Rc<Event>) {
        self.spawn(Role::Callback, move |run| callback.call(run.host.engine(), vec![event.handle()]));
    }

    /// Notes an outbound call that this script dialled.
    pub fn add_leg(&self, leg: Rc<CallCell>) {
        self.legs.borrow_mut().push(leg);
    }

    /// The call's id, for the log.
    pub fn call_id(&self) -> &str {
        self.call.as_ref().map_or("", |call| &call.id)
    }

    /// Whether it goes on too long after the end of its call.
    pub fn is_overdue(&self, now: Time) -> bool {
        self.overdue_at.get().is_some_and(|at| at <= now)
    }

    /// Whether it is `on_end` that runs now.
    pub fn is_ending(&self) -> bool {
        self.on_end_ran.get()
    }

    /// Whether nothing of the script runs or waits any more, though its call may live on.
    pub fn is_idle(&self) -> bool {
        self.strands.borrow().is_empty()
    }

    /// The call is over: what still runs has a little time to come to its end.
    pub fn call_over(self: &Rc<Self>) {
        self.limit_time();
        for strand in self.strands.borrow().iter() {
            self.host.scheduler.wake(strand.token);
        }
        self.settle();
    }

    fn limit_time(&self) {
        let at = self.host.now() + AFTER_THE_END;
        self.overdue_at.set(Some(at));
        for strand in self.strands.borrow().iter() {
            self.host.scheduler.wake_at(at, strand.token);
        }
    }

    /// A coroutine of this run came to its end.
    pub fn strand_ended(self: &Rc<Self>, strand: &Rc<Strand>, panic: Option<Box<dyn Any + Send>>) {
        self.strands.borrow_mut().retain(|s| !Rc::ptr_eq(s, strand));
        let outcome = match (strand.take_outcome(), panic) {
            (_, Some(_)) => Err(internal_panic()),
            // Some functions of Rhai swallow the error by which a script is stopped.
            (Some(Ok(value)), None) => match strand.stopped() {
                None | Some(Stop::Cancelled) => Ok(value),
                Some(why) => Err(terminated(why)),
            },
            (Some(outcome), None) => outcome,
            (None, None) => Err(terminated(Stop::Cancelled)),
        };
        self.conclude(strand, outcome);
        self.settle();
    }

    fn conclude(&self, strand: &Strand, outcome: Result<Dynamic, Thrown>) {
        let trouble = match (&strand.role, self.is_quiet(strand, &outcome)) {
            (_, true) => None,
            (Role::Task(_), _) => Some(Trouble::InTask),
            (Role::End, _) => Some(Trouble::AtEnd),
            _ => Some(Trouble::Fatal),
        };
        if let Role::Task(task) = &strand.role {
            let told = outcome.as_ref().map(Dynamic::clone).map_err(|e| fault::thrown_value(e));
            if task.end(told, &self.host.scheduler) && strand.stopped().is_none() {
                return;
            }
        }
        if let (Err(error), Some(trouble)) = (&outcome, trouble) {
            self.fail(error, trouble);
        }
    }

    /// A hangup unwinds a script by `call_ended`; that, and being stopped with it, is no fault.
    fn is_quiet(&self, strand: &Strand, outcome: &Result<Dynamic, Thrown>) -> bool {
        let Err(error) = outcome else { return true };
        match strand.stopped() {
            Some(Stop::Cancelled) => true,
            Some(_) => false,
            None => fault::kind_of(error).as_deref() == Some(fault::CALL_ENDED),
        }
    }

    /// A fault nobody caught: it is told, and the rest of the script and the call are ended.
    fn fail(&self, error: &EvalAltResult, trouble: Trouble) {
        let diagnostic = Diagnostic::from_error(error, self.program.file(), self.program.sources());
        self.host.observer.script_failed(self.call_id(), &diagnostic, &self.program);
        if !matches!(trouble, Trouble::Fatal) {
            return;
        }
        self.failed.set(true);
        self.cancel();
        if let Some(call) = &self.call {
            self.host.hang_up(call, "error");
        }
    }

    /// Stops everything that this run still does.
    pub fn cancel(&self) {
        for strand in self.strands.borrow().iter() {
            strand.stop(Stop::Cancelled);
            self.host.scheduler.wake(strand.token);
        }
    }

    /// With no coroutine left: the next stage, if the call is over.
    fn settle(self: &Rc<Self>) {
        if self.done.get() || !self.strands.borrow().is_empty() {
            return;
        }
        let Some(call) = &self.call else { return self.finish() };
        if !call.is_over() {
            return;
        }
        if self.program.end().is_some() && !self.on_end_ran.replace(true) {
            let reason = call.end_reason().map_or_else(|| "unknown".to_owned(), |r| r.to_string());
            let variables =
                vec![("call", Dynamic::from(CallRef(Rc::clone(call)))), ("reason", Dynamic::from(reason))];
            self.run_ast(Role::End, Part::End, variables);
            self.limit_time();
            return;
        }
        self.finish();
    }

    fn finish(&self) {
        if self.done.replace(true) {
            return;
        }
        self.host.runs.set(self.host.runs.get() - 1);
        for leg in self.legs.take() {
            self.host.hang_up(&leg, "hangup");
            self.host.calls.borrow_mut().remove(&leg.id);
            leg.release();
        }
        if let Some(call) = &self.call {
            self.host.calls.borrow_mut().remove(&call.id);
            let reason = call.end_reason();
            self.host.observer.call_ended(
                &call.id,
                reason.as_deref().unwrap_or("unknown"),
                self.failed.get(),
            );
            call.release();
        }
    }
}

/// Which part of a program a strand runs.
#[derive(Clone, Copy)]
enum Part {
    Main,
    End,
    Message,
}

impl Part {
    fn of(self, program: &Program) -> Option<&AST> {
        match self {
            Self::Main => Some(program.main()),
            Self::End => program.end(),
            Self::Message => program.message(),
        }
    }
}

/// What a fault means for the run.
enum Trouble {
    /// The script and the call are ended.
    Fatal,
    /// A task failed and nobody waits for it; the rest goes on.
    InTask,
    /// `on_end` failed; there is nothing left to end.
    AtEnd,
}

/// A panic in a verb is our fault; its payload may hold anything, so it is not shown.
fn internal_panic() -> Thrown {
    let text = "relay-script itself failed inside a verb; please report this with the script";
    fault::fault("internal", "", text.to_owned(), None)
}
