//! `relay-script`: answers phone calls with Rhai scripts.
//!
//! Arguments → [`relay_script::cli`] → exit code; it does nothing else.

use std::process::ExitCode;

/// Scripts make and drop many small values; this allocator spends a third of the time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    relay_script::cli::main(std::env::args_os()).into()
}
