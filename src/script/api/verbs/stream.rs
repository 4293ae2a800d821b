//! Rows that hand the call's audio to others: tap, stream, transcribe.

use super::base::{AMOUNT, CALL, DIRECTION, HTTP_METHOD, SOCKET, WEB, opt, req};
use crate::call::ActionKind::{Stream, Tap, Transcribe};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const TAP: &[Param] = &[
    req("type", "type", Kind::Choice(&["audio"]), "what to tap"),
    opt("params", "params", Kind::Spread(TAP_PARAMS), "how; its keys may stand here"),
];

const TAP_PARAMS: &[Param] = &[opt("direction", "direction", DIRECTION, "which side")];

const DEVICE: &[Param] = &[
    req("type", "type", Kind::Choice(&["rtp", "ws"]), "how it is sent"),
    opt("params", "params", Kind::Spread(DEVICE_PARAMS), "where to; its keys may stand here"),
];

const DEVICE_PARAMS: &[Param] = &[
    opt("addr", "addr", Kind::Text, "rtp: the address"),
    opt("port", "port", Kind::Int { min: 1, max: 65_535 }, "rtp: the port"),
    opt("codec", "codec", Kind::Text, "codec, such as \"PCMU\""),
    opt("ptime", "ptime", AMOUNT, "rtp: length of a packet, in milliseconds"),
    opt("uri", "uri", SOCKET, "ws: the address"),
    opt("rate", "rate", AMOUNT, "samples per second"),
];

const TRACK: Kind = Kind::Choice(&["inbound_track", "outbound_track", "both_tracks"]);

const STREAM: &[Param] = &[
    req("url", "url", SOCKET, "the WebSocket that gets the audio"),
    opt("name", "name", Kind::Text, "name of the stream"),
    opt("codec", "codec", Kind::Text, "codec, such as \"PCMU\""),
    opt("track", "track", TRACK, "which side"),
    opt("status_url", "status_url", WEB, "gets the progress"),
    opt("status_url_method", "status_url_method", HTTP_METHOD, "GET or POST"),
    opt("authorization_bearer_token", "authorization_bearer_token", Kind::Secret, "is sent to the WebSocket"),
    opt("custom_parameters", "custom_parameters", Kind::Object, "are sent to the WebSocket"),
];

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "tap",
        method: "calling.tap",
        positional: &["tap", "device"],
        options: &[
            req("tap", "tap", Kind::Map(TAP), "what to tap"),
            req("device", "device", Kind::Map(DEVICE), "where the audio goes"),
        ],
        gives: Gives::Action(Tap),
        control_id: true,
        repeat: Repeat::Announced,
        doc: "Copies the call's audio to a device.",
        example: "let action = call.tap(#{ type: \"audio\", direction: \"both\" }, \
                  #{ type: \"rtp\", addr: \"192.0.2.10\", port: 5000 });",
        ..CALL
    },
    Verb {
        name: "stream",
        method: "calling.stream",
        positional: &["url"],
        options: STREAM,
        gives: Gives::Action(Stream),
        control_id: true,
        repeat: Repeat::Announced,
        doc: "Streams the call's audio to a WebSocket.",
        example: "let action = call.stream(\"wss://example.com/audio\", #{ track: \"inbound_track\" });",
        ..CALL
    },
    Verb {
        name: "transcribe",
        method: "calling.transcribe",
        options: &[opt("status_url", "status_url", WEB, "gets the progress")],
        gives: Gives::Action(Transcribe),
        control_id: true,
        repeat: Repeat::Announced,
        doc: "Transcribes the call.",
        example: "let action = call.transcribe();",
        ..CALL
    },
];
