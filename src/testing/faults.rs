//! Faults as an axis of tests: every case again, with each fault at each frame.
//!
//! | file | what it is for |
//! |---|---|
//! | this one | a fault, and how it is written: `drop@7` |
//! | `frame` | what a frame is, as far as faults care |
//! | `wire` | what becomes of each frame, and what is kept of those that crossed |
//! | `payments` | when a payment is started twice, and a call answered twice |
//! | `plan` | which faults can happen in a case |
//! | `trial` | one run of a case with a fault, or with none: what is kept of it |
//! | `judge` | which invariants a run broke |
//! | `campaign` | all cases with all faults, over threads |
//! | `report` | results as text and as data |
//!
//! A frame has the same number in every run of its case, as two runs are the same up to the fault. Frames are
//! counted from 0, both ways together, over all rows of a table.
//!
//! It prints nothing, and knows nothing of how test code works.

pub mod campaign;
mod frame;
mod judge;
mod payments;
mod plan;
pub mod report;
mod trial;
mod wire;

use std::fmt;
use std::str::FromStr;

pub(super) use frame::Glance;
pub use judge::{Invariant, Violation};
pub use plan::Step;
pub use trial::Trial;
pub(super) use wire::Deed;
pub use wire::{Shared, Wire};

/// What goes wrong at a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// The socket falls, and the frame is lost with it.
    Drop,
    /// The frame arrives, then the socket falls.
    DropAfter,
    /// An event arrives twice.
    Twice,
    /// An event arrives after the next one, or 5 s late when there is none.
    Late,
    /// Of two events of different calls that are due at the same time, the second arrives first.
    Swap,
    /// An event arrives 5 s late.
    Delay,
    /// The acknowledgement of an event is never sent, so the event comes again 5 s later.
    NoAck,
    /// A request is refused with code 500.
    Refuse500,
    /// A request is refused with code 404: RELAY says that it does not know the call.
    Refuse404,
    /// A request is carried out and never answered.
    NoReply,
    /// A request is neither carried out nor answered.
    Ignore,
    /// The caller hangs up, right after the frame.
    HangUp,
}

/// Each kind of fault, its word, and what it is.
const KINDS: [(FaultKind, &str, &str); 12] = [
    (FaultKind::Drop, "drop", "the socket falls before it"),
    (FaultKind::DropAfter, "drop-after", "the socket falls after it"),
    (FaultKind::Twice, "twice", "it arrives twice"),
    (FaultKind::Late, "late", "it arrives after the next one"),
    (FaultKind::Swap, "swap", "it arrives after one of another call"),
    (FaultKind::Delay, "delay", "it arrives 5 s late"),
    (FaultKind::NoAck, "no-ack", "it is never sent, and the event comes again"),
    (FaultKind::Refuse500, "refuse-500", "it is refused with code 500"),
    (FaultKind::Refuse404, "refuse-404", "it is refused with code 404"),
    (FaultKind::NoReply, "no-reply", "it is carried out and never answered"),
    (FaultKind::Ignore, "ignore", "it is neither carried out nor answered"),
    (FaultKind::HangUp, "hangup", "the caller hangs up after it"),
];

impl FaultKind {
    fn row(self) -> &'static (Self, &'static str, &'static str) {
        KINDS.iter().find(|(kind, ..)| *kind == self).unwrap_or(&KINDS[0])
    }

    /// Its word: `drop`, `twice` …
    #[must_use]
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// What happens to the frame, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.row().2
    }

    /// Whether neither the caller nor the script may notice it: a socket that falls and whose session is
    /// resumed, an event that comes twice, an acknowledgement that is missing, two calls whose events change
    /// places. Then the conversation is the same as without it, and all that the case claims holds.
    #[must_use]
    pub fn is_unnoticed(self) -> bool {
        matches!(self, Self::Drop | Self::DropAfter | Self::Twice | Self::NoAck | Self::Swap)
    }

    /// Whether it is the socket that falls.
    #[must_use]
    pub fn is_drop(self) -> bool {
        matches!(self, Self::Drop | Self::DropAfter)
    }
}

/// One fault: what goes wrong, and at which frame. Written as `drop@7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// The frame's number, from 0.
    pub at: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.kind.word(), self.at)
    }
}

/// A text that names no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a fault such as drop@7: one of {}, @, and the number of a frame", words())]
pub struct NoFault;

fn words() -> String {
    KINDS.map(|(_, word, _)| word).join(", ")
}

impl FromStr for Fault {
    type Err = NoFault;

    fn from_str(text: &str) -> Result<Self, NoFault> {
        let (word, at) = text.split_once('@').ok_or(NoFault)?;
        let (kind, ..) = KINDS.iter().find(|(_, known, _)| *known == word).ok_or(NoFault)?;
        let is_number = !at.is_empty() && at.bytes().all(|byte| byte.is_ascii_digit());
        let at = at.parse().ok().filter(|_| is_number).ok_or(NoFault)?;
        Ok(Self { kind: *kind, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        for (kind, word, _) in KINDS {
            let fault = Fault { kind, at: 17 };
            assert_eq!(fault.to_string(), format!("{word}@17"));
            assert_eq!(fault.to_string().parse(), Ok(fault));
        }
        for wrong in ["", "drop", "drop@", "drop@x", "drop@-1", "drop@+1", "dorp@1", "@1", "drop@1@2"] {
            assert_eq!(wrong.parse::<Fault>(), Err(NoFault), "{wrong}");
        }
    }
}
