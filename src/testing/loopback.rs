//! A shard and a peer joined in memory. Frames move at once; the time is passed in, or virtual.
//!
//! Two runs with the same seeds and the same script are the same to the last frame.

use std::time::Duration;

use crate::relay::Time;
use crate::relay::session::Phase;
use crate::runtime::{Shard, Signal};
use crate::sim::peer::Peer;
use crate::sim::{LinkId, Observation};

/// See the module.
pub struct Loopback {
    shard: Shard,
    peer: Peer,
    link: Option<LinkId>,
    now: Time,
    frames: Vec<String>,
    watch: Option<Box<Watch>>,
}

/// Is handed what happened on the peer, and the time.
type Watch = dyn FnMut(Time, Vec<Observation>);

impl Loopback {
    /// Joins them; the link is opened in the first [`Self::settle`].
    pub fn new(shard: Shard, peer: Peer) -> Self {
        Self { shard, peer, link: None, now: Time::ZERO, frames: Vec::new(), watch: None }
    }

    /// Hands what happens on the peer to `watch`, always before scripts get their next turn: so it
    /// stands in the right order with what scripts say themselves.
    #[must_use]
    pub fn watched(mut self, watch: impl FnMut(Time, Vec<Observation>) + 'static) -> Self {
        self.watch = Some(Box::new(watch));
        self
    }

    /// The client's side.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }

    /// The server's side.
    pub fn peer(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Moves the clock, and does all that is due by then and that follows from it at once.
    pub fn advance_to(&mut self, now: Time) {
        self.now = now.max(self.now);
        self.shard.tell_time(self.now);
        self.peer.advance(self.now);
        self.settle();
    }

    /// Moves frames both ways and lets scripts run until nothing more happens at this time. A script
    /// that computes without end is moved on by one slice.
    pub fn settle(&mut self) {
        loop {
            self.reopen();
            self.tell_watch();
            if self.shard.turn() {
                self.cut();
            }
            let moved = self.carry_to_peer() | self.carry_to_shard();
            let computing = self.shard.host().scheduler.has_work();
            if !moved && !computing {
                return;
            }
        }
    }

    fn tell_watch(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch(self.now, self.peer.take_observations());
        }
    }

    /// Cuts the link, as when a network fails; neither side is told anything else.
    pub fn cut(&mut self) {
        if let Some(link) = self.link.take() {
            self.peer.close(self.now, link);
            self.shard.link_lost();
        }
    }

    /// When something is due.
    pub fn next_due(&self) -> Option<Time> {
        let retry = match self.shard.phase() {
            Phase::Down { retry_at } => Some(retry_at),
            _ => None,
        };
        [self.shard.next_due(), self.peer.next_due(), retry].into_iter().flatten().min()
    }

    /// Runs in virtual time until `done`, or until `limit` has passed, or nothing can happen any
    /// more. True if it came to be done.
    pub fn run_until(&mut self, limit: Duration, mut done: impl FnMut(&mut Self) -> bool) -> bool {
        let end = self.now + limit;
        self.settle();
        loop {
            if done(self) {
                return true;
            }
            match self.next_due() {
                Some(due) if due <= end => self.advance_to(due),
                _ => {
                    self.advance_to(end);
                    return done(self);
                }
            }
        }
    }

    fn reopen(&mut self) {
        if let Phase::Down { retry_at } = self.shard.phase()
            && retry_at <= self.now
            && self.link.is_none()
        {
            self.link = Some(self.peer.open(self.now));
            self.shard.link_opened();
        }
    }

    fn carry_to_peer(&mut self) -> bool {
        self.shard.take_frames(&mut self.frames);
        let Some(link) = self.link else {
            self.frames.clear();
            return false;
        };
        let moved = !self.frames.is_empty();
        for frame in self.frames.drain(..) {
            self.peer.receive(self.now, link, &frame);
        }
        moved
    }

    fn carry_to_shard(&mut self) -> bool {
        let frames = self.peer.take_frames();
        let moved = !frames.is_empty();
        for (link, frame) in frames {
            if Some(link) != self.link {
                continue;
            }
            if let Ok(Signal::Close) = self.shard.receive(&frame) {
                self.carry_to_peer();
                self.cut();
            }
        }
        if self.peer.take_closed().into_iter().any(|link| Some(link) == self.link) {
            self.cut();
        }
        moved
    }
}
