//! Rows of live transcription and translation, and of events of your own.

use super::base::{CALL, WEB, opt, req};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const ACTION: Param = req(
    "action",
    "action",
    Kind::Either(&[Kind::Object, Kind::Text]),
    "what to do: #{start: #{…}}, \"stop\", #{summarize: #{…}}",
);

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "live_transcribe",
        method: "calling.live_transcribe",
        positional: &["action"],
        options: &[ACTION],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Starts or stops live transcription.",
        example: "call.live_transcribe(#{ start: #{ lang: \"en-US\" } });",
        ..CALL
    },
    Verb {
        name: "live_translate",
        method: "calling.live_translate",
        positional: &["action"],
        options: &[ACTION, opt("status_url", "status_url", WEB, "gets the progress")],
        gives: Gives::Result,
        repeat: Repeat::Never,
        doc: "Starts or stops live translation.",
        example: "call.live_translate(#{ start: #{ from_lang: \"en-US\", to_lang: \"es-ES\" } });",
        ..CALL
    },
    Verb {
        name: "user_event",
        method: "calling.user_event",
        positional: &["event"],
        options: &[req("event", "event", Kind::Text, "name of the event")],
        gives: Gives::Result,
        open: true,
        repeat: Repeat::Never,
        doc: "Sends an event of your own; every further key goes along.",
        example: "call.user_event(\"order\", #{ order_id: \"12345\" });",
        ..CALL
    },
];
