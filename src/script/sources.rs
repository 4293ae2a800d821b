//! The files of a program: how they are read, how an import finds its file, and what was read.
//!
//! Reading goes through [`Files`]: this is the only way that scripts reach a disk. Nothing here
//! runs a script.

mod files;
mod load;
mod paths;
mod shape;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::rc::Rc;

use rhai::{AST, Position};

use super::diagnostics::Diagnostic;
pub use files::{Disk, Files, InMemory, MAX_BYTES};
pub(crate) use load::load;
pub(crate) use paths::{Key, PathFault};

/// One file of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its path, as messages show it.
    pub path: String,
    /// Its text.
    pub text: Rc<str>,
}

/// An `import` statement of a file.
#[derive(Debug)]
pub(crate) struct Import {
    /// The name after `as`; empty when there is none.
    pub alias: String,
    /// Which file it names.
    pub key: Key,
    /// Where its path stands.
    pub position: Position,
}

/// One file, parsed.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its path from the root, by which import statements of the AST name it.
    pub key: Key,
    /// Its path and text.
    pub source: Source,
    /// The AST, not optimised.
    pub ast: AST,
    /// Its imports, in functions and blocks too.
    pub imports: Vec<Import>,
}

/// Everything found from one script file on.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// The files that parse, each after those that it imports; the script itself is the last.
    pub units: Vec<Unit>,
    /// All files that could be read, also those that do not parse.
    pub sources: Vec<Source>,
    /// Every path that was read or looked for.
    pub reads: Vec<PathBuf>,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether the script itself is the last of `units`.
    pub complete: bool,
}

impl Loaded {
    /// The script itself, if it parses.
    pub fn main(&self) -> Option<&Unit> {
        self.units.last().filter(|_| self.complete)
    }
}
