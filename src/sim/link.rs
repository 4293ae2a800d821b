//! The sockets between clients and the peer: opened, pinged, told to disconnect, closed.
//!
//! Never knows what is said on them beyond pings and the farewell.

use super::frames;
use super::peer::Peer;
use super::schedule::{Due, TimerId};
use super::timing;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// After so many pings without an answer the client is gone (*assumed*).
const MOST_PINGS: usize = 10;

/// Names one socket between a client and the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub(super) u64);

/// One open socket.
#[derive(Debug, Default)]
pub(super) struct Link {
    pub(super) session: Option<u64>,
    /// The pings that were not answered yet.
    pub(super) pings: BTreeSet<String>,
    pub(super) next_ping: Option<TimerId>,
    pub(super) leaving: Option<Leaving>,
}

/// A `signalwire.disconnect` that waits for its acknowledgement.
#[derive(Debug)]
pub(super) struct Leaving {
    pub(super) id: String,
    restart: bool,
    timer: TimerId,
}

impl Peer {
    /// A socket opened.
    pub fn open(&mut self, _now: Duration) -> LinkId {
        self.opened += 1;
        let link = LinkId(self.opened);
        self.links.insert(link, Link::default());
        link
    }

    /// A socket fell. Its session stays, keeps its unacknowledged events, and can be resumed.
    pub fn close(&mut self, now: Duration, link: LinkId) {
        let Some(gone) = self.links.remove(&link) else { return };
        if let Some(timer) = gone.next_ping {
            self.schedule.cancel(timer);
        }
        if let Some(leaving) = &gone.leaving {
            self.schedule.cancel(leaving.timer);
        }
        let Some(session_id) = gone.session else { return };
        if let Some(session) = self.sessions.get_mut(&session_id) {
            session.link = session.link.filter(|current| *current != link);
        }
        if gone.leaving.is_some_and(|leaving| leaving.restart) {
            self.forget_session(now, session_id);
        }
    }

    /// The server's side closes a link: after the frames written so far, the socket is to be closed.
    pub(super) fn drop_link(&mut self, now: Duration, link: LinkId) {
        if self.links.contains_key(&link) {
            self.closed.push(link);
            self.close(now, link);
        }
    }

    /// Pings a link.
    pub fn ping(&mut self, now: Duration, link: LinkId) {
        let id = self.ids.uuid();
        let Some(open) = self.links.get_mut(&link) else { return };
        open.pings.insert(id.clone());
        let params = frames::fields(json!({"timestamp": self.stamp(now)}));
        self.write(link, frames::request(&id, "signalwire.ping", params));
    }

    /// Pings a link and plans the next ping, if the options ask for pings; a link that never answers is closed.
    pub(super) fn ping_again(&mut self, now: Duration, link: LinkId) {
        let Some(every) = self.options.ping_every else { return };
        if self.unanswered_pings(link) >= MOST_PINGS {
            return self.drop_link(now, link);
        }
        if self.links.contains_key(&link) {
            self.ping(now, link);
            self.plan_ping(now + every, link);
        }
    }

    pub(super) fn plan_ping(&mut self, at: Duration, link: LinkId) {
        if let Some(open) = self.links.get_mut(&link) {
            if let Some(timer) = open.next_ping.take() {
                self.schedule.cancel(timer);
            }
            open.next_ping = Some(self.schedule.at(at, Due::Ping { link: link.0 }));
        }
    }

    /// How many pings a link has not answered.
    #[must_use]
    pub fn unanswered_pings(&self, link: LinkId) -> usize {
        self.links.get(&link).map_or(0, |open| open.pings.len())
    }

    /// Asks the client to disconnect; the link is closed when it agrees, or after 2 s. With `restart` the
    /// session is forgotten then, and its calls are abandoned.
    pub fn disconnect(&mut self, now: Duration, link: LinkId, restart: bool) {
        let id = self.ids.uuid();
        let Some(open) = self.links.get_mut(&link).filter(|open| open.leaving.is_none()) else { return };
        let timer = self.schedule.at(now + timing::DISCONNECTING, Due::Drop { link: link.0 });
        open.leaving = Some(Leaving { id: id.clone(), restart, timer });
        let params = frames::fields(json!({"restart": restart}));
        self.write(link, frames::request(&id, "signalwire.disconnect", params));
    }
}
