//! Rows about the call itself: answering, ending, holding, passing it on, sending digits, noise.

use super::base::{CALL, COUNT, SECONDS, WEB, at_least, opt, req};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Verb};

/// Why a call ends.
const REASONS: Kind = Kind::Choice(&["hangup", "cancel", "busy", "noAnswer", "decline", "error"]);

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "answer",
        method: "calling.answer",
        options: &[opt(
            "max_duration",
            "max_duration",
            at_least(1),
            "longest duration of the call, in minutes",
        )],
        doc: "Answers the call.",
        example: "call.answer();",
        ..CALL
    },
    Verb {
        name: "hangup",
        method: "calling.end",
        positional: &["reason"],
        options: &[opt("reason", "reason", REASONS, "what the other side is told; \"hangup\" unless given")],
        doc: "Ends the call.",
        example: "call.hangup(\"busy\");",
        ..CALL
    },
    Verb {
        name: "pass",
        method: "calling.pass",
        doc: "Leaves an inbound call to another client of the context.",
        example: "call.pass();",
        ..CALL
    },
    Verb {
        name: "hold",
        method: "calling.hold",
        doc: "Puts the call on hold.",
        example: "call.hold();",
        ..CALL
    },
    Verb {
        name: "unhold",
        method: "calling.unhold",
        doc: "Takes the call from hold.",
        example: "call.unhold();",
        ..CALL
    },
    Verb {
        name: "transfer",
        method: "calling.transfer",
        positional: &["dest"],
        options: &[req(
            "dest",
            "dest",
            Kind::Text,
            "where control of the call goes: an URL of SWML, an address",
        )],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Hands control of the call to another application.",
        example: "call.transfer(\"https://example.com/swml\");",
        ..CALL
    },
    Verb {
        name: "refer",
        method: "calling.refer",
        positional: &["device"],
        options: &[
            req("device", "device", Kind::Device(&["sip"]), "the SIP address to refer to"),
            opt("status_url", "status_url", WEB, "gets the progress"),
        ],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Sends a SIP REFER: the other side is asked to call another SIP address.",
        example: "call.refer(\"sip:user@example.com\", #{ status_url: \"https://example.com/s\" });",
        ..CALL
    },
    Verb {
        name: "send_digits",
        method: "calling.send_digits",
        positional: &["digits"],
        options: &[req("digits", "digits", Kind::Digits, "0-9 * # A-D; w waits half a second, W one second")],
        gives: Gives::Result,
        control_id: true,
        repeat: Repeat::Never,
        doc: "Sends DTMF digits to the other side.",
        example: "call.send_digits(\"1234#\");",
        ..CALL
    },
    Verb {
        name: "denoise",
        method: "calling.denoise",
        doc: "Takes background noise out of the call.",
        example: "call.denoise();",
        ..CALL
    },
    Verb {
        name: "denoise_stop",
        method: "calling.denoise.stop",
        doc: "Stops taking out noise.",
        example: "call.denoise_stop();",
        ..CALL
    },
    Verb {
        name: "echo",
        method: "calling.echo",
        positional: &["timeout"],
        options: &[
            opt("timeout", "timeout", SECONDS, "how long, in seconds"),
            opt("status_url", "status_url", WEB, "gets the progress"),
        ],
        gives: Gives::Result,
        doc: "Plays the caller's own voice back, for testing.",
        example: "call.echo(30);",
        ..CALL
    },
    Verb {
        name: "bind_digit",
        method: "calling.bind_digit",
        positional: &["digits", "bind_method"],
        options: &[
            req("digits", "digits", Kind::Digits, "the digits that trigger it"),
            req(
                "bind_method",
                "bind_method",
                Kind::Text,
                "the RELAY method to run, such as \"calling.play\"",
            ),
            opt("bind_params", "params", Kind::Object, "params of that method, as the wire has them"),
            opt("realm", "realm", Kind::Text, "a name for a group of bindings"),
            opt("max_triggers", "max_triggers", COUNT, "how often it may run"),
        ],
        gives: Gives::Result,
        doc: "Runs a RELAY method when the caller presses these digits.",
        example: "call.bind_digit(\"*1\", \"calling.denoise\", #{ realm: \"menu\", max_triggers: 1 });",
        ..CALL
    },
    Verb {
        name: "clear_digit_bindings",
        method: "calling.clear_digit_bindings",
        positional: &["realm"],
        options: &[opt("realm", "realm", Kind::Text, "only the bindings of this group")],
        doc: "Removes bindings of digits.",
        example: "call.clear_digit_bindings(\"menu\");",
        ..CALL
    },
];
