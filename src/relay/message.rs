//! The fields of RELAY's results and events that the client itself looks at. Scripts see all of
//! them; here stand only those that decide something.

use serde::de::{DeserializeSeed, MapAccess};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::fill::{Fill, Members, skip, store};
use super::word::Word;

/// The head of a result, or of a JSON-RPC error.
#[derive(Clone, Debug, Default)]
pub struct Verdict<'a> {
    /// Missing means success (`signalwire.connect`, pings).
    pub code: Option<Word<'a>>,
    /// The server's words.
    pub message: Option<Word<'a>>,
}

impl Verdict<'_> {
    /// Any `2xx`, or no code at all.
    pub fn is_success(&self) -> bool {
        self.code.as_ref().is_none_or(|c| c.len() == 3 && c.starts_with('2'))
    }
}

/// The result of `signalwire.connect`.
#[derive(Debug, Default, Deserialize)]
pub struct Connected<'a> {
    /// Sent back on a reconnect; it resumes the session.
    #[serde(borrow, default)]
    pub protocol: Option<Word<'a>>,
    /// Whether the session was resumed; some servers leave it out.
    #[serde(default)]
    pub session_restored: Option<bool>,
}

/// An event for the layer above.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// `calling.call.receive` …
    pub event_type: &'a str,
    /// The deciding fields of its params.
    pub head: &'a Head<'a>,
    /// The whole frame, for those who need more of it.
    pub frame: &'a str,
}

/// The deciding fields of a calling or messaging event.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Head<'a> {
    pub call_id: Option<Word<'a>>,
    pub node_id: Option<Word<'a>>,
    pub control_id: Option<Word<'a>>,
    pub state: Option<Word<'a>>,
    pub call_state: Option<Word<'a>>,
    pub end_reason: Option<Word<'a>>,
    pub tag: Option<Word<'a>>,
    pub context: Option<Word<'a>>,
    pub message_id: Option<Word<'a>>,
    pub message_state: Option<Word<'a>>,
    pub dial_state: Option<Word<'a>>,
    pub authorization_state: Option<Word<'a>>,
    /// Of a collect event: an object; of a pay event: a word.
    pub result: Option<&'a RawValue>,
    pub detect: Option<&'a RawValue>,
    pub fax: Option<&'a RawValue>,
    /// `true` or `false`.
    pub is_final: Option<Word<'a>>,
}

impl<'a> Members<'a> for Head<'a> {
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let word = match key {
            "call_id" => &mut self.call_id,
            "node_id" => &mut self.node_id,
            "control_id" => &mut self.control_id,
            "state" => &mut self.state,
            "call_state" => &mut self.call_state,
            "end_reason" => &mut self.end_reason,
            "tag" => &mut self.tag,
            "context" => &mut self.context,
            "message_id" => &mut self.message_id,
            "message_state" => &mut self.message_state,
            "dial_state" => &mut self.dial_state,
            "authorization_state" => &mut self.authorization_state,
            "final" => &mut self.is_final,
            "result" => return store(&mut self.result, map),
            "detect" => return store(&mut self.detect, map),
            "fax" => return store(&mut self.fax, map),
            _ => return skip(map),
        };
        store(word, map)
    }
}

impl<'a> Members<'a> for Verdict<'a> {
    fn take<A: MapAccess<'a>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "code" => store(&mut self.code, map),
            "message" => store(&mut self.message, map),
            _ => skip(map),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Head<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut head = Head::default();
        Fill(&mut head).deserialize(deserializer)?;
        Ok(head)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn any_2xx_or_no_code_is_success() {
        for (text, success) in [
            (r#"{"code":"200"}"#, true),
            (r#"{"code":202,"message":"queued"}"#, true),
            ("{}", true),
            (r#"{"code":"404"}"#, false),
            (r#"{"code":500}"#, false),
            (r#"{"code":"2"}"#, false),
        ] {
            let mut verdict = Verdict::default();
            Fill(&mut verdict).deserialize(&mut serde_json::Deserializer::from_str(text)).unwrap();
            assert_eq!(verdict.is_success(), success, "{text}");
        }
    }
}
