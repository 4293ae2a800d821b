//! Devices to connect, dial or refer to: the wire's maps, a short form, and plain addresses.
//!
//! It always writes the wire's long form. It does not dial anything.

use rhai::{Dynamic, Map};

use super::args::ArgError;
use super::json::write_string;
use super::place::{Place, short};
use super::rows::write_map;
use super::table::Param;
use super::text::is_phone;
use super::verbs::connect::{OTHER_DEVICE, PHONE_DEVICE, SHORT_PHONE, SHORT_SIP, SIP_DEVICE};
use super::view::{View, view};
use crate::script::suggest::did_you_mean;

/// The types of devices and the rows of their maps.
pub(super) const TYPES: &[(&str, &[Param])] =
    &[("phone", PHONE_DEVICE), ("sip", SIP_DEVICE), ("webrtc", OTHER_DEVICE), ("agora", OTHER_DEVICE)];

/// Every type of device.
const ALL: &[&str] = &["phone", "sip", "webrtc", "agora"];

/// Writes devices as RELAY wants them: groups one after another, in each group all at once.
pub(super) fn write_devices(at: &Place<'_>, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    if let View::List(groups) = view(value) {
        if groups.is_empty() {
            return Err(at.error("must have at least one device, got an empty array"));
        }
        for (index, group) in groups.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_group(&at.item(index), group, out)?;
        }
    } else {
        write_group(at, value, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_group(at: &Place<'_>, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    if let View::List(devices) = view(value) {
        if devices.is_empty() {
            return Err(at.error("must have at least one device, got an empty array"));
        }
        for (index, device) in devices.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_device(&at.item(index), ALL, device, out)?;
        }
    } else {
        write_device(at, ALL, value, out)?;
    }
    out.push(']');
    Ok(())
}

/// Writes one device of one of these types.
pub(super) fn write_device(
    at: &Place<'_>,
    types: &[&str],
    value: &Dynamic,
    out: &mut String,
) -> Result<(), ArgError> {
    let came = view(value);
    if let View::Map(map) = &came {
        return match map.get("type") {
            Some(kind) => write_typed(at, types, &view(kind), map, out),
            None => write_short(at, types, map, out),
        };
    }
    let Some(address) = came.text() else {
        return Err(at.must_be("a device: a map, a telephone number or a SIP address", &came));
    };
    let kind = type_of(at, types, &address)?;
    let param = if kind == "sip" { "to" } else { "to_number" };
    begin(kind, out);
    out.push_str("{\"");
    out.push_str(param);
    out.push_str("\":");
    write_string(&address, out);
    out.push_str("}}");
    Ok(())
}

fn write_typed(
    at: &Place<'_>,
    types: &[&str],
    kind: &View<'_>,
    map: &Map,
    out: &mut String,
) -> Result<(), ArgError> {
    let Some(name) = kind.text() else {
        return Err(at.key("type").must_be("text", kind));
    };
    match TYPES.iter().find(|(known, _)| **known == *name && types.contains(known)) {
        Some((_, rows)) => write_map(at, rows, map, out),
        None => {
            let known = types.join(", ");
            let mut error =
                at.key("type").error(&format!("must be one of {known}, got \"{}\"", short(&name)));
            error.hint = did_you_mean(&name, types.iter().copied());
            Err(error)
        }
    }
}

/// `#{to: "+15551234567", from: "+15559876543", timeout: 30}`
fn write_short(at: &Place<'_>, types: &[&str], map: &Map, out: &mut String) -> Result<(), ArgError> {
    let to = map.get("to").map(view);
    let Some(address) = to.as_ref().and_then(View::text) else {
        return Err(at.error("needs a type, or \"to\" with a telephone number or a SIP address"));
    };
    let kind = type_of(&at.key("to"), types, &address)?;
    begin(kind, out);
    write_map(at, if kind == "sip" { SHORT_SIP } else { SHORT_PHONE }, map, out)?;
    out.push('}');
    Ok(())
}

fn begin(kind: &str, out: &mut String) {
    out.push_str("{\"type\":\"");
    out.push_str(kind);
    out.push_str("\",\"params\":");
}

/// The type of the device that has this address.
fn type_of(at: &Place<'_>, types: &[&str], address: &str) -> Result<&'static str, ArgError> {
    let sip = address.starts_with("sip:") || address.starts_with("sips:");
    let expected = match (sip, types.contains(&"phone")) {
        (true, _) => return Ok("sip"),
        (false, true) if is_phone(address) => return Ok("phone"),
        (false, true) => {
            "a telephone number such as \"+15551234567\" or a SIP address such as \"sip:a@example.com\""
        }
        (false, false) => "a SIP address such as \"sip:a@example.com\"",
    };
    Err(at.error(&format!("must be {expected}, got \"{}\"", short(address))))
}
