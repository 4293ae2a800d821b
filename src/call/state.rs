//! The state of a call, which only moves forward.

use std::fmt;

/// `created → ringing → answered → ending → ended`; a step may be left out, none is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum CallState {
    Created,
    Ringing,
    Answered,
    Ending,
    Ended,
}

impl CallState {
    /// Reads the wire's word; an unknown one says nothing.
    pub fn from_wire(word: &str) -> Option<Self> {
        Some(match word {
            "created" => Self::Created,
            "ringing" => Self::Ringing,
            "answered" => Self::Answered,
            "ending" => Self::Ending,
            "ended" => Self::Ended,
            _ => return None,
        })
    }

    /// The wire's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ending => "ending",
            Self::Ended => "ended",
        }
    }

    /// The state after hearing `word`: events may come late or twice, so it never moves back.
    #[must_use]
    pub fn after(self, word: &str) -> Self {
        Self::from_wire(word).map_or(self, |heard| heard.max(self))
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_moves_forward_only() {
        for (from, word, to) in [
            (CallState::Created, "ringing", CallState::Ringing),
            (CallState::Ringing, "ended", CallState::Ended),
            (CallState::Ended, "answered", CallState::Ended),
            (CallState::Answered, "ringing", CallState::Answered),
            (CallState::Answered, "on-the-moon", CallState::Answered),
        ] {
            assert_eq!(from.after(word), to, "{from} after {word}");
        }
    }
}
