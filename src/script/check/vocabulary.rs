//! What scripts may say to the host: the methods and properties of its things, and its functions.
//!
//! It is data, filled from the verb table by its owner; it knows no scripts.

use std::fmt;
use std::ops::RangeInclusive;
use std::rc::Rc;

use rhai::Dynamic;

use crate::call::ActionKind;

/// A kind of thing that the host hands to scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// `call`, and what `relay.dial` gives.
    Call,
    /// `relay`
    Relay,
    /// `script`
    Script,
    /// What a verb gives that starts an action.
    Action(ActionKind),
    /// What `relay.send_message` gives.
    Message,
    /// What `spawn` gives.
    Task,
}

/// Everything that the host adds to the language.
#[derive(Default)]
pub struct Vocabulary {
    /// Methods, one entry for each thing that has it. A thing without any is not checked.
    pub methods: Vec<Method>,
    /// Properties. A thing without any is not checked.
    pub properties: Vec<(Thing, &'static str)>,
    /// Functions such as `sleep`, which no engine of the compiler has registered.
    pub functions: Vec<Function>,
}

/// A verb, or another method of a thing.
#[derive(Clone)]
pub struct Method {
    /// What has it.
    pub on: Thing,
    /// Its name.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: RangeInclusive<usize>,
    /// What it gives, when that has methods of its own.
    pub gives: Option<Thing>,
    /// How literal arguments are checked.
    pub checks: Option<Rc<dyn Arguments>>,
}

/// A function of the host.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arguments: RangeInclusive<usize>,
}

/// What a row of the verb table knows of its arguments.
pub trait Arguments {
    /// How it is called: `play(media, options?)`.
    fn signature(&self) -> String;
    /// Whether a map with these keys at a position is an argument of its own, not the options.
    fn is_argument(&self, position: usize, keys: &[&str]) -> bool;
    /// Checks the argument at a position.
    ///
    /// # Errors
    /// The value is of the wrong type or impossible.
    fn check_argument(&self, position: usize, value: &Dynamic) -> Result<(), Complaint>;
    /// Checks an option: that there is one of this name and, when its value is known, the value.
    ///
    /// # Errors
    /// The option is unknown, or its value is of the wrong type or impossible.
    fn check_option(&self, name: &str, value: Option<&Dynamic>) -> Result<(), Complaint>;
    /// What must be given and is not, when so many arguments stand before the options.
    fn missing(&self, positional: usize, keys: &[&str]) -> Option<Complaint>;
}

/// Why an argument is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Stable: `unknown-option`, `invalid-value` or `missing-option`.
    pub code: &'static str,
    /// One sentence that names the verb.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Vocabulary {
    /// The method of this name.
    pub(super) fn method(&self, on: Thing, name: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.on == on && method.name == name)
    }

    pub(super) fn methods_of(&self, on: Thing) -> impl Iterator<Item = &'static str> {
        self.methods.iter().filter(move |method| method.on == on).map(|method| method.name)
    }

    pub(super) fn properties_of(&self, on: Thing) -> impl Iterator<Item = &'static str> {
        self.properties.iter().filter(move |(thing, _)| *thing == on).map(|(_, name)| *name)
    }
}

impl Thing {
    /// What a host variable holds.
    pub(super) fn of_variable(name: &str) -> Option<Self> {
        match name {
            "call" => Some(Self::Call),
            "relay" => Some(Self::Relay),
            "script" => Some(Self::Script),
            _ => None,
        }
    }

    /// What its methods are called.
    pub(super) fn method_word(self) -> &'static str {
        if matches!(self, Self::Call | Self::Relay) { "verb" } else { "method" }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call => f.write_str("`call`"),
            Self::Relay => f.write_str("`relay`"),
            Self::Script => f.write_str("`script`"),
            Self::Action(kind) => write!(f, "an action of `{}`", verb_of(*kind)),
            Self::Message => f.write_str("a message"),
            Self::Task => f.write_str("a task"),
        }
    }
}

fn verb_of(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Play => "play",
        ActionKind::Record => "record",
        ActionKind::PlayAndCollect => "play_and_collect",
        ActionKind::Collect => "collect",
        ActionKind::Detect => "detect",
        ActionKind::Pay => "pay",
        ActionKind::SendFax => "send_fax",
        ActionKind::ReceiveFax => "receive_fax",
        ActionKind::Tap => "tap",
        ActionKind::Stream => "stream",
        ActionKind::Transcribe => "transcribe",
        ActionKind::Ai => "ai",
    }
}
