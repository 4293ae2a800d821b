//! Checks the arguments of a verb and writes the params of its request.
//!
//! It walks the verb's rows once and writes straight into the request's text. It never sends, never
//! waits, and its errors never repeat card numbers, digits or passwords.

use rhai::{Dynamic, DynamicReadLock, FnPtr, ImmutableString, Map};

use super::convert::write_value;
use super::json;
use super::paths::Paths;
use super::place::Place;
use super::rows::{self, Given, head};
use super::table::{Param, Receiver, Verb};
use super::view::{View, view};

pub use crate::script::suggest::closest;

/// What the options say to the host and not to the wire.
#[derive(Debug, Default)]
pub struct Extras {
    /// The script's own `control_id`; without one the host makes it.
    pub control_id: Option<ImmutableString>,
    /// What to run when the action is over.
    pub on_completed: Option<FnPtr>,
    /// The `tag` that was written, for verbs that have one; `relay.dial` needs one in any case.
    pub tag: Option<ImmutableString>,
    /// How long the host waits for the outcome, in seconds (`say`: `timeout`, `relay.dial`:
    /// `dial_timeout`).
    pub timeout: Option<f64>,
}

/// Why arguments were refused.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ArgError {
    /// Names the verb and the place, what was expected and what came.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Checks the arguments of `verb` and appends its params to `out` as `,"key":value` pieces, ready to
/// stand after the ids in an object.
///
/// # Errors
/// An argument is missing, too many, of the wrong type, out of range or unknown. `out` is then as it
/// was.
pub fn write_params(verb: &'static Verb, args: &[&Dynamic], out: &mut String) -> Result<Extras, ArgError> {
    let start = out.len();
    let written = write_checked(verb, args, out);
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn write_checked(verb: &'static Verb, args: &[&Dynamic], out: &mut String) -> Result<Extras, ArgError> {
    let at = Place::verb(verb.name);
    let (positional, map) = split(verb, &at, args)?;
    let given = Given { names: verb.positional, args: positional, map: map.as_deref() };
    let mut paths = Paths::after(out);
    for (path, json) in verb.fixed {
        paths.at(path);
        paths.out.push_str(json);
    }
    let written = rows::write_rows(&at, verb.options, given, &mut paths);
    let misspelt = || rows::misspelt(&at, verb.options, verb.host_keys(), given).filter(|_| !verb.open);
    let mut taken = written.map_err(|error| misspelt().unwrap_or(error))?;
    let mut extras = Extras::default();
    if let Some(map) = given.map {
        taken += read_host_keys(verb, &at, map, &mut extras)?;
        taken += rows::write_extra(&at, verb.options, &reserved(verb), given, &mut paths)?;
        if verb.open {
            taken += write_open(verb, &at, map, &mut paths)?;
        }
        if taken < map.len() {
            return Err(rows::left_over(&at, verb.options, verb.host_keys(), given));
        }
    }
    paths.close();
    read_host_rows(verb, given, &mut extras);
    Ok(extras)
}

type MapGuard<'a> = DynamicReadLock<'a, Map>;

/// Tells the positional arguments from the map of options.
fn split<'a, 'd>(
    verb: &'static Verb,
    at: &Place<'_>,
    args: &'a [&'d Dynamic],
) -> Result<(&'a [&'d Dynamic], Option<MapGuard<'d>>), ArgError> {
    let Some((last, before)) = args.split_last() else {
        return Ok((args, None));
    };
    let most = verb.positional.len();
    if args.len() > most + 1 {
        let problem =
            format!("takes at most {} arguments, got {}: {}", most + 1, args.len(), signature(verb));
        return Err(at.error(&problem));
    }
    match (view(last), verb.argument(before.len())) {
        (View::Map(map), Some(param)) if param.kind.takes_map() && !map.contains_key(param.name) => {
            Ok((args, None))
        }
        (View::Map(map), _) => Ok((before, Some(map))),
        (View::Unit, None) => Ok((before, None)),
        (_, Some(_)) => Ok((args, None)),
        (other, None) => {
            let expected = format!("a map of options, got {}: {}", other.what(), signature(verb));
            Err(at.error(&format!("the last argument must be {expected}")))
        }
    }
}

/// Members of the request that are not for `extra` to set.
fn reserved(verb: &Verb) -> Vec<&'static str> {
    let ids: &[&str] = if verb.receiver == Receiver::Relay { &[] } else { IDS };
    ids.iter().copied().chain(verb.fixed.iter().map(|(path, _)| head(path))).collect()
}

/// The members that the host writes itself.
const IDS: &[&str] = &["node_id", "call_id", "control_id"];

/// Reads the keys that no row has; tells how many there were.
fn read_host_keys(verb: &Verb, at: &Place<'_>, map: &Map, extras: &mut Extras) -> Result<usize, ArgError> {
    let mut taken = 0;
    for key in verb.host_keys() {
        let Some(value) = map.get(*key).filter(|_| *key != "extra") else { continue };
        taken += 1;
        match (*key, view(value)) {
            (_, View::Unit) => {}
            ("control_id", View::Text(id)) if !id.is_empty() => extras.control_id = Some(id.clone()),
            ("on_completed", View::Function) => {
                extras.on_completed = value.read_lock::<FnPtr>().map(|function| function.clone());
            }
            ("control_id", other) => return Err(at.key(key).must_be("text that is not empty", &other)),
            (_, other) => return Err(at.key(key).must_be("a function", &other)),
        }
    }
    Ok(taken)
}

/// Reads the options that the host needs too. They have been checked.
fn read_host_rows(verb: &Verb, given: Given<'_>, extras: &mut Extras) {
    for row in verb.options {
        if row.wire.is_empty() {
            extras.timeout = given.value(row.name).and_then(|value| view(value).number());
        } else if row.wire == "tag" {
            extras.tag = given.value(row.name).and_then(|value| view(value).text().map(|tag| (&*tag).into()));
        }
    }
}

/// Sends unlisted keys as they are; tells how many there were.
fn write_open(verb: &Verb, at: &Place<'_>, map: &Map, paths: &mut Paths<'_>) -> Result<usize, ArgError> {
    let mut taken = 0;
    for (key, value) in map {
        let key = key.as_str();
        if verb.option(key).is_some() || verb.host_keys().contains(&key) {
            continue;
        }
        if IDS.contains(&key) {
            return Err(at.error(&format!("{key} is set already")));
        }
        paths.at_key(key);
        json::write(&at.key(key), value, paths.out)?;
        taken += 1;
    }
    Ok(taken)
}

/// The error about a key of the options map, unless the verb knows it.
#[must_use]
pub fn unknown_option(verb: &'static Verb, key: &str) -> Option<ArgError> {
    if verb.open {
        return None;
    }
    rows::unknown(&Place::verb(verb.name), verb.options, verb.host_keys(), key)
}

/// Checks one value of an option or positional argument.
///
/// # Errors
/// As [`write_params`] would.
pub fn check_value(verb: &'static Verb, param: &Param, value: &Dynamic) -> Result<(), ArgError> {
    let root = Place::verb(verb.name);
    match view(value) {
        View::Unit if !param.required => Ok(()),
        _ => write_value(&root.key(param.name), &param.kind, value, &mut String::new()),
    }
}

/// How the verb is called: `play(media, options)`; what may be left out has a question mark.
#[must_use]
pub fn signature(verb: &'static Verb) -> String {
    let required = |name: &str| verb.option(name).is_some_and(|row| row.required);
    let mut names: Vec<String> = verb
        .positional
        .iter()
        .map(|name| format!("{name}{}", if required(name) { "" } else { "?" }))
        .collect();
    if verb.options.len() > verb.positional.len() || verb.host_keys().len() > 1 || verb.open {
        let needed = verb.options.iter().any(|row| row.required && !verb.positional.contains(&row.name));
        names.push(if needed { "options" } else { "options?" }.into());
    }
    format!("{}({})", verb.name, names.join(", "))
}
