//! The keys under the virtual party's finger, pressed one by one.
//!
//! Never shows them: they may be a card number.

use super::super::effects::Effects;
use super::super::schedule::Slot;
use super::super::timing;
use std::collections::VecDeque;
use std::fmt;

/// Keys that are still to be pressed.
pub(super) struct Keys(VecDeque<char>);

impl Keys {
    /// The keys of a text, in upper case; what a phone has no key for is left out.
    pub(super) fn of(text: &str) -> Self {
        let keys = text.chars().map(|key| key.to_ascii_uppercase());
        Self(keys.filter(|key| is_key(*key)).collect())
    }

    /// What is seen of them when they are pressed.
    pub(super) fn seen(&self) -> String {
        self.0.iter().collect()
    }

    /// Takes the next key, and sets the time of the one after it.
    pub(super) fn strike(&mut self, slot: Slot, fx: &mut Effects<'_>) -> Option<char> {
        let key = self.0.pop_front();
        if !self.is_empty() {
            fx.timer(slot, timing::KEY);
        }
        key
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}

/// Whether a phone has this key.
pub(in crate::sim) fn is_key(key: char) -> bool {
    key.is_ascii_digit() || matches!(key, '*' | '#' | 'A'..='D')
}
