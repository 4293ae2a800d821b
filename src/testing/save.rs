//! From a call to a test: what happened on a simulated call, written as a case that passes.
//!
//! | file | what it is for |
//! |---|---|
//! | `story` | the call as it happened, and what listened when |
//! | `walk` | what the caller heard and did, line by line |
//! | `hearing` | which part of a spoken text a test listens for |
//! | `keys` | keys and words, test cards in the place of cards |
//! | `paying`, `recording` | payments and recordings |
//! | `naming` | the name of the case |
//! | `file` | where it goes in a test file |
//! | `quoting` | texts as Rhai reads them |
//!
//! No digit of a card gets into a test. It writes no files.

mod file;
mod hearing;
mod keys;
mod naming;
mod paying;
mod quoting;
mod recording;
mod story;
#[cfg(test)]
mod tests;
mod walk;

use std::path::Path;
use std::rc::Rc;

use super::case::{CaseOptions, run_case};
use super::journal::Entry;
use super::suite::Workshop;
use crate::script::sources::{InMemory, Source};

pub use file::{Placed, place};
use story::Story;
use walk::Waits;

/// A call, written as a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// A name from what happened; [`place`] makes it one of its own.
    pub name: String,
    /// The lines of its body.
    pub lines: Vec<String>,
    /// The path of the script, as messages show it.
    pub script: String,
    /// Why the case does not pass against the script that the call had; `None` when it does.
    pub trouble: Option<String>,
}

/// Writes a call as a case. `None` when these entries tell of no call that had a script.
///
/// The case is tried at once: a caller who acts as soon as the test knows that it can, and one who takes the
/// time that the real one took if that fails.
#[must_use]
pub fn save(entries: &[Entry], call_id: &str) -> Option<Saved> {
    let story = Story::of(entries, call_id)?;
    let quick = written(&story, Waits::Needed);
    if quick.trouble.is_none() {
        return Some(quick);
    }
    let slow = written(&story, Waits::All);
    Some(if slow.trouble.is_none() { slow } else { quick })
}

fn written(story: &Story<'_>, waits: Waits) -> Saved {
    let told = walk::walk(story, waits);
    let saved = Saved {
        name: naming::name(&told.deeds),
        lines: told.lines,
        script: story.script.to_owned(),
        trouble: None,
    };
    let trouble = rehearse(&saved, story.sources);
    Saved { trouble, ..saved }
}

/// Runs the case against the files of the call; what is wrong with it.
fn rehearse(saved: &Saved, sources: &[Source]) -> Option<String> {
    let script = Path::new(&saved.script);
    let name = script.file_name().unwrap_or_default().to_string_lossy();
    let test = script.with_file_name("saved.test.rhai").display().to_string();
    let text = format!("// script: {name}\n\n{}", saved.text(&saved.name));
    let files = InMemory::new(sources.iter().map(|source| (source.path.as_str(), &*source.text)));
    files.write(&test, text);
    let suite = match Workshop::new(Rc::new(files)).suite(Path::new(&test)) {
        Ok(suite) => suite,
        Err(broken) => return Some(broken.faults.first().map_or_else(String::new, |it| it.message.clone())),
    };
    let result = run_case(&suite, suite.cases.first()?, &CaseOptions::default());
    result.failures.into_iter().next().map(|failure| failure.trouble.message)
}

impl Saved {
    /// The case as a function of this name.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let lines: String = self.lines.iter().map(|line| format!("    {line}\n")).collect();
        format!("fn {name}() {{\n{lines}}}\n")
    }
}
