//! JSON-RPC frames: read in one pass without copying, classified by their keys, and written.
//!
//! It gives frames no meaning beyond request, event and response.

use serde::Deserialize;
use serde::de::{DeserializeSeed, MapAccess};
use serde_json::value::RawValue;

use super::fill::{Fill, Members, skip, store};
use super::message::{Head, Verdict};
use super::word::Word;

/// Frames longer than this are not accepted (SignalWire's SDKs take 10 MiB).
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// One frame from the other side, as far as it is used; everything in it borrows from the text.
#[derive(Debug, Default)]
pub struct Frame<'a> {
    id: Option<&'a RawValue>,
    /// Of a request: `signalwire.event`, `signalwire.ping` …
    pub method: Option<Word<'a>>,
    /// Of an event: `calling.call.play` …
    pub event_type: Option<Word<'a>>,
    /// Of an event: the deciding fields of its own params.
    pub head: Option<Head<'a>>,
    /// Of `signalwire.disconnect`: `true` or `false`.
    pub restart: Option<Word<'a>>,
    /// Of an answer: whether it is a success; see [`result_text`] for the whole of it.
    pub result: Option<Verdict<'a>>,
    /// Of a JSON-RPC error: its code and the server's words.
    pub error: Option<Verdict<'a>>,
}

impl<'a> Frame<'a> {
    /// The id as it stands in the JSON text, quotes included, ready to be sent back.
    pub fn id(&self) -> &'a str {
        self.id.map_or("null", RawValue::get)
    }
}

impl<'a> Members<'a> for Frame<'a> {
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => store(&mut self.id, map),
            "method" => store(&mut self.method, map),
            "params" => map.next_value_seed(Fill(&mut Params(self))),
            "result" => map.next_value_seed(Fill(self.result.insert(Verdict::default()))),
            "error" => map.next_value_seed(Fill(self.error.insert(Verdict::default()))),
            _ => skip(map),
        }
    }
}

/// The `params` of a frame.
struct Params<'f, 'a>(&'f mut Frame<'a>);

impl<'a> Members<'a> for Params<'_, 'a> {
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "event_type" => store(&mut self.0.event_type, map),
            "restart" => store(&mut self.0.restart, map),
            "params" => map.next_value_seed(Fill(self.0.head.insert(Head::default()))),
            _ => skip(map),
        }
    }
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

/// Reads one frame into `frame`, which is to be new.
///
/// # Errors
/// The text is no JSON, or no frame.
pub fn parse<'a>(text: &'a str, frame: &mut Frame<'a>) -> Result<(), FrameError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Fill(frame).deserialize(&mut json).and_then(|()| json.end());
    read.map_err(|e| FrameError::Json(e.column()))?;
    match frame.method.is_some() || frame.error.is_some() || frame.result.is_some() {
        true => Ok(()),
        false => Err(FrameError::Shape),
    }
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
    [r#"{"jsonrpc":"2.0","id":"#, id, r#","result":{}}"#].concat()
}

/// The answer to a request of the server that this client does not know.
pub fn unknown_method(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"method not found"}}}}"#)
}

/// A request; `params` is a JSON object. The text has no spare capacity, so that it becomes a message
/// without another allocation.
pub fn request(id: u64, method: &str, params: &str) -> String {
    let mut digits = [0; 20];
    let id = decimal(id, &mut digits);
    [r#"{"jsonrpc":"2.0","id":""#, id, r#"","method":""#, method, r#"","params":"#, params, "}"].concat()
}

fn decimal(mut number: u64, digits: &mut [u8; 20]) -> &str {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return std::str::from_utf8(&digits[at..]).unwrap_or_default();
        }
    }
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

    fn read(text: &str) -> Result<Frame<'_>, FrameError> {
        let mut frame = Frame::default();
        parse(text, &mut frame).map(|()| frame)
    }

    #[test]
    fn frames_are_classified_by_their_keys() {
        let event = r#"{"jsonrpc":"2.0","id":"e\n1","method":"signalwire.event","params":{"event_type":"calling.call.play","timestamp":1.5,"params":{"a":[1],"state":"playing"}}}"#;
        let frame = read(event).unwrap();
        assert_eq!((frame.id(), frame.method.as_deref()), (r#""e\n1""#, Some("signalwire.event")));
        assert_eq!(frame.event_type.as_deref(), Some("calling.call.play"));
        assert_eq!(frame.head.unwrap().state.as_deref(), Some("playing"));
        let answer = r#"{"id":7,"result":{"code":"200","x":[1]}}"#;
        let frame = read(answer).unwrap();
        assert!(frame.id() == "7" && frame.result.unwrap().is_success());
        assert_eq!(result_text(answer), r#"{"code":"200","x":[1]}"#);
        let error = read(r#"{"id":"1","error":{"code":-32601,"message":"no"}}"#).unwrap();
        assert_eq!((error.id(), error.error.unwrap().code.as_deref()), (r#""1""#, Some("-32601")));
    }

    #[test]
    fn members_of_odd_types_do_not_lose_the_frame() {
        for params in
            ["7", "null", "[1]", "\"x\"", r#"{"event_type":{},"params":[]}"#, r#"{"params":{"state":[1]}}"#]
        {
            let text = format!(r#"{{"id":"1","method":"signalwire.event","params":{params}}}"#);
            assert_eq!(read(&text).unwrap().method.as_deref(), Some("signalwire.event"), "{params}");
        }
    }

    #[test]
    fn what_is_no_frame_is_an_error_that_repeats_nothing() {
        for text in [
            "",
            "4242424242424242",
            "{",
            "[]",
            r#"{"id":"1"}"#,
            "{\"id\":\"\u{0}\"}",
            r#"{"id":"1","result":{}} x"#,
        ] {
            let error = read(text).unwrap_err().to_string();
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
            let _ = read(&String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn our_own_ids_come_back_as_numbers() {
        for id in [0, 7, 42, 1_000, u64::MAX] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"calling.answer","params":{{}}}}"#);
            assert_eq!(request(id, "calling.answer", "{}"), text);
        }
        assert_eq!(own_id(r#""42""#), Some(42));
        assert_eq!(own_id("42"), None);
        assert_eq!(own_id(r#""e1""#), None);
    }
}
