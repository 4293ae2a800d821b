//! The peer behind sockets: RELAY clients, the page, and an API over HTTP.
//!
//! | file | what it is for |
//! |---|---|
//! | `desk` | the owner's side: one order after another reaches the peer |
//! | `door` | the sockets' side: how a task gets an order to the desk |
//! | `feed` | what pages are told |
//! | `records` | what is remembered of calls, for the API |
//! | `http` | listening, routes, headers |
//! | `tls` | the certificate |
//! | `guard` | which requests are let in at all |
//! | `upgrade` | from HTTP to a WebSocket |
//! | `relay` | the socket of a RELAY client |
//! | `live` | the socket of a page |
//! | `page` | the page's files |
//! | `api`, `wanted` | calls and messages over HTTP, and what their bodies may say |
//! | `outside` | the HTTP requests that calls want made |
//!
//! It never decides what happens on a call: the peer does, and everything reaches it through the desk, on one
//! thread. It prints and logs nothing.

mod api;
mod desk;
mod door;
mod feed;
mod guard;
mod http;
mod live;
mod outside;
mod page;
mod records;
mod relay;
mod tls;
mod upgrade;
mod wanted;

pub use desk::{Crossing, Desk, Order, Room, SaveWish, Tap};
pub use door::Door;
pub use feed::Feed;
pub use guard::Guard;
pub use http::{Entrance, House};
pub use live::Hello;
pub use outside::Errands;
pub use records::{Mask, Records};
pub use tls::{Identity, TlsError};
pub use wanted::call as read_call;
