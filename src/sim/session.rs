//! One RELAY session: what it subscribed to, and the events that are not acknowledged yet.
//!
//! Never writes to a link: it gives the frames that are to be written.

use super::link::LinkId;
use std::collections::{BTreeSet, VecDeque};

/// How many events wait for an acknowledgement or a link; of more, the oldest are lost.
pub(super) const MOST_PENDING: usize = 10_000;

/// How many authorization states are taken: a client may not have got the newest.
const AUTHORIZATIONS: usize = 8;

/// An event that was sent, or waits for a link.
#[derive(Debug)]
struct Pending {
    id: String,
    frame: String,
    /// An authorization state is worthless once a newer one exists.
    authorization: bool,
}

/// A session; it outlives its links.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) protocol: String,
    pub(super) identity: String,
    pub(super) project: String,
    pub(super) contexts: BTreeSet<String>,
    /// Whether the client acknowledges events.
    pub(super) acks: bool,
    pub(super) link: Option<LinkId>,
    /// How many calls and messages it was given; the next goes to the session with the fewest.
    pub(super) given: u64,
    authorizations: VecDeque<String>,
    pending: VecDeque<Pending>,
}

impl Session {
    pub(super) fn new(protocol: String, identity: String, project: String) -> Self {
        Self {
            protocol,
            identity,
            project,
            contexts: BTreeSet::new(),
            acks: false,
            link: None,
            given: 0,
            authorizations: VecDeque::new(),
            pending: VecDeque::new(),
        }
    }

    /// Whether a client with this authorization state may resume the session; none is taken for
    /// "the socket fell before it came".
    pub(super) fn admits(&self, authorization: Option<&str>) -> bool {
        authorization.is_none_or(|state| self.authorizations.iter().any(|issued| issued == state))
    }

    pub(super) fn authorize(&mut self, state: &str) {
        self.authorizations.push_back(state.to_owned());
        if self.authorizations.len() > AUTHORIZATIONS {
            self.authorizations.pop_front();
        }
        self.pending.retain(|event| !event.authorization);
    }

    /// Takes an event; the link that it is to be written to now, if there is one.
    pub(super) fn deliver(&mut self, id: String, frame: String, authorization: bool) -> Option<LinkId> {
        if self.acks || self.link.is_none() {
            self.pending.push_back(Pending { id, frame, authorization });
            if self.pending.len() > MOST_PENDING {
                self.pending.pop_front();
            }
        }
        self.link
    }

    /// The frames to write once more after a resume, in order.
    pub(super) fn redeliver(&mut self) -> Vec<String> {
        let frames = self.pending.iter().map(|event| event.frame.clone()).collect();
        if !self.acks {
            self.pending.clear();
        }
        frames
    }

    pub(super) fn acknowledge(&mut self, id: &str) {
        if let Some(index) = self.pending.iter().position(|event| event.id == id) {
            self.pending.remove(index);
        }
    }

    pub(super) fn unacknowledged(&self) -> usize {
        self.pending.len()
    }
}
