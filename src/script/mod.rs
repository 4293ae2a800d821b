//! Rhai: programs and their versions, coroutines, the verbs a script sees, and checks.
//!
//! It opens no sockets and has no clock: the runtime tells it the time and carries its requests.

pub mod action;
pub mod api;
pub mod call;
pub mod callback;
pub mod check;
pub mod compiler;
pub mod coroutine;
pub mod coverage;
pub mod depth;
pub mod diagnostics;
pub mod dial;
pub mod engine;
pub mod event;
pub mod fault;
pub mod host;
pub mod library;
pub mod message;
pub mod observer;
pub mod place;
pub mod program;
pub mod route;
pub mod run;
pub mod scheduler;
pub mod sources;
pub mod strand;
pub mod suggest;
pub mod task;
pub mod wait;
pub mod waiters;
