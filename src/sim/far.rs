//! The other parties, seen from one call: whom it is connected to, refers to, or is dialled as.
//!
//! Never finds or joins calls: the peer does, in `reaching`.

use super::devices;
use super::effects::{Effect, Effects};
use super::frames::{Failure, Fields, fields};
use super::line::{By, CallState, Line};
use super::numbers::{self, is_sip};
use super::params::{Params, wrong};
use super::reaching::{Attempt, Purpose};
use super::schedule::Slot;
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// How a party behaves that the client calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FarEnd {
    /// Rings, then answers.
    #[default]
    Answers,
    /// Rings, then is busy.
    Busy,
    /// Rings until the device's `timeout` (30 s unless given) is over; nobody answers.
    NoAnswer,
    /// Rings, then declines.
    Declines,
    /// Never rings: there is nobody.
    NotFound,
}

impl FarEnd {
    /// How long it rings before something happens; `None`: nothing ever does.
    fn rings(self) -> Option<Duration> {
        (self != Self::NoAnswer).then_some(timing::ANSWERING)
    }

    /// The `end_reason` of a call that it does not take; `None` when it answers.
    fn refuses(self) -> Option<&'static str> {
        match self {
            Self::Answers => None,
            Self::Busy => Some("busy"),
            Self::NoAnswer => Some("noAnswer"),
            Self::Declines => Some("decline"),
            Self::NotFound => Some("not_found"),
        }
    }

    /// How the party at a number behaves, where `otherwise` is for all but the test numbers.
    pub(super) fn at(number: &str, otherwise: Self) -> Self {
        numbers::far_end(number).unwrap_or(otherwise)
    }
}

/// What makes a call one that the client dials.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) attempt: u64,
    pub(super) far_end: FarEnd,
    pub(super) timeout: Duration,
    /// The call that is to be connected, as state events name it.
    pub(super) parent: Option<Value>,
    /// The client ended it before anybody answered.
    pub(super) given_up: bool,
}

/// The other side of a call that is connected, or about to be.
#[derive(Debug)]
pub(super) enum Bridge {
    /// Somebody is called.
    Reaching { attempt: u64, peer: Value },
    /// It is joined with another call.
    Joined { with: String, peer: Value },
}

/// A SIP refer that is under way.
#[derive(Debug)]
pub(super) struct Refer {
    to: String,
}

impl Line {
    pub(super) fn connect(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let groups = devices::groups(params)?;
        let ringback = super::ringback::Ringback::parse(params)?;
        if self.bridge.is_some() {
            return Err(Failure::Code("409".into(), "the call is connected already".into()));
        }
        fx.list.push(Effect::Reach(Box::new(Attempt::new(
            Purpose::Connect(self.ids.call_id.clone()),
            params.optional_text("tag")?.unwrap_or_default(),
            groups,
            params.minutes("max_duration")?,
        ))));
        if let Some(ringback) = ringback {
            self.start(Box::new(ringback), &fx.ids.uuid(), fx)?;
        }
        Ok(Fields::new())
    }

    pub(super) fn connect_event(&self, fx: &mut Effects<'_>, state: &str, peer: &Value) {
        self.event(fx, "calling.call.connect", json!({"connect_state": state, "peer": peer}));
    }

    /// Somebody is called for this call.
    pub(super) fn begin_reaching(&mut self, attempt: u64, peer: Value, fx: &mut Effects<'_>) {
        self.connect_event(fx, "connecting", &peer);
        self.bridge = Some(Bridge::Reaching { attempt, peer });
    }

    /// The call is joined with another one, which `peer` describes. The call that asked for it is told.
    pub(super) fn join(&mut self, with: &str, peer: Value, fx: &mut Effects<'_>) {
        self.stop_ringback(fx);
        if self.bridge.is_some() {
            self.connect_event(fx, "connected", &peer);
        }
        self.bridge = Some(Bridge::Joined { with: with.to_owned(), peer });
    }

    /// The other side is gone, or was never reached (`failed`).
    pub(super) fn unjoin(&mut self, state: &str, fx: &mut Effects<'_>) {
        self.stop_ringback(fx);
        if let Some(Bridge::Reaching { peer, .. } | Bridge::Joined { peer, .. }) = self.bridge.take() {
            self.connect_event(fx, state, &peer);
        }
    }

    pub(super) fn disconnect(&mut self, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let bridge = self.bridge.take().ok_or_else(|| Failure::bad("the call is not connected"))?;
        self.stop_ringback(fx);
        let (Bridge::Reaching { peer, .. } | Bridge::Joined { peer, .. }) = &bridge;
        self.connect_event(fx, "disconnected", peer);
        fx.list.push(Effect::Part(bridge));
        Ok(Fields::new())
    }

    pub(super) fn start_refer(
        &mut self,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        let device = params.object("device")?;
        if device.text("type")? != "sip" {
            return Err(wrong("device.type", "sip"));
        }
        let to = device.object("params")?.text("to")?.to_owned();
        if !is_sip(&to) {
            return Err(wrong("to", "a SIP address such as sip:user@example.com"));
        }
        if self.device["type"] != "sip" {
            return Err(Failure::bad("only a SIP call can be referred"));
        }
        if self.refer.is_some() {
            return Err(Failure::Code("409".into(), "the call is being referred already".into()));
        }
        self.event(fx, "calling.call.refer", json!({"state": "inProgress", "sip_refer_to": to}));
        self.refer = Some(Refer { to });
        fx.timer(Slot::Refer, timing::REFERRING);
        Ok(Fields::new())
    }

    /// The state's words and the SIP codes are *assumed*; the fields are those that SDKs read.
    pub(super) fn refer_due(&mut self, fx: &mut Effects<'_>) {
        let Some(refer) = self.refer.take() else { return };
        let (state, notified) = match FarEnd::at(&refer.to, fx.world.far_end) {
            FarEnd::Answers => ("success", "200"),
            FarEnd::Busy => ("busy", "486"),
            FarEnd::NoAnswer => ("noAnswer", "480"),
            FarEnd::Declines => ("error", "603"),
            FarEnd::NotFound => ("error", "404"),
        };
        let params = json!({
            "state": state, "sip_refer_to": refer.to, "sip_refer_response_code": "202",
            "sip_notify_response_code": notified,
        });
        self.event(fx, "calling.call.refer", params);
    }

    /// The first state of a leg that the client dials.
    pub(super) fn begin_dialing(&mut self, fx: &mut Effects<'_>) {
        self.state_event(fx, None);
        fx.timer(Slot::Dialing, timing::RINGING);
    }

    pub(super) fn dialing_due(&mut self, fx: &mut Effects<'_>) {
        let Some(Leg { far_end, timeout, .. }) = self.leg else { return };
        if self.state == CallState::Created {
            if far_end == FarEnd::NotFound {
                return self.end("not_found", By::Server, fx);
            }
            self.state = CallState::Ringing;
            self.state_event(fx, None);
            let rings = far_end.rings().unwrap_or(timeout);
            return fx.timer(Slot::Dialing, rings.min(timeout));
        }
        let in_time = far_end.rings().is_some_and(|rings| rings <= timeout);
        match far_end.refuses() {
            _ if !in_time => self.end("noAnswer", By::Caller, fx),
            Some(reason) => self.end(reason, By::Caller, fx),
            None => {
                self.answered(fx);
                fx.list.push(Effect::Answered);
            }
        }
    }

    /// How other calls name this one: a `peer` of connect events.
    pub(super) fn as_peer(&self) -> Value {
        json!({
            "call_id": self.ids.call_id, "node_id": self.ids.node_id, "device": self.device, "tag": self.tag,
        })
    }

    /// The fields of a state event that tell of other calls: `parent` and `peer`.
    pub(super) fn relatives(&self) -> Fields {
        let mut relatives = Fields::new();
        if let Some(parent) = self.leg.as_ref().and_then(|leg| leg.parent.as_ref()) {
            relatives.insert("parent".into(), parent.clone());
        }
        if let Some(Bridge::Joined { peer, .. }) = &self.bridge {
            let ids = json!({"call_id": peer["call_id"], "node_id": peer["node_id"]});
            relatives.append(&mut fields(json!({"peer": ids})));
        }
        relatives
    }
}
