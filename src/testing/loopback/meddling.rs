//! Carries out on the link what a test's [`Wire`](crate::testing::faults::Wire) decides about frames.
//!
//! Without a wire every frame passes, and nothing here takes time.

use crate::relay::Time;
use crate::sim::LinkId;
use crate::testing::faults::{Deed, Glance, Shared};

use super::Loopback;

/// A frame to the client that is held back.
pub(super) struct Held {
    text: String,
    /// When it arrives at the latest.
    until: Time,
    /// How many other events arrive before it.
    others: usize,
}

impl Loopback {
    /// Lets a wire decide what becomes of each frame.
    #[must_use]
    pub fn over_wire(mut self, wire: Option<Shared>) -> Self {
        if let Some(wire) = &wire {
            wire.borrow_mut().begin_world();
        }
        self.wire = wire;
        self
    }

    /// What becomes of a frame that crosses.
    fn deed(&self, from_client: bool, text: &str) -> Deed {
        self.wire.as_ref().map_or(Deed::Pass, |wire| wire.borrow_mut().decide(self.now, from_client, text))
    }

    /// A frame crosses to the server.
    pub(super) fn send(&mut self, link: LinkId, text: &str) {
        match self.deed(true, text) {
            Deed::Refuse { method, code } => {
                self.peer.fail_next(&method, code, "a fault of the test");
                self.peer.receive(self.now, link, text);
            }
            Deed::LoseAnswer { method } => {
                self.peer.lose_replies(&method);
                self.peer.receive(self.now, link, text);
                self.peer.unmute(&method);
            }
            Deed::Ignore { method } => {
                self.peer.mute(&method);
                self.peer.receive(self.now, link, text);
                self.peer.unmute(&method);
            }
            Deed::Swallow { event, again } => {
                self.held.push(Held { text: event, until: again, others: usize::MAX });
            }
            Deed::CutBefore => self.cut(),
            deed => {
                self.peer.receive(self.now, link, text);
                self.afterwards(deed);
            }
        }
    }

    /// A frame crosses to the client.
    pub(super) fn hand_over(&mut self, text: &str) {
        match self.deed(false, text) {
            Deed::Hold { until, others } => self.held.push(Held { text: text.to_owned(), until, others }),
            Deed::CutBefore => self.cut(),
            Deed::Twice => {
                self.arrive(text);
                self.arrive(text);
            }
            deed => {
                self.arrive(text);
                self.afterwards(deed);
            }
        }
        self.release();
    }

    fn afterwards(&mut self, deed: Deed) {
        match deed {
            Deed::CutAfter => self.cut(),
            Deed::HangUp { call_id } => self.peer.hang_up(self.now, &call_id),
            _ => {}
        }
    }

    /// A frame of the client was lost with the link.
    pub(super) fn lose(&self, text: &str) {
        if let Some(wire) = &self.wire {
            wire.borrow_mut().loses(self.now, text);
        }
    }

    /// The link fell: what was held back is lost with it.
    pub(super) fn fell(&mut self) {
        self.held.clear();
        if let Some(wire) = &self.wire {
            wire.borrow_mut().falls(self.now);
        }
    }

    /// Tells the wire of a frame that arrives at the client.
    pub(super) fn note_arrival(&mut self, text: &str) {
        let Some(wire) = &self.wire else { return };
        let frame = Glance::of(text, false);
        let told = frame.ends_payment() && self.is_told(&frame);
        wire.borrow_mut().arrives(self.now, &frame, told);
        if frame.event().is_some() {
            for held in &mut self.held {
                held.others = held.others.saturating_sub(usize::from(held.others != usize::MAX));
            }
        }
    }

    /// Whether the script gets to know of an event about a payment although it has no action for it: the request's
    /// answer is still waited for, or the script listens.
    fn is_told(&self, frame: &Glance) -> bool {
        let call = self.shard.host().calls.borrow().get(&frame.call_id).cloned();
        call.is_some_and(|call| {
            let action = call.action(&frame.control_id);
            action.is_some_and(|action| action.request.get().is_some())
                || frame.event().is_some_and(|event_type| call.is_listened_to(event_type))
        })
    }

    /// Lets what was held back arrive, when its turn has come. True if something did.
    pub(super) fn release(&mut self) -> bool {
        let now = self.now;
        let due = |held: &Held| held.others == 0 || held.until <= now;
        let mut moved = false;
        while let Some(index) = self.held.iter().position(due) {
            let held = self.held.remove(index);
            self.arrive(&held.text);
            moved = true;
        }
        moved
    }

    /// When something that was held back arrives.
    pub fn next_release(&self) -> Option<Time> {
        self.held.iter().map(|held| held.until).min()
    }
}
