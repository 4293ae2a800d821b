//! Future events, ordered by their time and then by when they were planned.
//!
//! Never acts: the peer takes what is due.

use std::collections::BTreeMap;
use std::time::Duration;

/// Names one planned event, so that it can be cancelled.
pub(super) type TimerId = (Duration, u64);

/// What is to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due {
    /// A timer of a call.
    Line { call_id: String, slot: Slot },
    /// The next delivery state of an outbound message.
    Message { message_id: String },
    /// A link that was told to disconnect and did not acknowledge.
    Drop { link: u64 },
    /// The next ping on a link.
    Ping { link: u64 },
}

/// The timers that a call can have; each slot holds one at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Slot {
    /// The next step of an action, by its `control_id`.
    Action(String),
    /// The virtual party's next step.
    Caller,
    /// The virtual party's next key of its card.
    Card,
    /// The virtual party gives up (before the answer) or hangs up (after it).
    Patience,
    /// Nobody takes an inbound call.
    Unanswered,
    /// `max_duration` of the call.
    MaxDuration,
    /// The next state of a leg that the client dials.
    Dialing,
    /// The next state of a SIP refer.
    Refer,
    /// The end of an echo.
    Echo,
    /// The end of what a transfer leads to.
    Transfer,
}

/// The plan of everything to come.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    planned: BTreeMap<TimerId, Due>,
    sequence: u64,
}

impl Schedule {
    pub(super) fn at(&mut self, at: Duration, due: Due) -> TimerId {
        self.sequence += 1;
        let id = (at, self.sequence);
        self.planned.insert(id, due);
        id
    }

    pub(super) fn cancel(&mut self, id: TimerId) {
        self.planned.remove(&id);
    }

    pub(super) fn next_due(&self) -> Option<Duration> {
        self.planned.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first event that is due at `now`, with its time.
    pub(super) fn pop(&mut self, now: Duration) -> Option<(Duration, Due)> {
        let entry = self.planned.first_entry()?;
        let at = entry.key().0;
        (at <= now).then(|| (at, entry.remove()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn due_events_come_by_time_and_then_in_the_order_of_planning() {
        let mut schedule = Schedule::default();
        let second = Duration::from_secs(1);
        for (at, link) in [(2, 1), (1, 2), (1, 3), (3, 4)] {
            schedule.at(second * at, Due::Drop { link });
        }
        let cancelled = schedule.at(second, Due::Drop { link: 5 });
        schedule.cancel(cancelled);
        let mut links = Vec::new();
        while let Some((_, Due::Drop { link })) = schedule.pop(second * 2) {
            links.push(link);
        }
        assert_eq!(links, [2, 3, 1]);
        assert_eq!(schedule.next_due(), Some(second * 3));
    }
}
