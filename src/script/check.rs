//! Finds faults in scripts without running them: misspelt verbs, functions, options and properties,
//! wrong argument counts, impossible literal values.
//!
//! It never runs script code, and says nothing where it is not sure: what a variable holds is known
//! only when every assignment of it says the same.

mod arguments;
mod bodies;
mod calls;
mod names;
mod table;
#[cfg(test)]
mod tests;
mod types;
mod vocabulary;

use std::path::{Path, PathBuf};

use super::compiler::Compiler;
use super::diagnostics::Diagnostic;
use super::program::arity_faults;
use super::sources::{Files, Loaded, Source, Unit, load};
use calls::Checker;
use names::Names;
pub use vocabulary::{Arguments, Complaint, Function, Method, Thing, Vocabulary};

/// What a check found.
#[derive(Debug)]
pub struct Report {
    /// All findings, file by file.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were looked at.
    pub files: Vec<Source>,
    /// Every path that was read or looked for.
    pub reads: Vec<PathBuf>,
}

impl Report {
    /// Whether a script with these findings must not run.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Checks the script at `path` and everything it imports.
#[must_use]
pub fn check(compiler: &Compiler, files: &dyn Files, path: &Path, vocabulary: &Vocabulary) -> Report {
    let loaded = load(compiler, files, path);
    let diagnostics = findings(compiler, vocabulary, &loaded);
    Report { diagnostics, files: loaded.sources, reads: loaded.reads }
}

/// All that is wrong with loaded files, in the order of files and lines.
pub(crate) fn findings(compiler: &Compiler, vocabulary: &Vocabulary, loaded: &Loaded) -> Vec<Diagnostic> {
    let mut findings = loaded.diagnostics.clone();
    findings.extend(arity_faults(loaded));
    for unit in &loaded.units {
        let names = Names::new(compiler, vocabulary, unit, &loaded.units);
        findings.extend(check_unit(unit, &names, vocabulary));
    }
    let order = |finding: &Diagnostic| loaded.sources.iter().position(|source| source.path == finding.file);
    findings.sort_by_key(|finding| (order(finding), finding.line, finding.column));
    findings.dedup();
    findings
}

fn check_unit(unit: &Unit, names: &Names, vocabulary: &Vocabulary) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for body in bodies::bodies(&unit.ast, vocabulary) {
        let mut checker = Checker::new(&unit.source, names, vocabulary, &body.types);
        checker.body(&body.ast);
        findings.extend(checker.findings);
    }
    findings
}
