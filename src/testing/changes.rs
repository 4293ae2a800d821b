//! Which test files a change of files touches: those that read a text that is another one now.
//!
//! It compiles and runs no case; when to look is decided by whoever sees that files change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::suite::Workshop;
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::Files;

/// What the test files were like at the last look.
#[derive(Default)]
pub struct Changes {
    seen: BTreeMap<PathBuf, Seen>,
    /// The last text of every file that was ever seen.
    texts: BTreeMap<String, String>,
}

/// A test file, the script that it tests and all that they import.
#[derive(Clone, Default, PartialEq)]
struct Seen {
    texts: BTreeMap<String, String>,
    faults: Vec<Diagnostic>,
}

/// What a look found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The test files that are new or touched, in order.
    pub touched: Vec<PathBuf>,
    /// The files that are new or have another text, by their paths as messages show them.
    pub changed: BTreeSet<String>,
    /// Every path that was read or looked for.
    pub reads: BTreeSet<PathBuf>,
}

impl Changes {
    /// Looks at these test files, and compares them with what they were at the last look.
    pub fn look(&mut self, files: &Rc<dyn Files>, tests: &[PathBuf]) -> Look {
        let mut workshop = Workshop::new(Rc::clone(files));
        let mut look = Look::default();
        let mut seen = BTreeMap::new();
        for path in tests {
            let (now, reads) = see(&mut workshop, path);
            look.reads.extend(reads);
            if self.seen.get(path) != Some(&now) {
                look.touched.push(path.clone());
            }
            let changed = now.texts.iter().filter(|(file, text)| self.texts.get(*file) != Some(*text));
            look.changed.extend(changed.map(|(file, _)| file.clone()));
            seen.insert(path.clone(), now);
        }
        self.texts.extend(seen.values().flat_map(|seen| seen.texts.clone()));
        self.seen = seen;
        look
    }
}

fn see(workshop: &mut Workshop, path: &Path) -> (Seen, Vec<PathBuf>) {
    match workshop.suite(path) {
        Ok(suite) => {
            let sources = suite.tests.sources().iter().chain(suite.script.sources());
            let texts = sources.map(|source| (source.path.clone(), source.text.to_string())).collect();
            let reads = [suite.tests.reads(), suite.script.watched()].concat();
            (Seen { texts, faults: Vec::new() }, reads)
        }
        Err(broken) => {
            let texts = broken.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
            (Seen { texts, faults: broken.faults }, broken.reads)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::sources::InMemory;

    /// The files that a look finds touched, and those that it finds changed.
    fn look(changes: &mut Changes, files: &Rc<dyn Files>, tests: &[&str]) -> (String, String) {
        let tests: Vec<_> = tests.iter().map(PathBuf::from).collect();
        let found = changes.look(files, &tests);
        let touched: Vec<_> = found.touched.iter().map(|path| path.display().to_string()).collect();
        (touched.join(" "), found.changed.into_iter().collect::<Vec<_>>().join(" "))
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn only_what_depends_on_a_changed_text_is_touched() {
        let test = "fn test_a() { dial(); }";
        let memory = Rc::new(InMemory::new([
            ("a.rhai", "import \"lib/x\" as x; call.answer();"),
            ("a.test.rhai", test),
            ("b.rhai", "import \"lib/y\" as y; call.answer();"),
            ("b.test.rhai", test),
            ("c.test.rhai", "// script: a.rhai\nfn test_c() { dial(); }"),
            ("lib/x.rhai", "import \"./z\" as z; fn f() { 1 }"),
            ("lib/y.rhai", "import \"./z\" as z; fn f() { 1 }"),
            ("lib/z.rhai", "fn f() { 1 }"),
            ("lib/of_nobody.rhai", "fn f() { 1 }"),
        ]));
        let files: Rc<dyn Files> = Rc::clone(&memory) as Rc<dyn Files>;
        let mut changes = Changes::default();
        let all = ["a.test.rhai", "b.test.rhai", "c.test.rhai"];
        let (touched, _) = look(&mut changes, &files, &all);
        assert_eq!(touched, "a.test.rhai b.test.rhai c.test.rhai");
        assert_eq!(look(&mut changes, &files, &all), pair("", ""));
        for (path, text, touched) in [
            ("a.rhai", "call.answer();", "a.test.rhai c.test.rhai"),
            ("a.rhai", "import \"lib/x\" as x; call.answer();", "a.test.rhai c.test.rhai"),
            ("lib/x.rhai", "import \"./z\" as z; fn f() { 2 }", "a.test.rhai c.test.rhai"),
            ("lib/y.rhai", "import \"./z\" as z; fn f() { 2 }", "b.test.rhai"),
            ("lib/z.rhai", "fn f() { 2 }", "a.test.rhai b.test.rhai c.test.rhai"),
            ("b.test.rhai", "fn test_b() { dial(); }", "b.test.rhai"),
            ("lib/of_nobody.rhai", "fn f() { 2 }", ""),
            // Broken, and well again.
            ("b.rhai", "import \"lib/y\" as y; call.anser();", "b.test.rhai"),
            ("b.rhai", "import \"lib/y\" as y; call.answer();", "b.test.rhai"),
            ("b.test.rhai", "fn test_b() { ", "b.test.rhai"),
            ("b.test.rhai", "fn test_b() { dial(); }", "b.test.rhai"),
        ] {
            memory.write(path, text);
            let changed = if touched.is_empty() { "" } else { path };
            assert_eq!(look(&mut changes, &files, &all), pair(touched, changed), "{path}: {text}");
            assert_eq!(look(&mut changes, &files, &all), pair("", ""), "{path}: {text}");
        }
    }

    #[test]
    fn files_may_come_and_go() {
        let memory = Rc::new(InMemory::new([("a.test.rhai", "fn test_a() { }")]));
        let files: Rc<dyn Files> = Rc::clone(&memory) as Rc<dyn Files>;
        let mut changes = Changes::default();
        let found = changes.look(&files, &["a.test.rhai".into()]);
        assert_eq!(found.touched, [PathBuf::from("a.test.rhai")]);
        assert!(found.reads.contains(Path::new("a.rhai")), "{found:?}");
        memory.write("a.rhai", "call.answer();");
        assert_eq!(look(&mut changes, &files, &["a.test.rhai"]), pair("a.test.rhai", "a.rhai"));
        memory.write("b.test.rhai", "// script: a.rhai\nfn test_b() { }");
        let (touched, changed) = look(&mut changes, &files, &["a.test.rhai", "b.test.rhai"]);
        assert_eq!((touched.as_str(), changed.as_str()), ("b.test.rhai", "b.test.rhai"));
        assert_eq!(look(&mut changes, &files, &["b.test.rhai"]), pair("", ""));
        memory.remove("a.rhai");
        assert_eq!(look(&mut changes, &files, &["b.test.rhai"]), pair("b.test.rhai", ""));
    }
}
