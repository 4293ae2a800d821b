//! Actions that only begin and end: tap, stream and transcribe until they are stopped, sent digits until they are
//! out.
//!
//! Never carries sound: nothing is tapped, streamed or transcribed.

use super::action::{Act, Work, unknown_command};
use super::frames::{Failure, Fields, fields};
use super::params::{Params, wrong};
use super::rules::{Field, Rule, SIDE, SOCKET, fit, may, need};
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// The state of such an action.
#[derive(Debug)]
pub(super) struct Steady {
    family: &'static str,
    event_type: &'static str,
    /// The state that it begins with; none is announced when it is empty.
    working: &'static str,
    /// What every event carries.
    carried: Fields,
    /// What the reply carries.
    reply: Fields,
    /// When it ends by itself.
    length: Option<Duration>,
    began: Duration,
}

impl Steady {
    fn new(family: &'static str, event_type: &'static str, working: &'static str) -> Self {
        Self {
            family,
            event_type,
            working,
            carried: Fields::new(),
            reply: Fields::new(),
            length: None,
            began: Duration::ZERO,
        }
    }

    pub(super) fn tap(params: Params<'_>) -> Result<Self, Failure> {
        let (tap, device) = (params.object("tap")?, params.object("device")?);
        fit(tap, &[need("type", Rule::OneOf(&["audio"])), may("params", Rule::Object)])?;
        if let Some(side) = tap.optional_object("params")? {
            fit(side, &[may("direction", SIDE)])?;
        }
        fit(device.object("params")?, device_rules(device.text("type")?)?)?;
        let carried = fields(json!({"tap": tap.0, "device": device.0}));
        let source = json!({"type": "rtp", "params": {"addr": "192.0.2.1", "port": 40000, "rate": 8000}});
        let reply = fields(json!({"source_device": source}));
        Ok(Self { carried, reply, ..Self::new("calling.tap", "calling.call.tap", "tapping") })
    }

    pub(super) fn stream(params: Params<'_>) -> Result<Self, Failure> {
        let name = params.optional_text("name")?.unwrap_or_default();
        let carried = fields(json!({"url": params.text("url")?, "name": name}));
        Ok(Self { carried, ..Self::new("calling.stream", "calling.call.stream", "streaming") })
    }

    pub(super) fn transcribe() -> Self {
        Self::new("calling.transcribe", "calling.call.transcribe", "transcribing")
    }

    fn event(&self, act: &mut Act<'_, '_>, state: &str, rest: Value) {
        let mut params = self.carried.clone();
        params.insert("state".into(), state.into());
        params.append(&mut fields(rest));
        act.event(self.event_type, Value::Object(params));
    }

    fn finish(&self, act: &mut Act<'_, '_>) {
        let rest = if self.family == "calling.transcribe" { self.transcript(act) } else { json!({}) };
        self.event(act, "finished", rest);
        act.finish();
    }

    fn transcript(&self, act: &mut Act<'_, '_>) -> Value {
        let id = act.fx.ids.uuid();
        let length = act.now().saturating_sub(self.began);
        let size = u64::try_from(length.as_millis() * 16).unwrap_or(u64::MAX);
        json!({
            "url": format!("https://transcripts.sim.invalid/{id}.txt"),
            "recording_id": id,
            "duration": length.as_secs_f64(),
            "size": size,
        })
    }
}

/// What the device of a tap must say, by its type.
fn device_rules(kind: &str) -> Result<&'static [Field], Failure> {
    const RTP: &[Field] = &[
        need("addr", Rule::Text),
        need("port", Rule::Whole(1, 65_535)),
        may("codec", Rule::Text),
        may("ptime", Rule::Positive),
        may("rate", Rule::Positive),
    ];
    const WS: &[Field] = &[need("uri", SOCKET), may("codec", Rule::Text), may("rate", Rule::Positive)];
    match kind {
        "rtp" => Ok(RTP),
        "ws" => Ok(WS),
        _ => Err(wrong("device.type", "rtp or ws")),
    }
}

/// `calling.send_digits`: over when every digit is out and every pause is over.
pub(super) fn sending_digits(params: Params<'_>) -> Result<Steady, Failure> {
    let lasts = |key: char| match key {
        'w' => Some(timing::SHORT_PAUSE),
        'W' => Some(timing::LONG_PAUSE),
        _ => "0123456789*#ABCDabcd".contains(key).then_some(timing::SENT_DIGIT),
    };
    let length: Option<Duration> = params.text("digits")?.chars().map(lasts).sum();
    let shape = || wrong("digits", "keys (0-9 * # A-D) and pauses (w for 0.5 s, W for 1 s)");
    let length = Some(length.ok_or_else(shape)?);
    Ok(Steady { length, ..Steady::new("calling.send_digits", "calling.call.send_digits", "") })
}

impl Work for Steady {
    fn family(&self) -> &'static str {
        self.family
    }

    fn reply(&self) -> Fields {
        self.reply.clone()
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.began = act.now();
        if !self.working.is_empty() {
            self.event(act, self.working, json!({}));
        }
        if let Some(length) = self.length {
            act.timer(length);
        }
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        self.finish(act);
    }

    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" if self.length.is_none() => self.finish(act),
            _ => return Err(unknown_command(self.family, command)),
        }
        Ok(())
    }
}
