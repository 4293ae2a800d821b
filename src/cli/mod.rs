//! The command line: what is asked for, and the exit code that answers. The only user of clap.

pub mod args;
pub mod exit;
pub mod press;
pub mod scripts;
pub mod settings;
