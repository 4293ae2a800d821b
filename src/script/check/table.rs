//! Fills the vocabulary of `check` from the verb table and the list of host functions.
//!
//! It decides nothing: what an argument may be is said by the table's own checks.

use std::rc::Rc;

use rhai::Dynamic;

use super::{Arguments, Complaint, Function, Method, Thing, Vocabulary};
use crate::call::ActionKind;
use crate::script::api::args::{self, ArgError};
use crate::script::api::host::{FUNCTIONS, On, PROPERTIES};
use crate::script::api::table::{Gives, Receiver, Verb};
use crate::script::api::verbs;

const KINDS: [ActionKind; 12] = [
    ActionKind::Play,
    ActionKind::Record,
    ActionKind::PlayAndCollect,
    ActionKind::Collect,
    ActionKind::Detect,
    ActionKind::Pay,
    ActionKind::SendFax,
    ActionKind::ReceiveFax,
    ActionKind::Tap,
    ActionKind::Stream,
    ActionKind::Transcribe,
    ActionKind::Ai,
];

impl Vocabulary {
    /// Everything that the host of phone calls has.
    #[must_use]
    pub fn of_calls() -> Self {
        let mut vocabulary = Self::default();
        for verb in verbs::all().iter().copied() {
            vocabulary.methods.extend(receivers(verb).into_iter().map(|on| Method {
                on,
                name: verb.name,
                arguments: verb.arity(),
                gives: gives(verb),
                checks: Some(Rc::new(Row(verb))),
            }));
        }
        for function in FUNCTIONS {
            let (name, arguments) = (function.name, function.arity.clone());
            vocabulary.methods.extend(things(function.on).into_iter().map(|on| Method {
                on,
                name,
                arguments: arguments.clone(),
                gives: None,
                checks: None,
            }));
            if function.on == On::Global {
                vocabulary.functions.push(Function { name, arguments });
            }
        }
        for property in PROPERTIES {
            vocabulary.properties.extend(things(property.on).into_iter().map(|on| (on, property.name)));
        }
        vocabulary
    }
}

fn things(on: On) -> Vec<Thing> {
    match on {
        On::Call => vec![Thing::Call],
        On::Action => KINDS.map(Thing::Action).into(),
        On::Relay => vec![Thing::Relay],
        On::Message => vec![Thing::Message],
        On::Task => vec![Thing::Task],
        On::Script => vec![Thing::Script],
        On::Global => Vec::new(),
    }
}

fn receivers(verb: &Verb) -> Vec<Thing> {
    match verb.receiver {
        Receiver::Call => vec![Thing::Call],
        Receiver::Relay => vec![Thing::Relay],
        Receiver::Action => verb.on.iter().copied().map(Thing::Action).collect(),
    }
}

fn gives(verb: &Verb) -> Option<Thing> {
    match (verb.gives, verb.name) {
        (Gives::Action(kind), _) => Some(Thing::Action(kind)),
        (Gives::Special, "dial") => Some(Thing::Call),
        (Gives::Special, "send_message") => Some(Thing::Message),
        _ => None,
    }
}

/// A row, asked about literal arguments.
struct Row(&'static Verb);

impl Arguments for Row {
    fn signature(&self) -> String {
        args::signature(self.0)
    }

    fn is_argument(&self, position: usize, keys: &[&str]) -> bool {
        self.0.argument(position).is_some_and(|row| row.kind.takes_map() && !keys.contains(&row.name))
    }

    fn check_argument(&self, position: usize, value: &Dynamic) -> Result<(), Complaint> {
        match self.0.argument(position) {
            Some(row) => {
                args::check_value(self.0, row, value).map_err(|error| complaint("invalid-value", error))
            }
            None if value.is_unit() || value.is_map() => Ok(()),
            None => Err(Complaint {
                code: "invalid-value",
                message: format!("{}: the last argument must be a map of options", self.0.name),
                hint: Some(format!("it is called as {}", self.signature())),
            }),
        }
    }

    fn check_option(&self, name: &str, value: Option<&Dynamic>) -> Result<(), Complaint> {
        if let Some(error) = args::unknown_option(self.0, name) {
            return Err(complaint("unknown-option", error));
        }
        match (self.0.option(name), value) {
            (Some(row), Some(value)) => {
                args::check_value(self.0, row, value).map_err(|error| complaint("invalid-value", error))
            }
            _ => Ok(()),
        }
    }

    fn missing(&self, positional: usize, keys: &[&str]) -> Option<Complaint> {
        let given = self.0.positional.iter().take(positional);
        let given: Vec<_> = given.chain(keys).collect();
        let missing = self.0.options.iter().find(|row| row.required && !given.contains(&&row.name))?;
        let message = format!("{}: {} must be given", self.0.name, missing.name);
        let hint = Some(format!("it is called as {}", self.signature()));
        Some(Complaint { code: "missing-option", message, hint })
    }
}

fn complaint(code: &'static str, error: ArgError) -> Complaint {
    Complaint { code, message: error.message, hint: error.hint }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::script::check::check;
    use crate::script::compiler::Compiler;
    use crate::script::sources::InMemory;

    fn found(text: &str) -> Vec<String> {
        let files = InMemory::new([("a.rhai", text)]);
        let report = check(&Compiler::default(), &files, Path::new("a.rhai"), &Vocabulary::of_calls());
        report.diagnostics.iter().map(|found| found.render(&report.files, false)).collect()
    }

    #[test]
    fn every_example_of_the_table_is_valid() {
        for verb in verbs::all() {
            let prefix = match verb.receiver {
                Receiver::Action if !verb.example.contains("let ") => "let action = ();\n",
                _ => "",
            };
            assert_eq!(found(&format!("{prefix}{}", verb.example)), [] as [String; 0], "{}", verb.name);
        }
    }

    #[test]
    fn misspelt_verbs_and_options_are_found_in_the_table() {
        for (text, expected) in [
            ("call.anser();", "error[unknown-verb]: `call` has no verb `anser`\n --> a.rhai:1:6\n"),
            (
                "call.pay(#{ payment_connector_url: \"https://x\", charge_amout: \"1\" });",
                " --> a.rhai:1:49\n",
            ),
            ("call.pay(#{ payment_connector_url: \"ftp://x\" });", " --> a.rhai:1:13\n"),
            ("call.pay(#{});", "must be given"),
            ("call.play(\"x\", #{ volume: 99 });", " --> a.rhai:1:19\n"),
            (
                "let a = call.pay(#{ payment_connector_url: \"https://x\" }); a.volume(1);",
                "an action of `pay`",
            ),
        ] {
            let found = found(text);
            assert!(found.len() == 1 && found[0].contains(expected), "{found:#?}");
        }
    }
}
