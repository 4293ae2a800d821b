//! The versions of one script: the newest good one, and what a change of its files makes of it.
//!
//! It keeps no calls and watches nothing: whoever watches its paths asks it to reload.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::check::{Vocabulary, findings};
use super::compiler::Compiler;
use super::diagnostics::Diagnostic;
use super::program::Program;
use super::sources::{Files, Loaded, Source, load};

/// The versions of one script. A clone begins with the same ones and goes its own way.
#[derive(Clone)]
pub struct Library {
    compiler: Rc<Compiler>,
    vocabulary: Rc<Vocabulary>,
    files: Rc<dyn Files>,
    path: PathBuf,
    newest: Option<Rc<Program>>,
    /// What the last load saw, good or broken: file by file.
    seen: BTreeMap<String, Rc<str>>,
    sources: Vec<Source>,
    watched: Vec<PathBuf>,
    warnings: Vec<Diagnostic>,
    version: u64,
}

/// What a reload came to.
#[derive(Debug)]
pub enum Outcome {
    /// A new version: the next call gets it.
    Changed(Rc<Program>),
    /// No file of the script has changed since the last look.
    Unchanged,
    /// The files are wrong; the last good version stays.
    Broken(Vec<Diagnostic>),
}

impl Library {
    /// A library of the script at `path`; nothing is read yet.
    #[must_use]
    pub fn new(
        compiler: Rc<Compiler>,
        vocabulary: Rc<Vocabulary>,
        files: Rc<dyn Files>,
        path: impl Into<PathBuf>,
    ) -> Self {
        Self {
            compiler,
            vocabulary,
            files,
            path: path.into(),
            newest: None,
            seen: BTreeMap::new(),
            sources: Vec::new(),
            watched: Vec::new(),
            warnings: Vec::new(),
            version: 0,
        }
    }

    /// Loads the script, whether or not it has changed.
    ///
    /// # Errors
    /// All that is wrong with its files. The last good version, if any, stays.
    pub fn load(&mut self) -> Result<Rc<Program>, Vec<Diagnostic>> {
        let loaded = self.look();
        self.take(loaded)
    }

    /// Looks at the files again, and takes them if any has changed.
    pub fn reload(&mut self) -> Outcome {
        let before = std::mem::take(&mut self.seen);
        let loaded = self.look();
        if !before.is_empty() && before == self.seen {
            return Outcome::Unchanged;
        }
        match self.take(loaded) {
            Ok(program) => Outcome::Changed(program),
            Err(diagnostics) => Outcome::Broken(diagnostics),
        }
    }

    /// Reads the files, and remembers what is to be watched and compared.
    fn look(&mut self) -> Loaded {
        let loaded = load(&self.compiler, &*self.files, &self.path);
        self.seen = fingerprint(&loaded);
        self.sources.clone_from(&loaded.sources);
        self.watched.clone_from(&loaded.reads);
        loaded
    }

    fn take(&mut self, loaded: Loaded) -> Result<Rc<Program>, Vec<Diagnostic>> {
        let (errors, warnings): (Vec<_>, Vec<_>) =
            findings(&self.compiler, &self.vocabulary, &loaded).into_iter().partition(Diagnostic::is_error);
        self.warnings = warnings;
        if !errors.is_empty() {
            return Err(errors);
        }
        let program =
            Program::build(&self.compiler, loaded, self.version + 1).map_err(|fault| vec![*fault])?;
        self.version += 1;
        let program = Rc::new(program);
        self.newest = Some(Rc::clone(&program));
        Ok(program)
    }

    /// The newest good version.
    #[must_use]
    pub fn newest(&self) -> Option<Rc<Program>> {
        self.newest.clone()
    }

    /// The script.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every path whose change may change the script: files that were read, and files that were
    /// looked for and not found.
    #[must_use]
    pub fn watched(&self) -> &[PathBuf] {
        &self.watched
    }

    /// The files as the last load saw them, for rendering its diagnostics.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// What the last load found that does not keep the script from running.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }
}

/// What a load depended on: the texts, and what could not be read.
fn fingerprint(loaded: &Loaded) -> BTreeMap<String, Rc<str>> {
    let texts = loaded.sources.iter().map(|source| (source.path.clone(), Rc::clone(&source.text)));
    let unread = loaded
        .diagnostics
        .iter()
        .filter(|d| d.code.starts_with("unreadable") || d.code.starts_with("import-"));
    texts.chain(unread.map(|d| (format!("! {d}"), "".into()))).collect()
}

#[cfg(test)]
mod tests;
