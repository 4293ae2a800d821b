//! What a script sees beside the verbs of the table: functions that the host itself answers, and
//! properties. Names, arities and one line each, for `check` and the reference.
//!
//! It does nothing: the functions live where the host runs scripts.

use std::ops::RangeInclusive;

/// On what a function is called, or of what a property is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// `call.name`
    Call,
    /// `action.name`
    Action,
    /// `relay.name`
    Relay,
    /// What `relay.send_message` gave.
    Message,
    /// What `spawn` gave.
    Task,
    /// `script.name`
    Script,
    /// Nothing: `name(…)`.
    Global,
}

/// A function that the host answers.
#[derive(Debug)]
pub struct Function {
    /// On what it is called.
    pub on: On,
    /// The name in a script.
    pub name: &'static str,
    /// How it is called: what may be left out has a question mark.
    pub signature: &'static str,
    /// How many arguments it may have, what it is called on not counted.
    pub arity: RangeInclusive<usize>,
    /// One line: what it does.
    pub doc: &'static str,
}

/// A property that can be read.
#[derive(Debug)]
pub struct Property {
    /// Of what.
    pub on: On,
    /// The name in a script.
    pub name: &'static str,
    /// One line: what it is.
    pub doc: &'static str,
}

const fn function(
    on: On,
    name: &'static str,
    signature: &'static str,
    arity: RangeInclusive<usize>,
    doc: &'static str,
) -> Function {
    Function { on, name, signature, arity, doc }
}

const fn property(on: On, name: &'static str, doc: &'static str) -> Property {
    Property { on, name, doc }
}

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    function(On::Call, "on", "on(event_type, fn)", 2..=2, "Runs the function at every event of this type."),
    function(
        On::Call,
        "wait_for",
        "wait_for(event_type, predicate?, timeout?)",
        1..=3,
        "Waits for an event of this type that the predicate takes; seconds.",
    ),
    function(
        On::Call,
        "wait_for_ringing",
        "wait_for_ringing(timeout?)",
        0..=1,
        "Waits until it rings; seconds.",
    ),
    function(
        On::Call,
        "wait_for_answered",
        "wait_for_answered(timeout?)",
        0..=1,
        "Waits until it is answered; seconds.",
    ),
    function(
        On::Call,
        "wait_for_ending",
        "wait_for_ending(timeout?)",
        0..=1,
        "Waits until it is ending; seconds.",
    ),
    function(
        On::Call,
        "wait_for_ended",
        "wait_for_ended(timeout?)",
        0..=1,
        "Waits until it is over; seconds.",
    ),
    function(
        On::Action,
        "wait",
        "wait(timeout?)",
        0..=1,
        "Waits for the terminal event and gives it; seconds.",
    ),
    function(
        On::Action,
        "on_completed",
        "on_completed(fn)",
        1..=1,
        "Runs the function when the action is over.",
    ),
    function(
        On::Relay,
        "execute",
        "execute(method, params?)",
        1..=2,
        "Sends any request and gives its result.",
    ),
    function(
        On::Message,
        "wait",
        "wait(timeout?)",
        0..=1,
        "Waits until it is delivered or has failed; seconds.",
    ),
    function(
        On::Task,
        "wait",
        "wait(timeout?)",
        0..=1,
        "Waits for the task's end and gives its value; seconds.",
    ),
    function(
        On::Global,
        "wait_any",
        "wait_any(things, timeout?)",
        1..=2,
        "Waits for the first of several to end.",
    ),
    function(
        On::Global,
        "wait_all",
        "wait_all(things, timeout?)",
        1..=2,
        "Waits until all of several have ended.",
    ),
    function(
        On::Global,
        "spawn",
        "spawn(fn)",
        1..=1,
        "Runs the function beside the script and gives a task.",
    ),
    function(On::Global, "sleep", "sleep(seconds)", 1..=1, "Waits so long, in seconds."),
];

/// The properties.
pub const PROPERTIES: &[Property] = &[
    property(On::Call, "id", "the call's id"),
    property(On::Call, "node_id", "the node that holds the call"),
    property(On::Call, "state", "created, ringing, answered, ending or ended"),
    property(On::Call, "direction", "inbound or outbound"),
    property(On::Call, "from", "who calls"),
    property(On::Call, "to", "who is called"),
    property(On::Call, "device", "the device, as the wire has it"),
    property(On::Call, "tag", "the tag that it was made with"),
    property(On::Call, "context", "the context that it came by"),
    property(On::Call, "segment_id", "the segment that it belongs to"),
    property(On::Call, "headers", "SIP headers"),
    property(On::Call, "end_reason", "why it ended; () before"),
    property(On::Action, "control_id", "the action's id"),
    property(On::Action, "is_done", "whether it is over"),
    property(On::Action, "completed", "the same as is_done"),
    property(On::Action, "state", "the last state that an event told"),
    property(On::Action, "result", "the terminal event; () before"),
    property(On::Script, "version", "number of the running version, from 1"),
    property(On::Script, "file", "the file of the script"),
];

/// The function of this name.
#[must_use]
pub fn find(on: On, name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.on == on && function.name == name)
}
