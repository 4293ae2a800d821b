//! A call and its actions: what RELAY's events say of them.
//!
//! Pure: no I/O, no clock, no scripts.

mod action;
mod registry;
mod state;

pub use action::{ActionKind, Progress};
pub use registry::Registry;
pub use state::CallState;
