//! Waiting inside a verb. Every wait ends: by what is waited for, by its time limit, or because the
//! script is stopped.

use std::rc::Rc;
use std::time::Duration;

use rhai::{EvalAltResult, Position};

use super::coroutine::{self, Pause};
use super::fault::Thrown;
use super::host::Host;
use super::place::tell_wait;
use super::strand::{Stop, Strand};
use crate::relay::Time;

/// The longest wait a script can ask for, in seconds (30 days).
const LONGEST: f64 = 30.0 * 24.0 * 3600.0;

/// The strand that runs now; verbs can be used in strands only.
pub fn strand(host: &Host) -> Result<Rc<Strand>, Thrown> {
    host.scheduler.current().ok_or_else(|| {
        super::fault::fault("internal", "", "a verb was used outside of a running script".into(), None)
    })
}

/// Waits until `look` finds something: `None` when `deadline` passed first.
///
/// `look` is asked at once and after each wake; who wakes the strand is up to the caller.
pub fn wait<T>(
    host: &Host,
    strand: &Strand,
    deadline: Option<Time>,
    mut look: impl FnMut() -> Option<T>,
) -> Result<Option<T>, Thrown> {
    if let Some(at) = deadline {
        host.scheduler.wake_at(at, strand.token);
    }
    let mut is_told = false;
    let outcome = loop {
        if strand.run.is_overdue(host.now()) {
            strand.stop(Stop::Overtime);
        }
        if let Some(why) = strand.stopped() {
            break Err(terminated(why));
        }
        if let Some(found) = look() {
            break Ok(Some(found));
        }
        if deadline.is_some_and(|at| at <= host.now()) {
            break Ok(None);
        }
        strand.refresh();
        if host.wants_places && !is_told {
            is_told = true;
            tell_wait(host, strand, true);
        }
        coroutine::suspend(Pause::Waiting);
    };
    if is_told {
        tell_wait(host, strand, false);
    }
    outcome
}

/// The error that ends a stopped script; it cannot be caught.
pub fn terminated(why: Stop) -> Thrown {
    Box::new(EvalAltResult::ErrorTerminated(why.message().into(), Position::NONE))
}

/// The point in time that lies `seconds` ahead.
pub fn deadline(host: &Host, seconds: f64) -> Time {
    let seconds = if seconds.is_finite() { seconds.clamp(0.0, LONGEST) } else { LONGEST };
    host.now() + Duration::from_secs_f64(seconds)
}
