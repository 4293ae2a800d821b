//! What a library makes of changing files.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::script::sources::InMemory;

fn library(files: &[(&str, &str)]) -> (Library, Rc<InMemory>) {
    let memory = Rc::new(InMemory::new(files.iter().copied()));
    let files: Rc<dyn Files> = Rc::<InMemory>::clone(&memory);
    (Library::new(Rc::new(Compiler::default()), Rc::new(Vocabulary::default()), files, "s/a.rhai"), memory)
}

/// `changed 2`, `unchanged` or the codes of what is broken.
fn outcome(library: &mut Library) -> String {
    match library.reload() {
        Outcome::Changed(program) => format!("changed {}", program.version()),
        Outcome::Unchanged => "unchanged".into(),
        Outcome::Broken(faults) => faults.iter().map(|fault| fault.code).collect::<Vec<_>>().join(" "),
    }
}

#[test]
fn a_new_text_is_a_new_version_and_a_broken_one_is_not() {
    let (mut library, files) = library(&[("s/a.rhai", "print(1);")]);
    assert_eq!(library.load().unwrap().version(), 1);
    assert_eq!(outcome(&mut library), "unchanged");
    files.write("s/a.rhai", "print(2);");
    assert_eq!(outcome(&mut library), "changed 2");
    files.write("s/a.rhai", "print(2;");
    assert_eq!(outcome(&mut library), "syntax");
    assert_eq!(outcome(&mut library), "unchanged");
    assert_eq!(library.newest().unwrap().version(), 2);
    assert_eq!(&*library.sources()[0].text, "print(2;");
    files.write("s/a.rhai", "prnt(2);");
    assert_eq!(outcome(&mut library), "unknown-function");
    files.write("s/a.rhai", "print(3);");
    assert_eq!(outcome(&mut library), "changed 3");
}

#[test]
fn imported_files_count_also_those_that_do_not_exist_yet() {
    let (mut library, files) = library(&[("s/a.rhai", "import \"lib/m\" as m; m::f();")]);
    assert_eq!(library.load().unwrap_err()[0].code, "import-not-found");
    assert!(library.newest().is_none());
    assert!(library.watched().contains(&"s/lib/m.rhai".into()));
    assert_eq!(outcome(&mut library), "unchanged");
    files.write("s/lib/m.rhai", "fn f() {}");
    assert_eq!(outcome(&mut library), "changed 1");
    files.write("s/lib/m.rhai", "fn f() { 1 }");
    assert_eq!(outcome(&mut library), "changed 2");
    files.remove("s/lib/m.rhai");
    assert_eq!(outcome(&mut library), "import-not-found");
    files.remove("s/a.rhai");
    assert_eq!(outcome(&mut library), "unreadable");
    assert_eq!(library.newest().unwrap().version(), 2);
}

#[test]
fn programs_in_use_outlive_a_reload() {
    let (mut library, files) = library(&[("s/a.rhai", "print(1);")]);
    let first = library.load().unwrap();
    files.write("s/a.rhai", "print(2);");
    assert_eq!(outcome(&mut library), "changed 2");
    assert_eq!((&*first.sources()[0].text, first.version()), ("print(1);", 1));
}
