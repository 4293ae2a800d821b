//! `check`: finds mistakes without running anything.

use std::collections::BTreeSet;

use super::args::CheckArgs;
use super::exit::ExitCode;
use super::failure::Failure;
use super::invocation::{Invocation, LogHabit};
use crate::script::check::{self, Vocabulary};
use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::engine::compile_engine;
use crate::script::sources::Disk;
use crate::testing::suite::ENDING;
use crate::testing::words;

/// See the module.
pub fn check(args: &CheckArgs, invocation: &Invocation) -> Result<ExitCode, Failure> {
    invocation.start_log(LogHabit::Calm)?;
    let report = &invocation.report;
    let scripts = (Compiler::new(compile_engine(None)), Vocabulary::of_calls());
    let tests = (Compiler::with_variables(words::compile_engine(), words::VARIABLES), Vocabulary::default());
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut files: BTreeSet<String> = BTreeSet::new();
    for file in &args.files {
        let is_test = file.to_string_lossy().ends_with(ENDING);
        let (compiler, vocabulary) = if is_test { &tests } else { &scripts };
        let found = check::check(compiler, &Disk, file, vocabulary);
        files.insert(file.display().to_string());
        files.extend(found.files.iter().map(|source| source.path.clone()));
        for diagnostic in found.diagnostics {
            // Two scripts may import one broken file.
            if told.contains(&diagnostic) {
                continue;
            }
            if args.json {
                report.json(&diagnostic).map_err(Failure::Output)?;
            } else {
                report.drawn(&diagnostic.render(&found.files, report.color()));
            }
            told.push(diagnostic);
        }
    }
    let errors = told.iter().filter(|diagnostic| diagnostic.is_error()).count();
    if !args.json {
        report.status(summary(files.len(), errors, told.len() - errors));
    }
    Ok(if errors > 0 { ExitCode::Failed } else { ExitCode::Ok })
}

fn summary(files: usize, errors: usize, warnings: usize) -> String {
    let counted = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let found: Vec<_> =
        [counted(errors, "error"), counted(warnings, "warning")].into_iter().flatten().collect();
    let found = if found.is_empty() { "no problems".to_owned() } else { found.join(", ") };
    format!("checked {}: {found}", counted(files, "file").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_summary_counts() {
        for (counts, text) in [
            ((1, 0, 0), "checked 1 file: no problems"),
            ((3, 0, 0), "checked 3 files: no problems"),
            ((2, 1, 2), "checked 2 files: 1 error, 2 warnings"),
            ((1, 0, 1), "checked 1 file: 1 warning"),
        ] {
            assert_eq!(summary(counts.0, counts.1, counts.2), text);
        }
    }
}
