//! Failures that a test asks for.
//!
//! Never decides by itself: with nothing asked for, nothing fails.

use super::frames::Failure;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The failures to come, by method.
#[derive(Debug, Default)]
pub(super) struct Faults {
    failing: BTreeMap<String, VecDeque<Failure>>,
    muted: BTreeSet<String>,
    lossy: BTreeSet<String>,
}

impl Faults {
    /// A negative code becomes a JSON-RPC error, any other a result with that code.
    pub(super) fn fail_next(&mut self, method: &str, code: &str, message: &str) {
        let failure = match code.parse::<i64>() {
            Ok(number) if number < 0 => Failure::Rpc(number, message.into()),
            _ => Failure::Code(code.into(), message.into()),
        };
        self.failing.entry(method.into()).or_default().push_back(failure);
    }

    pub(super) fn mute(&mut self, method: &str) {
        self.muted.insert(method.into());
    }

    pub(super) fn unmute(&mut self, method: &str) {
        self.muted.remove(method);
        self.lossy.remove(method);
    }

    pub(super) fn lose_replies(&mut self, method: &str) {
        self.lossy.insert(method.into());
    }

    pub(super) fn loses_reply(&self, method: &str) -> bool {
        self.lossy.contains(method)
    }

    pub(super) fn is_muted(&self, method: &str) -> bool {
        self.muted.contains(method)
    }

    /// Takes the failure that waits for this method.
    pub(super) fn take(&mut self, method: &str) -> Option<Failure> {
        self.failing.get_mut(method)?.pop_front()
    }
}
