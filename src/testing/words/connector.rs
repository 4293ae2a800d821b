//! `connector`: how the payment connector answers, and what it was asked.
//!
//! It speaks of the platform's own connector; one at a URL of its own is a double of `http`.

use std::rc::Rc;

use rhai::serde::to_dynamic;
use rhai::{Dynamic, Map};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::registry::Registry;
use crate::script::fault::Answer;
use crate::sim::{PayOutcome, What};
use crate::testing::Happened;
use crate::testing::failure::rounded;
use crate::testing::scene::Scene;

/// `connector` in a test.
#[derive(Clone, Copy)]
pub struct Connector;

/// What of a payment's parameters a connector is told.
const TOLD: &[&str] =
    &["charge_amount", "currency", "token_type", "description", "parameters", "postal_code"];

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Connector>("approves", 0..=0, |scene, _| answers(scene, PayOutcome::Approve));
    registry.method::<Connector>("declines", 0..=0, |scene, _| answers(scene, PayOutcome::Decline));
    registry.method::<Connector>("fails", 0..=0, |scene, _| answers(scene, PayOutcome::Error));
    registry.property::<Connector>("received", received);
}

fn answers(scene: &Scene, outcome: PayOutcome) -> Answer {
    scene.world_mut().simulation.line.peer().set_pay_outcome(outcome);
    Ok(Dynamic::UNIT)
}

/// The payments that were asked for, in order.
fn received(scene: &Rc<Scene>, _: &mut Arguments<'_, '_>) -> Answer {
    let world = scene.world();
    let payments = world.story().iter().filter_map(|entry| match &entry.what {
        Happened::Seen(What::Verb { method, params }) if method == "calling.pay" => {
            Some((rounded(entry.at), params))
        }
        _ => None,
    });
    let payment = |(at, params): (f64, &Value)| -> Dynamic {
        let mut told = json!({"at": at, "url": params["payment_connector_url"]});
        for name in TOLD.iter().filter(|name| params.get(**name).is_some()) {
            told[*name] = params[*name].clone();
        }
        to_dynamic(told).unwrap_or_else(|_| Map::new().into())
    };
    Ok(payments.map(payment).collect::<Vec<_>>().into())
}
