//! `devices`: whom to call, in groups one after another, each group at once.
//!
//! Never calls anybody.

use super::frames::{Failure, Fields};
use super::numbers::{is_number, is_sip};
use super::params::{Params, wrong};
use super::rules::{AMOUNT, Field, Rule, fit, may, need};
use super::timing;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// One device to call.
#[derive(Debug, Clone)]
pub(super) struct Device {
    /// As the wire has it.
    pub(super) value: Value,
    /// The number or address that is called.
    pub(super) to: String,
    /// How long it may ring.
    pub(super) timeout: Duration,
    /// The longest call, when the device says so.
    pub(super) longest: Option<Duration>,
}

const SHARED: &[Field] = &[
    may("timeout", Rule::Positive),
    may("max_duration", Rule::Positive),
    may("max_price_per_minute", AMOUNT),
    may("headers", Rule::Objects),
    may("codecs", Rule::List),
];

/// The groups under `devices`, in order; none is empty.
pub(super) fn groups(params: Params<'_>) -> Result<VecDeque<Vec<Device>>, Failure> {
    let shape = || wrong("devices", "a list of lists of devices with 'type' and 'params'");
    let of_group = |group: &Value| -> Result<Vec<Device>, Failure> {
        let group = group.as_array().filter(|group| !group.is_empty()).ok_or_else(shape)?;
        group.iter().map(|device| parse(device, device.as_object().ok_or_else(shape)?)).collect()
    };
    params.list("devices")?.iter().map(of_group).collect()
}

fn parse(value: &Value, fields: &Fields) -> Result<Device, Failure> {
    let device = Params(fields);
    let params = device.object("params")?;
    fit(params, SHARED)?;
    let to = match device.text("type")? {
        "phone" => phone(params)?,
        "sip" => sip(params)?,
        "webrtc" | "agora" | "stream" => params.optional_text("to")?.unwrap_or_default(),
        _ => return Err(wrong("type", "phone, sip, webrtc, agora or stream")),
    };
    Ok(Device {
        value: value.clone(),
        to: to.to_owned(),
        timeout: params.seconds("timeout", timing::NO_ANSWER.as_secs_f64())?,
        longest: params.minutes("max_duration")?,
    })
}

/// A phone: numbers of E.164; a SIP address in their place is let through.
fn phone(params: Params<'_>) -> Result<&str, Failure> {
    fit(params, &[need("to_number", Rule::Text), may("from_number", Rule::Text)])?;
    for name in ["to_number", "from_number"] {
        let given = params.optional_text(name)?;
        if given.is_some_and(|number| !is_number(number) && !is_sip(number)) {
            return Err(wrong(name, "a number such as +15551234567"));
        }
    }
    params.text("to_number")
}

fn sip(params: Params<'_>) -> Result<&str, Failure> {
    fit(params, &[need("to", Rule::Text), may("from", Rule::Text)])?;
    let to = params.text("to")?;
    if is_sip(to) { Ok(to) } else { Err(wrong("to", "a SIP address such as sip:user@example.com")) }
}
