//! What a load reads, and what it says of files that it cannot use.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use super::*;
use crate::script::compiler::Compiler;

fn loaded(files: &InMemory, path: &str) -> Loaded {
    load(&Compiler::default(), files, Path::new(path))
}

fn messages(loaded: &Loaded) -> Vec<String> {
    loaded.diagnostics.iter().map(ToString::to_string).collect()
}

fn reads(loaded: &Loaded) -> Vec<String> {
    loaded.reads.iter().map(|path| path.display().to_string()).collect()
}

#[test]
fn files_that_were_looked_for_are_recorded() {
    let files = InMemory::new([("s/a.rhai", "import \"lib/b\" as b; import \"c\" as c;"), ("s/c.rhai", "")]);
    let loaded = loaded(&files, "s/a.rhai");
    assert_eq!(reads(&loaded), ["s/a.rhai", "s/c.rhai", "s/lib/b.rhai"]);
    assert_eq!(messages(&loaded), ["s/a.rhai:1:8: cannot find the imported file s/lib/b.rhai"]);
}

#[test]
fn links_that_leave_the_root_are_refused() {
    let files = InMemory::new([
        ("s/a.rhai", "import \"b\" as b; import \"c\" as c;"),
        ("t/x.rhai", ""),
        ("s/y.rhai", ""),
    ]);
    files.link("s/b.rhai", "t/x.rhai");
    files.link("s/c.rhai", "s/y.rhai");
    let loaded = loaded(&files, "s/a.rhai");
    assert_eq!(
        messages(&loaded),
        ["s/a.rhai:1:8: cannot read the imported file s/b.rhai: it lies outside the script's folder"]
    );
    assert_eq!(reads(&loaded), ["s/a.rhai", "s/b.rhai", "s/c.rhai", "s/y.rhai"]);
}

#[test]
fn unusable_files_are_named_with_the_import() {
    let files = InMemory::new([("a.rhai", "import \"b\" as b;\nimport \"c\" as c;")]);
    files.write("b.rhai", b"fn f() { \"\xff\" }");
    files.write("c.rhai", vec![b' '; MAX_BYTES + 1]);
    assert_eq!(
        messages(&loaded(&files, "a.rhai")),
        [
            "a.rhai:1:8: cannot read the imported file b.rhai: it is not UTF-8 text (byte 10)",
            "a.rhai:2:8: cannot read the imported file c.rhai: it is larger than 1 MiB",
        ]
    );
    assert_eq!(
        messages(&loaded(&files, "none.rhai")),
        ["none.rhai:0:0: cannot read the script: no such file"]
    );
}

#[test]
fn a_module_imported_twice_is_read_once_and_comes_before_its_importers() {
    let files = InMemory::new([
        ("a.rhai", "import \"b\" as b; import \"c.rhai\" as c;"),
        ("b.rhai", "import \"./c\" as c;"),
        ("c.rhai", ""),
    ]);
    let loaded = loaded(&files, "a.rhai");
    let order: Vec<_> = loaded.units.iter().map(|unit| unit.key.to_string()).collect();
    assert_eq!(order, ["c.rhai", "b.rhai", "a.rhai"]);
    assert!(loaded.diagnostics.is_empty() && loaded.main().is_some());
}

#[test]
fn a_file_that_imports_itself_is_a_cycle() {
    let files = InMemory::new([("a.rhai", "import \"./a\" as me;")]);
    assert_eq!(messages(&loaded(&files, "./a.rhai")), ["./a.rhai:1:8: import cycle: a.rhai → a.rhai"]);
}

#[test]
fn the_disk_serves_plain_files_only() {
    let folder = std::env::temp_dir().join(format!("relay-script-sources-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("lib")).unwrap();
    std::fs::write(folder.join("a.rhai"), "import \"lib\" as l; import \"out\" as o; import \"lib/m\" as m;")
        .unwrap();
    std::fs::create_dir_all(folder.join("lib.rhai")).unwrap();
    std::fs::write(folder.join("lib/m.rhai"), "\u{feff}export const K = 1;\r\n").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.join("out.rhai")).unwrap();
    let loaded = load(&Compiler::default(), &Disk, &folder.join("a.rhai"));
    std::fs::remove_dir_all(&folder).unwrap();
    let said = messages(&loaded);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].ends_with("lib.rhai: not a plain file"), "{said:?}");
    assert!(said[1].ends_with("out.rhai: it lies outside the script's folder"), "{said:?}");
    assert!(loaded.reads.contains(&folder.join("lib/m.rhai")));
}
