//! Results as JSON objects, one a line. Two runs give the same lines, apart from `duration_ms`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::script::coverage::FileCoverage;
use crate::testing::case::CaseResult;
use crate::testing::runner::Outcome;
use crate::testing::suite::BrokenSuite;

/// A case that is over.
#[must_use]
pub fn case(result: &CaseResult, took: Duration) -> Value {
    let mut data = serde_json::to_value(result).unwrap_or_default();
    data["kind"] = "case".into();
    data["outcome"] = if result.passed() { "passed" } else { "failed" }.into();
    data["duration_ms"] = milliseconds(took);
    data
}

/// A test file that cannot be run.
#[must_use]
pub fn broken(suite: &BrokenSuite) -> Value {
    json!({"kind": "broken", "file": suite.path.display().to_string(), "faults": suite.faults})
}

/// What ran of a file: how many of its lines hold statements, how many of these ran, and the first and the
/// last line of each row that did not.
#[must_use]
pub fn covered(path: &str, file: &FileCoverage) -> Value {
    let missed: Vec<_> = file.missed().iter().map(|missed| [missed.first, missed.last]).collect();
    json!({
        "kind": "coverage", "file": path, "lines": file.lines_found(), "ran": file.lines_hit(), "missed": missed,
    })
}

/// The whole run.
#[must_use]
pub fn summary(outcome: &Outcome, took: Duration) -> Value {
    json!({
        "kind": "summary", "passed": outcome.passed, "failed": outcome.failed,
        "left_out": outcome.left_out, "broken": outcome.broken, "duration_ms": milliseconds(took),
    })
}

fn milliseconds(time: Duration) -> Value {
    ((time.as_secs_f64() * 1e6).round() / 1e3).into()
}
