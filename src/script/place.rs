//! Where in a script a function of the host is called, for observers that ask for it.
//!
//! With nobody asking, all of this costs a call of such a function one branch: no place is made and
//! nothing is kept.

use std::fmt;
use std::rc::Rc;

use rhai::NativeCallContext;

use super::diagnostics::text_at;
use super::fault::Answer;
use super::host::Host;
use super::observer::Used;
use super::program::Program;
use super::strand::Strand;

/// A place in a file of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as messages show its path.
    pub file: Rc<str>,
    /// The line, from 1; 0 when unknown.
    pub line: usize,
    /// The column in characters, from 1; 0 when unknown.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What a strand is about: a function of the host, and where the script called it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The function, as scripts write it: `play`, `say`, `wait`, `sleep` …
    pub name: &'static str,
    /// Where it was called.
    pub place: Place,
}

impl Place {
    /// Where `name` was called.
    fn of(context: &NativeCallContext<'_>, name: &str, program: &Program) -> Self {
        let position = context.call_position();
        let line = position.line().unwrap_or(0);
        let column = if line == 0 { 0 } else { position.position().unwrap_or(1) };
        let main = program.file();
        let said = context.call_source().unwrap_or(main);
        // A function of the script itself that a module was given and calls: Rhai goes on naming the
        // module. So the word at the place is looked at.
        let is_at =
            |file| text_at(program.sources(), file, line, column).is_some_and(|t| t.starts_with(name));
        let file = if !is_at(said) && is_at(main) { main } else { said };
        Self { file: file.into(), line, column }
    }
}

/// Carries out a function of the host, noting on its strand what the script is about meanwhile.
#[cold]
pub(super) fn noted(
    host: &Host,
    name: &'static str,
    context: &NativeCallContext<'_>,
    body: impl FnOnce() -> Answer,
) -> Answer {
    let Some(strand) = host.scheduler.current() else { return body() };
    let place = Place::of(context, name, &strand.run.program);
    // A function may call the script, and that another function: what came before comes back.
    let former = strand.step.replace(Some(Rc::new(Step { name, place })));
    let answer = body();
    strand.step.replace(former);
    answer
}

/// Tells that the request of the verb which the strand is about goes out now. `about` is the id of the
/// call that it concerns; empty where it concerns none, or any.
#[inline]
pub(super) fn tell_verb(host: &Host, strand: &Strand, method: &str, about: &str) {
    if host.wants_places
        && let Some(step) = strand.step.borrow().as_deref()
    {
        let used = Used { name: step.name, method, about, place: &step.place };
        host.observer.verb(strand.run.call_id(), &used);
    }
}

/// Tells that the strand begins to wait, or that it goes on.
#[cold]
pub(super) fn tell_wait(host: &Host, strand: &Strand, begins: bool) {
    let step = strand.step.borrow().clone().filter(|_| begins);
    host.observer.waits(strand.run.call_id(), strand.name(), step.as_deref());
}
