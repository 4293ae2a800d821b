//! `caller.pays(cards.visa)`: enters a card whenever the payment asks for it, and gives the result's word.

use std::rc::Rc;
use std::time::Duration;

use rhai::{Dynamic, ImmutableString, Map};
use serde_json::Value;

use super::arguments::{Arguments, Fields};
use super::dialling::{Caller, PATIENCE, plan};
use super::found;
use super::recording::{begun, event_of, is_last};
use super::registry::Registry;
use crate::script::fault::{Answer, Thrown};
use crate::sim::{CallPlan, Card};
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene};

/// How long a payment may take.
const LONGEST: Duration = Duration::from_secs(600);

/// Test cards that are nobody's: name, number, security code.
const CARDS: &[(&str, &str, &str)] = &[
    ("visa", "4242424242424242", "123"),
    ("mastercard", "5555555555554444", "123"),
    ("amex", "378282246310005", "1234"),
    ("discover", "6011111111111117", "123"),
];

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("pays", 1..=1, pays);
}

/// `cards`: a map of cards, each a map of its parts.
pub(super) fn cards() -> Dynamic {
    let card = |number: &str, cvv: &str| -> Dynamic {
        let parts = [("number", number), ("expiry", "1230"), ("cvv", cvv), ("zip", "90210")];
        parts.into_iter().map(|(name, part)| (name.into(), part.into())).collect::<Map>().into()
    };
    CARDS.iter().map(|(name, number, cvv)| ((*name).into(), card(number, cvv))).collect::<Map>().into()
}

/// A card as a test has it: a map of texts.
pub(super) fn card(given: &Fields, value: &Dynamic) -> Result<Card, Thrown> {
    // Nothing of what came is repeated: it may be a card.
    let wrong = || {
        let expected = "a card such as cards.visa, or a map of number, expiry, cvv and zip as texts";
        given.expected("card", expected, &"something else".into())
    };
    let map = value.read_lock::<Map>().ok_or_else(wrong)?;
    let part = |name: &str| match map.get(name) {
        Some(part) => part.read_lock::<ImmutableString>().map(|part| part.to_string()).ok_or_else(wrong),
        None => Ok(String::new()),
    };
    let card =
        Card { number: part("number")?, expiry: part("expiry")?, cvv: part("cvv")?, zip: part("zip")? };
    if card.number.is_empty() { Err(wrong()) } else { Ok(card) }
}

fn pays(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::live(scene, arguments)?;
    let given = arguments.map(1, &["card", "number", "expiry", "cvv", "zip"])?;
    let whole = arguments.value(1);
    let card = card(&given, given.map.get("card").unwrap_or(&whole))?;
    let missing = |message: &str| Trouble::new("not-paid", format!("pays: {message}"));
    let outcome = scene.wait(PATIENCE, |world| match begun(world, &caller, "calling.pay") {
        Some(begun) => Look::Found(begun),
        None => caller.or_over(world, "pays: no payment began"),
    });
    let (index, control_id) = found(scene, outcome, || missing("no payment began within 60 s"))?;
    caller.eye.set(index + 1);
    hold(scene, &caller, Some(card));
    let action = ("calling.call.pay", control_id.as_str());
    let ended = |params: &Value| is_last(params);
    let outcome = scene.wait(LONGEST, |world| match event_of(world, &caller, action, ended) {
        Some(params) => Look::Found(params["result"].as_str().unwrap_or("success").to_owned()),
        None => caller.or_over(world, "pays: the payment did not come to its end"),
    });
    let result = found(scene, outcome, || missing("the payment did not end within 10 minutes"))?;
    hold(scene, &caller, None);
    Ok(result.into())
}

/// Puts a card into the caller's hand, or takes it away.
fn hold(scene: &Scene, caller: &Caller, card: Option<Card>) {
    scene.act(|world| {
        let now = world.now();
        world.simulation.line.peer().set_plan(now, &caller.call_id, CallPlan { card, ..plan() });
    });
}
