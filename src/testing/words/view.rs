//! `call`: what happened on a call so far.

use std::rc::Rc;

use rhai::serde::to_dynamic;
use rhai::{Array, Dynamic, Map};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::registry::Registry;
use crate::script::diagnostics::Diagnostic;
use crate::script::fault::{Answer, Thrown};
use crate::sim::What;
use crate::testing::Happened;
use crate::testing::failure::rounded;
use crate::testing::scene::Scene;
use crate::testing::transcript::verb_name;

/// `call` in a test.
#[derive(Clone)]
pub struct CallView {
    /// Which one.
    pub call_id: Rc<str>,
}

impl CallView {
    /// The call that was made last.
    pub fn last(scene: &Scene) -> Option<Self> {
        scene.world().dialled().last().map(|id| Self { call_id: id.as_str().into() })
    }
}

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.property::<CallView>("id", |_, arguments| Ok(of(arguments)?.into()));
    registry.property::<CallView>("from", |scene, arguments| party(scene, arguments, false));
    registry.property::<CallView>("to", |scene, arguments| party(scene, arguments, true));
    registry.property::<CallView>("state", |scene, arguments| {
        let id = of(arguments)?;
        let world = scene.world();
        Ok(world.simulation.line.look_at_peer().call_state(&id).map_or(Dynamic::UNIT, Into::into))
    });
    registry.property::<CallView>("end_reason", |scene, arguments| {
        let id = of(arguments)?;
        Ok(scene.world().ending(&id).map_or(Dynamic::UNIT, |ending| ending.reason.to_owned().into()))
    });
    registry.property::<CallView>("heard", |scene, arguments| {
        let id = of(arguments)?;
        let world = scene.world();
        Ok(world.heard(&id).map(|(_, _, text)| text.to_owned().into()).collect::<Array>().into())
    });
    registry.property::<CallView>("fault", |scene, arguments| {
        let id = of(arguments)?;
        let world = scene.world();
        let fault = world.faults().find(|(call_id, _)| *call_id == Some(&id));
        Ok(fault.map_or(Dynamic::UNIT, |(_, found)| fault_map(found.fault)))
    });
    registry.property::<CallView>("printed", |scene, arguments| {
        list(scene, arguments, |what| match what {
            Happened::Printed { text, .. } => Some(text.as_str().into()),
            _ => None,
        })
    });
    registry.property::<CallView>("verbs", |scene, arguments| timed(scene, arguments, verb));
    registry.property::<CallView>("events", |scene, arguments| timed(scene, arguments, event));
}

fn of(arguments: &Arguments<'_, '_>) -> Result<String, Thrown> {
    Ok(arguments.receiver::<CallView>()?.call_id.to_string())
}

/// Who called, or who was called.
fn party(scene: &Scene, arguments: &Arguments<'_, '_>, called: bool) -> Answer {
    let id = of(arguments)?;
    let world = scene.world();
    let began = world.of_call(&id).find_map(|(_, entry)| match &entry.what {
        Happened::Seen(What::CallBegan { from, to }) => Some(if called { to.clone() } else { from.clone() }),
        _ => None,
    });
    Ok(began.map_or(Dynamic::UNIT, Into::into))
}

fn list(scene: &Scene, arguments: &Arguments<'_, '_>, pick: impl Fn(&Happened) -> Option<Value>) -> Answer {
    let id = of(arguments)?;
    let world = scene.world();
    let picked = world.of_call(&id).filter_map(|(_, entry)| pick(&entry.what));
    Ok(picked.filter_map(|value| to_dynamic(value).ok()).collect::<Array>().into())
}

/// The same, with the time of each.
fn timed(scene: &Scene, arguments: &Arguments<'_, '_>, pick: fn(&Happened) -> Option<Value>) -> Answer {
    let id = of(arguments)?;
    let world = scene.world();
    let picked = world.of_call(&id).filter_map(|(_, entry)| {
        let mut value = pick(&entry.what)?;
        value["at"] = rounded(entry.at).into();
        to_dynamic(value).ok()
    });
    Ok(picked.collect::<Array>().into())
}

fn verb(what: &Happened) -> Option<Value> {
    match what {
        Happened::Seen(What::Verb { method, params }) => {
            Some(json!({"name": verb_name(method), "method": method, "params": params}))
        }
        _ => None,
    }
}

fn event(what: &Happened) -> Option<Value> {
    match what {
        Happened::Seen(What::Event { event_type, summary, params }) => {
            let name = event_type.strip_prefix("calling.call.").unwrap_or(event_type);
            Some(json!({"name": name, "type": event_type, "summary": summary, "params": params}))
        }
        _ => None,
    }
}

/// A fault as a test sees it.
pub(super) fn fault_map(fault: &Diagnostic) -> Dynamic {
    let mut map = Map::new();
    map.insert("message".into(), fault.message.as_str().into());
    map.insert("kind".into(), fault.kind.as_deref().unwrap_or(fault.code).into());
    map.insert("file".into(), fault.file.as_str().into());
    map.insert("line".into(), i64::try_from(fault.line).unwrap_or_default().into());
    map.into()
}
