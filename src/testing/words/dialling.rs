//! `dial()`: somebody calls.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use rhai::{Dynamic, ImmutableString, Map};

use super::arguments::{Arguments, Fields};
use super::paying::card;
use super::raise;
use super::registry::Registry;
use super::view::CallView;
use crate::script::fault::{Answer, Thrown};
use crate::sim::{By, CallPlan, InboundCall};
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene};
use crate::testing::world::{Ending, World};

/// How long a caller waits for what it expects, when nothing else is said.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who called.
#[derive(Clone)]
pub struct Caller {
    /// The call.
    pub call_id: Rc<str>,
    /// The world it was made in.
    age: usize,
    /// How far it has listened: the place in the story, and in the text there.
    pub ear: Rc<Cell<(usize, usize)>>,
    /// Actions that began before this place in the story were dealt with.
    pub eye: Rc<Cell<usize>>,
}

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.function("dial", 0..=1, dial);
    registry.property::<Caller>("call", |scene, arguments| {
        Ok(Dynamic::from(CallView { call_id: Caller::of(scene, arguments)?.call_id }))
    });
}

fn dial(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let mut call = InboundCall { plan: plan(), ..InboundCall::default() };
    if arguments.has(0) {
        let given = arguments.map(0, &["from", "to", "context", "headers", "card"])?;
        call.from = given.text("from")?;
        call.to = given.text("to")?;
        call.context = given.text("context")?;
        call.headers = headers(&given)?;
        call.plan.card = given.map.get("card").map(|value| card(&given, value)).transpose()?;
    }
    let call_id: Rc<str> = scene.act(|world| world.dial(call)).into();
    Ok(Dynamic::from(Caller { call_id, age: scene.age(), ear: Rc::default(), eye: Rc::default() }))
}

/// A caller does nothing by itself.
pub(super) fn plan() -> CallPlan {
    CallPlan::passive()
}

/// Headers: a map of texts.
fn headers(given: &Fields) -> Result<Vec<(String, String)>, Thrown> {
    let Some(value) = given.map.get("headers") else { return Ok(Vec::new()) };
    let wrong = || given.expected("headers", "a map of texts", value);
    let map = value.read_lock::<Map>().ok_or_else(wrong)?;
    let header = |(name, value): (&rhai::Identifier, &Dynamic)| {
        let value = value.read_lock::<ImmutableString>().ok_or_else(wrong)?;
        Ok((name.to_string(), value.to_string()))
    };
    map.iter().map(header).collect()
}

impl Caller {
    /// The caller that a word is about.
    pub fn of(scene: &Scene, arguments: &Arguments<'_, '_>) -> Result<Self, Thrown> {
        let caller: Self = arguments.receiver()?;
        if caller.age == scene.age() {
            return Ok(caller);
        }
        let hint = Some("each row of cases() has a world of its own: dial() inside of it".to_owned());
        Err(arguments.error("this caller called in another world".to_owned(), hint))
    }

    /// The same, while its call lives.
    pub fn live(scene: &Scene, arguments: &Arguments<'_, '_>) -> Result<Self, Thrown> {
        let caller = Self::of(scene, arguments)?;
        let over = caller.over(&scene.world(), &format!("caller.{}", arguments.word));
        match over {
            Some(trouble) => Err(raise(scene, scene.outside_trouble().unwrap_or(trouble))),
            None => Ok(caller),
        }
    }

    /// That something cannot be, because the call is over.
    pub fn over(&self, world: &World, what: &str) -> Option<Trouble> {
        let ending = world.ending(&self.call_id)?;
        let message = format!("{what}: the call was over already: {}", ended(&ending));
        Some(Trouble::new("call-over", message))
    }

    /// The same as a look.
    pub fn or_over<T>(&self, world: &World, what: &str) -> Look<T> {
        self.over(world, what).map_or(Look::NotYet, |over| Look::Never(Box::new(over)))
    }
}

/// How a call ended, in words.
pub(super) fn ended(ending: &Ending<'_>) -> String {
    let who = match ending.by {
        By::Script => "the script",
        By::Caller => "the caller",
        By::Server => "the server",
    };
    let did = match ending.reason {
        "hangup" => "hung up".to_owned(),
        reason => format!("ended it ({reason})"),
    };
    format!("{who} {did} at {:.2} s", ending.at.as_secs_f64())
}
