//! The words of a test: what stands in `*.test.rhai` beside Rhai itself.
//!
//! | file | its words |
//! |---|---|
//! | `dialling` | `dial` |
//! | `hearing` | `caller.hears`, `regex` |
//! | `acting` | `caller.press`, `says`, `waits`, `hangs_up` |
//! | `outcomes` | `caller.is_hung_up_on`, `transferred_to`, `expects_fault` |
//! | `recording` | `caller.records` |
//! | `paying` | `caller.pays`, `cards` |
//! | `connector` | `connector.approves`, `declines`, `times_out`, `fails`, `received` |
//! | `view` | `call.verbs`, `events`, `heard`, `printed`, `fault`, `state`, `end_reason` |
//! | `messages` | `sms.sent`, `sms.arrives` |
//! | `http` | `http.on`, `returns`, `requests` |
//! | `far_end` | `far_end.answers`, `is_busy`, `rings_out` |
//! | `claims` | `assert`, `assert_eq`, `expect_transcript` |
//! | `time` | `clock.now`, `clock.advance` |
//! | `tables` | `cases` |
//!
//! They look at a [`Scene`] and act in it. They know no files of their own and no runner.

mod acting;
mod arguments;
mod claims;
mod connector;
mod dialling;
mod engine;
mod far_end;
mod hearing;
mod http;
mod messages;
mod outcomes;
mod paying;
mod recording;
mod registry;
mod tables;
mod time;
mod values;
mod view;

use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult, Map};

use super::failure::{Failure, Trouble};
use super::scene::{LONGEST_CASE, Scene, Unfound};
use crate::script::diagnostics::Diagnostic;
use crate::script::fault::{Thrown, fault};

pub use engine::{Player, VARIABLES, compile_engine};
pub(super) use paying::name as card_name;

/// The `kind` of the error that says that rows failed; each of them was noted.
const ROWS_FAILED: &str = "rows_failed";

/// Throws what went wrong, as an error that the test may catch.
fn raise(scene: &Scene, trouble: Trouble) -> Thrown {
    let (kind, message, hint) = (trouble.kind, trouble.message.clone(), trouble.hint.clone());
    let number = i64::try_from(scene.keep(trouble)).unwrap_or(i64::MAX);
    let mut thrown = fault(kind, "", message, hint);
    if let EvalAltResult::ErrorRuntime(value, _) = &mut *thrown
        && let Some(mut map) = value.write_lock::<Map>()
    {
        map.insert("trouble".into(), number.into());
    }
    thrown
}

/// What a wait found; in vain, `otherwise` says what is missing.
fn found<T>(
    scene: &Scene,
    outcome: Result<T, Unfound>,
    otherwise: impl FnOnce() -> Trouble,
) -> Result<T, Thrown> {
    outcome.map_err(|unfound| match unfound {
        Unfound::Wrong(trouble) => raise(scene, *trouble),
        Unfound::TimedOut => {
            let mut trouble = otherwise();
            if scene.world().now() >= LONGEST_CASE {
                trouble.hint = Some("the case took an hour of virtual time, and may take no more".to_owned());
            }
            raise(scene, trouble)
        }
    })
}

/// The failure that an uncaught error of the test is; `None` when it was noted before.
fn failure_of(scene: &Rc<Scene>, error: &EvalAltResult) -> Option<Failure> {
    let place = Diagnostic::from_error(error, scene.tests.file(), scene.tests.sources());
    if place.kind.as_deref() == Some(ROWS_FAILED) && scene.failed() > 0 {
        return None;
    }
    let kept = number_of(error).and_then(|number| scene.kept(number));
    let trouble = kept.unwrap_or_else(|| {
        let kind = match place.code {
            "terminated" | "limit" => "limit",
            _ => "error",
        };
        Trouble { hint: place.hint.clone(), ..Trouble::new(kind, place.message.clone()) }
    });
    Some(Failure::new(trouble, place, scene.tests.sources(), &scene.world()))
}

/// The number by which a thrown error refers to what was kept.
fn number_of(error: &EvalAltResult) -> Option<usize> {
    let value: Dynamic = crate::script::fault::thrown_value(error);
    let number = value.read_lock::<Map>()?.get("trouble")?.as_int().ok()?;
    usize::try_from(number).ok()
}
