//! `caller.records("…")`: says something into a recording, and gives what became of it.

use std::rc::Rc;
use std::time::Duration;

use rhai::Dynamic;
use rhai::serde::to_dynamic;
use serde_json::Value;

use super::arguments::Arguments;
use super::dialling::{Caller, PATIENCE};
use super::found;
use super::registry::Registry;
use crate::script::fault::Answer;
use crate::sim::What;
use crate::testing::Happened;
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene};
use crate::testing::world::World;

/// How long a recording may last.
const LONGEST: Duration = Duration::from_secs(600);

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("records", 1..=1, records);
}

/// The next action of a family that begins on the call after the ones that were dealt with: its place in
/// the story, and its id.
pub(super) fn begun(world: &World, caller: &Caller, method: &str) -> Option<(usize, String)> {
    let entries = world.of_call(&caller.call_id).filter(|(index, _)| *index >= caller.eye.get());
    let mut verbs = entries.filter_map(|(index, entry)| match &entry.what {
        Happened::Seen(What::Verb { method: used, params }) if used == method => {
            Some((index, params["control_id"].as_str()?.to_owned()))
        }
        _ => None,
    });
    verbs.find(|(_, id)| !is_refused(world, caller, id, method))
}

/// Whether it never began: nothing of it is live, and nothing was told of it.
fn is_refused(world: &World, caller: &Caller, control_id: &str, method: &str) -> bool {
    let live = world.simulation.line.look_at_peer().live_actions(&caller.call_id).contains(&control_id);
    let family = method.replacen("calling.", "calling.call.", 1);
    !live && event_of(world, caller, (&family, control_id), |_| true).is_none()
}

/// The first event of an action whose parameters are wanted.
pub(super) fn event_of<'a>(
    world: &'a World,
    caller: &'a Caller,
    (event_type, control_id): (&str, &str),
    wanted: impl Fn(&Value) -> bool,
) -> Option<&'a Value> {
    let mut entries = world.of_call(&caller.call_id);
    entries.find_map(|(_, entry)| match &entry.what {
        Happened::Seen(What::Event { event_type: told, params, .. })
            if told == event_type && params["control_id"] == control_id && wanted(params) =>
        {
            Some(params)
        }
        _ => None,
    })
}

/// Whether an action's state is a last one.
pub(super) fn is_last(params: &Value) -> bool {
    matches!(params["state"].as_str(), Some("finished" | "error" | "no_input"))
}

fn records(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::live(scene, arguments)?;
    let text = arguments.text(1, "what the caller says")?;
    let missing = |message: &str| Trouble {
        expected: Some("a recording".to_owned()),
        ..Trouble::new("not-recorded", format!("records: {message}"))
    };
    let outcome = scene.wait(PATIENCE, |world| match begun(world, &caller, "calling.record") {
        Some(begun) => Look::Found(begun),
        None => caller.or_over(world, "records: no recording began"),
    });
    let (index, control_id) = found(scene, outcome, || missing("no recording began within 60 s"))?;
    caller.eye.set(index + 1);
    scene.act(|world| {
        let now = world.now();
        world.simulation.line.peer().speak(now, &caller.call_id, &text);
    });
    let action = ("calling.call.record", control_id.as_str());
    let outcome = scene.wait(LONGEST, |world| match event_of(world, &caller, action, is_last) {
        Some(params) => Look::Found(params.clone()),
        None => caller.or_over(world, "records: the recording did not come to its end"),
    });
    let mut params = found(scene, outcome, || missing("the recording did not end within 10 minutes"))?;
    if let Value::Object(fields) = &mut params {
        fields.retain(|name, _| !["call_id", "node_id", "control_id"].contains(&name.as_str()));
    }
    Ok(to_dynamic(params).unwrap_or(Dynamic::UNIT))
}
