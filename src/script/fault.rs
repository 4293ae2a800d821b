//! What verbs throw: maps with `kind`, `code` and `message`, and `hint` where there is one.

use rhai::{Dynamic, EvalAltResult, Map, Position};

use crate::relay::RelayError;

/// Rhai's error, boxed as its functions want it.
pub type Thrown = Box<EvalAltResult>;

/// What a function of the host gives back.
pub type Answer = Result<Dynamic, Thrown>;

/// The `kind` of a verb on a call that is over.
pub const CALL_ENDED: &str = "call_ended";
/// The `kind` of a wait that took longer than its limit.
pub const TIMEOUT: &str = "timeout";
/// The `kind` of wrong arguments.
pub const ARGUMENT: &str = "argument";

/// An error that a script can catch.
pub fn fault(kind: &str, code: &str, message: String, hint: Option<String>) -> Thrown {
    let mut map = Map::new();
    map.insert("kind".into(), kind.into());
    map.insert("code".into(), code.into());
    map.insert("message".into(), message.into());
    if let Some(hint) = hint {
        map.insert("hint".into(), hint.into());
    }
    Box::new(EvalAltResult::ErrorRuntime(map.into(), Position::NONE))
}

/// The error of a verb on a call that is over.
pub fn call_ended(verb: &str, reason: &str) -> Thrown {
    fault(CALL_ENDED, reason, format!("{verb}: the call is over ({reason})"), None)
}

/// The error of a wait that took longer than `seconds`.
pub fn timeout(what: &str, seconds: f64) -> Thrown {
    fault(TIMEOUT, "", format!("{what} took longer than {seconds} seconds"), None)
}

/// The error of a request that did not succeed.
pub fn relay(verb: &str, error: &RelayError) -> Thrown {
    let hint = match error {
        RelayError::Unconfirmed { .. } => Some(
            "it is not sent again, so that nothing happens twice; check with the server before you retry"
                .into(),
        ),
        _ => None,
    };
    fault(error.kind(), error.code().unwrap_or_default(), format!("{verb}: {error}"), hint)
}

/// The `kind` of a thrown map, looked for beneath the functions it came through.
pub fn kind_of(error: &EvalAltResult) -> Option<String> {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => {
            value.read_lock::<Map>()?.get("kind")?.clone().into_string().ok()
        }
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            kind_of(inner)
        }
        _ => None,
    }
}

/// An error of Rhai itself, as a value.
fn of_script(message: String) -> Dynamic {
    let mut map = Map::new();
    map.insert("kind".into(), "script".into());
    map.insert("code".into(), "".into());
    map.insert("message".into(), message.into());
    map.into()
}

/// `exit()` and `exit(value)` end the coroutine that calls them; they are no errors.
pub fn exited(outcome: Result<Dynamic, Thrown>) -> Result<Dynamic, Thrown> {
    outcome.or_else(|error| match *error {
        EvalAltResult::Exit(value, _) => Ok(value),
        other => Err(Box::new(other)),
    })
}

/// The thrown value itself, as a script's `catch` would see it.
pub fn thrown_value(error: &EvalAltResult) -> Dynamic {
    match error {
        EvalAltResult::ErrorRuntime(value, _) => value.clone(),
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) | EvalAltResult::ErrorInModule(_, inner, _) => {
            thrown_value(inner)
        }
        EvalAltResult::ErrorTerminated(why, _) => of_script(why.to_string()),
        other => of_script(other.to_string()),
    }
}
