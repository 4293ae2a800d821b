//! The wire: JSON-RPC 2.0 in WebSocket text frames, the session that lives over many sockets, and
//! the handle by which requests are made.
//!
//! It knows no scripts and no calls beyond the fields that RELAY's events carry.

pub mod backoff;
pub mod client;
pub mod connector;
pub mod error;
pub mod fill;
pub mod frame;
pub mod link;
pub mod message;
mod pending;
pub mod session;
pub mod word;

pub use error::RelayError;

use std::time::Duration;

/// A point in time: how long after the shard began. Time is always passed in, so it may be virtual.
pub type Time = Duration;

/// What may be done with a request whose answer was lost with the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Sending it twice is the same as sending it once (answer, hangup, stop, hold …): it is sent
    /// again as soon as the session is resumed.
    Safe,
    /// The server reports its beginning by an event (play: `playing`, record: `recording`). No such
    /// event some time after the resume: the server never got it, and it is sent again.
    Announced,
    /// It must not happen twice (pay, dial, send_message, send_digits …): it is never sent again;
    /// unless an event proves that the server took it, the script learns `unconfirmed`.
    Never,
    /// As `Never`, but it may be long until its first event (pay reports its end only), so that
    /// event is waited for longer before the script learns `unconfirmed`.
    NeverLate,
}
