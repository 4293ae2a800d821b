//! What a simulated call wants done: events to send, timers to set, things to note.
//!
//! Only collects; the peer carries the effects out, in order and after the reply.

use super::far::{Bridge, FarEnd};
use super::frames::Fields;
use super::gathering::{Gatherings, Told};
use super::ids::Ids;
use super::observe::{How, What};
use super::outside::{Asked, Outside};
use super::pay::PayOutcome;
use super::reaching::Attempt;
use super::recordings::Recordings;
use super::schedule::Slot;
use super::sound::{Sound, Sounding};
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
    /// A post of what an event would say, to a status URL.
    Report {
        url: String,
        event_type: &'static str,
        params: Fields,
    },
    Observe(What),
    /// A recording is over and can be fetched from now on.
    Keep {
        id: String,
        sound: Sound,
    },
    /// An event for another call, or for this one.
    Tell(Told),
    /// Somebody is to be called.
    Reach(Box<Attempt>),
    /// The party that was called answered.
    Answered,
    /// The call is not connected any more.
    Part(Bridge),
    /// The call left its session and is to be offered to another one.
    Offer,
    /// The call is over.
    Over,
}

/// A number of pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages(pub(super) u32);

impl Default for Pages {
    fn default() -> Self {
        Self(1)
    }
}

/// How the world outside the calls behaves.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) pay: PayOutcome,
    pub(super) far_end: FarEnd,
    /// How many pages a fax has.
    pub(super) fax_pages: Pages,
    pub(super) outside: Outside,
    /// How long a payment connector outside may take, in the calls' time.
    pub(super) patience: Duration,
    /// When the peer began, since 1970.
    pub(super) epoch: Duration,
}

/// The effects of one step, and what it needs to know.
#[derive(Debug)]
pub(super) struct Effects<'a> {
    pub(super) now: Duration,
    pub(super) world: World,
    pub(super) ids: &'a mut Ids,
    /// The recordings that can be fetched.
    pub(super) recordings: &'a Recordings,
    pub(super) gatherings: &'a mut Gatherings,
    pub(super) list: Vec<Effect>,
    /// What began and ceased to be heard on the call, for its recordings.
    pub(super) sounds: Vec<Sounding>,
    /// The texts that were spoken, until the virtual party has heard them.
    pub(super) spoken: Vec<String>,
}

impl<'a> Effects<'a> {
    pub(super) fn new(
        now: Duration,
        world: World,
        ids: &'a mut Ids,
        recordings: &'a Recordings,
        gatherings: &'a mut Gatherings,
    ) -> Self {
        Self {
            now,
            world,
            ids,
            recordings,
            gatherings,
            list: Vec::new(),
            sounds: Vec::new(),
            spoken: Vec::new(),
        }
    }

    /// The time as seconds since 1970.
    pub(super) fn unix(&self) -> u64 {
        (self.world.epoch + self.now).as_secs()
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
        if let What::Heard { text, how: How::Tts, .. } = &what {
            self.spoken.push(text.clone());
        }
        self.list.push(Effect::Observe(what));
    }
}
