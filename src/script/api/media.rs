//! Media to play: the wire's maps, their short form, and strings as SWML writes them.
//!
//! It always writes the wire's long form, and an array even for one item.

use rhai::Dynamic;

use super::args::ArgError;
use super::json::write_string;
use super::place::{Place, short};
use super::rows::write_map;
use super::table::{Kind, Param};
use super::text::{check_text, scheme};
use super::verbs::base::HTTP;
use super::verbs::media::{AUDIO_ITEM, RINGTONE_ITEM, SILENCE_ITEM, TTS_ITEM};
use super::view::{View, view};
use crate::script::suggest::did_you_mean;

/// The media types and the rows of their maps.
pub(super) const TYPES: &[(&str, &[Param])] =
    &[("tts", TTS_ITEM), ("audio", AUDIO_ITEM), ("silence", SILENCE_ITEM), ("ringtone", RINGTONE_ITEM)];

/// Writes one item or a list of them, as an array.
pub(super) fn write(at: &Place<'_>, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    if let View::List(items) = view(value) {
        if items.is_empty() {
            return Err(at.error("must have at least one item, got an empty array"));
        }
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_item(&at.item(index), item, out)?;
        }
    } else {
        write_item(at, value, out)?;
    }
    out.push(']');
    Ok(())
}

fn write_item(at: &Place<'_>, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    let came = view(value);
    if let View::Map(map) = &came {
        let kind = map.get("type").map(view);
        let Some(name) = kind.as_ref().and_then(View::text) else {
            return Err(at.error("needs a type: tts, audio, silence or ringtone"));
        };
        let Some((_, rows)) = TYPES.iter().find(|(known, _)| **known == *name) else {
            let mut error = at.error(&format!("has an unknown media type \"{}\"", short(&name)));
            error.hint = did_you_mean(&name, TYPES.iter().map(|(known, _)| *known));
            return Err(error);
        };
        return write_map(at, rows, map, out);
    }
    match came.text() {
        Some(text) => write_text(at, &text, out),
        None => Err(at.must_be("text or a media map", &came)),
    }
}

/// `say:…`, `silence:1.5`, `ring:us`, `ring:us:3`, an URL, or plain text to be spoken.
fn write_text(at: &Place<'_>, text: &str, out: &mut String) -> Result<(), ArgError> {
    if let Some(spoken) = text.strip_prefix("say:") {
        write_simple("tts", "text", spoken.trim_start(), out);
    } else if let Some(seconds) = text.strip_prefix("silence:") {
        let seconds = seconds_of(seconds).ok_or_else(|| wrong(at, "silence:1.5", text))?;
        out.push_str(r#"{"type":"silence","params":{"duration":"#);
        View::Float(seconds).write_number(out);
        out.push_str("}}");
    } else if let Some(ring) = text.strip_prefix("ring:") {
        return write_ring(at, ring, text, out);
    } else if scheme(text).is_some() {
        check_text(at, &Kind::Url(HTTP), text)?;
        write_simple("audio", "url", text, out);
    } else {
        write_simple("tts", "text", text, out);
    }
    Ok(())
}

/// A country's ringtone, with its duration before or after it.
fn write_ring(at: &Place<'_>, ring: &str, text: &str, out: &mut String) -> Result<(), ArgError> {
    let (name, seconds) = match ring.split_once(':') {
        None => (ring, None),
        Some((first, second)) => match (seconds_of(first), seconds_of(second)) {
            (None, Some(seconds)) => (first, Some(seconds)),
            (Some(seconds), None) => (second, Some(seconds)),
            _ => return Err(wrong(at, "ring:us:3", text)),
        },
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(wrong(at, "ring:us", text));
    }
    out.push_str(r#"{"type":"ringtone","params":{"name":"#);
    write_string(name, out);
    if let Some(seconds) = seconds {
        out.push_str(",\"duration\":");
        View::Float(seconds).write_number(out);
    }
    out.push_str("}}");
    Ok(())
}

fn write_simple(kind: &str, param: &str, text: &str, out: &mut String) {
    out.push_str("{\"type\":\"");
    out.push_str(kind);
    out.push_str("\",\"params\":{\"");
    out.push_str(param);
    out.push_str("\":");
    write_string(text, out);
    out.push_str("}}");
}

fn seconds_of(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
}

fn wrong(at: &Place<'_>, form: &str, text: &str) -> ArgError {
    at.error(&format!("must be of the form \"{form}\", got \"{}\"", short(text)))
}
