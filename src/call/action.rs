//! One action of a call: something started under a `control_id` that ends by an event with that id.

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
