//! The JSON-RPC frames that a RELAY server writes.
//!
//! Only builds: it never parses, and it keeps nothing.

use serde_json::{Map, Value, json};

/// The fields of a request, a result or an event.
pub(super) type Fields = Map<String, Value>;

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// A result whose `code` is not 2xx.
    Code(String, String),
    /// A JSON-RPC error.
    Rpc(i64, String),
}

impl Failure {
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::Code("400".into(), message.into())
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self::Code("404".into(), message.into())
    }

    /// The same, with the place of what is wrong, such as `play[1]`.
    pub(super) fn at(self, place: &str) -> Self {
        match self {
            Self::Code(code, message) => Self::Code(code, format!("{place}: {message}")),
            Self::Rpc(code, message) => Self::Rpc(code, format!("{place}: {message}")),
        }
    }

    /// As a JSON-RPC error: the result of `signalwire.connect` has no code.
    pub(super) fn into_rpc(self) -> Self {
        match self {
            Self::Code(_, message) => Self::Rpc(-32602, message),
            Self::Rpc(..) => self,
        }
    }

    pub(super) fn code(&self) -> String {
        match self {
            Self::Code(code, _) => code.clone(),
            Self::Rpc(code, _) => code.to_string(),
        }
    }

    pub(super) fn message(&self) -> &str {
        match self {
            Self::Code(_, message) | Self::Rpc(_, message) => message,
        }
    }
}

/// The fields of a JSON object; anything else has none.
pub(super) fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

pub(super) fn request(id: &str, method: &str, params: Fields) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string()
}

pub(super) fn result(id: &Value, result: Fields) -> String {
    json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
}

/// The reply to a calling or messaging request: code 200 beside the given fields.
pub(super) fn accepted(id: &Value, mut fields: Fields) -> String {
    fields.entry("code").or_insert_with(|| "200".into());
    fields.entry("message").or_insert_with(|| "OK".into());
    result(id, fields)
}

/// A refusal; `identity` is what the request was about (`call_id`, `control_id`).
pub(super) fn refused(id: &Value, failure: &Failure, mut identity: Fields) -> String {
    match failure {
        Failure::Code(code, message) => {
            identity.insert("code".into(), code.as_str().into());
            identity.insert("message".into(), message.as_str().into());
            result(id, identity)
        }
        Failure::Rpc(code, message) => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}).to_string()
        }
    }
}
