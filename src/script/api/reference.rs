//! The reference of everything that a script sees, as Markdown, from the verb table and the list of
//! host functions.
//!
//! It knows nothing that the tables do not say.

use std::fmt::Write as _;

use super::args::signature;
use super::convert::describe;
use super::devices;
use super::host::{FUNCTIONS, On, PROPERTIES};
use super::media;
use super::table::{Gives, Kind, Param, Receiver, Verb};
use super::verbs;
use crate::call::ActionKind;

const HEAD: &str = "\
# What a script sees

A question mark stands after what may be left out. Arguments may also be given by name, in the map of
options that comes last. A verb that gives an action also takes `control_id` (an id of your own) and
`on_completed` (a function that gets the terminal event); every verb takes `extra` (a map that is
sent as it is).
";

/// The things, in the order of the reference, and their headings.
const THINGS: &[(On, &str, &str)] = &[
    (On::Call, "call", "The call: `call`, and what `relay.dial` gives"),
    (On::Action, "action", "An action: what a verb gives that goes on after it returns"),
    (On::Relay, "relay", "The connection: `relay`"),
    (On::Message, "message", "A message: what `relay.send_message` gives"),
    (On::Task, "task", "A task: what `spawn` gives"),
    (On::Global, "", "Functions"),
    (On::Script, "script", "The script: `script`"),
];

/// The whole reference.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    for (on, object, heading) in THINGS {
        let _ = write!(out, "\n## {heading}\n");
        properties(&mut out, *on, object);
        for verb in verbs::all().iter().filter(|verb| of(verb.receiver) == *on) {
            one_verb(&mut out, object, verb);
        }
        functions(&mut out, *on, object);
    }
    maps(&mut out, "Media", media::TYPES);
    maps(&mut out, "Devices", devices::TYPES);
    out
}

fn of(receiver: Receiver) -> On {
    match receiver {
        Receiver::Call => On::Call,
        Receiver::Action => On::Action,
        Receiver::Relay => On::Relay,
    }
}

fn properties(out: &mut String, on: On, object: &str) {
    let mut properties = PROPERTIES.iter().filter(|property| property.on == on).peekable();
    if properties.peek().is_some() {
        out.push_str("\n| property | |\n|---|---|\n");
    }
    for property in properties {
        let _ = writeln!(out, "| `{object}.{}` | {} |", property.name, property.doc);
    }
}

fn functions(out: &mut String, on: On, object: &str) {
    for function in FUNCTIONS.iter().filter(|function| function.on == on) {
        let dot = if object.is_empty() { "" } else { "." };
        let _ = write!(out, "\n### `{object}{dot}{}`\n\n{}\n", function.signature, function.doc);
    }
}

fn one_verb(out: &mut String, object: &str, verb: &'static Verb) {
    let of: Vec<String> = verb.on.iter().map(|kind| format!("`{}`", begun_by(*kind))).collect();
    let of = if of.is_empty() { String::new() } else { format!(" of {}", of.join(", ")) };
    let _ = write!(out, "\n### `{object}.{}`{of}\n\n{} {}\n", signature(verb), verb.doc, gives(verb));
    rows(out, verb.options);
    let _ = write!(out, "\n```rhai\n{}\n```\n", verb.example);
}

fn gives(verb: &Verb) -> String {
    let given = match verb.gives {
        Gives::Action(_) => "Gives an action. ",
        Gives::Event(_) => "Gives the terminal event. ",
        Gives::Result => "Gives RELAY's answer. ",
        Gives::Unit | Gives::Special => "",
    };
    format!("{given}RELAY: `{}`.", verb.method)
}

/// The verb that begins actions of this kind.
fn begun_by(kind: ActionKind) -> &'static str {
    let begins = |verb: &&&Verb| {
        verb.gives == Gives::Action(kind) && verb.method.strip_prefix("calling.") == Some(verb.name)
    };
    verbs::all().iter().find(begins).map_or("", |verb| verb.name)
}

fn rows(out: &mut String, params: &[Param]) {
    if params.is_empty() {
        return;
    }
    out.push_str("\n| option | value | meaning |\n|---|---|---|\n");
    each_row(out, "", params);
}

fn each_row(out: &mut String, path: &str, params: &[Param]) {
    for param in params {
        let (name, required) = (param.name, if param.required { " (required)" } else { "" });
        let _ = writeln!(
            out,
            "| `{path}{name}`{required} | {} | {} |",
            cell(&value(&param.kind)),
            cell(param.doc)
        );
        nested(out, &format!("{path}{name}"), path, &param.kind);
    }
}

/// Rows of the maps inside a value. The keys of a short form stand beside it.
fn nested(out: &mut String, name: &str, beside: &str, kind: &Kind) {
    match kind {
        Kind::Map(inner) => each_row(out, &format!("{name}."), inner),
        Kind::Spread(inner) => each_row(out, beside, inner),
        Kind::List(item) => nested(out, &format!("{name}[]"), beside, item),
        Kind::AsText(inner) => nested(out, name, beside, inner),
        _ => {}
    }
}

fn value(kind: &Kind) -> String {
    match kind {
        Kind::Spread(_) => "a map, or its keys as below".into(),
        Kind::Words(words) => format!("some of {}", words.join(", ")),
        Kind::AsText(inner) => value(inner),
        Kind::List(item) => format!("{}, or an array of such", value(item)),
        Kind::Either(kinds) => kinds.iter().map(value).collect::<Vec<_>>().join(" or "),
        _ => describe(kind),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn maps(out: &mut String, heading: &str, types: &[(&str, &[Param])]) {
    let _ = write!(out, "\n## {heading}\n");
    for (name, params) in types {
        let _ = write!(out, "\n### `#{{ type: \"{name}\" }}`\n");
        rows(out, params);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section<'a>(text: &'a str, heading: &str) -> &'a str {
        let start = text.find(heading).unwrap_or_else(|| panic!("no {heading}"));
        let rest = &text[start + heading.len()..];
        &rest[..rest.find("\n##").unwrap_or(rest.len())]
    }

    #[test]
    fn every_verb_and_each_of_its_options_has_a_row() {
        let text = markdown();
        for verb in verbs::all() {
            let object = THINGS.iter().find(|(on, ..)| *on == of(verb.receiver)).map_or("", |thing| thing.1);
            let kinds: Vec<_> = verb.on.iter().map(|kind| format!("`{}`", begun_by(*kind))).collect();
            let suffix = if kinds.is_empty() { String::new() } else { format!(" of {}", kinds.join(", ")) };
            let section = section(&text, &format!("### `{object}.{}`{suffix}\n", signature(verb)));
            assert!(section.contains(verb.doc) && section.contains(verb.example), "{section}");
            assert!(section.contains(&format!("`{}`", verb.method)), "{section}");
            for param in verb.options {
                assert!(section.contains(&format!("| `{}`", param.name)), "{} in {section}", param.name);
            }
        }
    }

    #[test]
    fn every_function_and_property_is_there() {
        let text = markdown();
        for function in FUNCTIONS {
            assert!(text.contains(function.signature) && text.contains(function.doc), "{}", function.name);
        }
        for property in PROPERTIES {
            assert!(text.contains(&format!(".{}` | {} |", property.name, property.doc)), "{}", property.name);
        }
    }

    #[test]
    fn ranges_choices_and_nested_keys_are_told() {
        let text = markdown();
        for row in [
            "| `volume` | a number between -40 and 40 dB | louder or softer, in dB from -40 to 40 |",
            "| `collect.digits.max`",
            "| `prompts[].actions[].type` (required) | one of Say, Play |",
            "| `valid_card_types` | some of visa, mastercard,",
            "### `#{ type: \"tts\" }`",
            "| `to_number` (required) | a telephone number",
        ] {
            assert!(text.contains(row), "{row}");
        }
    }

    #[test]
    fn each_kind_of_action_has_a_name_and_no_heading_stands_twice() {
        let text = markdown();
        let mut headings: Vec<_> = text.lines().filter(|line| line.starts_with('#')).collect();
        let count = headings.len();
        headings.sort_unstable();
        headings.dedup();
        assert_eq!(headings.len(), count);
        assert!(!text.contains(" of ``"), "an action without a name");
    }
}
