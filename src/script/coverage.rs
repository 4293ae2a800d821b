//! Which lines of scripts hold statements, how often each of them ran, and what never did.
//!
//! Programs that are built for it carry a mark before each statement; all others carry nothing and lose
//! nothing. It judges no scripts and prints nothing.

mod marks;
mod probe;
mod recorder;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub(crate) use probe::accept;
pub use recorder::Recorder;

/// What ran of some scripts and of everything that they import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// File by file, by the path as messages show it.
    pub files: BTreeMap<String, FileCoverage>,
}

/// What ran of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileCoverage {
    /// Its text.
    pub text: String,
    /// The lines on which statements begin, from 1, and how often they ran: of several statements on one
    /// line the one that ran most often counts.
    pub lines: BTreeMap<usize, u64>,
    /// The functions that have statements, closures left out, by the line on which they begin.
    pub functions: BTreeMap<(usize, String), u64>,
}

/// Lines in a row that never ran. Lines without statements may lie between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The first line, from 1.
    pub first: usize,
    /// The last line on which a statement begins.
    pub last: usize,
}

impl Coverage {
    /// Adds what ran elsewhere.
    pub fn add(&mut self, other: Self) {
        for (path, file) in other.files {
            let known = self.files.entry(path).or_default();
            // A file that changed in between counts from its newest text on.
            if known.text != file.text {
                *known = file;
                continue;
            }
            for (line, count) in file.lines {
                *known.lines.entry(line).or_default() += count;
            }
            for (function, count) in file.functions {
                *known.functions.entry(function).or_default() += count;
            }
        }
    }
}

impl FileCoverage {
    /// How many lines hold statements.
    #[must_use]
    pub fn lines_found(&self) -> usize {
        self.lines.len()
    }

    /// How many of them ran.
    #[must_use]
    pub fn lines_hit(&self) -> usize {
        self.lines.values().filter(|count| **count > 0).count()
    }

    /// What never ran.
    #[must_use]
    pub fn missed(&self) -> Vec<Missed> {
        let mut found: Vec<Missed> = Vec::new();
        let mut goes_on = false;
        for (&line, &count) in &self.lines {
            match found.last_mut() {
                _ if count > 0 => {}
                Some(missed) if goes_on => missed.last = line,
                _ => found.push(Missed { first: line, last: line }),
            }
            goes_on = count == 0;
        }
        found
    }

    /// A line, without the white space around it.
    #[must_use]
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number.saturating_sub(1)).unwrap_or_default().trim()
    }
}
