//! Rows of `play` and its short forms, and of the maps that describe media.

use super::base::{CALL, COUNT, DIRECTION, PRINTED, SECONDS, VOLUME, WEB, opt, req};
use crate::call::ActionKind::Play;
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

pub(super) const TEXT: Param = req("text", "play.0.params.text", PRINTED, "what to say");
pub(super) const LANGUAGE: Param =
    opt("language", "play.0.params.language", Kind::Text, "language of the voice, such as \"en-US\"");
pub(super) const GENDER: Param = opt("gender", "play.0.params.gender", Kind::Text, "\"male\" or \"female\"");
pub(super) const VOICE: Param = opt("voice", "play.0.params.voice", Kind::Text, "name of the voice");
pub(super) const URL: Param = req("url", "play.0.params.url", WEB, "the audio file");
pub(super) const LOUDER: Param = opt("volume", "volume", VOLUME, "louder or softer, in dB from -40 to 40");

/// A row that begins playing one medium.
const PLAY: Verb = Verb {
    method: "calling.play",
    gives: Gives::Action(Play),
    control_id: true,
    repeat: Repeat::Announced,
    ..CALL
};

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "say",
        positional: &["text"],
        fixed: &[("play.0.type", "\"tts\"")],
        options: &[
            TEXT,
            LANGUAGE,
            GENDER,
            VOICE,
            LOUDER,
            opt(
                "timeout",
                "",
                SECONDS,
                "how long to wait for the end, in seconds; as long as it takes unless given",
            ),
        ],
        gives: Gives::Event(Play),
        doc: "Speaks a text and waits for its end.",
        example: "call.say(\"Hello\");",
        ..PLAY
    },
    Verb {
        name: "play",
        positional: &["media"],
        options: &[
            req("media", "play", Kind::Media, "what to play: one item or an array"),
            LOUDER,
            opt("direction", "direction", DIRECTION, "who hears it"),
            opt("loop", "loop", COUNT, r#"how often, 0 is for ever; write the key as "loop""#),
        ],
        doc: "Plays speech, audio files, silence or ringtones.",
        example: "let action = call.play(\"https://example.com/a.mp3\", #{ volume: 3 });",
        ..PLAY
    },
    Verb {
        name: "play_tts",
        positional: &["text"],
        fixed: &[("play.0.type", "\"tts\"")],
        options: &[TEXT, LANGUAGE, GENDER, VOICE, LOUDER],
        doc: "Speaks a text.",
        example: "let action = call.play_tts(\"Hello\", #{ language: \"en-GB\" });",
        ..PLAY
    },
    Verb {
        name: "play_audio",
        positional: &["url"],
        fixed: &[("play.0.type", "\"audio\"")],
        options: &[URL, LOUDER],
        doc: "Plays an audio file.",
        example: "let action = call.play_audio(\"https://example.com/a.mp3\");",
        ..PLAY
    },
    Verb {
        name: "play_silence",
        positional: &["duration"],
        fixed: &[("play.0.type", "\"silence\"")],
        options: &[req("duration", "play.0.params.duration", SECONDS, "how long, in seconds")],
        doc: "Plays silence.",
        example: "call.play_silence(1.5).wait();",
        ..PLAY
    },
    Verb {
        name: "play_ringtone",
        positional: &["name"],
        fixed: &[("play.0.type", "\"ringtone\"")],
        options: &[
            req("name", "play.0.params.name", Kind::Text, "country of the ringtone, such as \"us\""),
            opt("duration", "play.0.params.duration", SECONDS, "how long, in seconds"),
            LOUDER,
        ],
        doc: "Plays a country's ringtone.",
        example: "call.play_ringtone(\"us\", #{ duration: 3 }).wait();",
        ..PLAY
    },
];

const TYPE: Param =
    req("type", "type", Kind::Choice(&["tts", "audio", "silence", "ringtone"]), "what the item is");

const TTS: &[Param] = &[
    req("text", "text", PRINTED, "what to say"),
    opt("language", "language", Kind::Text, "language of the voice, such as \"en-US\""),
    opt("gender", "gender", Kind::Text, "\"male\" or \"female\""),
    opt("voice", "voice", Kind::Text, "name of the voice"),
];
const AUDIO: &[Param] = &[req("url", "url", WEB, "the audio file")];
const SILENCE: &[Param] = &[req("duration", "duration", SECONDS, "how long, in seconds")];
const RINGTONE: &[Param] = &[
    req("name", "name", Kind::Text, "country of the ringtone, such as \"us\""),
    opt("duration", "duration", SECONDS, "how long, in seconds"),
];

/// `#{type: "tts", text: "…"}`
pub(in crate::script::api) const TTS_ITEM: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(TTS), "speech")];
/// `#{type: "audio", url: "…"}`
pub(in crate::script::api) const AUDIO_ITEM: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(AUDIO), "an audio file")];
/// `#{type: "silence", duration: 1.5}`
pub(in crate::script::api) const SILENCE_ITEM: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(SILENCE), "silence")];
/// `#{type: "ringtone", name: "us"}`
pub(in crate::script::api) const RINGTONE_ITEM: &[Param] =
    &[TYPE, opt("params", "params", Kind::Spread(RINGTONE), "a ringtone")];
