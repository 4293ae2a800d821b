//! `relay-script`: answers phone calls with Rhai scripts.
//!
//! Arguments → [`relay_script::cli`] → exit code; it does nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    relay_script::cli::main(std::env::args_os()).into()
}
