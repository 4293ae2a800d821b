//! Rows of `connect` and `disconnect`, and of the maps that describe devices.

use super::base::{AMOUNT, CALL, COUNT, WEB, at_least, opt, req};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

pub(super) const TAG: Param = opt("tag", "tag", Kind::Text, "a name of your own, that events carry");
pub(super) const MAX_DURATION: Param =
    opt("max_duration", "max_duration", at_least(1), "longest duration of the call, in minutes");
pub(super) const MAX_PRICE: Param =
    opt("max_price_per_minute", "max_price_per_minute", AMOUNT, "dearer calls are not made");

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "connect",
        method: "calling.connect",
        positional: &["devices"],
        options: &[
            req("devices", "devices", Kind::Devices, "whom to call: one after another, or in groups at once"),
            opt("ringback", "ringback", Kind::Media, "what the caller hears meanwhile"),
            TAG,
            MAX_DURATION,
            MAX_PRICE,
            opt("status_url", "status_url", WEB, "gets the progress"),
        ],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Calls somebody and joins both calls.",
        example: "call.connect(#{ to: \"+15551234567\", from: \"+15559876543\", timeout: 30 });",
        ..CALL
    },
    Verb {
        name: "disconnect",
        method: "calling.disconnect",
        doc: "Parts calls that connect joined; this one goes on.",
        example: "call.disconnect();",
        ..CALL
    },
];

const TYPE: Param = req("type", "type", Kind::Text, "\"phone\", \"sip\", \"webrtc\" or \"agora\"");

const TIMEOUT: Param = opt("timeout", "timeout", COUNT, "how long it may ring, in seconds");
const HEADERS: Param = opt("headers", "headers", Kind::List(&Kind::Object), "SIP headers: #{name, value}");
const CODECS: Param = opt("codecs", "codecs", Kind::List(&Kind::Text), "codecs to offer");

const PHONE: &[Param] = &[
    req("to_number", "to_number", Kind::Phone, "the number to call"),
    opt("from_number", "from_number", Kind::Phone, "the number that is shown"),
    TIMEOUT,
    MAX_DURATION,
    MAX_PRICE,
    HEADERS,
];

const SIP: &[Param] = &[
    req("to", "to", Kind::Text, "the SIP address to call"),
    opt("from", "from", Kind::Text, "the address that is shown"),
    TIMEOUT,
    MAX_DURATION,
    HEADERS,
    CODECS,
];

/// `#{type: "phone", params: #{to_number: "…"}}`
pub(in crate::script::api) const PHONE_DEVICE: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(PHONE), "the call to make")];
/// `#{type: "sip", params: #{to: "…"}}`
pub(in crate::script::api) const SIP_DEVICE: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(SIP), "the call to make")];
/// Devices whose params are passed through.
pub(in crate::script::api) const OTHER_DEVICE: &[Param] =
    &[TYPE, req("params", "params", Kind::Object, "the call to make")];

/// `#{to: "+15551234567", from: "+15559876543", timeout: 30}`
pub(in crate::script::api) const SHORT_PHONE: &[Param] = &[
    req("to", "to_number", Kind::Phone, "the number to call"),
    opt("from", "from_number", Kind::Phone, "the number that is shown"),
    TIMEOUT,
    MAX_DURATION,
    MAX_PRICE,
    HEADERS,
];
/// `#{to: "sip:a@example.com", from: "sip:b@example.com"}`
pub(in crate::script::api) const SHORT_SIP: &[Param] = SIP;
