//! Rows of `relay`: calls and messages that the script begins, and the contexts it hears.

use super::base::{RELAY, SECONDS, TEXTS, WEB, opt, req};
use super::connect::{MAX_DURATION, MAX_PRICE, TAG};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const REGION: Param = opt("region", "region", Kind::Text, "from where it is sent");

const MESSAGE: &[Param] = &[
    req("to_number", "to_number", Kind::Phone, "who gets it"),
    req("from_number", "from_number", Kind::Text, "the number or name that it comes from"),
    opt("body", "body", Kind::Text, "the text"),
    opt("media", "media", Kind::List(&WEB), "URLs of pictures and files"),
    opt("context", "context", Kind::Text, "the context that gets its events"),
    opt("tags", "tags", TEXTS, "names of your own"),
    REGION,
];

const CONTEXTS: Param = req("contexts", "contexts", TEXTS, "one context or an array");

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "dial",
        method: "calling.dial",
        positional: &["devices"],
        options: &[
            req("devices", "devices", Kind::Devices, "whom to call: one after another, or in groups at once"),
            TAG,
            MAX_DURATION,
            REGION,
            MAX_PRICE,
            opt("dial_timeout", "", SECONDS, "how long to wait for an answer, in seconds"),
        ],
        gives: Gives::Special,
        repeat: Repeat::Never,
        doc: "Calls somebody and gives the call once it is answered.",
        example: "let other = relay.dial(#{ to: \"+15551234567\", from: \"+15559876543\" });",
        ..RELAY
    },
    Verb {
        name: "send_message",
        method: "messaging.send",
        options: MESSAGE,
        gives: Gives::Special,
        repeat: Repeat::Never,
        doc: "Sends an SMS or MMS.",
        example: "let message = relay.send_message(#{ to_number: \"+15552222222\", \
                  from_number: \"+15551111111\", body: \"Hello\" });",
        ..RELAY
    },
    Verb {
        name: "receive",
        method: "signalwire.receive",
        positional: &["contexts"],
        options: &[CONTEXTS],
        doc: "Begins to receive the calls and messages of contexts.",
        example: "relay.receive([\"sales\"]);",
        ..RELAY
    },
    Verb {
        name: "unreceive",
        method: "signalwire.unreceive",
        positional: &["contexts"],
        options: &[CONTEXTS],
        doc: "Stops receiving the calls and messages of contexts.",
        example: "relay.unreceive([\"sales\"]);",
        ..RELAY
    },
];
