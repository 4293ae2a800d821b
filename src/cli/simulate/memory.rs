//! What happened on the latest calls, for those who want one of them as a test.
//!
//! It keeps as much as the page does, and interprets nothing.

use std::collections::VecDeque;

use crate::sim::What;
use crate::testing::{Entry, Happened};

/// The most calls that are remembered.
const MOST_CALLS: usize = 30;
/// The most that is remembered of one call; a longer one is forgotten.
const MOST_ENTRIES: usize = 20_000;

/// See the module.
#[derive(Default)]
pub struct Memory(VecDeque<Call>);

struct Call {
    id: String,
    entries: Vec<Entry>,
    over: bool,
}

/// Why a call cannot be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCall {
    /// It never was, or was long ago, or was too long.
    #[error("this call is not remembered any more")]
    Forgotten,
    /// Its script still runs.
    #[error("the call is not over yet")]
    Live,
}

impl Memory {
    /// Remembers it, if it is about a call.
    pub fn keep(&mut self, entry: Entry) {
        let Some(id) = entry.call_id.as_deref() else { return };
        if matches!(entry.what, Happened::Seen(What::CallBegan { .. })) {
            if self.0.len() == MOST_CALLS {
                self.0.pop_front();
            }
            self.0.push_back(Call { id: id.to_owned(), entries: Vec::new(), over: false });
        }
        let Some(index) = self.0.iter().position(|call| call.id == id) else { return };
        if self.0[index].entries.len() == MOST_ENTRIES {
            self.0.remove(index);
            return;
        }
        let call = &mut self.0[index];
        call.over |= matches!(entry.what, Happened::Over { .. });
        call.entries.push(entry);
    }

    /// What happened on a call that is over.
    pub fn of(&self, call_id: &str) -> Result<&[Entry], NoCall> {
        let call = self.0.iter().find(|call| call.id == call_id).ok_or(NoCall::Forgotten)?;
        if call.over { Ok(&call.entries) } else { Err(NoCall::Live) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use std::time::Duration;

    fn entry(call: usize, what: Happened) -> Entry {
        Entry { at: Duration::ZERO, call_id: Some(call.to_string()), what, place: None }
    }

    fn began() -> Happened {
        Happened::Seen(What::CallBegan { from: String::new(), to: String::new() })
    }

    fn over() -> Happened {
        Happened::Over { reason: "hangup".into(), failed: false }
    }

    #[test]
    fn the_latest_calls_are_remembered_unless_they_are_too_long() {
        let mut memory = Memory::default();
        for call in 0..=MOST_CALLS {
            memory.keep(entry(call, began()));
            memory.keep(entry(call, over()));
        }
        assert_eq!(memory.of("0").unwrap_err(), NoCall::Forgotten);
        assert_eq!(memory.of("1").unwrap().len(), 2);
        memory.keep(entry(99, began()));
        assert_eq!(memory.of("99").unwrap_err(), NoCall::Live);
        (0..MOST_ENTRIES).for_each(|_| memory.keep(entry(99, over())));
        assert_eq!(memory.of("99").unwrap_err(), NoCall::Forgotten);
        memory.keep(entry(99, over()));
        assert_eq!(memory.of("99").unwrap_err(), NoCall::Forgotten);
    }
}
