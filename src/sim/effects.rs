//! What a simulated call wants done: events to send, timers to set, things to note.
//!
//! Only collects; the peer carries the effects out, in order and after the reply.

use super::far::FarEnd;
use super::frames::Fields;
use super::ids::Ids;
use super::observe::What;
use super::outside::{Asked, Outside};
use super::paying::PayOutcome;
use super::schedule::Slot;
use std::time::Duration;

/// One thing to do.
#[derive(Debug)]
pub(super) enum Effect {
    Event {
        event_type: &'static str,
        params: Fields,
    },
    Timer {
        slot: Slot,
        at: Duration,
    },
    Cancel {
        slot: Slot,
    },
    /// Something of the world outside, for an action.
    Ask {
        control_id: String,
        what: Asked,
    },
    Observe(What),
    /// The call left its session and is to be offered to another one.
    Offer,
    /// The call is over.
    Over,
}

/// How the world outside the calls behaves.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) pay: PayOutcome,
    pub(super) far_end: FarEnd,
    #[allow(dead_code, reason = "for the card flow")]
    pub(super) outside: Outside,
}

/// The effects of one step, and what it needs to know.
#[derive(Debug)]
pub(super) struct Effects<'a> {
    pub(super) now: Duration,
    pub(super) world: World,
    pub(super) ids: &'a mut Ids,
    pub(super) list: Vec<Effect>,
}

impl<'a> Effects<'a> {
    pub(super) fn new(now: Duration, world: World, ids: &'a mut Ids) -> Self {
        Self { now, world, ids, list: Vec::new() }
    }

    pub(super) fn event(&mut self, event_type: &'static str, params: Fields) {
        self.list.push(Effect::Event { event_type, params });
    }

    /// Sets the timer of a slot, in place of the one that it had.
    pub(super) fn timer(&mut self, slot: Slot, after: Duration) {
        let at = self.now + after;
        self.list.push(Effect::Timer { slot, at });
    }

    pub(super) fn cancel(&mut self, slot: Slot) {
        self.list.push(Effect::Cancel { slot });
    }

    pub(super) fn observe(&mut self, what: What) {
        self.list.push(Effect::Observe(what));
    }
}
