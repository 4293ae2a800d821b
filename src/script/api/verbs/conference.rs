//! Rows of conferences, rooms and queues.

use super::base::{CALL, HTTP_METHOD, WEB, opt, req};
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const BEEP: Kind = Kind::AsText(&Kind::Choice(&["true", "false", "onEnter", "onExit"]));
const RECORD: Kind = Kind::Choice(&["do-not-record", "record-from-start"]);
const TRIM: Kind = Kind::Choice(&["trim-silence", "do-not-trim"]);
const MEMBERS: Kind = Kind::Int { min: 1, max: 100_000 };
const EVENTS: Kind =
    Kind::Words(&["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"]);
const RECORDING_EVENTS: Kind = Kind::Words(&["in-progress", "completed", "absent"]);

const CONFERENCE: &[Param] = &[
    req("name", "name", Kind::Text, "name of the conference"),
    opt("muted", "muted", Kind::Flag, "joins muted"),
    opt("beep", "beep", BEEP, "when a beep sounds"),
    opt("start_on_enter", "start_on_enter", Kind::Flag, "the conference starts when this call joins"),
    opt("end_on_exit", "end_on_exit", Kind::Flag, "the conference ends when this call leaves"),
    opt("wait_url", "wait_url", WEB, "what is heard until it starts"),
    opt("max_participants", "max_participants", MEMBERS, "how many may join"),
    opt("record", "record", RECORD, "whether it is recorded"),
    opt("region", "region", Kind::Text, "where it is hosted"),
    opt("trim", "trim", TRIM, "whether silence is cut from the recording"),
    opt("coach", "coach", Kind::Text, "id of the call that alone hears this one"),
    opt("status_callback", "status_callback", WEB, "gets what happens"),
    opt("status_callback_event", "status_callback_event", EVENTS, "what it gets"),
    opt("status_callback_event_type", "status_callback_event_type", Kind::Text, "how it gets it"),
    opt("status_callback_method", "status_callback_method", HTTP_METHOD, "GET or POST"),
    opt("recording_status_callback", "recording_status_callback", WEB, "gets what becomes of the recording"),
    opt(
        "recording_status_callback_event",
        "recording_status_callback_event",
        RECORDING_EVENTS,
        "what it gets",
    ),
    opt(
        "recording_status_callback_event_type",
        "recording_status_callback_event_type",
        Kind::Text,
        "how it gets it",
    ),
    opt("recording_status_callback_method", "recording_status_callback_method", HTTP_METHOD, "GET or POST"),
    opt("stream_obj", "stream", Kind::Object, "a stream of the conference's audio, as the wire has it"),
];

const QUEUE: Param = req("queue_name", "queue_name", Kind::Text, "name of the queue");
const STATUS: Param = opt("status_url", "status_url", WEB, "gets the progress");

pub(super) const VERBS: &[Verb] = &[
    Verb {
        name: "join_conference",
        method: "calling.join_conference",
        positional: &["name"],
        options: CONFERENCE,
        gives: Gives::Result,
        doc: "Joins a conference.",
        example: "call.join_conference(\"room\", #{ beep: \"onEnter\", muted: false });",
        ..CALL
    },
    Verb {
        name: "leave_conference",
        method: "calling.leave_conference",
        positional: &["conference_id"],
        options: &[req("conference_id", "conference_id", Kind::Text, "the id that the events carry")],
        doc: "Leaves a conference.",
        example: "call.leave_conference(\"conf-1\");",
        ..CALL
    },
    Verb {
        name: "join_room",
        method: "calling.join_room",
        positional: &["name"],
        options: &[req("name", "name", Kind::Text, "name of the room"), STATUS],
        gives: Gives::Result,
        doc: "Joins a video room.",
        example: "call.join_room(\"room\");",
        ..CALL
    },
    Verb {
        name: "leave_room",
        method: "calling.leave_room",
        doc: "Leaves the video room.",
        example: "call.leave_room();",
        ..CALL
    },
    Verb {
        name: "queue_enter",
        method: "calling.queue.enter",
        positional: &["queue_name"],
        options: &[QUEUE, STATUS],
        gives: Gives::Result,
        control_id: true,
        repeat: Repeat::Never,
        doc: "Puts the call into a queue.",
        example: "call.queue_enter(\"support\");",
        ..CALL
    },
    Verb {
        name: "queue_leave",
        method: "calling.queue.leave",
        positional: &["queue_name"],
        options: &[QUEUE, opt("queue_id", "queue_id", Kind::Text, "id of the queue"), STATUS],
        gives: Gives::Result,
        control_id: true,
        doc: "Takes the call out of a queue.",
        example: "call.queue_leave(\"support\");",
        ..CALL
    },
];
