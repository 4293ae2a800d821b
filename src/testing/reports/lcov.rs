//! What scripts ran, as lcov and its kin read it (the format of `geninfo(1)`): functions and lines, no branches.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::script::coverage::{Coverage, FileCoverage};

/// The whole file.
#[must_use]
pub fn tracefile(coverage: &Coverage) -> String {
    let mut text = String::from("TN:\n");
    for (path, file) in &coverage.files {
        let _ = writeln!(text, "SF:{path}");
        functions(&mut text, file);
        for (line, count) in &file.lines {
            let _ = writeln!(text, "DA:{line},{count}");
        }
        let _ = writeln!(text, "LF:{}\nLH:{}\nend_of_record", file.lines_found(), file.lines_hit());
    }
    text
}

fn functions(text: &mut String, file: &FileCoverage) {
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, name) in file.functions.keys() {
        *named.entry(name).or_default() += 1;
    }
    // Readers know functions by their names alone; several may have one, with other parameters.
    let called = |line: &usize, name: &String| match named.get(name.as_str()) {
        Some(1) => name.clone(),
        _ => format!("{name}:{line}"),
    };
    for (line, name) in file.functions.keys() {
        let _ = writeln!(text, "FN:{line},{}", called(line, name));
    }
    for ((line, name), count) in &file.functions {
        let _ = writeln!(text, "FNDA:{count},{}", called(line, name));
    }
    let hit = file.functions.values().filter(|count| **count > 0).count();
    let _ = writeln!(text, "FNF:{}\nFNH:{hit}", file.functions.len());
}
