//! The fields of RELAY's results and events that the client itself looks at. Scripts see all of
//! them; here stand only those that decide something.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::word::Word;

/// The head of a result: did it succeed?
#[derive(Debug, Default, Deserialize)]
pub struct Verdict<'a> {
    /// Missing means success (`signalwire.connect`, pings).
    #[serde(borrow, default)]
    pub code: Option<Word<'a>>,
    /// The server's words.
    #[serde(borrow, default)]
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
#[derive(Debug)]
pub struct Event<'a> {
    /// `calling.call.receive` …
    pub event_type: Word<'a>,
    /// The deciding fields of its params.
    pub head: Head<'a>,
    /// The whole frame, for those who need more of it.
    pub frame: &'a str,
}

/// The deciding fields of a calling or messaging event.
#[derive(Debug, Default, Deserialize)]
#[allow(missing_docs)]
pub struct Head<'a> {
    #[serde(borrow, default)]
    pub call_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub node_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub control_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub state: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub call_state: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub end_reason: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub tag: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub context: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub message_id: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub message_state: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub dial_state: Option<Word<'a>>,
    #[serde(borrow, default)]
    pub authorization_state: Option<Word<'a>>,
    /// Of a collect event: an object; of a pay event: a word.
    #[serde(borrow, default)]
    pub result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub detect: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub fax: Option<&'a RawValue>,
    /// `true` or `false`.
    #[serde(borrow, default, rename = "final")]
    pub is_final: Option<Word<'a>>,
    /// Of `signalwire.disconnect`: `true` or `false`.
    #[serde(borrow, default)]
    pub restart: Option<Word<'a>>,
}

/// Reads the deciding fields of params on their own.
///
/// # Errors
/// The text is no JSON object.
pub fn head(params: &str) -> Result<Head<'_>, serde_json::Error> {
    serde_json::from_str(params)
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
            assert_eq!(serde_json::from_str::<Verdict<'_>>(text).unwrap().is_success(), success, "{text}");
        }
    }
}
