//! One version of a script: immutable, complete with its imports, ready to run for any call.
//!
//! It never runs anything but the constants of modules, and holds nothing of a call.

mod entries;
mod modules;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use rhai::AST;

use super::compiler::Compiler;
use super::diagnostics::Diagnostic;
use super::sources::{Files, Loaded, Source, load};
pub(crate) use entries::{arity_faults, counted, function_only, function_position};

/// An immutable version of a script.
///
/// Its three ASTs carry their imports and share nothing with files: they run on any engine that has
/// the host's functions and answers `call`, `relay` and `script`.
pub struct Program {
    main: AST,
    end: Option<AST>,
    message: Option<AST>,
    has_on_call: bool,
    sources: Vec<Source>,
    reads: Vec<PathBuf>,
    version: u64,
}

impl Program {
    /// Reads and compiles the script at `path` with everything it imports.
    ///
    /// # Errors
    /// All that is wrong with its files; warnings are not errors.
    pub fn compile(
        compiler: &Compiler,
        files: &dyn Files,
        path: &Path,
        version: u64,
    ) -> Result<Self, Vec<Diagnostic>> {
        let loaded = load(compiler, files, path);
        let mut faults: Vec<_> = loaded.diagnostics.iter().filter(|d| d.is_error()).cloned().collect();
        faults.extend(arity_faults(&loaded));
        if !faults.is_empty() {
            return Err(faults);
        }
        Self::build(compiler, loaded, version).map_err(|fault| vec![*fault])
    }

    /// Builds a program from files that were loaded and found right.
    pub(crate) fn build(compiler: &Compiler, loaded: Loaded, version: u64) -> Result<Self, Box<Diagnostic>> {
        let carrier = modules::evaluate(compiler, &loaded)?;
        let Some(main) = loaded.main() else {
            return Err(Box::new(Diagnostic::error("unreadable", "", "there is no script")));
        };
        let entries = entries::derive(compiler, main, &loaded.units, &carrier);
        let entries = entries.map_err(|error| {
            Box::new(Diagnostic::from_parse(&error, &main.source.path, &main.source.text, &[]))
        })?;
        Ok(Self {
            main: entries.main,
            end: entries.end,
            message: entries.message,
            has_on_call: entries.has_on_call,
            sources: loaded.sources,
            reads: loaded.reads,
            version,
        })
    }

    /// What runs for a call: the top level, then `on_call(call)` if the script has it.
    #[must_use]
    pub fn main(&self) -> &AST {
        &self.main
    }

    /// What runs when a call is over: imports and constants, then `on_end(call, reason)`.
    /// The running engine or scope must answer `reason`.
    #[must_use]
    pub fn end(&self) -> Option<&AST> {
        self.end.as_ref()
    }

    /// What runs for an inbound message: imports and constants, then `on_message(message)`.
    /// The running engine or scope must answer `message`.
    #[must_use]
    pub fn message(&self) -> Option<&AST> {
        self.message.as_ref()
    }

    /// Whether the script has `on_call(call)`.
    #[must_use]
    pub fn has_on_call(&self) -> bool {
        self.has_on_call
    }

    /// Its files.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The script's own path, as messages show it.
    #[must_use]
    pub fn file(&self) -> &str {
        self.main.source().unwrap_or_default()
    }

    /// Every path that was read.
    #[must_use]
    pub fn reads(&self) -> &[PathBuf] {
        &self.reads
    }

    /// Its number among the versions of this script, from 1.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("file", &self.file())
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
