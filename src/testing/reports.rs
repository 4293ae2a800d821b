//! Results of tests as text for people, and as data for programs.
//!
//! It prints nothing.

pub mod data;
pub mod text;
