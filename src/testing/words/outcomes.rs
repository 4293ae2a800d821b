//! What comes of a call: the script hangs up, transfers it, or fails.

use std::rc::Rc;
use std::time::Duration;

use rhai::Dynamic;
use serde_json::Value;

use super::arguments::Arguments;
use super::dialling::{Caller, PATIENCE, ended};
use super::registry::Registry;
use super::view::fault_map;
use super::{found, raise};
use crate::script::fault::Answer;
use crate::sim::{By, What};
use crate::testing::Happened;
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene, Unfound};
use crate::testing::transcript::{parties, party};
use crate::testing::world::World;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("is_hung_up_on", 0..=1, is_hung_up_on);
    registry.method::<Caller>("transferred_to", 1..=2, transferred_to);
    registry.method::<Caller>("expects_fault", 1..=1, expects_fault);
}

fn is_hung_up_on(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::of(scene, arguments)?;
    let limit = arguments.seconds(1, PATIENCE)?;
    let wrong = |came: String, message: String| Trouble {
        expected: Some("the script hangs up".to_owned()),
        came: Some(came),
        ..Trouble::new("not-hung-up-on", message)
    };
    let outcome = scene.wait(limit, |world| match world.ending(&caller.call_id) {
        Some(ending) if ending.by == By::Script => match world.unexpected_fault() {
            // The host hangs up for a script that failed.
            Some(_) => Look::NotYet,
            None => Look::Found(ending.reason.to_owned()),
        },
        Some(ending) => {
            let came = ended(&ending);
            Look::Never(Box::new(wrong(came.clone(), format!("is_hung_up_on: {came}"))))
        }
        None => Look::NotYet,
    });
    let reason = found(scene, outcome, || {
        let state = scene.world().simulation.line.look_at_peer().call_state(&caller.call_id);
        let state = state.unwrap_or("unknown");
        let seconds = limit.as_secs_f64();
        wrong(format!("the call is {state}"), format!("is_hung_up_on: it did not come within {seconds} s"))
    })?;
    Ok(reason.into())
}

/// What became of attempts to hand the call over to somebody.
#[derive(Default)]
struct Transfers {
    /// Whom the script tried to reach.
    tried: Vec<String>,
    /// Those that the caller got.
    reached: Vec<String>,
    failed: bool,
}

impl Transfers {
    fn of(world: &World, call_id: &str) -> Self {
        let mut transfers = Self::default();
        for (_, entry) in world.of_call(call_id) {
            match &entry.what {
                Happened::Seen(What::Verb { method, params }) => transfers.verb(method, params),
                Happened::Seen(What::Event { event_type, params, .. }) => transfers.event(event_type, params),
                _ => {}
            }
        }
        transfers
    }

    fn verb(&mut self, method: &str, params: &Value) {
        match method {
            "calling.connect" => self.tried.extend(parties(params).map(str::to_owned)),
            "calling.refer" => self.tried.extend(party(&params["device"]).map(str::to_owned)),
            "calling.transfer" => {
                let to = params["dest"].as_str().unwrap_or_default().to_owned();
                self.tried.push(to.clone());
                self.reached.push(to);
            }
            _ => return,
        }
        self.failed = false;
    }

    fn event(&mut self, event_type: &str, params: &Value) {
        let text = |name: &str| params[name].as_str();
        match (event_type, text("connect_state"), text("state")) {
            ("calling.call.connect", Some("connected"), _) => {
                self.reached.extend(party(&params["peer"]["device"]).map(str::to_owned));
            }
            ("calling.call.refer", _, Some("success")) => {
                self.reached.extend(text("sip_refer_to").map(str::to_owned));
            }
            ("calling.call.connect", Some("failed"), _)
            | ("calling.call.refer", _, Some("busy" | "noAnswer" | "cancel" | "error")) => self.failed = true,
            _ => {}
        }
    }

    fn came(&self) -> String {
        match (self.reached.last(), self.tried.last()) {
            (Some(to), _) => format!("the caller got {to}"),
            (None, Some(to)) if self.failed => format!("{to} did not take the call"),
            (None, Some(to)) => format!("{to} was called and has not answered"),
            (None, None) => "nobody was called".to_owned(),
        }
    }
}

fn transferred_to(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::of(scene, arguments)?;
    let wanted = arguments.text(1, "a number or an address")?;
    let limit = arguments.seconds(2, PATIENCE)?;
    let wrong = |world: &World, message: String| Trouble {
        expected: Some(format!("the caller is transferred to {wanted}")),
        came: Some(Transfers::of(world, &caller.call_id).came()),
        ..Trouble::new("not-transferred", message)
    };
    let outcome = scene.wait(limit, |world| {
        if Transfers::of(world, &caller.call_id).reached.contains(&wanted) {
            return Look::Found(());
        }
        match caller.over(world, "transferred_to") {
            Some(over) => Look::Never(Box::new(wrong(world, over.message))),
            None => Look::NotYet,
        }
    });
    found(scene, outcome, || {
        let seconds = limit.as_secs_f64();
        wrong(&scene.world(), format!("transferred_to: it did not happen within {seconds} s"))
    })?;
    Ok(Dynamic::UNIT)
}

/// Waits for an error that the script does not catch; the case does not fail by it.
fn expects_fault(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::of(scene, arguments)?;
    let part = arguments.text(1, "a part of the fault's message")?;
    let end = scene.world().now() + PATIENCE;
    loop {
        let fitting = {
            let world = scene.world();
            let mut faults = world.faults().filter(|(call_id, _)| *call_id == Some(&caller.call_id));
            faults
                .find(|(_, found)| !world.is_expected(found) && found.fault.message.contains(&part))
                .map(|(_, found)| (found.index, fault_map(found.fault)))
        };
        if let Some((index, map)) = fitting {
            scene.world_mut().expect_fault(index);
            return Ok(map);
        }
        let left = end.saturating_sub(scene.world().now());
        let calm = scene.world().faults().count();
        let outcome: Result<(), Unfound> = scene.wait(left.max(Duration::from_millis(1)), |world| {
            if world.faults().count() > calm {
                return Look::Found(());
            }
            match world.ending(&caller.call_id).is_some() && world.simulation.line.shard().live() == 0 {
                true => Look::Never(Box::new(no_fault(&part, "the script came to its end without it"))),
                false => Look::NotYet,
            }
        });
        if let Err(Unfound::TimedOut) = outcome {
            return Err(raise(scene, no_fault(&part, "it did not come within 60 s")));
        }
        found(scene, outcome, || no_fault(&part, ""))?;
    }
}

fn no_fault(part: &str, why: &str) -> Trouble {
    Trouble {
        expected: Some(format!("the script fails with \"{part}\"")),
        came: Some("it did not fail so".to_owned()),
        ..Trouble::new("no-fault", format!("expects_fault: {why}"))
    }
}
