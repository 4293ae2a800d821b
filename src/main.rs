//! `relay-script`: answers phone calls with Rhai scripts.
//!
//! Arguments → [`relay_script::cli`] → exit code; it does nothing else.

use std::process::ExitCode;

/// Scripts make and drop many small values; with the system's allocator they cost a tenth more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    relay_script::cli::main(std::env::args_os()).into()
}
