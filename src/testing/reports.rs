//! Results of tests as text for people, and as data for programs.
//!
//! It prints nothing.

pub mod coverage;
pub mod data;
pub mod junit;
pub mod lcov;
pub mod text;
