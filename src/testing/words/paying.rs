//! `caller.pays(cards.visa)`: enters a card whenever the payment asks for it, and gives the result's word.

use std::rc::Rc;
use std::time::Duration;

use rhai::{Dynamic, Identifier, ImmutableString, Map};

use super::arguments::{Arguments, Fields};
use super::dialling::{Caller, PATIENCE};
use super::recording::{begun, event_of, is_last};
use super::registry::Registry;
use super::{found, raise};
use crate::script::fault::{Answer, Thrown};
use crate::sim::{Card, CardOutcome, Entry, TEST_CARDS, TestCard};
use crate::testing::failure::Trouble;
use crate::testing::scene::{Look, Scene};

/// How long a payment may take.
const LONGEST: Duration = Duration::from_secs(600);

/// A payment that asks more often than this never ends.
const MOST_ENTRIES: usize = 50;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("pays", 1..=1, pays);
}

/// `cards`: a map of cards, each a map of its parts.
pub(super) fn cards() -> Dynamic {
    let card = |card: &TestCard| -> (Identifier, Dynamic) {
        let name = name(card);
        let parts = [("number", card.number), ("expiry", card.expiry), ("cvv", card.cvv), ("zip", "90210")];
        let parts: Map = parts.into_iter().map(|(name, part)| (name.into(), part.into())).collect();
        (name.into(), parts.into())
    };
    TEST_CARDS.iter().map(card).collect::<Map>().into()
}

/// What a test card is called: good cards go by their brand, others by what becomes of them.
pub(in crate::testing) fn name(card: &TestCard) -> String {
    let good = card.outcome == CardOutcome::Approved;
    if good { card.brand } else { card.name }.replace([' ', '-'], "_")
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
    let action = ("calling.call.pay", control_id.as_str());
    for _ in 0..MOST_ENTRIES {
        let outcome = scene.wait(LONGEST, |world| {
            if let Some(params) = event_of(world, &caller, action, is_last) {
                return Look::Found(Step::Over(params["result"].as_str().unwrap_or("success").to_owned()));
            }
            match world.simulation.line.look_at_peer().wanted_entry(&caller.call_id) {
                Some(entry) => Look::Found(Step::Asks(entry)),
                None => caller.or_over(world, "pays: the payment did not come to its end"),
            }
        });
        match found(scene, outcome, || missing("the payment did not end within 10 minutes"))? {
            Step::Over(result) => return Ok(result.into()),
            Step::Asks(entry) => enter(scene, &caller, card.entry(entry)),
        }
    }
    Err(raise(scene, missing("the payment asked for the card again and again")))
}

/// What a payment comes to next.
enum Step {
    /// It asks for a part of the card.
    Asks(Entry),
    /// It is over, with this result.
    Over(String),
}

/// Enters a part of a card; `#` says that it is whole.
fn enter(scene: &Scene, caller: &Caller, part: &str) {
    scene.act(|world| {
        let now = world.now();
        world.simulation.line.peer().press(now, &caller.call_id, &format!("{part}#"));
    });
}
