//! Calling other parties, for `calling.dial` and `calling.connect`: group after group, each group at once; the
//! first that answers wins, and the others are cancelled.
//!
//! Never knows how one party behaves: each is a call of its own.

use super::caller::Caller;
use super::devices::Device;
use super::far::{Bridge, FarEnd, Leg};
use super::frames::fields;
use super::line::{By, Line};
use super::observe::What;
use super::peer::Peer;
use super::rpc::ends;
use super::timing;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;

/// What somebody is called for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The client wants a call of its own.
    Dial,
    /// A call is to be connected.
    Connect(String),
}

/// The attempt to reach somebody.
#[derive(Debug)]
pub(super) struct Attempt {
    session: Option<u64>,
    purpose: Purpose,
    tag: String,
    groups: VecDeque<Vec<Device>>,
    longest: Option<Duration>,
    /// The calls that are made now.
    legs: Vec<String>,
    announced: bool,
}

impl Attempt {
    pub(super) fn new(
        purpose: Purpose,
        tag: &str,
        groups: VecDeque<Vec<Device>>,
        longest: Option<Duration>,
    ) -> Self {
        Self {
            session: None,
            purpose,
            tag: tag.to_owned(),
            groups,
            longest,
            legs: Vec::new(),
            announced: false,
        }
    }

    /// The same, for the client of this session.
    pub(super) fn in_session(self, session: Option<u64>) -> Self {
        Self { session, ..self }
    }

    /// Whether the client of this session wants it.
    pub(super) fn is_of(&self, session: u64) -> bool {
        self.session == Some(session)
    }

    /// Whether this is a dial of that session with that tag.
    pub(super) fn is_dial(&self, session: u64, tag: &str) -> bool {
        self.purpose == Purpose::Dial && self.is_of(session) && self.tag == tag
    }
}

impl Peer {
    /// Begins with the first group.
    pub(super) fn reach(&mut self, now: Duration, attempt: Attempt) {
        self.attempted += 1;
        self.attempts.insert(self.attempted, attempt);
        self.next_group(now, self.attempted);
    }

    fn next_group(&mut self, now: Duration, id: u64) {
        let Some(mut attempt) = self.attempts.remove(&id) else { return };
        let Some(devices) = attempt.groups.pop_front() else { return self.nobody_answered(now, &attempt) };
        attempt.legs = devices.into_iter().map(|device| self.new_leg(id, &attempt, device)).collect();
        let legs = attempt.legs.clone();
        if !std::mem::replace(&mut attempt.announced, true) {
            self.announce(now, id, &attempt);
        }
        self.attempts.insert(id, attempt);
        for leg in legs {
            let (from, to) = self.lines.get(&leg).map(|line| ends(&line.device)).unwrap_or_default();
            self.observe(now, Some(&leg), What::CallBegan { from, to });
            self.on_line(now, &leg, Line::begin_dialing);
        }
    }

    fn new_leg(&mut self, id: u64, attempt: &Attempt, device: Device) -> String {
        let parent = match &attempt.purpose {
            Purpose::Dial => None,
            Purpose::Connect(call_id) => self.lines.get(call_id).map(
                |line| json!({"call_id": call_id, "node_id": line.ids.node_id, "device_type": line.device["type"]}),
            ),
        };
        let far_end = FarEnd::at(&device.to, self.world.far_end);
        let leg = Leg { attempt: id, far_end, timeout: device.timeout, parent, given_up: false };
        let caller = Caller::new(self.outbound_plan.clone());
        let line = Line {
            tag: attempt.tag.clone(),
            longest: device.longest.or(attempt.longest),
            session: attempt.session,
            leg: Some(leg),
            ..self.new_line(false, device.value, caller)
        };
        let call_id = line.ids.call_id.clone();
        self.lines.insert(call_id.clone(), line);
        call_id
    }

    /// Says that somebody is called now.
    fn announce(&mut self, now: Duration, id: u64, attempt: &Attempt) {
        match &attempt.purpose {
            Purpose::Dial => self.dial_event(now, attempt, "dialing", None),
            Purpose::Connect(call_id) => {
                let first = attempt.legs.first().and_then(|leg| self.lines.get(leg));
                let peer = first.map_or(Value::Null, Line::as_peer);
                self.on_line(now, call_id, |line, fx| line.begin_reaching(id, peer, fx));
            }
        }
    }

    fn dial_event(&mut self, now: Duration, attempt: &Attempt, state: &str, winner: Option<Value>) {
        let Some(session) = attempt.session else { return };
        let node_id = super::rpc::NODE;
        let mut params = fields(json!({"node_id": node_id, "tag": attempt.tag, "dial_state": state}));
        if let Some(mut call) = winner {
            call["dial_winner"] = true.into();
            params.insert("call".into(), call);
        }
        self.send_event(now, session, "calling.call.dial", params);
    }

    /// A party answered: it wins.
    pub(super) fn leg_answered(&mut self, now: Duration, call_id: &str) {
        let Some(id) = self.lines.get(call_id).and_then(|line| line.leg.as_ref()).map(|leg| leg.attempt)
        else {
            return;
        };
        let Some(attempt) = self.attempts.remove(&id) else { return };
        match &attempt.purpose {
            Purpose::Dial => {
                let winner = self.lines.get(call_id).map(Line::as_peer);
                self.dial_event(now, &attempt, "answered", winner);
            }
            Purpose::Connect(parent) => self.join(now, parent, call_id),
        }
        self.cancel_legs(now, attempt.legs.iter().filter(|leg| *leg != call_id));
    }

    fn join(&mut self, now: Duration, parent: &str, leg: &str) {
        let Some(peer) = self.lines.get(leg).map(Line::as_peer) else { return };
        self.on_line(now, parent, |line, fx| line.join(leg, peer, fx));
        let Some(peer) = self.lines.get(parent).map(Line::as_peer) else { return };
        self.on_line(now, leg, |line, fx| line.join(parent, peer, fx));
    }

    fn cancel_legs<'a>(&mut self, now: Duration, legs: impl Iterator<Item = &'a String>) {
        for leg in legs {
            self.on_line(now, leg, |line, fx| line.end("cancel", By::Server, fx));
        }
    }

    /// A call is over: it wins nothing any more, and who was connected with it is not.
    pub(super) fn left_by(&mut self, now: Duration, call_id: &str) {
        let Some(line) = self.lines.get_mut(call_id) else { return };
        let leg = line.leg.as_ref().map(|leg| (leg.attempt, leg.given_up));
        if let Some(bridge) = line.bridge.take() {
            self.bridge_ended(now, call_id, bridge);
        }
        let Some((id, given_up)) = leg else { return };
        let Some(attempt) = self.attempts.get_mut(&id) else { return };
        attempt.legs.retain(|leg| leg != call_id);
        if given_up {
            // Who ends a leg by himself does not want the next group either (assumed).
            attempt.groups.clear();
        }
        if attempt.legs.is_empty() {
            self.next_group(now, id);
        }
    }

    fn bridge_ended(&mut self, now: Duration, call_id: &str, bridge: Bridge) {
        match bridge {
            Bridge::Reaching { attempt, .. } => self.abandon(now, attempt),
            Bridge::Joined { with, .. } => {
                let brought = |line: &Line| {
                    let parent = line.leg.as_ref().and_then(|leg| leg.parent.as_ref());
                    parent.is_some_and(|parent| parent["call_id"] == call_id)
                };
                self.on_line(now, &with, |line, fx| {
                    if brought(line) {
                        line.bridge = None;
                        line.end("hangup", By::Server, fx);
                    } else {
                        line.unjoin("disconnected", fx);
                    }
                });
            }
        }
    }

    /// Calls nobody any more for this attempt.
    fn abandon(&mut self, now: Duration, id: u64) {
        if let Some(attempt) = self.attempts.remove(&id) {
            self.cancel_legs(now, attempt.legs.iter());
        }
    }

    fn nobody_answered(&mut self, now: Duration, attempt: &Attempt) {
        match &attempt.purpose {
            Purpose::Dial => self.dial_event(now, attempt, "failed", None),
            Purpose::Connect(call_id) => {
                self.on_line(now, call_id, |line, fx| line.unjoin("failed", fx));
            }
        }
    }

    /// `calling.disconnect`: both calls go on, each for itself. A party that nobody talks to any more hangs up
    /// after a while (*assumed*).
    pub(super) fn part(&mut self, now: Duration, bridge: Bridge) {
        match bridge {
            Bridge::Reaching { attempt, .. } => self.abandon(now, attempt),
            Bridge::Joined { with, .. } => {
                self.on_line(now, &with, |line, fx| {
                    if line.leg.as_ref().is_some_and(|leg| leg.parent.is_some()) {
                        line.bridge = None;
                        line.caller.hang_up_after = Some(timing::ALONE);
                        line.be_patient(fx);
                    } else {
                        line.unjoin("disconnected", fx);
                    }
                });
            }
        }
    }

    /// The party that a call is connected with hangs up; nothing happens when there is none.
    pub fn far_hangs_up(&mut self, now: Duration, call_id: &str) {
        let bridge = self.lines.get(call_id).and_then(|line| line.bridge.as_ref());
        if let Some(Bridge::Joined { with, .. }) = bridge {
            let with = with.clone();
            self.hang_up(now, &with);
        }
    }
}
