//! Why a case failed: what was expected, what came, and all that helps to see the difference.
//!
//! It is data; how it is shown is decided in `reports`.

use serde::Serialize;

use super::difference::Changed;
use super::transcript::{Line, transcript, verb_name};
use super::world::World;
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::Source;
use crate::sim::What;
use crate::testing::Happened;

/// What went wrong, without its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trouble {
    /// A stable word: `assertion`, `not-heard`, `script-fault` …
    pub kind: &'static str,
    /// One sentence: lowercase, no final period.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<String>,
    /// What differs, line by line, where the two are long.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub difference: Vec<Changed>,
    /// The text that was spoken and comes nearest to the expected one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<Nearest>,
}

impl Trouble {
    /// A trouble of this kind.
    #[must_use]
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), ..Self::default() }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A text that was spoken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Nearest {
    /// When, in seconds since the case began.
    pub at: f64,
    /// The text.
    pub text: String,
}

/// The row of a table on which a case failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number, from 1.
    pub number: usize,
    /// The row, shortened.
    pub text: String,
}

/// Where a script stood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stood {
    /// The call's number, from 1.
    pub call: usize,
    /// The verb that it used last.
    pub verb: String,
    /// When, in seconds since the case began.
    pub since: f64,
    /// The file; empty when unknown.
    pub file: String,
    /// The line, from 1; 0 when unknown.
    pub line: usize,
    /// The column in characters, from 1; 0 when unknown.
    pub column: usize,
}

/// A file, for drawing excerpts of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its path, as messages show it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// What went wrong.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// Where in the test.
    pub place: Diagnostic,
    /// The row of a table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<Row>,
    /// When, in seconds since the case (or the row) began.
    pub at: f64,
    /// The script's own fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<Diagnostic>,
    /// Where the scripts of live calls stood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stood: Vec<Stood>,
    /// The conversation so far.
    pub transcript: Vec<Line>,
    /// The files that the places are in.
    #[serde(skip)]
    pub files: Vec<File>,
}

impl Failure {
    /// A failure in this world, now.
    #[must_use]
    pub fn new(trouble: Trouble, place: Diagnostic, sources: &[Source], world: &World) -> Self {
        let fault = world.unexpected_fault().filter(|_| trouble.kind == "script-fault");
        let mut files = files(sources);
        files.extend(self::files(world.script_sources()));
        Self {
            trouble,
            place,
            row: None,
            at: rounded(world.now()),
            fault: fault.map(|fault| fault.fault.clone()),
            stood: stood(world),
            transcript: transcript(world),
            files,
        }
    }

    /// A failure of which only the place is known.
    #[must_use]
    pub fn lost(trouble: Trouble, place: Diagnostic) -> Self {
        let (stood, transcript, files) = (Vec::new(), Vec::new(), Vec::new());
        Self { trouble, place, row: None, at: 0.0, fault: None, stood, transcript, files }
    }

    /// The files, for drawing excerpts of them.
    #[must_use]
    pub fn sources(&self) -> Vec<Source> {
        let source = |file: &File| Source { path: file.path.clone(), text: file.text.as_str().into() };
        self.files.iter().map(source).collect()
    }
}

fn files(sources: &[Source]) -> Vec<File> {
    sources.iter().map(|source| File { path: source.path.clone(), text: source.text.to_string() }).collect()
}

/// A time in seconds, to the millisecond.
#[must_use]
pub fn rounded(time: crate::relay::Time) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The last verb of each call that lives.
fn stood(world: &World) -> Vec<Stood> {
    let calls = world.numbered().enumerate().filter(|(_, id)| world.ending(id).is_none());
    let last = |(index, id): (usize, &str)| {
        let verbs = world.of_call(id).filter_map(|(_, entry)| match &entry.what {
            Happened::Seen(What::Verb { method, .. }) => Some((entry.at, verb_name(method))),
            _ => None,
        });
        let (at, verb) = verbs.last()?;
        Some(Stood {
            call: index + 1,
            verb: verb.to_owned(),
            since: rounded(at),
            file: String::new(),
            line: 0,
            column: 0,
        })
    };
    calls.filter_map(last).collect()
}
