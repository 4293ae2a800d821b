//! The shape of the verb table: one row a verb, from which come the Rhai functions, the checking of
//! arguments, "did you mean", `check` and the reference.
//!
//! It holds no rows (see [`super::verbs`]) and never talks to a call.

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
    /// Positional arguments, in order; a map of options may follow them. Trailing ones that are
    /// not `required` may be left out, or be given by name in the map.
    pub positional: &'static [Param],
    /// Options of the trailing map. `control_id` and `on_completed` (for verbs that start an
    /// action) and `extra` are understood for every verb and are not listed.
    pub options: &'static [Param],
    /// Parts of the frame that never vary: wire path → JSON text, e.g. `("detect.type", "\"fax\"")`.
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

/// One argument or option.
#[derive(Debug)]
pub struct Param {
    /// The name in a script, as SignalWire's SDKs spell it.
    pub name: &'static str,
    /// Where it goes in the request's params: a path, dots nest (`record.audio.format`), a number
    /// is an index into an array (`play.0.params.text`).
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
    /// `true` or `false`.
    Flag,
    /// A whole number in a range.
    Int { min: i64, max: i64 },
    /// A whole number, float or decimal in a range; the unit is for messages (`"dB"`, `"seconds"`).
    Number { min: f64, max: f64, unit: &'static str },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// DTMF: `0-9 * # A-D`, and `w`/`W` for pauses.
    Digits,
    /// An URL of one of these schemes.
    Url(&'static [&'static str]),
    /// One media item or an array of them (see `media.rs`).
    Media,
    /// Devices to connect or dial: one, a list (one after another), or a list of lists (inner: at once).
    Devices,
    /// A map with known keys; the parameters' `wire` is relative to this one's.
    Map(&'static [Param]),
    /// A list of this.
    List(&'static Kind),
    /// Name and value pairs: `#{order: "7"}` or `[#{name: "order", value: "7"}]`.
    Pairs,
    /// An amount of money: a decimal without sign, at most two places unless the currency has three.
    Money,
    /// Three letters of ISO 4217.
    Currency,
    /// Card brands, in a string (spaces or commas between) or an array.
    CardTypes,
    /// Checked as this, sent as a string: `5` → `"5"`, `true` → `"true"`.
    AsText(&'static Kind),
    /// One of several.
    Either(&'static [Kind]),
    /// Any value that JSON can carry.
    Any,
}
