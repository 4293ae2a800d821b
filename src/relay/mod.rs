//! The wire: JSON-RPC 2.0 in WebSocket text frames, the session that lives over many sockets, and
//! the handle by which requests are made. It knows no scripts.

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
}
