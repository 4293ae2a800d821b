//! Rhai: programs and their versions, coroutines, the verbs a script sees, and checks.

pub mod api;
