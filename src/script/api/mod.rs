//! What a script sees: one table of verbs, and the Rhai functions made from it.

pub mod args;
mod convert;
mod devices;
mod events;
mod handles;
pub mod host;
mod invoke;
pub mod json;
mod media;
mod paths;
mod place;
pub mod reference;
mod register;
mod relay;
mod rows;
mod strings;
pub mod table;
mod text;
pub mod verbs;
mod view;
mod waits;

pub use register::module;

#[cfg(test)]
mod args_tests;
