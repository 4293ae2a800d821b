//! Rows of fax.

use super::base::{CALL, WEB, opt, req};
use crate::call::ActionKind::{ReceiveFax, SendFax};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Verb};

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "send_fax",
        method: "calling.send_fax",
        positional: &["document"],
        options: &[
            req("document", "document", WEB, "the PDF to send"),
            opt("identity", "identity", Kind::Text, "how the sender is named"),
            opt("header_info", "header_info", Kind::Text, "goes to the top of each page"),
        ],
        gives: Gives::Action(SendFax),
        control_id: true,
        repeat: Repeat::Never,
        doc: "Sends a document by fax.",
        example: "let action = call.send_fax(\"https://example.com/d.pdf\", #{ header_info: \"Order 7\" });",
        ..CALL
    },
    Verb {
        name: "receive_fax",
        method: "calling.receive_fax",
        gives: Gives::Action(ReceiveFax),
        control_id: true,
        repeat: Repeat::Never,
        doc: "Receives a fax.",
        example: "let action = call.receive_fax();",
        ..CALL
    },
];
