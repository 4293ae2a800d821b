//! Rows that collect digits and speech, with or without a prompt.

use super::base::{CALL, SECONDS, TEXTS, at_least, opt, req};
use super::media::{GENDER, LANGUAGE, LOUDER, TEXT, URL, VOICE};
use crate::call::ActionKind::{Collect, PlayAndCollect};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const DIGITS: Param = opt("digits", "digits", Kind::Map(DIGIT_ROWS), "collect digits");
const SPEECH: Param = opt("speech", "speech", Kind::Map(SPEECH_ROWS), "collect speech");
const INITIAL: Param =
    opt("initial_timeout", "initial_timeout", SECONDS, "how long to wait for input to begin, in seconds");
const PARTIAL: Param = opt("partial_results", "partial_results", Kind::Flag, "also report unfinished input");

const DIGIT_ROWS: &[Param] = &[
    opt("max", "max", at_least(1), "ends after so many digits"),
    opt("digit_timeout", "digit_timeout", SECONDS, "longest pause between digits, in seconds"),
    opt("terminators", "terminators", Kind::Keys, "digits that end it"),
];

const SPEECH_ROWS: &[Param] = &[
    opt("language", "language", Kind::Text, "language that is spoken, such as \"en-US\""),
    opt("end_silence_timeout", "end_silence_timeout", SECONDS, "ends after such a silence, in seconds"),
    opt("speech_timeout", "speech_timeout", SECONDS, "longest speech, in seconds"),
    opt("hints", "hints", TEXTS, "words that are likely"),
];

const COLLECT: Param =
    req("collect", "collect", Kind::Map(&[DIGITS, SPEECH, INITIAL, PARTIAL]), "what to collect");

/// A row that plays a prompt and collects.
const PROMPT: Verb = Verb {
    method: "calling.play_and_collect",
    gives: Gives::Action(PlayAndCollect),
    control_id: true,
    repeat: Repeat::Announced,
    ..CALL
};

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "play_and_collect",
        positional: &["media", "collect"],
        options: &[req("media", "play", Kind::Media, "the prompt: one item or an array"), COLLECT, LOUDER],
        doc: "Plays a prompt and collects digits or speech; input cuts the prompt short.",
        example: "let action = call.play_and_collect(\"Press 1\", #{ digits: #{ max: 1 } });",
        ..PROMPT
    },
    Verb {
        name: "prompt_tts",
        positional: &["text", "collect"],
        fixed: &[("play.0.type", "\"tts\"")],
        options: &[TEXT, LANGUAGE, GENDER, VOICE, COLLECT, LOUDER],
        doc: "Speaks a prompt and collects digits or speech.",
        example: "let action = call.prompt_tts(\"Press 1\", #{ digits: #{ max: 1 } }, #{ volume: 2 });",
        ..PROMPT
    },
    Verb {
        name: "prompt_audio",
        positional: &["url", "collect"],
        fixed: &[("play.0.type", "\"audio\"")],
        options: &[URL, COLLECT, LOUDER],
        doc: "Plays an audio file as a prompt and collects digits or speech.",
        example: "let action = call.prompt_audio(\"https://example.com/p.mp3\", #{ digits: #{ max: 1 } });",
        ..PROMPT
    },
    Verb {
        name: "collect",
        method: "calling.collect",
        options: &[
            DIGITS,
            SPEECH,
            INITIAL,
            PARTIAL,
            opt("continuous", "continuous", Kind::Flag, "go on after a result"),
            opt("send_start_of_input", "send_start_of_input", Kind::Flag, "report when input begins"),
            opt("start_input_timers", "start_input_timers", Kind::Flag, "start the timers at once"),
        ],
        gives: Gives::Action(Collect),
        control_id: true,
        repeat: Repeat::Announced,
        doc: "Collects digits or speech.",
        example: "let action = call.collect(#{ digits: #{ max: 4, terminators: \"#\" } });",
        ..CALL
    },
];
