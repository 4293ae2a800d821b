//! How long to wait before the next attempt to open a socket. Pure: the randomness is passed in.

use std::time::Duration;

/// The first wait is at most this.
pub const FIRST: Duration = Duration::from_secs(1);
/// No wait is longer.
pub const LONGEST: Duration = Duration::from_secs(30);

/// The wait before attempt `attempt` (0 is the first one after a loss): 1 s doubled each time up to
/// 30 s, of which the lower half is fixed and the upper half is spread by `spread` (0…1), so that
/// many clients of one server do not return at once.
pub fn delay(attempt: u32, spread: f64) -> Duration {
    let full = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    full.mul_f64(0.5 + 0.5 * spread.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_one_second_to_thirty() {
        let full: Vec<u64> = (0..8).map(|n| delay(n, 1.0).as_secs()).collect();
        assert_eq!(full, [1, 2, 4, 8, 16, 30, 30, 30]);
    }

    #[test]
    fn the_spread_moves_a_wait_between_half_and_full() {
        assert_eq!(delay(0, 0.0), Duration::from_millis(500));
        assert_eq!(delay(2, 0.5), Duration::from_secs(3));
        assert_eq!(delay(u32::MAX, 7.0), LONGEST);
    }
}
