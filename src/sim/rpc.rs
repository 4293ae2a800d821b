//! One request of a client: whether it may ask, what answers it, and the reply before the events.
//!
//! Never knows what a method about a call does.

use super::caller::Caller;
use super::devices;
use super::discretion::Discretion;
use super::effects::Effects;
use super::frames::{self, Failure, Fields, fields};
use super::line::{CallIds, CallState, Line};
use super::link::LinkId;
use super::message::Sent;
use super::observe::What;
use super::params::Params;
use super::peer::Peer;
use super::reaching::{Attempt, Purpose};
use super::rules;
use super::schedule::Due;
use super::verbs;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The one node that all calls are on.
pub(super) const NODE: &str = "node-sim";

/// One request, and where its answer goes.
#[derive(Debug, Clone, Copy)]
struct Request<'a> {
    now: Duration,
    link: LinkId,
    id: &'a Value,
    method: &'a str,
    params: Params<'a>,
}

impl Request<'_> {
    /// What the request is about: its ids, as they came.
    fn identity(&self) -> Fields {
        let names = ["call_id", "node_id", "control_id"];
        let given =
            names.iter().filter_map(|name| Some(((*name).to_owned(), self.params.get(name)?.clone())));
        given.collect()
    }

    fn call_id(&self) -> Option<&str> {
        self.params.get("call_id").and_then(Value::as_str)
    }
}

impl Peer {
    pub(super) fn request(&mut self, now: Duration, link: LinkId, id: &Value, method: &str, params: Fields) {
        let request = Request { now, link, id, method, params: Params(&params) };
        if method != "signalwire.ping" {
            self.observe(now, request.call_id(), What::verb(method, &params));
        }
        if self.faults.is_muted(method) {
            return;
        }
        if let Some(failure) = self.faults.take(method) {
            return self.refuse(request, &failure);
        }
        let session = self.links.get(&link).and_then(|open| open.session);
        let outcome = match (method, session) {
            ("signalwire.ping", _) => {
                self.answer(request, frames::result(id, params.clone()));
                Ok(())
            }
            ("signalwire.connect", None) => self.connected(request).map_err(Failure::into_rpc),
            ("signalwire.connect", Some(_)) => Err(Failure::Rpc(-32600, "already connected".into())),
            (_, None) => Err(Failure::Rpc(-32002, "Authentication required".into())),
            (_, Some(session)) => self.dispatch(request, session),
        };
        if let Err(failure) = outcome {
            self.refuse(request, &failure);
            if method == "signalwire.connect" && matches!(failure, Failure::Rpc(-32002, _)) {
                self.drop_link(now, link);
            }
        }
    }

    fn dispatch(&mut self, request: Request<'_>, session: u64) -> Result<(), Failure> {
        match request.method {
            "signalwire.receive" | "signalwire.unreceive" => {
                let on = request.method == "signalwire.receive";
                let reply = self.subscribe(session, request.params, on)?;
                self.answer(request, frames::accepted(request.id, reply));
                self.offer_waiting(request.now);
                Ok(())
            }
            "signalwire.disconnect" => {
                self.answer(request, frames::result(request.id, Fields::new()));
                self.drop_link(request.now, request.link);
                Ok(())
            }
            "messaging.send" => self.send_message(request, session),
            "calling.dial" => self.dial(request, session),
            method if verbs::is_known(method) => self.about_call(request, session),
            method => Err(Failure::Rpc(-32601, format!("method not found: {method}"))),
        }
    }

    fn connected(&mut self, request: Request<'_>) -> Result<(), Failure> {
        let reply = self.connect(request.now, request.link, request.params)?;
        self.answer(request, frames::result(request.id, reply));
        self.after_connect(request.now, request.link);
        Ok(())
    }

    /// A request about a call: the reply first, then the events that it causes.
    fn about_call(&mut self, request: Request<'_>, session: u64) -> Result<(), Failure> {
        let missing = |name: &str| Failure::Rpc(-32602, format!("missing required parameter '{name}'"));
        let call_id = request.call_id().ok_or_else(|| missing("call_id"))?;
        let node_id =
            request.params.get("node_id").and_then(Value::as_str).ok_or_else(|| missing("node_id"))?;
        let line = self
            .lines
            .get_mut(call_id)
            .filter(|line| line.session == Some(session) && line.ids.node_id == node_id)
            .ok_or_else(|| Failure::not_found("call not found"))?;
        let mut fx = Effects::new(
            request.now,
            self.world.clone(),
            &mut self.ids,
            &self.recordings,
            &mut self.gatherings,
        );
        let outcome = line.request(request.method, request.params, &mut fx);
        let effects = fx.list;
        match outcome {
            Ok(reply) => self.answer(request, frames::accepted(request.id, reply)),
            Err(failure) => self.refuse(request, &failure),
        }
        self.carry_out(request.now, call_id, effects);
        Ok(())
    }

    /// `calling.dial`: the reply says only that it dials.
    fn dial(&mut self, request: Request<'_>, session: u64) -> Result<(), Failure> {
        let params = request.params;
        rules::check(request.method, params)?;
        let tag = params.text("tag")?;
        let groups = devices::groups(params)?;
        let longest = params.minutes("max_duration")?;
        // Two dials with one tag could not be told apart (assumed).
        if self.attempts.values().any(|attempt| attempt.is_dial(session, tag)) {
            return Err(Failure::Code("409".into(), "the tag is in use".into()));
        }
        self.answer(request, frames::accepted(request.id, fields(json!({"message": "Dialing"}))));
        let attempt = Attempt::new(Purpose::Dial, tag, groups, longest).in_session(Some(session));
        self.reach(request.now, attempt);
        Ok(())
    }

    /// A call that nothing has happened to yet.
    pub(super) fn new_line(&mut self, inbound: bool, device: Value, caller: Caller) -> Line {
        let ids = CallIds { call_id: self.ids.uuid(), node_id: NODE.into(), segment_id: self.ids.uuid() };
        Line {
            ids,
            inbound,
            device,
            tag: String::new(),
            context: String::new(),
            state: if inbound { CallState::Ringing } else { CallState::Created },
            end_reason: None,
            longest: None,
            actions: Vec::new(),
            leg: None,
            bridge: None,
            refer: None,
            echoes: false,
            discretion: Discretion::default(),
            bindings: super::bindings::Bindings::default(),
            caller,
            session: None,
            passed: BTreeSet::new(),
            timers: BTreeMap::new(),
        }
    }

    fn send_message(&mut self, request: Request<'_>, session: u64) -> Result<(), Failure> {
        rules::check(request.method, request.params)?;
        let message_id = self.ids.uuid();
        let message = Sent::parse(session, &message_id, request.params)?;
        let reply = fields(json!({"message": "Message accepted", "message_id": message_id}));
        self.answer(request, frames::accepted(request.id, reply));
        self.observe(request.now, None, message.observation());
        self.sent.insert(message_id.clone(), message);
        self.announce_message(request.now, &message_id);
        Ok(())
    }

    /// Announces the next state of a sent message, and plans the one after it.
    pub(super) fn announce_message(&mut self, now: Duration, message_id: &str) {
        let Some(message) = self.sent.get_mut(message_id) else { return };
        let session = message.session;
        let Some((params, after)) = message.next() else { return };
        self.send_event(now, session, "messaging.state", params);
        match after {
            Some(after) => {
                self.schedule.at(now + after, Due::Message { message_id: message_id.to_owned() });
            }
            None => {
                self.sent.remove(message_id);
            }
        }
    }

    fn answer(&mut self, request: Request<'_>, frame: String) {
        if !self.faults.loses_reply(request.method) {
            self.write(request.link, frame);
        }
    }

    fn refuse(&mut self, request: Request<'_>, failure: &Failure) {
        let refused = What::Refused {
            method: request.method.to_owned(),
            code: failure.code(),
            message: failure.message().to_owned(),
        };
        self.observe(request.now, request.call_id(), refused);
        let identity = match failure {
            Failure::Code(..) => request.identity(),
            Failure::Rpc(..) => Fields::new(),
        };
        self.answer(request, frames::refused(request.id, failure, identity));
    }
}

/// Who calls whom, by the device of a call.
pub(super) fn ends(device: &Value) -> (String, String) {
    let text = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| device["params"][*name].as_str());
        found.unwrap_or_default().to_owned()
    };
    (text(["from_number", "from"]), text(["to_number", "to"]))
}
