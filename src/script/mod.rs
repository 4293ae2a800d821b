//! Rhai: programs and their versions, coroutines, the verbs a script sees, and checks.

pub mod api;
pub mod check;
pub mod compiler;
pub mod diagnostics;
pub mod library;
pub mod program;
pub mod sources;
