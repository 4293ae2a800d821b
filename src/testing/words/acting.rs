//! What a caller does: presses keys, speaks, lets time pass, hangs up.

use std::rc::Rc;
use std::time::Duration;

use rhai::Dynamic;

use super::arguments::Arguments;
use super::dialling::{Caller, PATIENCE};
use super::found;
use super::registry::Registry;
use crate::script::fault::{Answer, Thrown};
use crate::sim::Peer;
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene, Unfound};

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("press", 1..=1, press);
    registry.method::<Caller>("says", 1..=1, says);
    registry.method::<Caller>("waits", 1..=1, |scene, arguments| {
        Caller::of(scene, arguments)?;
        let time = arguments.seconds(1, Duration::ZERO)?;
        pass(scene, time)
    });
    registry.method::<Caller>("hangs_up", 0..=0, |scene, arguments| {
        let caller = Caller::live(scene, arguments)?;
        scene.act(|world| {
            let now = world.now();
            world.simulation.line.peer().hang_up(now, &caller.call_id);
        });
        Ok(Dynamic::UNIT)
    });
}

fn press(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::live(scene, arguments)?;
    let keys = arguments.keys(1)?;
    await_listener(scene, &caller, ("press", "keys"), Peer::takes_keys)?;
    scene.act(|world| {
        let now = world.now();
        world.simulation.line.peer().press(now, &caller.call_id, &keys);
    });
    Ok(Dynamic::UNIT)
}

fn says(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::live(scene, arguments)?;
    let text = arguments.text(1, "what the caller says")?;
    await_listener(scene, &caller, ("says", "speech"), Peer::takes_speech)?;
    scene.act(|world| {
        let now = world.now();
        world.simulation.line.peer().speak(now, &caller.call_id, &text);
    });
    Ok(Dynamic::UNIT)
}

/// Waits until something on the call takes what the caller is about to do.
fn await_listener(
    scene: &Rc<Scene>,
    caller: &Caller,
    (word, what): (&str, &str),
    takes: fn(&Peer, &str) -> bool,
) -> Result<(), Thrown> {
    let outcome = scene.wait(PATIENCE, |world| {
        if takes(world.simulation.line.look_at_peer(), &caller.call_id) {
            return Look::Found(());
        }
        caller.or_over(world, &format!("{word}: nothing took {what} any more"))
    });
    found(scene, outcome, || {
        let seconds = PATIENCE.as_secs();
        Trouble::new("nothing-listens", format!("{word}: nothing took {what} within {seconds} s"))
            .hinted(format!("the script takes {what} while collect, prompt, pay or record runs"))
    })
}

/// Lets time pass.
pub(super) fn pass(scene: &Rc<Scene>, time: Duration) -> Answer {
    let end = scene.world().now() + time;
    let outcome: Result<(), Unfound> = scene.wait(time, |world| match world.now() >= end {
        true => Look::Found(()),
        false => Look::NotYet,
    });
    found(scene, outcome, || Trouble::new("limit", "the time of the case is over"))?;
    Ok(Dynamic::UNIT)
}
