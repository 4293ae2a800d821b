//! The server: the frames that come and go, and the passing of time.
//!
//! Never opens a socket and never asks what time it is: the caller says both.

use super::caller::CallPlan;
use super::directory::Offer;
use super::effects::{Effect, Effects, World};
use super::faults::Faults;
use super::frames::{self, Fields};
use super::gathering::{Gatherings, Told};
use super::ids::Ids;
use super::line::Line;
use super::link::{Link, LinkId};
use super::message::Sent;
use super::observe::{Observation, What};
use super::outside::{Ask, AskId, Asking, Outside};
use super::pay;
use super::reaching::Attempt;
use super::recordings::Recordings;
use super::schedule::{Due, Schedule, Slot};
use super::session::Session;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many calls that are over are remembered, so that a late request hears 410 and not 404.
const REMEMBERED: usize = 4096;

/// How a peer is set up.
#[derive(Debug, Clone)]
pub struct PeerOptions {
    /// The project that must be given; any when `None`.
    pub project: Option<String>,
    /// The API token or JWT that must be given; any when `None`.
    pub token: Option<String>,
    /// Where the identifiers begin: the same seed and the same input give the same frames.
    pub seed: u64,
    /// How often the peer pings each connected link; never when `None`. A client may hold a server that is
    /// quiet for 15 s for dead, so a peer behind a socket should ping.
    pub ping_every: Option<Duration>,
    /// What calls may reach by HTTP: payment connectors, status callbacks, audio files.
    pub outside: Outside,
    /// When the peer begins, since 1970: 14 November 2023 by default. A server in real time says the real time, so
    /// that its timestamps are right and cards expire.
    pub epoch: Duration,
    /// How many times as fast as the real clock the peer's time passes; 1 by default. Calls wait for the world
    /// outside, which keeps its own time, by the real clock.
    pub speed: f64,
    /// Where the peer's recordings can be fetched, without a slash at the end; whoever serves that address
    /// answers `/recordings/ID.wav` by [`Peer::recording`]. By default it leads nowhere.
    pub base_url: String,
}

impl Default for PeerOptions {
    fn default() -> Self {
        Self {
            project: None,
            token: None,
            seed: 0,
            ping_every: None,
            outside: Outside::default(),
            epoch: Duration::from_secs(1_700_000_000),
            speed: 1.0,
            base_url: "https://recordings.sim.invalid".into(),
        }
    }
}

/// A RELAY server without a socket.
///
/// All times are since the peer began and never go back. After every call that changes something, take the
/// frames ([`Peer::take_frames`]), the links to close ([`Peer::take_closed`]) and what happened
/// ([`Peer::take_observations`]), and call [`Peer::advance`] when [`Peer::next_due`] has come.
#[derive(Debug)]
pub struct Peer {
    pub(super) options: PeerOptions,
    pub(super) ids: Ids,
    pub(super) schedule: Schedule,
    pub(super) links: BTreeMap<LinkId, Link>,
    pub(super) opened: u64,
    pub(super) sessions: BTreeMap<u64, Session>,
    /// How many sessions there ever were.
    pub(super) begun: u64,
    pub(super) lines: BTreeMap<String, Line>,
    over: VecDeque<String>,
    pub(super) attempts: BTreeMap<u64, Attempt>,
    pub(super) attempted: u64,
    pub(super) gatherings: Gatherings,
    pub(super) waiting: VecDeque<Offer>,
    pub(super) sent: BTreeMap<String, Sent>,
    pub(super) faults: Faults,
    pub(super) world: World,
    pub(super) outbound_plan: CallPlan,
    pub(super) recordings: Recordings,
    frames: Vec<(LinkId, String)>,
    pub(super) closed: Vec<LinkId>,
    observations: Vec<Observation>,
    pub(super) asks: Vec<Ask>,
    /// What was asked and not answered: which action of which call waits for it.
    pub(super) asking: BTreeMap<AskId, Asking>,
    pub(super) asked: u64,
}

impl Peer {
    /// A server with no links, sessions or calls.
    #[must_use]
    pub fn new(options: PeerOptions) -> Self {
        Self {
            ids: Ids::new(options.seed),
            world: World {
                outside: options.outside.clone(),
                patience: pay::PATIENCE.mul_f64(options.speed),
                epoch: options.epoch,
                ..World::default()
            },
            recordings: Recordings::new(&options.base_url),
            options,
            schedule: Schedule::default(),
            links: BTreeMap::new(),
            opened: 0,
            sessions: BTreeMap::new(),
            begun: 0,
            lines: BTreeMap::new(),
            over: VecDeque::new(),
            attempts: BTreeMap::new(),
            attempted: 0,
            gatherings: Gatherings::default(),
            waiting: VecDeque::new(),
            sent: BTreeMap::new(),
            faults: Faults::default(),
            outbound_plan: CallPlan::default(),
            frames: Vec::new(),
            closed: Vec::new(),
            observations: Vec::new(),
            asks: Vec::new(),
            asking: BTreeMap::new(),
            asked: 0,
        }
    }

    /// Takes one text frame from a client.
    pub fn receive(&mut self, now: Duration, link: LinkId, frame: &str) {
        if !self.links.contains_key(&link) {
            return;
        }
        let Ok(Value::Object(mut message)) = serde_json::from_str(frame) else {
            let failure = frames::Failure::Rpc(-32700, "the frame is not a JSON object".into());
            return self.write(link, frames::refused(&Value::Null, &failure, Fields::new()));
        };
        let id = message.remove("id").unwrap_or(Value::Null);
        match message.remove("method") {
            Some(Value::String(method)) => {
                let params = frames::fields(message.remove("params").unwrap_or(Value::Null));
                self.request(now, link, &id, &method, params);
            }
            None if message.contains_key("result") || message.contains_key("error") => {
                self.response(now, link, id.as_str().unwrap_or_default());
            }
            _ => {
                let failure = frames::Failure::Rpc(-32600, "the frame is not a request or a response".into());
                self.write(link, frames::refused(&id, &failure, Fields::new()));
            }
        }
    }

    /// The client answered something of ours.
    fn response(&mut self, now: Duration, link: LinkId, id: &str) {
        let Some(open) = self.links.get_mut(&link) else { return };
        if open.pings.remove(id) {
            return;
        }
        if open.leaving.as_ref().is_some_and(|leaving| leaving.id == id) {
            return self.drop_link(now, link);
        }
        if let Some(session) = open.session.and_then(|session| self.sessions.get_mut(&session)) {
            session.acknowledge(id);
        }
    }

    /// Does everything that is due at `now`, each thing at its own time.
    pub fn advance(&mut self, now: Duration) {
        while let Some((at, due)) = self.schedule.pop(now) {
            match due {
                Due::Line { call_id, slot } => {
                    if let Some(line) = self.lines.get_mut(&call_id) {
                        line.timers.remove(&slot);
                    }
                    self.on_line(at, &call_id, |line, fx| line.due(slot, fx));
                }
                Due::Message { message_id } => self.announce_message(at, &message_id),
                Due::Drop { link } => self.drop_link(at, LinkId(link)),
                Due::Ping { link } => self.ping_again(at, LinkId(link)),
            }
        }
    }

    /// When [`Peer::advance`] has something to do.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.schedule.next_due()
    }

    /// The frames to write, in order.
    #[must_use]
    pub fn take_frames(&mut self) -> Vec<(LinkId, String)> {
        std::mem::take(&mut self.frames)
    }

    /// The links whose sockets are to be closed, after their frames were written. The peer has forgotten them
    /// already; calling [`Peer::close`] for them does nothing.
    #[must_use]
    pub fn take_closed(&mut self) -> Vec<LinkId> {
        std::mem::take(&mut self.closed)
    }

    /// What happened since the last time, in order.
    #[must_use]
    pub fn take_observations(&mut self) -> Vec<Observation> {
        std::mem::take(&mut self.observations)
    }

    pub(super) fn write(&mut self, link: LinkId, frame: String) {
        self.frames.push((link, frame));
    }

    pub(super) fn observe(&mut self, at: Duration, call_id: Option<&str>, what: What) {
        self.observations.push(Observation { at, call_id: call_id.map(str::to_owned), what });
    }

    /// Sends an event to a session, or keeps it until the session has a link.
    pub(super) fn send_event(&mut self, now: Duration, session_id: u64, event_type: &str, params: Fields) {
        if !self.sessions.contains_key(&session_id) {
            return;
        }
        let call_id = params.get("call_id").and_then(Value::as_str).map(str::to_owned);
        let seen = What::event(event_type, &params);
        let id = self.ids.uuid();
        let event = self.event(now, session_id, event_type, params);
        let Some(session) = self.sessions.get_mut(&session_id) else { return };
        let frame = frames::request(&id, "signalwire.event", event);
        let authorization = event_type == "signalwire.authorization.state";
        let link = session.deliver(id, frame.clone(), authorization);
        self.observe(now, call_id.as_deref(), seen);
        if let Some(link) = link {
            self.write(link, frame);
        }
    }

    /// An event as it stands on the wire.
    pub(super) fn event(&self, now: Duration, session: u64, event_type: &str, params: Fields) -> Fields {
        let session = self.sessions.get(&session);
        frames::fields(json!({
            "event_type": event_type,
            "event_channel": session.map(|session| &session.protocol),
            "timestamp": self.stamp(now),
            "project_id": session.map(|session| &session.project),
            "space_id": "sim-space",
            "params": params,
        }))
    }

    /// The wire's timestamp: seconds since 1970.
    pub(super) fn stamp(&self, now: Duration) -> f64 {
        (self.options.epoch + now).as_secs_f64()
    }

    /// Does one step of a call and carries out what it wants; `None` when there is no such call.
    pub(super) fn on_line<T>(
        &mut self,
        now: Duration,
        call_id: &str,
        step: impl FnOnce(&mut Line, &mut Effects<'_>) -> T,
    ) -> Option<T> {
        let line = self.lines.get_mut(call_id)?;
        let mut fx =
            Effects::new(now, self.world.clone(), &mut self.ids, &self.recordings, &mut self.gatherings);
        let outcome = step(line, &mut fx);
        line.settle(&mut fx);
        let effects = fx.list;
        self.carry_out(now, call_id, effects);
        Some(outcome)
    }

    /// Carries out what a call wants done, in order.
    pub(super) fn carry_out(&mut self, now: Duration, call_id: &str, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event { event_type, params } => {
                    if let Some(session) = self.lines.get(call_id).and_then(|line| line.session) {
                        self.send_event(now, session, event_type, params);
                    }
                }
                Effect::Timer { slot, at } => self.set_timer(call_id, slot, Some(at)),
                Effect::Cancel { slot } => self.set_timer(call_id, slot, None),
                Effect::Ask { control_id, what } => self.ask(call_id, Some(control_id), what),
                Effect::Report { url, event_type, params } => {
                    self.report(now, call_id, url, event_type, params);
                }
                Effect::Keep { id, sound } => self.recordings.keep(id, sound),
                Effect::Observe(what) => self.observe(now, Some(call_id), what),
                Effect::Offer => self.pass_on(now, call_id),
                Effect::Tell(told) => self.tell(now, told),
                Effect::Reach(attempt) => {
                    let session = self.lines.get(call_id).and_then(|line| line.session);
                    self.reach(now, attempt.in_session(session));
                }
                Effect::Answered => self.leg_answered(now, call_id),
                Effect::Part(bridge) => self.part(now, bridge),
                Effect::Over => self.bury(now, call_id),
            }
        }
    }

    /// Sends an event about a call to whoever controls it.
    fn tell(&mut self, now: Duration, told: Told) {
        if let Some(session) = self.lines.get(&told.call_id).and_then(|line| line.session) {
            self.send_event(now, session, told.event_type, told.params);
        }
    }

    fn set_timer(&mut self, call_id: &str, slot: Slot, at: Option<Duration>) {
        let Some(line) = self.lines.get_mut(call_id) else { return };
        if let Some(timer) = line.timers.remove(&slot) {
            self.schedule.cancel(timer);
        }
        if let Some(at) = at.filter(|_| !line.is_over()) {
            let due = Due::Line { call_id: call_id.to_owned(), slot: slot.clone() };
            line.timers.insert(slot, self.schedule.at(at, due));
        }
    }

    /// A call is over: nothing of it happens any more, and in time it is forgotten.
    fn bury(&mut self, now: Duration, call_id: &str) {
        let Some(line) = self.lines.get_mut(call_id) else { return };
        for timer in std::mem::take(&mut line.timers).into_values() {
            self.schedule.cancel(timer);
        }
        self.waiting.retain(|offer| !offer.is_call(call_id));
        for told in self.gatherings.leave_all(call_id) {
            self.tell(now, told);
        }
        self.left_by(now, call_id);
        self.over.push_back(call_id.to_owned());
        if self.over.len() > REMEMBERED
            && let Some(oldest) = self.over.pop_front()
        {
            self.lines.remove(&oldest);
        }
    }
}
