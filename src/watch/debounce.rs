//! When a burst of events is over.
//!
//! Pure: time is passed in.

use std::time::{Duration, Instant};

/// A burst is over when nothing more happens for this long.
const QUIET: Duration = Duration::from_millis(50);

/// It is cut off after this long, if there is no end to it.
const LONGEST: Duration = Duration::from_millis(500);

/// The burst that goes on, if one does.
#[derive(Debug, Default)]
pub(super) struct Debounce {
    burst: Option<Burst>,
}

#[derive(Debug)]
struct Burst {
    first: Instant,
    last: Instant,
}

impl Debounce {
    /// Something happened.
    pub(super) fn event(&mut self, now: Instant) {
        match &mut self.burst {
            Some(burst) => burst.last = now,
            None => self.burst = Some(Burst { first: now, last: now }),
        }
    }

    /// How long to wait until the burst is over; `None` when there is none.
    pub(super) fn remaining(&self, now: Instant) -> Option<Duration> {
        let Burst { first, last } = self.burst.as_ref()?;
        Some((*last + QUIET).min(*first + LONGEST).saturating_duration_since(now))
    }

    /// Ends the burst if it is over, and says whether it was.
    pub(super) fn ended(&mut self, now: Instant) -> bool {
        let over = self.remaining(now).is_some_and(|remaining| remaining.is_zero());
        if over {
            self.burst = None;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_ends_by_quiet_or_by_its_length() {
        let every_40_ms: Vec<u64> = (0..30).map(|index| index * 40).collect();
        let table: &[(&[u64], &[u64])] = &[
            (&[], &[]),
            (&[0], &[50]),
            (&[0, 10, 49], &[99]),
            (&[0, 51], &[50, 101]),
            (&[0, 200], &[50, 250]),
            (&every_40_ms, &[500, 1020, 1210]),
        ];
        let start = Instant::now();
        for (events, expected) in table {
            let mut debounce = Debounce::default();
            let mut signals = Vec::new();
            for millis in 0..2000 {
                let now = start + Duration::from_millis(millis);
                if debounce.ended(now) {
                    signals.push(millis);
                }
                if events.contains(&millis) {
                    debounce.event(now);
                }
            }
            assert_eq!(signals, *expected, "{events:?}");
        }
    }

    #[test]
    fn the_remaining_time_counts_down() {
        let start = Instant::now();
        let mut debounce = Debounce::default();
        assert_eq!(debounce.remaining(start), None);
        debounce.event(start);
        let at = |millis| debounce.remaining(start + Duration::from_millis(millis));
        assert_eq!(at(20), Some(Duration::from_millis(30)));
        assert_eq!(at(80), Some(Duration::ZERO));
    }
}
