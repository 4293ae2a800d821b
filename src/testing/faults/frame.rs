//! What a frame is, as far as faults care: a request, an event, an answer, an acknowledgement; and whom it concerns.
//!
//! It reads; it never changes a frame.

use serde::Deserialize;

use crate::relay::word::Word;

/// The event by which a payment ends.
pub const PAY_EVENT: &str = "calling.call.pay";

/// One frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Glance {
    /// Its JSON-RPC id.
    pub id: String,
    /// What it is.
    pub what: Is,
    /// The call that it is about; empty when there is none.
    pub call_id: String,
    /// The action that it is about; empty when there is none.
    pub control_id: String,
    /// The state that it tells: of the action, or of the call.
    pub state: String,
}

/// What a frame can be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Is {
    /// A request of the client; its method.
    Request(String),
    /// An event; its type.
    Event(String),
    /// The server's answer to a request: whether it says yes.
    Answer(bool),
    /// The client's answer to an event or a ping.
    Acknowledgement,
    /// A ping, a farewell, or no frame at all.
    #[default]
    Other,
}

#[derive(Default, Deserialize)]
struct Frame<'a> {
    #[serde(borrow, default)]
    id: Word<'a>,
    #[serde(borrow, default)]
    method: Option<Word<'a>>,
    #[serde(borrow, default)]
    params: Params<'a>,
    #[serde(borrow, default)]
    result: Option<Verdict<'a>>,
}

/// The params of a request, or the outer ones of an event.
#[derive(Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow, default)]
    event_type: Word<'a>,
    #[serde(borrow, default)]
    call_id: Word<'a>,
    #[serde(borrow, default)]
    control_id: Word<'a>,
    #[serde(borrow, default)]
    params: Inner<'a>,
}

#[derive(Default, Deserialize)]
struct Inner<'a> {
    #[serde(borrow, default)]
    call_id: Word<'a>,
    #[serde(borrow, default)]
    control_id: Word<'a>,
    #[serde(borrow, default)]
    state: Word<'a>,
    #[serde(borrow, default)]
    call_state: Word<'a>,
}

#[derive(Default, Deserialize)]
struct Verdict<'a> {
    #[serde(borrow, default)]
    code: Word<'a>,
}

impl Glance {
    /// Reads a frame. What cannot be read is something else.
    pub fn of(text: &str, from_client: bool) -> Self {
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else { return Self::default() };
        let Frame { id, method, params, result } = frame;
        let id = id.to_string();
        let is_event = !from_client && method.as_deref() == Some("signalwire.event");
        let (call_id, control_id) = match is_event {
            true => (params.params.call_id, params.params.control_id),
            false => (params.call_id, params.control_id),
        };
        let what = match (method.as_deref(), from_client) {
            (Some("signalwire.event"), false) => Is::Event(params.event_type.to_string()),
            (Some("signalwire.ping"), _) | (Some(_), false) => Is::Other,
            (Some(method), true) => Is::Request(method.to_owned()),
            (None, true) => Is::Acknowledgement,
            (None, false) => Is::Answer(result.is_some_and(|told| is_good(&told.code))),
        };
        let state = match params.params.state.is_empty() {
            true => params.params.call_state,
            false => params.params.state,
        };
        let (call_id, control_id) = (call_id.to_string(), control_id.to_string());
        Self { id, what, call_id, control_id, state: state.to_string() }
    }

    /// The method of a request of the client.
    pub fn method(&self) -> Option<&str> {
        match &self.what {
            Is::Request(method) => Some(method),
            _ => None,
        }
    }

    /// The type of an event.
    pub fn event(&self) -> Option<&str> {
        match &self.what {
            Is::Event(event_type) => Some(event_type),
            _ => None,
        }
    }

    /// The method of a request that a script makes.
    pub fn verb(&self) -> Option<&str> {
        self.method().filter(|method| method.starts_with("calling.") || method.starts_with("messaging."))
    }

    /// Whether it is the event by which a payment ends.
    pub fn ends_payment(&self) -> bool {
        self.event() == Some(PAY_EVENT) && matches!(self.state.as_str(), "finished" | "error")
    }
}

/// Any code of 2xx; the answer to `signalwire.connect` has none.
fn is_good(code: &str) -> bool {
    code.is_empty() || code.starts_with('2')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart() {
        let event = r#"{"id":"e","method":"signalwire.event","params":{"event_type":"calling.call.pay","params":{"call_id":"c","control_id":"p","state":"finished"}}}"#;
        let glance = Glance::of(event, false);
        assert_eq!((glance.call_id.as_str(), glance.control_id.as_str()), ("c", "p"));
        assert!(glance.ends_payment());
        for (text, from_client, what) in [
            (
                r#"{"id":"1","method":"calling.play","params":{"call_id":"c"}}"#,
                true,
                Is::Request("calling.play".into()),
            ),
            (r#"{"id":"1","result":{"code":"200"}}"#, false, Is::Answer(true)),
            (r#"{"id":"1","result":{"protocol":"p"}}"#, false, Is::Answer(true)),
            (r#"{"id":"1","result":{"code":404}}"#, false, Is::Answer(false)),
            (r#"{"id":"1","error":{"code":-32601}}"#, false, Is::Answer(false)),
            (r#"{"id":"e","result":{}}"#, true, Is::Acknowledgement),
            (r#"{"id":"1","method":"signalwire.ping","params":{}}"#, true, Is::Other),
            (r#"{"id":"1","method":"signalwire.disconnect"}"#, false, Is::Other),
            ("nonsense", false, Is::Other),
        ] {
            assert_eq!(Glance::of(text, from_client).what, what, "{text}");
        }
    }

    #[test]
    fn a_payment_goes_on_until_its_last_state() {
        let event = |state: &str| {
            let text = format!(
                r#"{{"method":"signalwire.event","params":{{"event_type":"calling.call.pay","params":{{"state":"{state}"}}}}}}"#
            );
            Glance::of(&text, false).ends_payment()
        };
        assert_eq!(["collecting", "finished", "error"].map(event), [false, true, true]);
    }
}
