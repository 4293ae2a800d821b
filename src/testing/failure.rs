//! Why a case failed: what was expected, what came, and all that helps to see the difference.
//!
//! It is data; how it is shown is decided in `reports`.

use serde::Serialize;

use super::difference::Changed;
use super::transcript::{Line, transcript};
use super::world::World;
use crate::script::diagnostics::Diagnostic;
use crate::script::place::Place;
use crate::script::sources::Source;
use crate::script::strand::StrandName;
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
    /// Where the script had it spoken, when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<At>,
}

/// A place in a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct At {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl At {
    /// The same place, for drawing its line.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { file: self.file.as_str().into(), line: self.line, column: self.column }
    }
}

impl From<&Place> for At {
    fn from(place: &Place) -> Self {
        Self { file: place.file.to_string(), line: place.line, column: place.column }
    }
}

/// The row of a table on which a case failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its number, from 1.
    pub number: usize,
    /// The row, shortened.
    pub text: String,
}

/// Where a script waited.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stood {
    /// The call's number, from 1.
    pub call: usize,
    /// The part of the script: `main`, `task-2` …
    pub part: String,
    /// What it was about, as scripts write it: `wait`, `say`, `prompt` …
    pub step: String,
    /// Since when, in seconds since the case began.
    pub since: f64,
    /// Where.
    #[serde(flatten)]
    pub at: At,
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
    /// Where scripts waited.
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

/// Where the parts of each script wait now.
pub(super) fn stood(world: &World) -> Vec<Stood> {
    let mut stood = Vec::new();
    for (index, id) in world.numbered().enumerate() {
        let mut waiting: Vec<(StrandName, Stood)> = Vec::new();
        for (_, entry) in world.of_call(id) {
            let Happened::Waits { strand, step } = &entry.what else { continue };
            waiting.retain(|(name, _)| name != strand);
            if let Some(step) = step {
                let at = At::from(&step.place);
                let (part, since) = (strand.to_string(), rounded(entry.at));
                waiting
                    .push((*strand, Stood { call: index + 1, part, step: step.name.to_owned(), since, at }));
            }
        }
        stood.extend(waiting.into_iter().map(|(_, stood)| stood));
    }
    stood
}
