//! Loads scripts, loads them again when they change, and tells what came of it.
//!
//! It decides neither when to look again nor which version a call gets.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::scripts::Scripts as Named;
use crate::config::LogFormat;
use crate::report::Report;
use crate::runtime::Scripts;
use crate::script::check::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::engine::compile_engine;
use crate::script::library::{Library, Outcome};
use crate::script::sources::{Disk, Files};
use crate::watch::Watcher;

/// Looks that follow each other because the set of files changed in between.
const MOST_LOOKS: usize = 3;

/// Is told what a reload of a script came to, unless nothing has changed.
pub type Listener = Box<dyn Fn(&Library, &Outcome)>;

/// The scripts of one shard, seen by the one who loads them.
pub struct Loader {
    /// Where people are told.
    pub report: Arc<Report>,
    /// How the log is written: as JSON it tells of reloads alone.
    pub format: LogFormat,
    /// Which shard it is; the first one speaks for all.
    pub shard: usize,
    /// Watches the files, if they are watched.
    pub watcher: Option<Arc<Watcher>>,
    /// Hears what each reload came to, beside those who read the report.
    pub listener: Option<Listener>,
    watched: BTreeSet<PathBuf>,
}

impl Loader {
    /// A loader that has loaded nothing.
    pub fn new(report: Arc<Report>, format: LogFormat, shard: usize, watcher: Option<Arc<Watcher>>) -> Self {
        Self { report, format, shard, watcher, listener: None, watched: BTreeSet::new() }
    }

    /// Loads every script for the first time. `None`: some are broken, and it has been told how.
    pub fn load(&mut self, named: &Named) -> Option<Scripts> {
        let compiler = Rc::new(Compiler::new(compile_engine(None)));
        let vocabulary = Rc::new(Vocabulary::of_calls());
        let mut scripts = Scripts::default();
        let mut good = true;
        let mut told = BTreeSet::new();
        for (context, file) in named.files() {
            let files: Rc<dyn Files> = Rc::new(Disk);
            let mut library = Library::new(Rc::clone(&compiler), Rc::clone(&vocabulary), files, file);
            let faults = library.load().err().unwrap_or_default();
            good &= faults.is_empty();
            if told.insert(file.to_owned()) && (self.shard == 0 || !faults.is_empty()) {
                self.draw(&library, library.warnings());
                self.draw(&library, &faults);
            }
            scripts.add(context.map(str::to_owned), library);
        }
        if !good {
            return None;
        }
        // What changed since the load and before the files were watched is seen by one more look.
        if self.watch(&scripts) {
            self.reload(&scripts);
        }
        Some(scripts)
    }

    /// Looks at every script again, and tells what changed.
    pub fn reload(&mut self, scripts: &Scripts) {
        for _ in 0..MOST_LOOKS {
            let mut told = BTreeSet::new();
            scripts.reload(|library, outcome| {
                let first = told.insert(library.path().to_owned());
                self.tell(library, &outcome, first);
            });
            if !self.watch(scripts) {
                return;
            }
        }
    }

    /// Watches the files that the scripts depend on now; true if they are not the same as before.
    fn watch(&mut self, scripts: &Scripts) -> bool {
        let Some(watcher) = &self.watcher else { return false };
        let paths: BTreeSet<PathBuf> =
            scripts.libraries().flat_map(|library| library.borrow().watched().to_vec()).collect();
        if paths == self.watched {
            return false;
        }
        self.watched.clone_from(&paths);
        if let Err(error) = watcher.watch(paths) {
            self.report.warning(&error, ["changes of this script may go unseen"]);
        }
        true
    }

    /// The same script in two contexts is told of once: only if it is the `first`.
    fn tell(&self, library: &Library, outcome: &Outcome, first: bool) {
        let script = library.path();
        if let Some(listener) = self.listener.as_ref().filter(|_| first) {
            listener(library, outcome);
        }
        let for_people = first && self.shard == 0 && self.format == LogFormat::Text;
        match outcome {
            Outcome::Unchanged => {}
            Outcome::Changed(program) => {
                self.log_changed(script, program.version());
                if for_people {
                    self.draw(library, library.warnings());
                    self.report.status(format!("reloaded {} (version {})", name(script), program.version()));
                }
            }
            Outcome::Broken(faults) => {
                let version = library.newest().map_or(0, |program| program.version());
                self.log_broken(script, version, faults);
                if for_people {
                    self.draw(library, faults);
                    let name = name(script);
                    self.report.warn(format!("{name} was not reloaded: version {version} stays in use"));
                }
            }
        }
    }

    fn draw(&self, library: &Library, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            self.report.drawn(&diagnostic.render(library.sources(), self.report.color()));
        }
    }

    fn log_changed(&self, script: &Path, version: u64) {
        let (shard, script) = (self.shard, script.display());
        match self.format {
            LogFormat::Json => tracing::info!(shard, %script, version, "reloaded"),
            LogFormat::Text => tracing::debug!(shard, %script, version, "reloaded"),
        }
    }

    fn log_broken(&self, script: &Path, version: u64, faults: &[Diagnostic]) {
        let (shard, script) = (self.shard, script.display());
        for fault in faults {
            match self.format {
                LogFormat::Json => {
                    let Diagnostic { code, message, file, line, column, hint, .. } = fault;
                    tracing::error!(
                        shard, %script, version, code, file, line, column, fault = message, hint,
                        "the script is broken; the last good version stays in use"
                    );
                }
                LogFormat::Text => tracing::debug!(shard, %script, version, %fault, "the script is broken"),
            }
        }
    }
}

/// How a script is called in a line for people.
pub fn name(script: &Path) -> impl std::fmt::Display {
    script.file_name().map_or(script, Path::new).display()
}
