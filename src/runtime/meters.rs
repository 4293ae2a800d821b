//! The real time and the memory of this process, for limiting scripts.
//!
//! It limits nothing itself.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::script::scheduler::Meters;

/// The meters of this process.
pub const METERS: Meters = Meters { clock, memory };

/// The time since it was asked first.
fn clock() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

/// The resident memory, from the second word of `/proc/self/statm` (proc(5)), which counts pages.
fn memory() -> usize {
    const PAGE: usize = 4096;
    let told = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = told.split_ascii_whitespace().nth(1).and_then(|word| word.parse::<usize>().ok());
    pages.unwrap_or_default() * PAGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_that_is_taken_is_seen() {
        let before = memory();
        let block = std::hint::black_box(vec![1_u8; 64 * 1024 * 1024]);
        assert!(memory() > before + 32 * 1024 * 1024, "{}", block.len());
    }

    #[test]
    fn the_clock_goes_forward() {
        assert!(clock() <= clock());
    }
}
