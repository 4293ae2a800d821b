//! What the session tells the layers above.

use crate::relay::error::RelayError;
use crate::relay::message::Event;

/// What a frame meant to the layers above.
#[derive(Debug)]
pub enum Received<'a, W> {
    /// Nothing that concerns them.
    Nothing,
    /// The session is live; `resumed`: its calls are still there.
    Connected {
        /// Whether the former session goes on. If not, its calls are lost.
        resumed: bool,
        /// Whether there was no session before.
        first: bool,
    },
    /// `signalwire.connect` was refused with these words.
    Refused {
        /// The server's message.
        message: String,
    },
    /// A new secret to keep out of all output.
    AuthorizationState(&'a str),
    /// An event that was not handled before.
    Event(Event<'a>),
    /// An answer: the frame with the result (see [`result_text`](crate::relay::frame::result_text)), or why there is none.
    Answer {
        /// What the request was made with.
        waiter: W,
        /// The outcome.
        outcome: Result<&'a str, RelayError>,
    },
    /// The server asks to reconnect: the socket is to be closed.
    Disconnect,
}

/// What became due.
#[derive(Debug)]
pub enum Step<W> {
    /// The socket is dead: close it and say [`Session::link_lost`](super::Session::link_lost).
    LinkDead,
    /// A request was sent again.
    Sent,
    /// A request failed.
    Failed(W, RelayError),
}
