//! Loads a script and everything it imports: reads, parses, finds cycles and what a module must not hold.
//!
//! Nothing is evaluated. One broken file does not keep the others from being looked at.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rhai::{ParseErrorType, Position};

use super::{Files, Import, Key, Loaded, MAX_BYTES, Source, Unit, shape};
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;

/// Files of one program; more are surely a mistake, and each level of imports costs stack.
const MAX_FILES: usize = 200;

/// Loads the script at `path`; its folder is the root of all imports.
pub(crate) fn load(compiler: &Compiler, files: &dyn Files, path: &Path) -> Loaded {
    let root = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut loader = Loader {
        compiler,
        files,
        real_root: files.real_path(&root).ok(),
        root,
        loaded: Loaded::default(),
        seen: BTreeSet::new(),
        reads: BTreeSet::new(),
        stack: Vec::new(),
    };
    let key = Key::of_script(path);
    loader.seen.insert(key.clone());
    loader.script(key, path);
    Loaded { reads: loader.reads.into_iter().collect(), ..loader.loaded }
}

struct Loader<'a> {
    compiler: &'a Compiler,
    files: &'a dyn Files,
    root: PathBuf,
    real_root: Option<PathBuf>,
    loaded: Loaded,
    seen: BTreeSet<Key>,
    reads: BTreeSet<PathBuf>,
    stack: Vec<Key>,
}

/// Where an import stands.
struct Place<'a> {
    file: &'a Source,
    position: Position,
}

impl Place<'_> {
    fn error(&self, code: &'static str, message: String) -> Diagnostic {
        Diagnostic::error(code, &self.file.path, message).at(self.position, &self.file.text)
    }
}

impl Loader<'_> {
    fn script(&mut self, key: Key, path: &Path) {
        let shown = path.display().to_string();
        match self.read(path, false) {
            Ok(text) => {
                self.loaded.complete = self.parse(key, Source { path: shown, text }, false);
            }
            Err(why) => {
                let message = format!("cannot read the script: {why}");
                self.loaded.diagnostics.push(Diagnostic::error("unreadable", &shown, message));
            }
        }
    }

    fn module(&mut self, key: &Key, place: &Place) {
        if let Some(start) = self.stack.iter().position(|open| open == key) {
            let cycle: Vec<_> = self.stack[start..].iter().chain([key]).map(Key::as_str).collect();
            let message = format!("import cycle: {}", cycle.join(" → "));
            let hint = "move what both files need into a third one";
            self.loaded.diagnostics.push(place.error("import-cycle", message).hinted(Some(hint)));
            return;
        }
        if !self.seen.insert(key.clone()) {
            return;
        }
        if self.seen.len() > MAX_FILES {
            let message = format!("a program may have at most {MAX_FILES} files");
            self.loaded.diagnostics.push(place.error("import-limit", message));
            return;
        }
        let path = self.path_of(key);
        match self.read(&path, true) {
            Ok(text) => {
                let source = Source { path: path.display().to_string(), text };
                self.parse(key.clone(), source, true);
            }
            Err(why) => self.loaded.diagnostics.push(unreadable(place, &path, &why)),
        }
    }

    fn path_of(&self, key: &Key) -> PathBuf {
        key.under(self.root.strip_prefix(".").unwrap_or(&self.root))
    }

    fn read(&mut self, path: &Path, inside_root: bool) -> Result<Rc<str>, ReadFault> {
        self.reads.insert(path.to_owned());
        let real = self.files.real_path(path)?;
        if inside_root && !self.real_root.as_ref().is_some_and(|root| real.starts_with(root)) {
            return Err(ReadFault::Escape);
        }
        let content = self.files.read(&real, MAX_BYTES + 1)?;
        self.reads.insert(real);
        if content.len() > MAX_BYTES {
            return Err(ReadFault::TooLarge);
        }
        let text = std::str::from_utf8(&content).map_err(|fault| ReadFault::Utf8(fault.valid_up_to()))?;
        Ok(text.strip_prefix('\u{feff}').unwrap_or(text).into())
    }

    /// Parses a file and loads its imports; whether it became a unit.
    fn parse(&mut self, key: Key, source: Source, module: bool) -> bool {
        self.loaded.sources.push(source.clone());
        let parsed = self.compiler.parse(&key, &source.text);
        let known = parsed.ast.as_ref().map(shape::declared_names).unwrap_or_default();
        let hosts = self.compiler.variables().iter().copied();
        let known: Vec<&str> = known.iter().map(String::as_str).chain(hosts).collect();
        for error in &parsed.errors {
            let aliases = shape::aliases_in_text(&source.text);
            let known = if matches!(error.err_type(), ParseErrorType::ModuleUndefined(_)) {
                &aliases
            } else {
                &known
            };
            self.loaded.diagnostics.push(Diagnostic::from_parse(error, &source.path, &source.text, known));
        }
        for (position, written, fault) in &parsed.faults {
            let place = Place { file: &source, position: *position };
            let message = format!("the import path \"{written}\" {fault}");
            self.loaded.diagnostics.push(place.error("import-path", message).hinted(Some(fault.hint())));
        }
        let Some(mut ast) = parsed.ast else { return false };
        ast.set_source(source.path.as_str());
        let faulty: Vec<_> = parsed.faults.iter().map(|(position, ..)| *position).collect();
        let (imports, mut findings) = shape::imports(&ast, &key, &faulty, &source);
        if module {
            findings.extend(shape::module_faults(&ast, &source));
        }
        self.loaded.diagnostics.extend(findings);
        self.follow(&key, &imports, &source);
        self.loaded.units.push(Unit { key, source, ast, imports });
        true
    }

    fn follow(&mut self, key: &Key, imports: &[Import], source: &Source) {
        self.stack.push(key.clone());
        for import in imports {
            self.module(&import.key, &Place { file: source, position: import.position });
        }
        self.stack.pop();
    }
}

/// Why a file could not be read.
#[derive(Debug, thiserror::Error)]
enum ReadFault {
    #[error("{}", cause(.0))]
    Io(#[from] io::Error),
    #[error("it lies outside the script's folder")]
    Escape,
    #[error("it is larger than 1 MiB")]
    TooLarge,
    #[error("it is not UTF-8 text (byte {0})")]
    Utf8(usize),
}

fn cause(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => error.to_string(),
    }
}

fn unreadable(place: &Place, path: &Path, why: &ReadFault) -> Diagnostic {
    let path = path.display();
    match why {
        ReadFault::Io(error) if error.kind() == io::ErrorKind::NotFound => place
            .error("import-not-found", format!("cannot find the imported file {path}"))
            .hinted(Some("paths start at the script's folder, or with ./ at this file's folder")),
        why => place.error("import-unreadable", format!("cannot read the imported file {path}: {why}")),
    }
}
