//! A shard and a peer joined in memory. Frames move at once; the time is passed in, or virtual.
//!
//! Two runs with the same seeds and the same script are the same to the last frame. It never changes
//! what a frame says: it can note them, and cut the link at one of them; and a test's wire can have them lost, late,
//! doubled or refused.

mod meddling;

use std::time::Duration;

use meddling::Held;

use super::faults::Shared;

use crate::relay::Time;
use crate::relay::session::Phase;
use crate::runtime::{Shard, Signal};
use crate::sim::peer::Peer;
use crate::sim::{LinkId, Observation};

/// A frame that was written to the link.
#[derive(Clone, Debug)]
pub struct Crossed {
    /// When.
    pub at: Time,
    /// Whether the client sent it.
    pub from_client: bool,
    /// The frame as it was written, secrets included.
    pub text: String,
}

/// Where the link is cut: at a frame, counted from 0 over both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutAt {
    /// The frame is lost with the link.
    Before(usize),
    /// The frame arrives; nothing after it does.
    After(usize),
}

/// See the module.
pub struct Loopback {
    shard: Shard,
    peer: Peer,
    link: Option<LinkId>,
    now: Time,
    frames: Vec<String>,
    watch: Option<Box<Watch>>,
    noted: Option<Vec<Crossed>>,
    count: usize,
    cut_at: Option<CutAt>,
    /// Decides what becomes of frames.
    wire: Option<Shared>,
    held: Vec<Held>,
}

/// Is handed what happened on the peer, and the time.
type Watch = dyn FnMut(Time, Vec<Observation>);

impl Loopback {
    /// Joins them; the link is opened in the first [`Self::settle`].
    pub fn new(shard: Shard, peer: Peer) -> Self {
        Self {
            shard,
            peer,
            link: None,
            now: Time::ZERO,
            frames: Vec::new(),
            watch: None,
            noted: None,
            count: 0,
            cut_at: None,
            wire: None,
            held: Vec::new(),
        }
    }

    /// Hands what happens on the peer to `watch`, always before the shard hears of it: so it stands
    /// in the right order with what scripts say themselves.
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

    /// The server's side, to look at.
    pub fn look_at_peer(&self) -> &Peer {
        &self.peer
    }

    /// The socket between them, while there is one.
    pub fn link(&self) -> Option<LinkId> {
        self.link
    }

    /// Notes the frames that are written from now on, the one that is lost by a cut included.
    pub fn note_frames(&mut self) {
        self.noted = Some(Vec::new());
    }

    /// The frames noted so far, in order.
    pub fn noted(&self) -> &[Crossed] {
        self.noted.as_deref().unwrap_or_default()
    }

    /// How many frames were written, either way.
    pub fn crossed(&self) -> usize {
        self.count
    }

    /// Cuts the link when that frame's turn comes, once.
    pub fn cut_at(&mut self, at: CutAt) {
        self.cut_at = Some(at);
    }

    /// Hands the client a frame that the peer never sent.
    pub fn deliver(&mut self, frame: &str) {
        self.arrive(frame);
        self.settle();
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Moves the clock, and does all that is due by then and that follows from it at once.
    pub fn advance_to(&mut self, now: Time) {
        self.move_clock(now);
        self.settle();
    }

    /// Moves the clock, and does what is due on the peer; what follows from it is left to be done.
    pub fn move_clock(&mut self, now: Time) {
        self.now = now.max(self.now);
        self.shard.tell_time(self.now);
        self.peer.advance(self.now);
    }

    /// Moves frames both ways and lets scripts run until nothing more happens at this time. A script
    /// that computes without end is moved on by one slice.
    pub fn settle(&mut self) {
        while self.step() {}
    }

    /// One round of that: scripts have one turn, then frames move. False when nothing happened and
    /// nothing computes.
    pub fn step(&mut self) -> bool {
        self.reopen();
        self.tell_watch();
        if self.shard.turn() {
            self.cut();
        }
        let sent = self.carry_to_peer();
        self.tell_watch();
        let moved = sent | self.carry_to_shard() | self.release();
        moved || self.shard.host().scheduler.has_work()
    }

    fn tell_watch(&mut self) {
        if let Some(watch) = &mut self.watch {
            watch(self.now, self.peer.take_observations());
        }
    }

    /// Cuts the link, as when a network fails; neither side is told anything else.
    pub fn cut(&mut self) {
        if let Some(link) = self.link.take() {
            self.fell();
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
        let held = self.next_release();
        [self.shard.next_due(), self.peer.next_due(), retry, held].into_iter().flatten().min()
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
        let mut frames = std::mem::take(&mut self.frames);
        self.shard.take_frames(&mut frames);
        let moved = self.link.is_some() && !frames.is_empty();
        for frame in frames.drain(..) {
            match self.cross(true, &frame) {
                Some(link) => {
                    self.send(link, &frame);
                    self.has_crossed();
                }
                None => self.lose(&frame),
            }
        }
        self.frames = frames;
        moved
    }

    fn carry_to_shard(&mut self) -> bool {
        let frames = self.peer.take_frames();
        let moved = !frames.is_empty();
        for (link, frame) in frames {
            if Some(link) == self.link && self.cross(false, &frame).is_some() {
                self.hand_over(&frame);
                self.has_crossed();
            }
        }
        if self.peer.take_closed().into_iter().any(|link| Some(link) == self.link) {
            self.cut();
        }
        moved
    }

    fn arrive(&mut self, frame: &str) {
        self.note_arrival(frame);
        if let Ok(Signal::Close) = self.shard.receive(frame) {
            self.carry_to_peer();
            self.cut();
        }
    }

    /// The link that a frame crosses now; none if it is lost.
    fn cross(&mut self, from_client: bool, frame: &str) -> Option<LinkId> {
        self.link?;
        if let Some(noted) = &mut self.noted {
            noted.push(Crossed { at: self.now, from_client, text: frame.to_owned() });
        }
        self.count += 1;
        if self.cut_at == Some(CutAt::Before(self.count - 1)) {
            self.cut_at = None;
            self.cut();
        }
        self.link
    }

    /// The last frame has arrived.
    fn has_crossed(&mut self) {
        if self.cut_at.is_some_and(|at| CutAt::After(self.count - 1) == at) {
            self.cut_at = None;
            self.cut();
        }
    }
}
