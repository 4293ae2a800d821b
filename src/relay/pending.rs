//! Requests that wait for their answer, and what becomes of them when the socket falls.
//!
//! Pure: time is passed in. It never decides when a socket is opened.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::error::RelayError;
use super::{Repeat, Time};

/// How long an answer may take while there is a connection.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request may wait for a connection.
pub const OUTAGE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long after a resume the event of a `NeverLate` request is waited for: longer than most callers
/// take to enter a card.
const LATE_EVENT: Duration = Duration::from_secs(60);
/// How long after a resume an `Announced` request's first event is waited for before it is sent again.
pub const EVENT_GRACE: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// It has not left.
    Unsent,
    /// It went out on the present socket.
    Sent,
    /// It went out on a socket that fell before the answer came.
    Doubtful,
    /// Doubtful, and the session was resumed: at its deadline it is sent again.
    Awaited,
}

struct Entry<W> {
    method: Cow<'static, str>,
    /// Kept only while the request may have to be sent.
    frame: Option<String>,
    repeat: Repeat,
    progress: Progress,
    due: Time,
    waiter: W,
}

/// What a due entry asks for.
pub enum Due<W> {
    /// Send this frame (again).
    Send(String),
    /// Tell the waiter that it failed.
    Fail(W, RelayError),
}

/// All requests of a session that wait for an answer. `W` is whatever the caller wants back.
pub struct Pending<W> {
    entries: FxHashMap<u64, Entry<W>>,
    due: BinaryHeap<Reverse<(Time, u64)>>,
}

impl<W> Pending<W> {
    pub fn new() -> Self {
        Self { entries: FxHashMap::default(), due: BinaryHeap::new() }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Adds a request; `connected`: it is on its way, and the frame to send is handed back.
    pub fn add(
        &mut self,
        now: Time,
        id: u64,
        request: (Cow<'static, str>, Repeat, String),
        connected: bool,
        waiter: W,
    ) -> Option<String> {
        let (method, repeat, frame) = request;
        let (progress, due, kept, out) = match (connected, repeat) {
            (true, Repeat::Never | Repeat::NeverLate) => {
                (Progress::Sent, now + ANSWER_TIMEOUT, None, Some(frame))
            }
            (true, _) => (Progress::Sent, now + ANSWER_TIMEOUT, Some(frame.clone()), Some(frame)),
            (false, _) => (Progress::Unsent, now + OUTAGE_TIMEOUT, Some(frame), None),
        };
        self.entries.insert(id, Entry { method, frame: kept, repeat, progress, due, waiter });
        self.due.push(Reverse((due, id)));
        out
    }

    /// The answer came: the waiter and the method.
    pub fn answer(&mut self, id: u64) -> Option<(W, Cow<'static, str>)> {
        self.entries.remove(&id).map(|e| (e.waiter, e.method))
    }

    /// Whether nobody knows if this request was taken; an event about it settles that.
    #[cfg(test)]
    pub fn is_doubtful(&self, id: u64) -> bool {
        self.entries.get(&id).is_some_and(|e| matches!(e.progress, Progress::Doubtful | Progress::Awaited))
    }

    /// The socket fell.
    pub fn link_lost(&mut self, now: Time) {
        for entry in self.entries.values_mut() {
            if entry.progress != Progress::Unsent {
                entry.progress = Progress::Doubtful;
            }
            entry.due = now + OUTAGE_TIMEOUT;
        }
        self.rebuild_due();
    }

    /// The session lives on over a new socket: the frames to send now, oldest first.
    pub fn resumed(&mut self, now: Time) -> Vec<String> {
        let mut ids: Vec<u64> = self.entries.keys().copied().collect();
        ids.sort_unstable();
        let mut out = Vec::new();
        for id in ids {
            let Some(entry) = self.entries.get_mut(&id) else { continue };
            entry.due = now + ANSWER_TIMEOUT;
            match (entry.progress, entry.repeat) {
                (Progress::Unsent, _) | (_, Repeat::Safe) => out.extend(entry.send(now)),
                (_, Repeat::Announced) => {
                    entry.progress = Progress::Awaited;
                    entry.due = now + EVENT_GRACE;
                }
                (_, Repeat::Never) => {}
                (_, Repeat::NeverLate) => entry.due = now + LATE_EVENT,
            }
        }
        self.rebuild_due();
        out
    }

    /// The session is lost: every request fails.
    pub fn session_lost(&mut self) -> Vec<(W, RelayError)> {
        self.due.clear();
        let mut all: Vec<_> = self.entries.drain().collect();
        all.sort_unstable_by_key(|(id, _)| *id);
        all.into_iter()
            .map(|(_, e)| (e.waiter, RelayError::SessionLost { method: e.method.into_owned() }))
            .collect()
    }

    /// When [`Self::take_due`] has something to do.
    pub fn next_due(&mut self) -> Option<Time> {
        while let Some(Reverse((due, id))) = self.due.peek() {
            match self.entries.get(id) {
                Some(entry) if entry.due == *due => return Some(*due),
                _ => self.due.pop(),
            };
        }
        None
    }

    /// The next entry whose time has come.
    pub fn take_due(&mut self, now: Time) -> Option<Due<W>> {
        if self.next_due()? > now {
            return None;
        }
        let Reverse((_, id)) = self.due.pop()?;
        let entry = self.entries.get_mut(&id)?;
        if entry.progress == Progress::Awaited {
            let frame = entry.send(now)?;
            self.due.push(Reverse((entry.due, id)));
            return Some(Due::Send(frame));
        }
        let entry = self.entries.remove(&id)?;
        let error = entry.overdue();
        Some(Due::Fail(entry.waiter, error))
    }

    fn rebuild_due(&mut self) {
        self.due = self.entries.iter().map(|(id, e)| Reverse((e.due, *id))).collect();
    }
}

impl<W> Entry<W> {
    /// Marks it as sent on the present socket.
    fn send(&mut self, now: Time) -> Option<String> {
        self.progress = Progress::Sent;
        self.due = now + ANSWER_TIMEOUT;
        if matches!(self.repeat, Repeat::Never | Repeat::NeverLate) {
            self.frame.take()
        } else {
            self.frame.clone()
        }
    }

    fn overdue(&self) -> RelayError {
        let method = self.method.to_string();
        match (self.progress, self.repeat) {
            (Progress::Unsent, _) => RelayError::NotConnected { method },
            (_, Repeat::Never | Repeat::NeverLate) | (Progress::Doubtful, Repeat::Announced) => {
                RelayError::Unconfirmed { method }
            }
            _ => RelayError::Timeout { method, seconds: ANSWER_TIMEOUT.as_secs() },
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const fn s(seconds: u64) -> Time {
        Time::from_secs(seconds)
    }

    fn one(repeat: Repeat, connected: bool) -> (Pending<()>, Option<String>) {
        let mut pending = Pending::new();
        let out = pending.add(s(0), 1, ("calling.x".into(), repeat, "frame".into()), connected, ());
        (pending, out)
    }

    fn failure(pending: &mut Pending<()>, at: Time) -> Option<&'static str> {
        match pending.take_due(at)? {
            Due::Fail((), error) => Some(error.kind()),
            Due::Send(_) => Some("sent again"),
        }
    }

    #[test]
    fn an_answer_that_does_not_come_fails_after_ten_seconds() {
        for (repeat, kind) in
            [(Repeat::Safe, "timeout"), (Repeat::Announced, "timeout"), (Repeat::Never, "unconfirmed")]
        {
            let (mut pending, out) = one(repeat, true);
            assert_eq!(out.as_deref(), Some("frame"));
            assert_eq!(failure(&mut pending, s(9)), None);
            assert_eq!(failure(&mut pending, s(10)), Some(kind));
            assert_eq!(pending.len(), 0);
        }
    }

    #[test]
    fn what_was_never_sent_goes_out_once_when_the_session_is_back() {
        let (mut pending, out) = one(Repeat::Never, false);
        assert_eq!(out, None);
        assert_eq!(pending.resumed(s(5)), ["frame"]);
        pending.link_lost(s(6));
        assert!(pending.is_doubtful(1));
        assert_eq!(pending.resumed(s(7)), Vec::<String>::new());
        assert_eq!(failure(&mut pending, s(16)), None);
        assert_eq!(failure(&mut pending, s(17)), Some("unconfirmed"));
    }

    #[test]
    fn a_doubtful_request_is_repeated_only_where_that_is_harmless() {
        let (mut safe, _) = one(Repeat::Safe, true);
        safe.link_lost(s(1));
        assert_eq!(safe.resumed(s(2)), ["frame"]);
        assert!(!safe.is_doubtful(1));

        let (mut announced, _) = one(Repeat::Announced, true);
        announced.link_lost(s(1));
        assert_eq!(announced.resumed(s(2)), Vec::<String>::new());
        assert!(announced.is_doubtful(1));
        assert_eq!(failure(&mut announced, s(3)), Some("sent again"));
        assert_eq!(failure(&mut announced, s(12)), None);
        assert_eq!(failure(&mut announced, s(13)), Some("timeout"));
    }

    #[test]
    fn an_event_that_may_be_late_is_waited_for_longer() {
        let (mut pending, _) = one(Repeat::NeverLate, true);
        pending.link_lost(s(1));
        assert_eq!(pending.resumed(s(2)), Vec::<String>::new());
        assert_eq!(failure(&mut pending, s(61)), None);
        assert_eq!(failure(&mut pending, s(62)), Some("unconfirmed"));
    }

    #[test]
    fn an_outage_of_a_minute_fails_what_waits() {
        let (mut unsent, _) = one(Repeat::Safe, false);
        assert_eq!(failure(&mut unsent, s(60)), Some("not_connected"));
        let (mut sent, _) = one(Repeat::Never, true);
        sent.link_lost(s(3));
        assert_eq!(failure(&mut sent, s(62)), None);
        assert_eq!(failure(&mut sent, s(63)), Some("unconfirmed"));
    }

    #[test]
    fn a_lost_session_fails_everything_in_order() {
        let mut pending = Pending::new();
        for id in [3, 1, 2] {
            pending.add(s(0), id, ("calling.x".into(), Repeat::Safe, String::new()), true, id);
        }
        let order: Vec<u64> = pending.session_lost().into_iter().map(|(w, _)| w).collect();
        assert_eq!(order, [1, 2, 3]);
        assert_eq!(pending.next_due(), None);
    }
}
