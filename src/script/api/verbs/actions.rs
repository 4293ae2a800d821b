//! Rows of the methods of actions: the RELAY method depends on what the action does.

use super::base::{ACTION, VOLUME, opt, req};
use crate::call::ActionKind;
use crate::script::api::table::{Kind, Param, Verb};

use ActionKind::{
    Ai, Collect, Detect, Pay, Play, PlayAndCollect, ReceiveFax, Record, SendFax, Stream, Tap, Transcribe,
};

const LOUDER: &[Param] = &[req("volume", "volume", VOLUME, "louder or softer, in dB from -40 to 40")];

/// `action.stop()`
const fn stop(on: &'static [ActionKind], method: &'static str, example: &'static str) -> Verb {
    Verb { name: "stop", on, method, doc: "Ends the action.", example, ..ACTION }
}

/// `action.volume(dB)`
const fn volume(on: &'static [ActionKind], method: &'static str, example: &'static str) -> Verb {
    Verb {
        name: "volume",
        on,
        method,
        positional: &["volume"],
        options: LOUDER,
        doc: "Makes it louder or softer.",
        example,
        ..ACTION
    }
}

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "pause",
        on: &[Play],
        method: "calling.play.pause",
        doc: "Pauses playing.",
        example: "let action = call.play(\"Hello\"); action.pause();",
        ..ACTION
    },
    Verb {
        name: "pause",
        on: &[Record],
        method: "calling.record.pause",
        positional: &["behavior"],
        options: &[opt(
            "behavior",
            "behavior",
            Kind::Choice(&["silence", "skip"]),
            "whether the pause is in the recording",
        )],
        doc: "Pauses recording.",
        example: "let action = call.record(); action.pause(\"silence\");",
        ..ACTION
    },
    Verb {
        name: "resume",
        on: &[Play],
        method: "calling.play.resume",
        doc: "Goes on playing.",
        example: "let action = call.play(\"Hello\"); action.pause(); action.resume();",
        ..ACTION
    },
    Verb {
        name: "resume",
        on: &[Record],
        method: "calling.record.resume",
        doc: "Goes on recording.",
        example: "let action = call.record(); action.pause(); action.resume();",
        ..ACTION
    },
    volume(&[Play], "calling.play.volume", "let action = call.play(\"Hello\"); action.volume(4);"),
    volume(
        &[PlayAndCollect],
        "calling.play_and_collect.volume",
        "let action = call.play_and_collect(\"Press 1\", #{ digits: #{ max: 1 } }); action.volume(2);",
    ),
    Verb {
        name: "start_input_timers",
        on: &[Collect, PlayAndCollect],
        method: "calling.collect.start_input_timers",
        doc: "Starts the timers of input now.",
        example: "let action = call.collect(#{ digits: #{ max: 4 }, start_input_timers: false }); \
                  action.start_input_timers();",
        ..ACTION
    },
    stop(&[Play], "calling.play.stop", "let action = call.play(\"Hello\"); action.stop();"),
    stop(&[Record], "calling.record.stop", "let action = call.record(); action.stop();"),
    stop(
        &[PlayAndCollect],
        "calling.play_and_collect.stop",
        "let action = call.play_and_collect(\"Press 1\", #{ digits: #{ max: 1 } }); action.stop();",
    ),
    stop(
        &[Collect],
        "calling.collect.stop",
        "let action = call.collect(#{ digits: #{ max: 4 } }); action.stop();",
    ),
    stop(&[Detect], "calling.detect.stop", "let action = call.detect_fax(); action.stop();"),
    stop(
        &[Pay],
        "calling.pay.stop",
        "let action = call.pay(#{ payment_connector_url: \"https://example.com/connector\" }); action.stop();",
    ),
    stop(
        &[SendFax],
        "calling.send_fax.stop",
        "let action = call.send_fax(\"https://example.com/d.pdf\"); action.stop();",
    ),
    stop(&[ReceiveFax], "calling.receive_fax.stop", "let action = call.receive_fax(); action.stop();"),
    stop(
        &[Tap],
        "calling.tap.stop",
        "let action = call.tap(#{ type: \"audio\" }, #{ type: \"rtp\", addr: \"192.0.2.10\", port: 5000 }); \
         action.stop();",
    ),
    stop(
        &[Stream],
        "calling.stream.stop",
        "let action = call.stream(\"wss://example.com/audio\"); action.stop();",
    ),
    stop(&[Transcribe], "calling.transcribe.stop", "let action = call.transcribe(); action.stop();"),
    stop(
        &[Ai],
        "calling.ai.stop",
        "let action = call.ai(#{ prompt: #{ text: \"You help.\" } }); action.stop();",
    ),
];
