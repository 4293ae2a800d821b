//! Results as people read them.

use std::fmt::Write as _;
use std::time::Duration;

use crate::script::diagnostics::{Diagnostic, excerpt};
use crate::testing::case::CaseResult;
use crate::testing::difference::{Change, Changed};
use crate::testing::failure::{Failure, Stood};
use crate::testing::runner::Outcome;
use crate::testing::suite::BrokenSuite;

/// One line about a case: what came of it, its name, how long it took in virtual time.
#[must_use]
pub fn line(result: &CaseResult) -> String {
    let word = if result.passed() { "ok    " } else { "FAILED" };
    format!("{word}  {}::{}  ({:.1} s)", result.file, result.case.name, result.seconds)
}

/// A failed case in full: each failure with its place, what was expected, the conversation.
#[must_use]
pub fn failures(result: &CaseResult, styled: bool) -> String {
    let mut text = String::new();
    for failure in &result.failures {
        let _ = writeln!(text, "---- {}::{} ----", result.file, result.case.name);
        text += &self::failure(failure, styled);
    }
    text
}

/// One failure in full.
#[must_use]
pub fn failure(failure: &Failure, styled: bool) -> String {
    let mut text = String::new();
    let sources = failure.sources();
    if let Some(row) = &failure.row {
        let _ = writeln!(text, "row {}: {}", row.number, row.text);
    }
    let trouble = &failure.trouble;
    let stack: Vec<_> = failure.place.stack.iter().filter(|frame| frame.line > 0).cloned().collect();
    let place = Diagnostic {
        code: trouble.kind,
        message: trouble.message.clone(),
        hint: trouble.hint.clone().or_else(|| failure.place.hint.clone()),
        stack,
        ..failure.place.clone()
    };
    let _ = writeln!(text, "{}", place.render(&sources, styled).trim_end());
    for (label, value) in [("expected", &trouble.expected), ("came", &trouble.came)] {
        if let Some(value) = value {
            let _ = writeln!(text, "{label:>9}: {value}");
        }
    }
    if let Some(nearest) = &trouble.nearest {
        let _ = writeln!(text, "{:>9}: {:?}, spoken at {:.2} s", "nearest", nearest.text, nearest.at);
        if let Some(at) = &nearest.place {
            let _ = writeln!(text, "{}", excerpt(&sources, &at.place()).trim_end());
        }
    }
    text += &difference(&trouble.difference);
    if let Some(fault) = &failure.fault {
        let _ = writeln!(text, "\nthe script:\n{}", fault.render(&sources, styled).trim_end());
    }
    text += &conversation(failure);
    for stood in &failure.stood {
        let _ = writeln!(text, "\n{}", where_it_stood(stood));
        let _ = writeln!(text, "{}", excerpt(&sources, &stood.at.place()).trim_end());
    }
    text
}

fn difference(lines: &[Changed]) -> String {
    let mut text = String::new();
    if lines.is_empty() {
        return text;
    }
    text += "\n  - expected  + came\n";
    for line in lines {
        let sign = match line.change {
            Change::Same => ' ',
            Change::Missing => '-',
            Change::New => '+',
            Change::Gap => '…',
        };
        let _ = writeln!(text, "{}", format!("  {sign} {}", line.text).trim_end());
    }
    text
}

fn conversation(failure: &Failure) -> String {
    let mut text = String::new();
    if failure.transcript.is_empty() {
        return text;
    }
    let _ = writeln!(text, "\nthe conversation, up to {:.2} s:", failure.at);
    for line in &failure.transcript {
        let place = line.place.as_ref().map(|place| format!("  ({place})")).unwrap_or_default();
        let _ = writeln!(text, "{line}{place}");
    }
    text
}

fn where_it_stood(stood: &Stood) -> String {
    let number = if stood.call > 1 { format!(" of call #{}", stood.call) } else { String::new() };
    let part = if stood.part == "main" { String::new() } else { format!(", in {}", stood.part) };
    format!("the script{number} waits in {} since {:.2} s{part}:", stood.step, stood.since)
}

/// A test file that cannot be run.
#[must_use]
pub fn broken(suite: &BrokenSuite, styled: bool) -> String {
    let sources: Vec<_> = suite
        .files
        .iter()
        .map(|file| crate::script::sources::Source {
            path: file.path.clone(),
            text: file.text.as_str().into(),
        })
        .collect();
    suite.faults.iter().map(|fault| format!("{}\n", fault.render(&sources, styled).trim_end())).collect()
}

/// What came of the whole run, in one line.
#[must_use]
pub fn summary(outcome: &Outcome, took: Duration) -> String {
    let Outcome { passed, failed, left_out, broken } = outcome;
    let mut parts = vec![format!("{passed} passed")];
    for (count, what) in [(failed, "failed"), (left_out, "left out"), (broken, "files that cannot be run")] {
        if *count > 0 {
            let what = if *count == 1 { what.replace("files that", "file that") } else { what.to_owned() };
            parts.push(format!("{count} {what}"));
        }
    }
    format!("{} in {:.2} s", parts.join(", "), took.as_secs_f64())
}
