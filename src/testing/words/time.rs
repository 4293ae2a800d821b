//! `clock`: the time of the case, in seconds since it began.

use std::time::Duration;

use super::acting::pass;
use super::registry::Registry;
use crate::testing::failure::rounded;

/// `clock` in a test.
#[derive(Clone, Copy)]
pub struct Clock;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Clock>("now", 0..=0, |scene, _| Ok(rounded(scene.world().now()).into()));
    registry.method::<Clock>("advance", 1..=1, |scene, arguments| {
        let time = arguments.seconds(1, Duration::ZERO)?;
        pass(scene, time)
    });
}
