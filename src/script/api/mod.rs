//! What a script sees: one table of verbs, and the Rhai functions made from it.

pub mod args;
mod convert;
mod devices;
pub mod host;
pub mod json;
mod media;
mod paths;
mod place;
mod rows;
mod suggest;
pub mod table;
mod text;
pub mod verbs;
mod view;

#[cfg(test)]
mod args_tests;
