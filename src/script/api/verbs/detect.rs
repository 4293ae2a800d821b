//! Rows that detect answering machines, fax tones and digits.

use super::base::{CALL, COUNT, SECONDS, opt, req};
use crate::call::ActionKind::Detect;
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const INITIAL: Param =
    opt("initial_timeout", "initial_timeout", SECONDS, "how long to wait for a voice, in seconds");
const END_SILENCE: Param = opt(
    "end_silence_timeout",
    "end_silence_timeout",
    SECONDS,
    "the voice is over after such a silence, in seconds",
);
const VOICE: Param = opt(
    "machine_voice_threshold",
    "machine_voice_threshold",
    SECONDS,
    "a voice that lasts longer is a machine, in seconds",
);
const WORDS: Param =
    opt("machine_words_threshold", "machine_words_threshold", COUNT, "more words than this are a machine");
const INTERRUPTIONS: Param =
    opt("detect_interruptions", "detect_interruptions", Kind::Flag, "report when the voice pauses");
const MESSAGE_END: Param =
    opt("detect_message_end", "detect_message_end", Kind::Flag, "report when a machine is ready to record");
const TONE: Param = opt("tone", "tone", Kind::Choice(&["CED", "CNG"]), "the fax tone to wait for");
const DIGITS: Param = opt("digits", "digits", Kind::Keys, "the digits to wait for");

const MACHINE: &[Param] = &[INITIAL, END_SILENCE, VOICE, WORDS, INTERRUPTIONS, MESSAGE_END];
const ANYTHING: &[Param] = &[INITIAL, END_SILENCE, VOICE, WORDS, INTERRUPTIONS, MESSAGE_END, TONE, DIGITS];

const DETECT: &[Param] = &[
    req("type", "type", Kind::Choice(&["machine", "fax", "digit"]), "what to detect"),
    opt("params", "params", Kind::Spread(ANYTHING), "how; its keys may stand here"),
];

const TIMEOUT: Param = opt("timeout", "timeout", SECONDS, "how long to look for it, in seconds");

/// A row that begins a detector.
const DETECTOR: Verb = Verb {
    method: "calling.detect",
    gives: Gives::Action(Detect),
    control_id: true,
    repeat: Repeat::Announced,
    ..CALL
};

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "detect",
        positional: &["detect"],
        options: &[req("detect", "detect", Kind::Map(DETECT), "what to detect, and how"), TIMEOUT],
        doc: "Detects an answering machine, a fax or digits.",
        example: "let action = call.detect(#{ type: \"machine\", initial_timeout: 4.5 }, #{ timeout: 30 });",
        ..DETECTOR
    },
    Verb {
        name: "detect_digit",
        positional: &["digits"],
        fixed: &[("detect.type", "\"digit\"")],
        options: &[
            opt("params", "detect.params", Kind::Spread(&[DIGITS]), "how; its keys may stand here"),
            TIMEOUT,
        ],
        doc: "Detects digits.",
        example: "let action = call.detect_digit(\"123\", #{ timeout: 10 });",
        ..DETECTOR
    },
    Verb {
        name: "detect_answering_machine",
        fixed: &[("detect.type", "\"machine\"")],
        options: &[
            opt("params", "detect.params", Kind::Spread(MACHINE), "how; its keys may stand here"),
            TIMEOUT,
        ],
        doc: "Detects whether a person or a machine answered.",
        example: "let action = call.detect_answering_machine(#{ detect_message_end: true, timeout: 20 });",
        ..DETECTOR
    },
    Verb {
        name: "detect_fax",
        positional: &["tone"],
        fixed: &[("detect.type", "\"fax\"")],
        options: &[
            opt("params", "detect.params", Kind::Spread(&[TONE]), "how; its keys may stand here"),
            TIMEOUT,
        ],
        doc: "Detects a fax.",
        example: "let action = call.detect_fax(\"CED\", #{ timeout: 10 });",
        ..DETECTOR
    },
];
