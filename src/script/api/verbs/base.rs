//! What the rows are made of: empty rows to fill in, constructors of arguments, and the kinds that
//! several families share.
//!
//! It holds no verb.

use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Receiver, Verb};

/// A row of a verb of the call, to be filled in.
pub(super) const CALL: Verb = Verb {
    name: "",
    receiver: Receiver::Call,
    on: &[],
    method: "",
    positional: &[],
    options: &[],
    fixed: &[],
    gives: Gives::Unit,
    control_id: false,
    open: false,
    repeat: Repeat::Safe,
    doc: "",
    example: "",
};

/// A row of an action's method: the request carries the action's `control_id`.
pub(super) const ACTION: Verb = Verb { receiver: Receiver::Action, control_id: true, ..CALL };

/// A row of a verb of `relay`: the request carries no ids of a call.
pub(super) const RELAY: Verb = Verb { receiver: Receiver::Relay, ..CALL };

/// An argument that must be given.
pub(in crate::script::api) const fn req(
    name: &'static str,
    wire: &'static str,
    kind: Kind,
    doc: &'static str,
) -> Param {
    Param { name, wire, kind, required: true, doc }
}

/// An argument that may be left out.
pub(in crate::script::api) const fn opt(
    name: &'static str,
    wire: &'static str,
    kind: Kind,
    doc: &'static str,
) -> Param {
    Param { name, wire, kind, required: false, doc }
}

/// Schemes of URLs that are fetched.
pub(in crate::script::api) const HTTP: &[&str] = &["http", "https"];

/// An URL that is fetched.
pub(super) const WEB: Kind = Kind::Url(HTTP);

/// An URL of a WebSocket.
pub(super) const SOCKET: Kind = Kind::Url(&["ws", "wss"]);

/// Loudness.
pub(super) const VOLUME: Kind = Kind::Number { min: -40.0, max: 40.0, unit: "dB" };

/// A duration.
pub(super) const SECONDS: Kind = Kind::Number { min: 0.0, max: f64::INFINITY, unit: "seconds" };

/// A count, or a whole duration.
pub(super) const COUNT: Kind = at_least(0);

/// A number without sign.
pub(super) const AMOUNT: Kind = Kind::Number { min: 0.0, max: f64::INFINITY, unit: "" };

/// Which side of a call is meant.
pub(super) const DIRECTION: Kind = Kind::Choice(&["listen", "speak", "both"]);

/// HTTP methods of callbacks.
pub(super) const HTTP_METHOD: Kind = Kind::Choice(&["GET", "POST"]);

/// Text; numbers and flags are spoken or sent as they print.
pub(super) const PRINTED: Kind = Kind::AsText(&Kind::Text);

/// Texts in an array.
pub(super) const TEXTS: Kind = Kind::List(&Kind::Text);

/// Maps in an array.
pub(super) const OBJECTS: Kind = Kind::List(&Kind::Object);

/// A whole number with a least value.
pub(super) const fn at_least(min: i64) -> Kind {
    Kind::Int { min, max: i64::MAX }
}
