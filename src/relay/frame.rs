//! JSON-RPC frames: read in one pass without copying, classified by their keys, and written.
//!
//! It gives frames no meaning beyond request, event and response.

use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::{Head, Verdict};
use super::word::Word;

/// Frames longer than this are not accepted (SignalWire's SDKs take 10 MiB).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// One frame from the other side; everything in it borrows from the text.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "the large one is the common one; a box would be an allocation a frame"
)]
pub enum Frame<'a> {
    /// A request of the server: ping, disconnect, event …
    Request {
        /// The id as it stands in the JSON text, quotes included, ready to be sent back.
        id: &'a str,
        /// `signalwire.event`, `signalwire.ping` …
        method: Word<'a>,
        /// The parts of `params` that are used.
        params: Params<'a>,
    },
    /// A result, good or bad; see [`result_text`] for the whole of it.
    Result {
        /// The id as it stands in the JSON text.
        id: &'a str,
        /// Whether it is a success.
        verdict: Verdict<'a>,
    },
    /// A JSON-RPC error.
    Error {
        /// The id as it stands in the JSON text.
        id: &'a str,
        /// `-32601` …
        code: Word<'a>,
        /// The server's words.
        message: Word<'a>,
    },
}

/// The parts of a request's `params` that are used.
#[derive(Debug, Default, Deserialize)]
pub struct Params<'a> {
    /// Of an event: `calling.call.play` …
    #[serde(borrow, default)]
    pub event_type: Option<Word<'a>>,
    /// Of an event: the deciding fields of its own params.
    #[serde(borrow, default, rename = "params")]
    pub head: Option<Head<'a>>,
    /// Of `signalwire.disconnect`: `true` or `false`.
    #[serde(borrow, default)]
    pub restart: Option<Word<'a>>,
}

#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    method: Option<Word<'a>>,
    #[serde(borrow, default)]
    params: Option<Params<'a>>,
    #[serde(borrow, default)]
    result: Option<Verdict<'a>>,
    #[serde(borrow, default)]
    error: Option<Verdict<'a>>,
}

/// Why a text is not a frame. It never repeats the text, which may hold secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Not JSON, or a field of another type than RELAY gives it.
    #[error("not a JSON-RPC frame (column {0})")]
    Json(usize),
    /// JSON without `method`, `result` or `error`.
    #[error("a frame without method, result or error")]
    Shape,
}

/// Reads one frame.
pub fn parse(text: &str) -> Result<Frame<'_>, FrameError> {
    let raw: Raw<'_> = serde_json::from_str(text).map_err(|e| FrameError::Json(e.column()))?;
    let id = raw.id.map_or("null", RawValue::get);
    if let Some(method) = raw.method {
        return Ok(Frame::Request { id, method, params: raw.params.unwrap_or_default() });
    }
    if let Some(error) = raw.error {
        let Verdict { code, message } = error;
        return Ok(Frame::Error { id, code: code.unwrap_or_default(), message: message.unwrap_or_default() });
    }
    raw.result.map(|verdict| Frame::Result { id, verdict }).ok_or(FrameError::Shape)
}

/// The text of a frame's `result`; `{}` if it has none.
pub fn result_text(frame: &str) -> &str {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow)]
        result: &'a RawValue,
    }
    serde_json::from_str::<Answer<'_>>(frame).map_or("{}", |answer| answer.result.get())
}

/// The answer that acknowledges a request of the server; `id` is JSON text.
pub fn acknowledgement(id: &str) -> String {
    let mut out = String::with_capacity(40 + id.len());
    out.push_str(r#"{"jsonrpc":"2.0","id":"#);
    out.push_str(id);
    out.push_str(r#","result":{}}"#);
    out
}

/// The answer to a request of the server that this client does not know.
pub fn unknown_method(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"method not found"}}}}"#)
}

/// Begins a request in `out`, up to and without the opening brace of its params.
pub fn begin_request(out: &mut String, id: u64, method: &str) {
    out.push_str(r#"{"jsonrpc":"2.0","id":""#);
    let _ = write!(out, "{id}");
    out.push_str(r#"","method":""#);
    out.push_str(method);
    out.push_str(r#"","params":"#);
}

/// The number of one of our own ids (`"42"` with its quotes), if it is one.
pub fn own_id(id: &str) -> Option<u64> {
    id.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// Appends `text` as a JSON string, quotes included.
pub fn push_string(out: &mut String, text: &str) {
    if text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn frames_are_classified_by_their_keys() {
        let event = r#"{"jsonrpc":"2.0","id":"e\n1","method":"signalwire.event","params":{"event_type":"calling.call.play","timestamp":1.5,"params":{"a":[1],"state":"playing"}}}"#;
        let Frame::Request { id, method, params } = parse(event).unwrap() else { panic!("a request") };
        assert_eq!((id, &*method), (r#""e\n1""#, "signalwire.event"));
        assert_eq!(params.event_type.as_deref(), Some("calling.call.play"));
        assert_eq!(params.head.unwrap().state.as_deref(), Some("playing"));
        let answer = r#"{"id":7,"result":{"code":"200","x":[1]}}"#;
        assert!(matches!(parse(answer).unwrap(), Frame::Result { id: "7", verdict } if verdict.is_success()));
        assert_eq!(result_text(answer), r#"{"code":"200","x":[1]}"#);
        let error = parse(r#"{"id":"1","error":{"code":-32601,"message":"no"}}"#).unwrap();
        assert!(matches!(error, Frame::Error { id: r#""1""#, code, .. } if &*code == "-32601"));
    }

    #[test]
    fn what_is_no_frame_is_an_error_that_repeats_nothing() {
        for text in ["", "4242424242424242", "{", "[]", r#"{"id":"1"}"#, "{\"id\":\"\u{0}\"}"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(!error.contains("4242"), "{error}");
        }
    }

    #[test]
    fn strings_are_escaped_only_where_they_must_be() {
        for text in ["plain +1555", "quo\"te", "back\\slash", "new\nline", "Grüße 😀", "\u{7f}\u{1}"] {
            let mut out = String::new();
            push_string(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn any_text_is_parsed_without_a_panic() {
        let seed = r#"{"jsonrpc":"2.0","id":"1","method":"signalwire.event","params":{"params":{"x":"é"}}}"#;
        let mut rng = fastrand::Rng::with_seed(7);
        for _ in 0..2_000 {
            let mut bytes = seed.as_bytes().to_vec();
            for _ in 0..rng.usize(1..4) {
                let at = rng.usize(..bytes.len());
                bytes[at] = rng.u8(..);
            }
            let _ = parse(&String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn our_own_ids_come_back_as_numbers() {
        let mut out = String::new();
        begin_request(&mut out, 42, "calling.answer");
        assert_eq!(out, r#"{"jsonrpc":"2.0","id":"42","method":"calling.answer","params":"#);
        assert_eq!(own_id(r#""42""#), Some(42));
        assert_eq!(own_id("42"), None);
        assert_eq!(own_id(r#""e1""#), None);
    }
}
