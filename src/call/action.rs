//! Actions: what was started under a `control_id`, and by which event each kind ends.
//!
//! The rules are those of RELAY's reference of calling events.

use serde::Deserialize;

use crate::relay::message::Head;
use crate::relay::word::Word;

/// The families of actions; each has its own events and its own rule of when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// `calling.play`
    Play,
    /// `calling.record`
    Record,
    /// `calling.play_and_collect`: its play and its collect events share one `control_id`.
    PlayAndCollect,
    /// `calling.collect`
    Collect,
    /// `calling.detect`
    Detect,
    /// `calling.pay`
    Pay,
    /// `calling.send_fax`
    SendFax,
    /// `calling.receive_fax`
    ReceiveFax,
    /// `calling.tap`
    Tap,
    /// `calling.stream`
    Stream,
    /// `calling.transcribe`
    Transcribe,
    /// `calling.ai`
    Ai,
}

/// What an event means to an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The event is of another family; it says nothing.
    Unrelated,
    /// The action goes on, in this state.
    Goes(Word<'a>),
    /// It is over, in this state.
    Ends(Word<'a>),
}

impl ActionKind {
    /// The event by which it ends.
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Play => "calling.call.play",
            Self::Record => "calling.call.record",
            Self::PlayAndCollect | Self::Collect => "calling.call.collect",
            Self::Detect => "calling.call.detect",
            Self::Pay => "calling.call.pay",
            Self::SendFax | Self::ReceiveFax => "calling.call.fax",
            Self::Tap => "calling.call.tap",
            Self::Stream => "calling.call.stream",
            Self::Transcribe => "calling.call.transcribe",
            Self::Ai => "calling.call.ai",
        }
    }

    /// Reads an event that carries this action's `control_id`.
    pub fn read<'a>(self, event_type: &str, head: &Head<'a>) -> Progress<'a> {
        if event_type != self.event_type() {
            let playing = self == Self::PlayAndCollect && event_type == "calling.call.play";
            return if playing { Progress::Goes(state(head)) } else { Progress::Unrelated };
        }
        match self {
            Self::PlayAndCollect | Self::Collect => read_collect(head),
            Self::Detect => read_detect(head),
            Self::SendFax | Self::ReceiveFax => read_fax(head),
            Self::Record => by_state(head, &["finished", "no_input", "error"]),
            _ => by_state(head, &["finished", "error"]),
        }
    }
}

fn state<'a>(head: &Head<'a>) -> Word<'a> {
    head.state.clone().unwrap_or_default()
}

fn by_state<'a>(head: &Head<'a>, ends: &[&str]) -> Progress<'a> {
    let state = state(head);
    if ends.contains(&&*state) { Progress::Ends(state) } else { Progress::Goes(state) }
}

#[derive(Default, Deserialize)]
struct Typed<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Word<'a>>,
    #[serde(borrow, default)]
    params: Option<TypedParams<'a>>,
}

#[derive(Default, Deserialize)]
struct TypedParams<'a> {
    #[serde(borrow, default)]
    event: Option<Word<'a>>,
}

fn typed(raw: Option<&serde_json::value::RawValue>) -> Option<Typed<'_>> {
    serde_json::from_str(raw?.get()).ok()
}

/// A result ends it, unless it is a partial one (`final: false`) or says only that input began; so does a state
/// that says so.
fn read_collect<'a>(head: &Head<'a>) -> Progress<'a> {
    if let Some(result) = typed(head.result) {
        let kind = result.kind.unwrap_or_default();
        return if head.is_final.as_deref() == Some("false") || &*kind == "start_of_input" {
            Progress::Goes(kind)
        } else {
            Progress::Ends(kind)
        };
    }
    by_state(head, &["finished", "error", "no_input", "no_match"])
}

/// The first detection ends it.
fn read_detect<'a>(head: &Head<'a>) -> Progress<'a> {
    match typed(head.detect) {
        Some(detect) => {
            let event = detect.params.and_then(|p| p.event).or(detect.kind);
            Progress::Ends(event.unwrap_or_default())
        }
        None => by_state(head, &["finished", "error"]),
    }
}

fn read_fax<'a>(head: &Head<'a>) -> Progress<'a> {
    match typed(head.fax).and_then(|f| f.kind) {
        Some(kind) if matches!(&*kind, "finished" | "error") => Progress::Ends(kind),
        Some(kind) if head.state.is_none() => Progress::Goes(kind),
        _ => by_state(head, &["finished", "error"]),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read<'a>(kind: ActionKind, event_type: &str, params: &'a str) -> Progress<'a> {
        kind.read(event_type, &serde_json::from_str::<Head<'_>>(params).unwrap())
    }

    #[test]
    fn each_kind_ends_by_its_own_event() {
        use ActionKind as K;
        let digit = r#"{"result":{"type":"digit","params":{"digits":"1"}}}"#;
        for (kind, event, params, over) in [
            (K::Play, "play", r#"{"state":"playing"}"#, Some(false)),
            (K::Play, "play", r#"{"state":"finished"}"#, Some(true)),
            (K::Play, "play", r#"{"state":"error"}"#, Some(true)),
            (K::Play, "record", r#"{"state":"finished"}"#, None),
            (K::Record, "record", r#"{"state":"recording"}"#, Some(false)),
            (K::Record, "record", r#"{"state":"no_input"}"#, Some(true)),
            (K::PlayAndCollect, "play", r#"{"state":"finished"}"#, Some(false)),
            (K::PlayAndCollect, "collect", digit, Some(true)),
            (K::Collect, "collect", r#"{"final":false,"result":{"type":"speech"}}"#, Some(false)),
            (K::Collect, "collect", r#"{"final":true,"result":{"type":"speech"}}"#, Some(true)),
            (K::Collect, "collect", r#"{"result":{"type":"start_of_input"}}"#, Some(false)),
            (K::Collect, "collect", r#"{"state":"no_input"}"#, Some(true)),
            (K::Collect, "collect", r#"{"state":"collecting"}"#, Some(false)),
            (K::Detect, "detect", r#"{"detect":{"type":"machine","params":{"event":"HUMAN"}}}"#, Some(true)),
            (K::Detect, "detect", r#"{"state":"finished"}"#, Some(true)),
            (K::Pay, "pay", r#"{"state":"collecting"}"#, Some(false)),
            (K::Pay, "pay", r#"{"state":"finished","result":"success"}"#, Some(true)),
            (K::Pay, "pay", r#"{"state":"error","result":"relay-pay-stop"}"#, Some(true)),
            (K::SendFax, "fax", r#"{"fax":{"type":"page"}}"#, Some(false)),
            (K::ReceiveFax, "fax", r#"{"fax":{"type":"finished"}}"#, Some(true)),
            (K::SendFax, "fax", r#"{"state":"error"}"#, Some(true)),
            (K::Tap, "tap", r#"{"state":"finished"}"#, Some(true)),
            (K::Stream, "stream", r#"{"state":"streaming"}"#, Some(false)),
            (K::Transcribe, "transcribe", r#"{"state":"finished"}"#, Some(true)),
            (K::Ai, "ai", r#"{"state":"finished"}"#, Some(true)),
        ] {
            let over_now = match read(kind, &format!("calling.call.{event}"), params) {
                Progress::Unrelated => None,
                Progress::Goes(_) => Some(false),
                Progress::Ends(_) => Some(true),
            };
            assert_eq!(over_now, over, "{kind:?} {event} {params}");
        }
    }

    #[test]
    fn the_state_is_the_most_telling_word() {
        for (kind, event, params, state) in [
            (
                ActionKind::Detect,
                "detect",
                r#"{"detect":{"type":"machine","params":{"event":"MACHINE"}}}"#,
                "MACHINE",
            ),
            (ActionKind::Collect, "collect", r#"{"result":{"type":"no_input"}}"#, "no_input"),
            (ActionKind::SendFax, "fax", r#"{"fax":{"type":"error"}}"#, "error"),
        ] {
            let Progress::Ends(word) = read(kind, &format!("calling.call.{event}"), params) else {
                panic!("{params} ends it")
            };
            assert_eq!(&*word, state, "{params}");
        }
    }
}
