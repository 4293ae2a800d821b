//! Who is told what scripts do: the log in production, a timeline for one simulated call.

use super::diagnostics::Diagnostic;
use super::program::Program;

/// Hears of what happens to runs. Every method has a default that logs.
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
