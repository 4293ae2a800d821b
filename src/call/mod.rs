//! A call and its actions: what RELAY's events say of them.
//!
//! Pure: no I/O, no clock, no scripts.

mod action;

pub use action::ActionKind;
