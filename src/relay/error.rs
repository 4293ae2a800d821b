//! What can go wrong between a request and its answer.

use thiserror::Error;

/// Why a request did not succeed. Messages name the method, never its parameters.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RelayError {
    /// The server answered, and said no.
    #[error("{method} was refused with code {code}: {message}")]
    Refused {
        /// The RELAY method.
        method: String,
        /// The result's `code` (`404`, `500` …) or the code of a JSON-RPC error (`-32601` …).
        code: String,
        /// The server's words.
        message: String,
    },
    /// The request was sent and no answer came in time; it is of a kind that may be tried again.
    #[error("{method} got no answer within {seconds} seconds")]
    Timeout {
        /// The RELAY method.
        method: String,
        /// How long the answer was waited for.
        seconds: u64,
    },
    /// The request was sent, its answer was lost, and nothing shows whether the server took it. It
    /// was not sent again, because it must not happen twice.
    #[error("{method} was sent, but its answer was lost: it may or may not have been carried out")]
    Unconfirmed {
        /// The RELAY method.
        method: String,
    },
    /// The request never left: there was no connection for too long.
    #[error("{method} was not sent: no connection to RELAY")]
    NotConnected {
        /// The RELAY method.
        method: String,
    },
    /// The session could not be resumed; its calls are lost to this program.
    #[error("{method} failed: the RELAY session was lost")]
    SessionLost {
        /// The RELAY method.
        method: String,
    },
}

impl RelayError {
    /// A word for programs: `refused`, `timeout`, `unconfirmed`, `not_connected`, `session_lost`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Timeout { .. } => "timeout",
            Self::Unconfirmed { .. } => "unconfirmed",
            Self::NotConnected { .. } => "not_connected",
            Self::SessionLost { .. } => "session_lost",
        }
    }

    /// The server's code, where it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            _ => None,
        }
    }
}
