//! What came of faults, as text for people and as data for programs.
//!
//! It prints nothing.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use super::campaign::{Found, Only, Outcome, Tried};
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::Source;

/// One line about a case: what came of it, and how many faults were tried.
#[must_use]
pub fn line(tried: &Tried) -> String {
    let name = format!("{}::{}", tried.file, tried.case.name);
    match (&tried.failed, &tried.only) {
        (Some(_), _) => format!("FAILED  {name}  (without any fault)"),
        _ if tried.found.iter().any(|found| found.fault.is_none()) => {
            format!("BROKEN  {name}  (without any fault)")
        }
        (None, Some(Only { fault, step: Some(step), .. })) => {
            let word = if tried.broke > 0 { "BROKEN" } else { "ok    " };
            format!("{word}  {name}  ({fault}: {step}: {})", fault.kind.meaning())
        }
        (None, Some(Only { fault, step: None, .. })) => {
            let frames = tried.frames;
            format!("-       {name}  ({fault} makes no sense here: there are {frames} frames, from 0)")
        }
        (None, None) if tried.broke > 0 => {
            format!("BROKEN  {name}  ({} of {} break it)", tried.broke, faults(tried.tried))
        }
        (None, None) => format!("ok      {name}  ({})", faults(tried.tried)),
    }
}

fn faults(count: usize) -> String {
    format!("{count} {}", if count == 1 { "fault" } else { "faults" })
}

/// All that was broken in a case, each with its place and with the command that shows it again.
#[must_use]
pub fn details(tried: &Tried, styled: bool) -> String {
    let mut text = String::new();
    for found in &tried.found {
        let _ = writeln!(text, "---- {}::{} ----", tried.file, tried.case.name);
        text += &self::found(tried, found, styled);
    }
    text
}

fn found(tried: &Tried, found: &Found, styled: bool) -> String {
    let mut text = String::new();
    let sources: Vec<Source> = found.files.iter().map(source).collect();
    let what = Diagnostic { stack: Vec::new(), ..found.violation.what.clone() };
    let _ = writeln!(text, "{}", what.render(&sources, styled).trim_end());
    if let (Some(fault), Some(step)) = (found.fault, &found.step) {
        let _ = writeln!(text, "{:>10}: {}: {}", "the fault", step, fault.kind.meaning());
    }
    let _ = writeln!(text, "{:>10}: {}", "reproduce", reproduce(tried, found));
    if found.more > 0 {
        let _ = writeln!(text, "{:>10}: {} of this case", "like this", faults(found.more + 1));
    }
    text
}

fn source(file: &crate::testing::failure::File) -> Source {
    Source { path: file.path.clone(), text: file.text.as_str().into() }
}

/// The command that shows it again.
#[must_use]
pub fn reproduce(tried: &Tried, found: &Found) -> String {
    let fault = found.fault.map_or_else(|| "--faults".to_owned(), |fault| format!("--fault {fault}"));
    format!("relay-script test {} --filter {} {fault}", quoted(&tried.file), tried.case.name)
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,@".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// The conversation of a run with one fault.
#[must_use]
pub fn conversation(only: &Only) -> String {
    let lines = only.transcript.iter().map(|line| {
        let place = line.place.as_ref().map(|place| format!("  ({place})")).unwrap_or_default();
        format!("{line}{place}\n")
    });
    lines.collect()
}

/// What came of everything, in one line.
#[must_use]
pub fn summary(outcome: &Outcome, took: Duration) -> String {
    let Outcome { cases, tried, broke, failed, left_out, broken } = outcome;
    let plural =
        |count: &usize, one: &str, many: &str| format!("{count} {}", if *count == 1 { one } else { many });
    let mut parts =
        vec![format!("{} tried on {}", plural(tried, "fault", "faults"), plural(cases, "case", "cases"))];
    parts.push(if *broke == 0 {
        "none broke anything".to_owned()
    } else {
        format!("{broke} broke something")
    });
    if *failed > 0 {
        parts.push(format!("{} without any fault", plural(failed, "case fails", "cases fail")));
    }
    if *left_out > 0 {
        parts.push(format!("{left_out} left out"));
    }
    if *broken > 0 {
        parts.push(plural(broken, "file that cannot be run", "files that cannot be run"));
    }
    format!("{} in {:.2} s", parts.join(", "), took.as_secs_f64())
}

/// A case as data. Two runs give the same, apart from `duration_ms`.
#[must_use]
pub fn data(tried: &Tried, took: Duration) -> Value {
    let broken: Vec<Value> = tried.found.iter().map(|found| found_data(tried, found)).collect();
    let mut data = json!({
        "kind": "faults", "file": tried.file, "name": tried.case.name, "line": tried.case.line,
        "outcome": outcome(tried), "frames": tried.frames, "tried": tried.tried, "broke": tried.broke,
        "broken": broken, "duration_ms": milliseconds(took),
    });
    if let Some(failed) = &tried.failed {
        data["failures"] = json!(failed.failures);
    }
    if let Some(Only { fault, step, transcript }) = &tried.only {
        data["fault"] = fault.to_string().into();
        data["frame"] = json!(step.as_ref().map(ToString::to_string));
        data["transcript"] = json!(transcript);
    }
    data
}

fn outcome(tried: &Tried) -> &'static str {
    match (&tried.failed, &tried.only) {
        (Some(_), _) => "failed",
        _ if tried.broke > 0 => "broken",
        (None, Some(Only { step: None, .. })) => "left-out",
        (None, _) => "passed",
    }
}

fn found_data(tried: &Tried, found: &Found) -> Value {
    json!({
        "invariant": found.violation.invariant, "message": found.violation.what.message,
        "place": found.violation.what, "fault": found.fault.map(|fault| fault.to_string()),
        "frame": found.step.as_ref().map(ToString::to_string),
        "more": found.more, "reproduce": reproduce(tried, found),
    })
}

/// The whole run as data.
#[must_use]
pub fn summary_data(outcome: &Outcome, took: Duration) -> Value {
    json!({
        "kind": "summary", "cases": outcome.cases, "tried": outcome.tried, "broke": outcome.broke,
        "failed": outcome.failed, "left_out": outcome.left_out, "broken": outcome.broken,
        "duration_ms": milliseconds(took),
    })
}

fn milliseconds(time: Duration) -> Value {
    ((time.as_secs_f64() * 1e6).round() / 1e3).into()
}
