//! The pace of a simulation: as fast as it can, or by the real clock.
//!
//! It only waits; what is due and what it does is the simulation's matter.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::relay::Time;

/// The longest sleep; there is always a next one.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// Maps simulated time to real time.
#[derive(Clone, Copy, Debug)]
pub enum Pace {
    /// No time passes between two things that happen.
    Virtual,
    /// Simulated time runs beside the real clock.
    Real {
        /// When the simulation began.
        began: Instant,
        /// How many simulated seconds pass in one real second.
        speed: f64,
    },
}

impl Pace {
    /// By the real clock from now on, `speed` times as fast.
    pub fn real(speed: f64) -> Self {
        Self::Real { began: Instant::now(), speed }
    }

    /// Waits until it is `at`, in simulated time. Nothing is lost when it is dropped before its end.
    pub async fn reach(self, at: Time) {
        if let Self::Real { began, speed } = self {
            sleep_until(began + at.div_f64(speed)).await;
        }
    }

    /// The simulated time, given the last one that was told.
    pub fn now(self, last: Time) -> Time {
        match self {
            Self::Virtual => last,
            Self::Real { began, speed } => began.elapsed().mul_f64(speed).max(last),
        }
    }

    /// Waits until something is due, or (with nothing due) for an hour.
    pub async fn until_due(self, due: Option<Time>, last: Time) {
        self.reach(due.unwrap_or(last + LONGEST_SLEEP)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn simulated_time_keeps_its_ratio_to_the_clock() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let pace = Pace::real(100.0);
            let before = Instant::now();
            pace.reach(Duration::from_secs(2)).await;
            assert!(before.elapsed() >= Duration::from_millis(20));
            assert!(pace.now(Time::ZERO) >= Duration::from_secs(2));
            Pace::Virtual.reach(Duration::from_secs(3600)).await;
            assert_eq!(Pace::Virtual.now(Duration::from_secs(5)), Duration::from_secs(5));
        });
    }
}
