//! The other parties: whom the client dials, connects, refers or transfers to.
//!
//! Never a call of its own: a connected party has an id and a state, nothing else.

use super::effects::Effects;
use super::frames::{Failure, Fields, fields};
use super::line::{By, CallState, Line};
use super::params::{Params, wrong};
use super::playing::Track;
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
    /// Rings for half a minute; nobody answers.
    NoAnswer,
}

impl FarEnd {
    /// How long it rings before something happens.
    fn rings(self) -> Duration {
        if self == Self::NoAnswer { timing::NO_ANSWER } else { timing::ANSWERING }
    }
}

/// A party that the call is connected to, or is about to be.
#[derive(Debug)]
pub(super) struct Bridge {
    peer: Value,
    connected: bool,
    longest: Option<Duration>,
}

/// A SIP refer that is under way.
#[derive(Debug)]
pub(super) struct Refer {
    to: String,
}

impl Line {
    pub(super) fn connect(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let device = params.first_device()?.clone();
        let longest = params.minutes("max_duration")?;
        if params.get("ringback").is_some() {
            Track::parse(params, "ringback")?;
        }
        let tag = params.optional_text("tag")?.unwrap_or_default();
        if self.bridge.is_some() {
            return Err(Failure::Code("409".into(), "the call is connected already".into()));
        }
        let peer = json!({
            "call_id": fx.ids.uuid(), "node_id": self.ids.node_id, "device": device, "tag": tag,
        });
        self.connect_event(fx, "connecting", &peer);
        self.bridge = Some(Bridge { peer, connected: false, longest });
        fx.timer(Slot::Connect, timing::RINGING + fx.world.far_end.rings());
        Ok(Fields::new())
    }

    fn connect_event(&self, fx: &mut Effects<'_>, state: &str, peer: &Value) {
        self.event(fx, "calling.call.connect", json!({"connect_state": state, "peer": peer}));
    }

    pub(super) fn connect_due(&mut self, fx: &mut Effects<'_>) {
        let Some(mut bridge) = self.bridge.take() else { return };
        if bridge.connected {
            return self.connect_event(fx, "disconnected", &bridge.peer);
        }
        if fx.world.far_end != FarEnd::Answers {
            return self.connect_event(fx, "failed", &bridge.peer);
        }
        self.connect_event(fx, "connected", &bridge.peer);
        bridge.connected = true;
        if let Some(longest) = bridge.longest {
            fx.timer(Slot::Connect, longest);
        }
        self.bridge = Some(bridge);
    }

    pub(super) fn disconnect(&mut self, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let bridge = self.bridge.take().ok_or_else(|| Failure::bad("the call is not connected"))?;
        fx.cancel(Slot::Connect);
        self.connect_event(fx, "disconnected", &bridge.peer);
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
        self.event(fx, "calling.call.refer", json!({"state": "inProgress", "sip_refer_to": to}));
        self.refer = Some(Refer { to });
        fx.timer(Slot::Refer, timing::REFERRING);
        Ok(Fields::new())
    }

    pub(super) fn refer_due(&mut self, fx: &mut Effects<'_>) {
        let Some(refer) = self.refer.take() else { return };
        let (state, notified) = match fx.world.far_end {
            FarEnd::Answers => ("success", "200"),
            FarEnd::Busy => ("busy", "486"),
            FarEnd::NoAnswer => ("noAnswer", "480"),
        };
        let params = json!({
            "state": state, "sip_refer_to": refer.to, "sip_refer_response_code": "202",
            "sip_notify_response_code": notified,
        });
        self.event(fx, "calling.call.refer", params);
    }

    /// The first state of a leg that the client dials.
    pub(super) fn begin_dialing(&mut self, fx: &mut Effects<'_>) {
        self.dial_event(fx, "dialing");
        self.state_event(fx, None);
        fx.timer(Slot::Dialing, timing::RINGING);
    }

    pub(super) fn dialing_due(&mut self, fx: &mut Effects<'_>) {
        if self.state == CallState::Created {
            self.state = CallState::Ringing;
            self.state_event(fx, None);
            return fx.timer(Slot::Dialing, fx.world.far_end.rings());
        }
        match fx.world.far_end {
            FarEnd::Answers => {
                self.answered(fx);
                self.dial_event(fx, "answered");
            }
            FarEnd::Busy => self.end("busy", By::Caller, fx),
            FarEnd::NoAnswer => self.end("noAnswer", By::Caller, fx),
        }
    }

    pub(super) fn dial_event(&self, fx: &mut Effects<'_>, state: &str) {
        let mut params = fields(json!({
            "node_id": self.ids.node_id, "tag": self.tag, "dial_state": state,
        }));
        if state == "answered" {
            let call = json!({
                "call_id": self.ids.call_id, "node_id": self.ids.node_id, "tag": self.tag,
                "device": self.device, "dial_winner": true,
            });
            params.insert("call".into(), call);
        }
        fx.event("calling.call.dial", params);
    }
}
