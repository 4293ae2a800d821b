//! `far_end`: how the parties behave that scripts call.

use rhai::Dynamic;

use super::registry::Registry;
use crate::script::fault::Answer;
use crate::sim::FarEnd;
use crate::testing::scene::Scene;

/// `far_end` in a test.
#[derive(Clone, Copy)]
pub struct Far;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Far>("answers", 0..=0, |scene, _| behaves(scene, FarEnd::Answers));
    registry.method::<Far>("is_busy", 0..=0, |scene, _| behaves(scene, FarEnd::Busy));
    registry.method::<Far>("rings_out", 0..=0, |scene, _| behaves(scene, FarEnd::NoAnswer));
}

fn behaves(scene: &Scene, far_end: FarEnd) -> Answer {
    scene.world_mut().simulation.line.peer().set_far_end(far_end);
    Ok(Dynamic::UNIT)
}
