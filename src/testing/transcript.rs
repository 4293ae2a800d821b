//! A conversation as lines: when, who, what. For people, and for recorded transcripts.
//!
//! It tells what was said and done on calls; the wire's events appear only where they say more than
//! the verb before them.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::failure::rounded;
use super::journal::{Entry, Happened};
use super::world::World;
use crate::script::diagnostics::mask_cards;
use crate::script::place::Place;
use crate::sim::{By, How, What};

/// The longest text in a line, in characters.
const LONGEST: usize = 240;

/// How many lines are shown of a conversation that is too long: of its beginning, and of its end.
const BEGINNING: usize = 40;
const END: usize = 160;
/// Verbs that are heard.
const SPEAKING: [&str; 3] = ["calling.play", "calling.play_and_collect", "calling.pay"];

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Seconds since the case began, to the millisecond.
    pub at: f64,
    /// The call's number, from 1; 0 for what belongs to no call.
    pub call: usize,
    /// `caller`, `script`, `server`.
    pub who: &'static str,
    /// What.
    pub what: String,
    /// Where the script had it done, as `file:line`; for what a script does, and what is heard of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, call, who, what, .. } = self;
        let number = if *call > 1 { format!("#{call} ") } else { String::new() };
        write!(f, "{at:>7.2}s  {who:<6}  {number}{what}")
    }
}

/// All that was said and done so far.
#[must_use]
pub fn transcript(world: &World) -> Vec<Line> {
    let calls: Vec<&str> = world.numbered().collect();
    let lines = world.story().iter().enumerate().filter_map(|(index, entry)| {
        let (who, what) = describe(&entry.what)?;
        let place = place(world, index).map(|place| format!("{}:{}", place.file, place.line));
        Some(Line { at: rounded(entry.at), call: number(&calls, entry), who, what: mask_cards(&what), place })
    });
    shortened(lines.collect())
}

/// The same as it is recorded: without what scripts print.
#[must_use]
pub fn recorded(world: &World) -> String {
    let lines = transcript(world).into_iter().filter(|line| !line.what.starts_with("prints "));
    lines.map(|line| format!("{line}\n")).collect()
}

/// What was said and done on each call, without times and places, and without what only the script and the server
/// know: their requests, and what scripts print. Calls are in the order of who calls whom, as calls that have
/// nothing to do with each other begin in any order; what belongs to no call comes first, in any order too.
#[must_use]
pub(super) fn conversations(world: &World) -> Vec<Vec<String>> {
    let calls: Vec<&str> = world.numbered().collect();
    let mut conversations = vec![Vec::new(); calls.len() + 1];
    for entry in world.story() {
        let Happened::Seen(seen) = &entry.what else { continue };
        if matches!(seen, What::Verb { .. } | What::Refused { .. }) {
            continue;
        }
        if let Some((who, what)) = of_peer(seen) {
            conversations[number(&calls, entry)].push(format!("{who:<6}  {}", mask_cards(&what)));
        }
    }
    conversations[0].sort();
    conversations[1..].sort_by(|one: &Vec<String>, other| one.first().cmp(&other.first()));
    conversations
}

/// Where the script had done what stands at this place in the story: its own verb, or the one that is heard.
pub(super) fn place(world: &World, index: usize) -> Option<&Place> {
    let entry = world.story().get(index)?;
    let Happened::Seen(What::Heard { .. }) = &entry.what else { return entry.place.as_ref() };
    let before = world.story()[..index].iter().rev().filter(|other| other.call_id == entry.call_id);
    let mut verbs = before.filter_map(|other| match &other.what {
        Happened::Seen(What::Verb { method, .. }) if SPEAKING.contains(&method.as_str()) => {
            Some(other.place.as_ref())
        }
        _ => None,
    });
    verbs.next()?
}

fn number(calls: &[&str], entry: &Entry) -> usize {
    let Some(id) = &entry.call_id else { return 0 };
    calls.iter().position(|call| call == id).map_or(0, |index| index + 1)
}

/// Of a conversation that is too long, the beginning and the end.
fn shortened(mut lines: Vec<Line>) -> Vec<Line> {
    if lines.len() > BEGINNING + END {
        let left_out = lines.len() - BEGINNING - END;
        let at = lines[BEGINNING].at;
        let gap =
            Line { at, call: 0, who: "", what: format!("… {left_out} lines are left out"), place: None };
        lines.splice(BEGINNING..BEGINNING + left_out, [gap]);
    }
    lines
}

fn describe(what: &Happened) -> Option<(&'static str, String)> {
    match what {
        Happened::Seen(seen) => of_peer(seen),
        Happened::Printed { text, .. } => Some(("script", format!("prints {}", one_line(text)))),
        Happened::Failed { fault, .. } => {
            let at =
                if fault.line == 0 { String::new() } else { format!(" ({}:{})", fault.file, fault.line) };
            Some(("script", format!("fails: {}{at}", fault.message)))
        }
        _ => None,
    }
}

fn of_peer(seen: &What) -> Option<(&'static str, String)> {
    Some(match seen {
        What::CallBegan { from, to } => ("caller", format!("{from} calls {to}")),
        What::Verb { method, params } => ("script", verb(method, params)?),
        What::Refused { method, code, message } if !method.starts_with("signalwire.") => {
            ("server", format!("refuses {} with {code}: {message}", verb_name(method)))
        }
        What::Heard { text, how, .. } => ("caller", heard(text, *how)),
        What::Pressed { digits } => ("caller", format!("presses {digits}")),
        What::Spoke { text } => ("caller", format!("says \"{}\"", one_line(text))),
        What::Posted { to, summary } => ("server", format!("posts to {to}: {summary}")),
        What::Event { event_type, summary, params } => ("server", event(event_type, summary, params)?),
        What::Ended { reason, by } => {
            let who = match by {
                By::Script => "script",
                By::Caller => "caller",
                By::Server => "server",
            };
            (who, if reason == "hangup" { "hangs up".to_owned() } else { format!("ends the call: {reason}") })
        }
        What::Message { direction: "inbound", from, body, .. } => {
            ("caller", format!("{from} writes \"{}\"", one_line(body)))
        }
        What::Message { to, body, .. } => ("script", format!("writes to {to} \"{}\"", one_line(body))),
        _ => return None,
    })
}

fn heard(text: &str, how: How) -> String {
    match how {
        How::Tts => format!("hears \"{}\"", one_line(text)),
        How::Audio => format!("hears {text}"),
        How::Silence => format!("hears {text} of silence"),
        How::Ringtone => format!("hears the ringtone {text}"),
    }
}

/// A verb in short; what is told by another line is left out.
fn verb(method: &str, params: &Value) -> Option<String> {
    let told_otherwise = ["calling.play", "calling.end", "messaging.send"];
    if method.starts_with("signalwire.") || told_otherwise.contains(&method) {
        return None;
    }
    let argument = match method {
        "calling.play_and_collect" => wanted(&params["collect"]),
        "calling.collect" => wanted(params),
        "calling.connect" | "calling.dial" => parties(params).collect::<Vec<_>>().join(", "),
        "calling.pay" => words(params, &["/charge_amount", "/currency"]),
        _ => {
            words(params, &["/dest", "/device/params/to", "/digits", "/detect/type", "/name", "/queue_name"])
        }
    };
    let argument = one_line(&argument);
    let name = verb_name(method);
    Some(if argument.is_empty() { name.to_owned() } else { format!("{name} {argument}") })
}

/// What a script calls a wire method.
pub(super) fn verb_name(method: &str) -> &str {
    match method {
        "calling.end" => "hangup",
        "messaging.send" => "send_message",
        _ => method.strip_prefix("calling.").unwrap_or(method),
    }
}

/// What comes of what takes its time, and may come out so or so.
fn event(event_type: &str, summary: &str, params: &Value) -> Option<String> {
    let name = event_type.strip_prefix("calling.call.")?;
    let tells = match name {
        "connect" => !matches!(summary, "connecting"),
        "collect" | "detect" | "refer" => true,
        "pay" | "record" | "fax" => !matches!(summary, "recording" | "page"),
        _ => false,
    };
    let result = params.get("result").and_then(Value::as_str).filter(|result| !summary.contains(result));
    let result = result.map(|result| format!(" {result}")).unwrap_or_default();
    (tells && !summary.is_empty()).then(|| format!("{name} {summary}{result}"))
}

/// What is collected: `digits (max 4)`, `speech`.
fn wanted(collect: &Value) -> String {
    let digits = collect.get("digits").map(|digits| match digits["max"].as_u64() {
        Some(max) => format!("digits (max {max})"),
        None => "digits".to_owned(),
    });
    let speech = collect.get("speech").map(|_| "speech".to_owned());
    digits.into_iter().chain(speech).collect::<Vec<_>>().join(", ")
}

/// Whom a list of lists of devices calls.
pub(super) fn parties(params: &Value) -> impl Iterator<Item = &str> {
    let groups = params["devices"].as_array().into_iter().flatten();
    let devices = groups.flat_map(|group| group.as_array().into_iter().flatten());
    devices.filter_map(party)
}

/// The number or address of a device.
pub(super) fn party(device: &Value) -> Option<&str> {
    ["to_number", "to"].iter().find_map(|name| device["params"][*name].as_str())
}

fn words(params: &Value, places: &[&str]) -> String {
    let found = places.iter().filter_map(|place| params.pointer(place)?.as_str());
    found.collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    let text = text.replace('\n', " ");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
