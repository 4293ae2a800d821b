//! Who is told what scripts do: the log in production, a timeline for one simulated call.

use super::diagnostics::Diagnostic;
use super::place::{Place, Step};
use super::program::Program;
use super::strand::StrandName;

/// A verb of `call`, `relay` or an action whose request goes out.
#[derive(Clone, Copy, Debug)]
pub struct Used<'a> {
    /// The verb, as scripts write it.
    pub name: &'a str,
    /// The wire method of the request.
    pub method: &'a str,
    /// The id of the call that the request is about: not always the script's own; empty where there
    /// is none, or where only the request tells.
    pub about: &'a str,
    /// Where the script used it.
    pub place: &'a Place,
}

/// Hears of what happens to runs. Every method has a default, most of them log.
pub trait Observer {
    /// A script called `print` (or `debug`).
    fn printed(&self, call_id: &str, text: &str, is_debug: bool) {
        if is_debug {
            tracing::debug!(call_id, text, "debug");
        } else {
            tracing::info!(call_id, text, "print");
        }
    }

    /// A call came in and gets this version of the script.
    fn call_began(&self, call_id: &str, program: &Program) {
        tracing::debug!(call_id, script = program.file(), version = program.version(), "call began");
    }

    /// A call is over and its script too.
    fn call_ended(&self, call_id: &str, reason: &str, failed: bool) {
        tracing::debug!(call_id, reason, failed, "call ended");
    }

    /// A script failed: an error nobody caught.
    fn script_failed(&self, call_id: &str, fault: &Diagnostic, program: &Program) {
        let text = fault.render(program.sources(), false);
        tracing::error!(call_id, version = program.version(), "script failed\n{text}");
    }

    /// Whether [`Self::verb`] and [`Self::waits`] are to be told. It is asked once, when a shard is
    /// made; places cost time.
    fn wants_places(&self) -> bool {
        false
    }

    /// A script uses a verb: its request goes out now. `call_id` is the call whose script it is.
    fn verb(&self, call_id: &str, used: &Used<'_>) {
        let _ = (call_id, used);
    }

    /// A strand of a call's script begins to wait in this step, or goes on (`None`). Between two
    /// waits of one step, such as those for a verb's answer and for its end, it goes on too.
    fn waits(&self, call_id: &str, strand: StrandName, step: Option<&Step>) {
        let _ = (call_id, strand, step);
    }
}

/// Logs, and does nothing else.
pub struct Log;

impl Observer for Log {}

/// Logs each call at a level that is shown while one writes a script; with thousands of calls that
/// would be too much.
pub struct LogCalls;

impl Observer for LogCalls {
    fn call_began(&self, call_id: &str, program: &Program) {
        tracing::info!(call_id, script = program.file(), version = program.version(), "call began");
    }

    fn call_ended(&self, call_id: &str, reason: &str, failed: bool) {
        tracing::info!(call_id, reason, failed, "call ended");
    }
}
