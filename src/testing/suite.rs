//! Test files: which there are, which script each of them tests, and the cases in them.
//!
//! It compiles and runs nothing of them beyond constants.

mod search;

use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::failure::File;
use super::words::{self, Player, VARIABLES};
use crate::script::check::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::coverage::{Coverage, Recorder};
use crate::script::diagnostics::Diagnostic;
use crate::script::engine::{self, Extension};
use crate::script::library::Library;
use crate::script::program::{Program, function_position};
use crate::script::sources::{Disk, Files, Source};
pub use search::{NotFound, find, folders};

/// How the names of test files end.
pub const ENDING: &str = ".test.rhai";
/// How the functions begin that are cases.
const PREFIX: &str = "test_";
/// A `// script: …` counts in so many lines from the top.
const HEAD: usize = 10;

/// One case: a function of a test file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// The function's name.
    pub name: String,
    /// Where it stands, from 1.
    pub line: usize,
}

/// A test file that is ready to run, with the script that it tests.
pub struct Suite {
    /// The test file.
    pub path: PathBuf,
    /// Its cases, as they stand in it.
    pub cases: Vec<Case>,
    /// The test file, compiled.
    pub tests: Rc<Program>,
    /// The script under test.
    pub script: Library,
    /// Functions of a program that scripts may call.
    pub extension: Option<Rc<Extension>>,
    /// Plays the test code.
    pub player: Rc<Player>,
}

/// A test file that cannot be run.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokenSuite {
    /// The test file.
    pub path: PathBuf,
    /// What is wrong.
    pub faults: Vec<Diagnostic>,
    /// The files, for drawing excerpts of them.
    pub files: Vec<File>,
    /// Every path that was read or looked for.
    pub reads: Vec<PathBuf>,
}

impl BrokenSuite {
    fn new(path: &Path, faults: Vec<Diagnostic>, sources: &[Source], reads: &[PathBuf]) -> Box<Self> {
        let file = |source: &Source| File { path: source.path.clone(), text: source.text.to_string() };
        let (path, files) = (path.to_owned(), sources.iter().map(file).collect());
        Box::new(Self { path, faults, files, reads: reads.to_vec() })
    }
}

/// Makes suites; everything that they can share, they share. It stays on its thread.
pub struct Workshop {
    files: Rc<dyn Files>,
    script_compiler: Rc<Compiler>,
    script_vocabulary: Rc<Vocabulary>,
    test_compiler: Rc<Compiler>,
    test_vocabulary: Rc<Vocabulary>,
    player: Rc<Player>,
    extension: Option<Rc<Extension>>,
    /// The scripts under test: several test files may test one.
    scripts: FxHashMap<PathBuf, Library>,
    recorder: Option<Rc<Recorder>>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self::new(Rc::new(Disk))
    }
}

impl Workshop {
    /// A workshop over these files.
    #[must_use]
    pub fn new(files: Rc<dyn Files>) -> Self {
        Self {
            files,
            script_compiler: Rc::new(Compiler::new(engine::compile_engine(None))),
            script_vocabulary: Rc::new(Vocabulary::of_calls()),
            test_compiler: Rc::new(Compiler::with_variables(words::compile_engine(), VARIABLES)),
            test_vocabulary: Rc::new(Vocabulary::default()),
            player: Rc::default(),
            extension: None,
            scripts: FxHashMap::default(),
            recorder: None,
        }
    }

    /// Adds functions that scripts may call; `check` knows them too. To be said first.
    #[must_use]
    pub fn with_functions(self, extension: Rc<Extension>) -> Self {
        let compiler = Compiler::new(engine::compile_engine(Some(&*extension)));
        Self { script_compiler: Rc::new(compiler), extension: Some(extension), ..self }
    }

    /// The same workshop; what the scripts of its suites run is counted.
    #[must_use]
    pub fn recorded(self) -> Self {
        let recorder = Rc::<Recorder>::default();
        let engine = engine::compile_engine(self.extension.as_deref());
        let compiler = Compiler::new(engine).recorded(Rc::clone(&recorder));
        Self { script_compiler: Rc::new(compiler), recorder: Some(recorder), ..self }
    }

    /// What the scripts of its suites ran so far; nothing unless it is counted.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.recorder.as_ref().map(|recorder| recorder.coverage()).unwrap_or_default()
    }

    /// Reads, compiles and checks a test file and the script that it tests.
    ///
    /// # Errors
    /// What is wrong with either of them.
    pub fn suite(&mut self, path: &Path) -> Result<Suite, Box<BrokenSuite>> {
        let (compiler, vocabulary) = (Rc::clone(&self.test_compiler), Rc::clone(&self.test_vocabulary));
        let mut library = Library::new(compiler, vocabulary, Rc::clone(&self.files), path);
        let tests = library
            .load()
            .map_err(|faults| BrokenSuite::new(path, faults, library.sources(), library.watched()))?;
        let cases =
            cases(&tests).map_err(|faults| BrokenSuite::new(path, faults, tests.sources(), tests.reads()))?;
        let script = self.script(path, &tests)?;
        let (player, extension) = (Rc::clone(&self.player), self.extension.clone());
        Ok(Suite { path: path.to_owned(), cases, tests, script, extension, player })
    }

    fn script(&mut self, test: &Path, tests: &Program) -> Result<Library, Box<BrokenSuite>> {
        let text = tests.sources().iter().find(|source| source.path == tests.file());
        let text = text.map_or("", |source| &*source.text);
        let path = script_of(test, text);
        if let Some(script) = self.scripts.get(&path) {
            return Ok(script.clone());
        }
        if self.files.real_path(&path).is_err() {
            let fault = no_script(test, &path, text);
            let reads = [tests.reads(), std::slice::from_ref(&path)].concat();
            return Err(BrokenSuite::new(test, vec![fault], tests.sources(), &reads));
        }
        let (compiler, vocabulary) = (Rc::clone(&self.script_compiler), Rc::clone(&self.script_vocabulary));
        let mut script = Library::new(compiler, vocabulary, Rc::clone(&self.files), &path);
        script.load().map_err(|faults| {
            let sources = [script.sources(), tests.sources()].concat();
            BrokenSuite::new(test, faults, &sources, &[tests.reads(), script.watched()].concat())
        })?;
        self.scripts.insert(path, script.clone());
        Ok(script)
    }
}

/// The script that a `// script: …` of the first lines names.
fn named_script(text: &str) -> Option<(usize, &str)> {
    let mut lines = text.lines().enumerate().take(HEAD);
    lines.find_map(|(index, line)| {
        let name = line.trim_start().strip_prefix("//")?.trim_start().strip_prefix("script:")?.trim();
        (!name.is_empty()).then_some((index + 1, name))
    })
}

/// The script that a test file with this text tests.
#[must_use]
pub fn script_of(test: &Path, text: &str) -> PathBuf {
    let folder = test.parent().unwrap_or(Path::new(""));
    if let Some((_, name)) = named_script(text) {
        return from(folder, Path::new(name));
    }
    let name = test.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(ENDING).or_else(|| name.strip_suffix(".rhai")).unwrap_or(&name);
    folder.join(format!("{stem}.rhai"))
}

/// A path that counts from a folder, without steps back: one script is to have one name.
fn from(folder: &Path, path: &Path) -> PathBuf {
    let mut found = folder.to_owned();
    for part in path.components() {
        match (part, found.components().next_back()) {
            (Component::ParentDir, Some(Component::Normal(_))) => drop(found.pop()),
            (Component::CurDir, _) => {}
            (part, _) => found.push(part),
        }
    }
    found
}

fn no_script(test: &Path, script: &Path, text: &str) -> Diagnostic {
    let file = test.display().to_string();
    let fault = Diagnostic::error("no-script", &file, format!("there is no script {}", script.display()));
    match named_script(text) {
        Some((line, _)) => Diagnostic { line, column: 1, ..fault }
            .hinted(Some("the path counts from the folder of the test file")),
        None => fault.hinted(Some(
            "a test stands beside its script: pay.test.rhai tests pay.rhai; or its first line names it: \
             // script: other.rhai",
        )),
    }
}

/// The cases of a test file, as they stand in it.
fn cases(tests: &Program) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let file = tests.file();
    let text = tests.sources().iter().find(|source| source.path == file).map_or("", |source| &*source.text);
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for function in tests.main().iter_functions().filter(|function| function.name.starts_with(PREFIX)) {
        let place = function_position(text, function.name);
        if !function.params.is_empty() {
            let message = format!("{} is a case and cannot have parameters", function.name);
            let hint = "for a table of cases write: fn test_all() { cases([…], |row| …) }";
            faults
                .push(Diagnostic::error("case-parameters", file, message).at(place, text).hinted(Some(hint)));
        }
        cases.push(Case { name: function.name.to_owned(), line: place.line().unwrap_or(0) });
    }
    if cases.is_empty() {
        let fault = Diagnostic::error("no-cases", file, "there are no cases in this file");
        faults.push(
            fault.hinted(Some("each function whose name begins with test_ is one: fn test_pays() { … }")),
        );
    }
    cases.sort_by_key(|case| case.line);
    if faults.is_empty() { Ok(cases) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_has_one_name_wherever_its_test_stands() {
        for (test, named, expected) in [
            ("pay.test.rhai", "", "pay.rhai"),
            ("deep/pay.test.rhai", "", "deep/pay.rhai"),
            ("deep/any.rhai", "", "deep/any.rhai"),
            ("deep/pay.test.rhai", "other.rhai", "deep/other.rhai"),
            ("deep/pay.test.rhai", "./other.rhai", "deep/other.rhai"),
            ("deep/pay.test.rhai", "../other.rhai", "other.rhai"),
            ("pay.test.rhai", "../other.rhai", "../other.rhai"),
            ("../deep/pay.test.rhai", "../../other.rhai", "../../other.rhai"),
            ("deep/pay.test.rhai", "/scripts/other.rhai", "/scripts/other.rhai"),
        ] {
            let text = if named.is_empty() { String::new() } else { format!("// script: {named}\n") };
            assert_eq!(script_of(Path::new(test), &text), Path::new(expected), "{test} {named}");
        }
    }
}
