//! The shape of the verb table: one row a verb, from which come the Rhai functions, the checking of
//! arguments, "did you mean", `check` and the reference.
//!
//! It holds no rows (see [`super::verbs`]) and never talks to a call.

use std::ops::RangeInclusive;

use crate::call::ActionKind;
use crate::relay::Repeat;

/// On what a verb is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// `call.verb(…)`
    Call,
    /// `action.verb(…)`, for actions of the kinds in the row's `on`.
    Action,
    /// `relay.verb(…)`
    Relay,
}

/// What a verb hands back to the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// `()`
    Unit,
    /// The `result` of the reply, as a map.
    Result,
    /// An action of this kind, live until its terminal event.
    Action(ActionKind),
    /// The terminal event of an action of this kind: the host waits for it before the script goes on.
    Event(ActionKind),
    /// Something that the verb's own code makes (`relay.dial` → call, `relay.send_message` → message).
    Special,
}

/// One verb.
#[derive(Debug)]
pub struct Verb {
    /// The name in a script.
    pub name: &'static str,
    /// What it is called on.
    pub receiver: Receiver,
    /// For action methods: the kinds of action that have it.
    pub on: &'static [ActionKind],
    /// The RELAY method.
    pub method: &'static str,
    /// Names of the options that may stand as positional arguments, in order; a map of options may
    /// follow them. Each may be given by name in that map instead.
    pub positional: &'static [&'static str],
    /// Every argument, in the order of the wire: those of one nested object stand together.
    /// `control_id` and `on_completed` (see [`Verb::host_keys`]) and `extra` are understood for
    /// every verb that has them and are not listed.
    pub options: &'static [Param],
    /// Parts of the frame that never vary, written first: wire path → JSON text, e.g.
    /// `("detect.type", "\"fax\"")`.
    pub fixed: &'static [(&'static str, &'static str)],
    /// What the script gets.
    pub gives: Gives,
    /// Whether the request carries a `control_id` (always for actions; `send_digits`, queues too).
    pub control_id: bool,
    /// Whether unlisted option keys are sent as they are (`user_event`).
    pub open: bool,
    /// What may be done when the answer to the request was lost with the socket.
    pub repeat: Repeat,
    /// One line: what it does.
    pub doc: &'static str,
    /// A statement that shows it; every example is compiled, checked and run by a test.
    pub example: &'static str,
}

impl Verb {
    /// The option of this name, positional ones and those of a short form included.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&'static Param> {
        let short_forms = self.options.iter().flat_map(|row| match &row.kind {
            Kind::Spread(inner) => inner.iter(),
            _ => [].iter(),
        });
        self.options.iter().chain(short_forms).find(|row| row.name == name)
    }

    /// What stands at this position, from 0.
    #[must_use]
    pub fn argument(&self, position: usize) -> Option<&'static Param> {
        self.option(self.positional.get(position)?)
    }

    /// How many arguments a call of it may have. What is required may be given by name, so one map
    /// is always enough.
    #[must_use]
    pub fn arity(&self) -> RangeInclusive<usize> {
        let least = usize::from(self.options.iter().any(|row| row.required));
        least..=self.positional.len() + 1
    }

    /// Keys of the options map that are for the host and stand in no row.
    #[must_use]
    pub fn host_keys(&self) -> &'static [&'static str] {
        match (self.receiver, self.gives, self.control_id) {
            (Receiver::Call, Gives::Action(_), _) => &["control_id", "on_completed", "extra"],
            (Receiver::Call, _, true) => &["control_id", "extra"],
            _ => &["extra"],
        }
    }
}

/// One argument or option.
#[derive(Debug)]
pub struct Param {
    /// The name in a script, as SignalWire's SDKs spell it.
    pub name: &'static str,
    /// Where it goes in the request's params: a path, dots nest (`record.audio.format`), a number
    /// is an index into an array (`play.0.params.text`). Empty: it is for the host and is not sent.
    pub wire: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
    /// One line: meaning, unit, default.
    pub doc: &'static str,
}

/// What a value may be.
#[derive(Debug)]
pub enum Kind {
    /// Any string.
    Text,
    /// Any string; it is never repeated in a message.
    Secret,
    /// `true` or `false`.
    Flag,
    /// A whole number in a range.
    Int {
        /// The least.
        min: i64,
        /// The greatest; `i64::MAX` means no bound.
        max: i64,
    },
    /// A whole number, float or decimal in a range.
    Number {
        /// The least.
        min: f64,
        /// The greatest; infinity means no bound.
        max: f64,
        /// For messages: `"dB"`, `"seconds"`, or nothing.
        unit: &'static str,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words, in a string (spaces or commas between) or an array; sent with spaces.
    Words(&'static [&'static str]),
    /// DTMF to send: `0-9 * # A-D`, and `w`/`W` for pauses.
    Digits,
    /// Keys of a telephone that end an entry: `0-9 * # A-D`; may be empty.
    Keys,
    /// A telephone number, `+15551234567`, or a short code.
    Phone,
    /// An URL of one of these schemes.
    Url(&'static [&'static str]),
    /// One media item or an array of them.
    Media,
    /// One device of one of these types.
    Device(&'static [&'static str]),
    /// Devices to connect or dial: one, a list (one after another), or a list of lists (inner: at once).
    Devices,
    /// A map with known keys; the parameters' `wire` is relative to this one's.
    Map(&'static [Param]),
    /// As [`Kind::Map`], but its keys may also stand beside it, one level up: the short form
    /// `#{type: "tts", text: "…"}` of `#{type: "tts", params: #{text: "…"}}`. It is always sent,
    /// if only as an empty object.
    Spread(&'static [Param]),
    /// Any map.
    Object,
    /// One of this, or an array of them.
    List(&'static Kind),
    /// Name and value pairs: `#{order: "7"}` or `[#{name: "order", value: "7"}]`.
    Pairs,
    /// An amount of money: a decimal without sign, at most two places unless the currency has three.
    Money,
    /// Three letters of ISO 4217.
    Currency,
    /// Checked as this, sent as a string: `5` → `"5"`, `true` → `"true"`.
    AsText(&'static Kind),
    /// One of several.
    Either(&'static [Kind]),
    /// Any value that JSON can carry.
    Any,
}

impl Kind {
    /// Whether a map may stand for it.
    #[must_use]
    pub fn takes_map(&self) -> bool {
        match self {
            Self::Media
            | Self::Device(_)
            | Self::Devices
            | Self::Map(_)
            | Self::Spread(_)
            | Self::Object
            | Self::Pairs
            | Self::Any => true,
            Self::List(item) => item.takes_map(),
            Self::Either(kinds) => kinds.iter().any(Self::takes_map),
            _ => false,
        }
    }
}
