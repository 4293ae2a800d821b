//! Which invariants a run with a fault broke.
//!
//! Always, whatever goes wrong:
//!
//! - nothing panics;
//! - the script ends: within two minutes of virtual time after the callers hung up, no part of it runs or waits;
//! - it does not spin: it lets time pass, and none of the limits of scripts ends it;
//! - no payment is started twice, no call is answered twice (see [`payments`](super::payments));
//! - no error of the script's own is left uncaught.
//!
//! An error that nobody catches is the documented end of a script: the call is hung up. So it breaks nothing if the
//! run without the fault has it too, at the same place. And where a fault may be noticed, these are explained by it:
//! what RELAY and waits throw (`refused`, `timeout`, `unconfirmed`, `not_connected`, `session_lost`, `dial_failed`,
//! `action_ended`), and what the script throws itself. Not explained are wrong arguments, unknown functions and
//! variables, values of a wrong type: a script that meets something unusual must not stumble over it.
//!
//! Where a fault must not be noticed ([`FaultKind::is_unnoticed`](super::FaultKind::is_unnoticed)):
//!
//! - no error is explained;
//! - everything that the case claims holds;
//! - the conversation is the same on each call: what is heard, pressed, said, what comes of it, who hangs up; not
//!   when. It may be shorter where the caller hung up: some time was lost.
//!
//! One exception: a request that must not be sent twice was on its way when the socket fell, and nothing proved that
//! RELAY had got it. The script is then told `unconfirmed`, and may notice. For other faults what the case claims is
//! not judged: its callers expect the usual course of things.
//!
//! It looks at records only.

use std::fmt;

use serde::Serialize;

use super::Fault;
use super::payments::Doubled;
use super::trial::{Record, Trial};
use crate::script::diagnostics::Diagnostic;
use crate::testing::case::CaseResult;
use crate::testing::failure::At;

/// What is said when nothing is known of a run because of a panic.
pub(super) const PANICKED: &str =
    "relay-script itself failed; please report this with the test and its script";

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// Nothing panics.
    Panics,
    /// No payment is started twice.
    PaysTwice,
    /// No call is answered twice.
    AnswersTwice,
    /// A script lets time pass, and keeps to the limits.
    Spins,
    /// A script ends.
    NeverEnds,
    /// No error of the script's own is left uncaught.
    ScriptError,
    /// What the case claims holds.
    Claims,
    /// The conversation stays the same.
    Conversation,
}

impl Invariant {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Panics => "panics",
            Self::PaysTwice => "pays-twice",
            Self::AnswersTwice => "answers-twice",
            Self::Spins => "spins",
            Self::NeverEnds => "never-ends",
            Self::ScriptError => "script-error",
            Self::Claims => "claims",
            Self::Conversation => "conversation",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// An invariant that was broken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// How: a sentence, its place in the script or in the test, what to do about it.
    pub what: Diagnostic,
}

impl Violation {
    fn new(invariant: Invariant, message: impl Into<String>) -> Self {
        Self { invariant, what: Diagnostic::error(invariant.word(), "", message) }
    }

    fn at(mut self, at: Option<&At>) -> Self {
        if let Some(At { file, line, column }) = at {
            self.what = Diagnostic { file: file.clone(), line: *line, column: *column, ..self.what };
        }
        self
    }

    fn hinted(mut self, hint: &str) -> Self {
        self.what = self.what.hinted(Some(hint));
        self
    }

    /// An error at its place.
    fn of(invariant: Invariant, prefix: &str, error: &Diagnostic) -> Self {
        let message = format!("{prefix}: {}", error.message);
        Self { invariant, what: Diagnostic { code: invariant.word(), message, ..error.clone() } }
    }

    /// Nothing is known of a run, for this reason.
    #[must_use]
    pub(super) fn lost(why: &str) -> Self {
        Self::new(Invariant::Panics, why)
    }
}

/// What a run broke, the worst first. `base` is the run without a fault; it judges itself with none.
pub(super) fn judge(
    fault: Option<Fault>,
    base: &[Record],
    trial: &Trial,
    result: &CaseResult,
) -> Vec<Violation> {
    let records = trial.records();
    let unnoticed = fault.is_some_and(|fault| fault.kind.is_unnoticed()) && !trial.is_in_doubt();
    let mut broken: Vec<Violation> = Vec::new();
    if result.failures.iter().any(|failure| failure.trouble.kind == "panic") {
        broken.push(Violation::lost(PANICKED));
    }
    for (index, record) in records.iter().enumerate() {
        let usual = base.get(index).map_or(&[][..], |record| &record.errors);
        let errors = record.errors.iter().filter(|error| !usual.iter().any(|known| is_same(known, error)));
        broken.extend(errors.filter_map(|error| of_error(error, fault.is_some() && !unnoticed)));
        broken.extend(record.doubled.iter().map(|(doubled, at)| of_doubled(doubled, at.as_ref())));
        broken.extend(of_end(record));
    }
    if unnoticed {
        broken.extend(of_claims(result));
        broken.extend(base.iter().zip(&records).find_map(|(base, record)| of_conversation(base, record)));
    }
    broken.sort_by_key(|violation| violation.invariant);
    broken.dedup_by_key(|violation| violation.invariant);
    broken
}

fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    (one.code, &one.kind, &one.file, one.line) == (other.code, &other.kind, &other.file, other.line)
}

/// An error that nobody caught; nothing, if the fault explains it.
fn of_error(error: &Diagnostic, noticed: bool) -> Option<Violation> {
    let kind = error.kind.as_deref();
    match error.code {
        "terminated" | "limit" => Some(Violation::of(Invariant::Spins, "the script was stopped", error)),
        _ if kind == Some("internal") => Some(Violation::of(Invariant::Panics, "a verb failed", error)),
        // What a script throws again after it caught a mistake of its own has this kind.
        "thrown" if noticed && !matches!(kind, Some("argument" | "script")) => None,
        _ => Some(Violation::of(Invariant::ScriptError, "the script failed", error)),
    }
}

fn of_doubled(doubled: &Doubled, at: Option<&At>) -> Violation {
    match doubled {
        Doubled::Payment { .. } => {
            let message = "the script starts a payment while it cannot know what became of the one before it";
            Violation::new(Invariant::PaysTwice, message).at(at).hinted(
                "after `unconfirmed` or `timeout` a payment may have been taken: ask the payment connector, or tell \
                 the caller that somebody will; only `refused` says that nothing began",
            )
        }
        Doubled::Repeated { .. } => {
            let message =
                "relay-script sent one request for a payment twice; please report this with the test";
            Violation::new(Invariant::PaysTwice, message).at(at)
        }
        Doubled::Answer { .. } => {
            let message = "the script answers a call although it was told that the call is answered";
            Violation::new(Invariant::AnswersTwice, message).at(at).hinted("call.state says whether it is")
        }
    }
}

fn of_end(record: &Record) -> Option<Violation> {
    if record.endless {
        let message = "the script goes on without letting time pass";
        return Some(
            Violation::new(Invariant::Spins, message).at(record.stood.first().map(|stood| &stood.at)),
        );
    }
    if record.ended {
        return None;
    }
    let stood = record.stood.first();
    let waits =
        stood.map(|stood| format!(", in {} since {:.2} s", stood.step, stood.since)).unwrap_or_default();
    let message = format!("the script is still running two minutes after the callers hung up{waits}");
    Some(Violation::new(Invariant::NeverEnds, message).at(stood.map(|stood| &stood.at)))
}

/// A claim of the case that failed.
fn of_claims(result: &CaseResult) -> Option<Violation> {
    let failure = result.failures.first()?;
    let mut violation = Violation::of(Invariant::Claims, "the case fails", &failure.place);
    violation.what.message = format!("the case fails: {}", failure.trouble.message);
    violation.what.hint = Some(
        "neither the caller nor the script may notice this fault; but it takes a few seconds: claims about times \
         must leave room for them"
            .to_owned(),
    );
    Some(violation)
}

/// The first line in which a conversation differs from the usual one.
fn of_conversation(base: &Record, record: &Record) -> Option<Violation> {
    let calls = base.conversations.len().max(record.conversations.len());
    (0..calls).find_map(|call| {
        let lines = |record: &Record| record.conversations.get(call).cloned().unwrap_or_default();
        let (usual, came) = (lines(base), lines(record));
        let same = usual.iter().zip(&came).take_while(|(usual, came)| usual == came).count();
        let cut_short = same + 1 == came.len() && came[same].starts_with("caller") && is_hang_up(&came[same]);
        if same == usual.len() && same == came.len() || cut_short {
            return None;
        }
        let or_nothing = |line: Option<&String>| match line {
            Some(line) => line.split_whitespace().collect::<Vec<_>>().join(" "),
            None => "nothing".to_owned(),
        };
        let message = format!(
            "the conversation differs: expected `{}`, came `{}`",
            or_nothing(usual.get(same)),
            or_nothing(came.get(same))
        );
        Some(Violation::new(Invariant::Conversation, message))
    })
}

fn is_hang_up(line: &str) -> bool {
    line.ends_with("hangs up") || line.contains("ends the call")
}
