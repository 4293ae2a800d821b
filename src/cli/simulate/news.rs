//! What became of the scripts, kept until the pages are told.
//!
//! It loads nothing: the loader says what happened.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use crate::cli::reload::name;
use crate::cli::softphone::{Board, Level};
use crate::runtime::Scripts;
use crate::script::diagnostics::Diagnostic;
use crate::script::library::{Library, Outcome};
use crate::script::program::Program;
use crate::script::sources::Source;
use crate::sim::server::Feed;

/// See the module.
pub struct News {
    /// Which script answers the calls of which context.
    assigned: Vec<(String, PathBuf)>,
    items: RefCell<Vec<Item>>,
}

enum Item {
    Script { source: Source, version: u64, contexts: Vec<String> },
    Notice { level: Level, text: String },
}

impl News {
    /// No news yet. `assigned`: each context with its script.
    pub fn new(assigned: Vec<(String, PathBuf)>) -> Self {
        Self { assigned, items: RefCell::default() }
    }

    /// The scripts were loaded for the first time.
    pub fn loaded(&self, scripts: &Scripts) {
        for library in scripts.libraries() {
            let library = library.borrow();
            if let Some(program) = library.newest() {
                self.taken(&library, &program);
            }
        }
    }

    /// A script was read again.
    pub fn reloaded(&self, library: &Library, outcome: &Outcome) {
        let script = name(library.path());
        match outcome {
            Outcome::Unchanged => {}
            Outcome::Changed(program) => {
                let version = program.version();
                self.notice(Level::Info, format!("reloaded {script} (version {version})"));
                self.taken(library, program);
            }
            Outcome::Broken(faults) => {
                self.drawn(library, faults);
                let version = library.newest().map_or(0, |program| program.version());
                let text = format!("{script} was not reloaded: version {version} stays in use");
                self.notice(Level::Warning, text);
            }
        }
    }

    /// Tells the pages.
    pub fn tell(&self, board: &Board, feed: &mut Feed) {
        for item in self.items.take() {
            match item {
                Item::Script { source, version, contexts } => board.script(feed, &source, version, &contexts),
                Item::Notice { level, text } => board.notice(feed, level, &text),
            }
        }
    }

    /// A version that calls get from now on: the script first, then what it imports.
    fn taken(&self, library: &Library, program: &Program) {
        let version = program.version();
        let is_main = |source: &&Source| source.path == program.file();
        let main = program.sources().iter().filter(is_main);
        for source in main.chain(program.sources().iter().filter(|source| !is_main(source))) {
            let contexts = if is_main(&source) { self.contexts_of(library.path()) } else { Vec::new() };
            let item = Item::Script { source: source.clone(), version, contexts };
            self.items.borrow_mut().push(item);
        }
        self.drawn(library, library.warnings());
    }

    fn contexts_of(&self, script: &Path) -> Vec<String> {
        self.assigned.iter().filter(|(_, file)| file == script).map(|(context, _)| context.clone()).collect()
    }

    fn drawn(&self, library: &Library, diagnostics: &[Diagnostic]) {
        for diagnostic in diagnostics {
            let level = if diagnostic.is_error() { Level::Error } else { Level::Warning };
            self.notice(level, diagnostic.render(library.sources(), false));
        }
    }

    fn notice(&self, level: Level, text: String) {
        self.items.borrow_mut().push(Item::Notice { level, text });
    }
}
