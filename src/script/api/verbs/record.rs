//! The row of `record`.

use super::base::{CALL, DIRECTION, SECONDS, opt};
use crate::call::ActionKind::Record;
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const AUDIO: &[Param] = &[
    opt("format", "format", Kind::Choice(&["mp3", "wav"]), "file format"),
    opt("stereo", "stereo", Kind::Flag, "each side in its own channel"),
    opt("direction", "direction", DIRECTION, "which side is recorded"),
    opt("beep", "beep", Kind::Flag, "whether a beep begins it"),
    opt("initial_timeout", "initial_timeout", SECONDS, "ends when nobody has spoken for so long, in seconds"),
    opt("end_silence_timeout", "end_silence_timeout", SECONDS, "ends after such a silence, in seconds"),
    opt("terminators", "terminators", Kind::Keys, "digits that end it"),
    opt("input_sensitivity", "input_sensitivity", SENSITIVITY, "how loud input must be, from 0 to 100"),
];

const SENSITIVITY: Kind = Kind::Number { min: 0.0, max: 100.0, unit: "" };

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "record",
    method: "calling.record",
    options: &[opt("audio", "record.audio", Kind::Spread(AUDIO), "what to record; its keys may stand here")],
    gives: Gives::Action(Record),
    control_id: true,
    repeat: Repeat::Announced,
    doc: "Records the call.",
    example: "let action = call.record(#{ format: \"mp3\", beep: true, terminators: \"#\" });",
    ..CALL
}];
