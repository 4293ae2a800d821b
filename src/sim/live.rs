//! `calling.live_transcribe` and `calling.live_translate`: which actions there are and what each needs.
//!
//! Never writes down a word: RELAY documents no event of them.

use super::frames::Failure;
use super::params::{Params, wrong};
use super::rules::{Rule, fit, need};

/// Refuses an `action` that is not `"stop"`, `{start}`, `{stop}`, `{summarize}` or `{inject}`; `start` needs these
/// texts.
pub(super) fn check(params: Params<'_>, needed: &[&'static str]) -> Result<(), Failure> {
    let shape = || wrong("action", "\"stop\" or an object with one of start, stop, summarize, inject");
    let Some(action) = params.get("action").and_then(serde_json::Value::as_object) else {
        return if params.text("action")? == "stop" { Ok(()) } else { Err(shape()) };
    };
    let Some((name, _)) = action.iter().next().filter(|_| action.len() == 1) else { return Err(shape()) };
    match name.as_str() {
        "start" => {
            let start = Params(action).object("start")?;
            needed.iter().try_for_each(|name| fit(start, &[need(name, Rule::Text)]))
        }
        "stop" | "summarize" | "inject" => Ok(()),
        _ => Err(shape()),
    }
}
