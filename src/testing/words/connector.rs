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
use crate::script::suggest::did_you_mean;
use crate::sim::{CardOutcome, PayOutcome, TEST_CARDS, What};
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
    registry.method::<Connector>("declines", 0..=1, declines);
    registry.method::<Connector>("times_out", 0..=0, |scene, _| answers(scene, PayOutcome::Timeout));
    registry.method::<Connector>("fails", 0..=0, |scene, _| answers(scene, PayOutcome::Error));
    registry.property::<Connector>("received", received);
}

fn answers(scene: &Scene, outcome: PayOutcome) -> Answer {
    scene.world_mut().simulation.line.peer().set_pay_outcome(outcome);
    Ok(Dynamic::UNIT)
}

/// Declines, for a reason that the test cards have too.
fn declines(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    if !arguments.has(1) {
        return answers(scene, PayOutcome::Decline);
    }
    let wanted = arguments.text(1, "an error code such as \"insufficient_funds\"")?;
    let reasons = TEST_CARDS.iter().filter_map(|card| match card.outcome {
        CardOutcome::Declined { code, message } => Some((code, message)),
        _ => None,
    });
    let Some((code, message)) = reasons.clone().find(|(code, _)| *code == wanted) else {
        let known: Vec<&str> = reasons.map(|(code, _)| code).collect();
        let problem = format!("there is no code \"{wanted}\": expected {}", known.join(", "));
        return Err(arguments.error(problem, did_you_mean(&wanted, known)));
    };
    answers(scene, PayOutcome::DeclineWith { code, message })
}

/// What the connectors of payments were asked, in order.
fn received(scene: &Rc<Scene>, _: &mut Arguments<'_, '_>) -> Answer {
    let world = scene.world();
    let story = world.story();
    let asked = story.iter().enumerate().filter_map(|(index, entry)| {
        let Happened::Seen(What::Posted { to, summary }) = &entry.what else { return None };
        // The last payment of the same call.
        let mut payments = story[..index].iter().rev().filter_map(|before| match &before.what {
            Happened::Seen(What::Verb { method, params })
                if method == "calling.pay" && before.call_id == entry.call_id =>
            {
                Some(params)
            }
            _ => None,
        });
        let params = payments.next().filter(|params| is_connector(params, to))?;
        Some(told(rounded(entry.at), params, summary))
    });
    Ok(asked.collect::<Vec<Dynamic>>().into())
}

/// Whether a post went to the connector of a payment; what was seen of it has no query.
fn is_connector(params: &Value, to: &str) -> bool {
    params["payment_connector_url"].as_str().is_some_and(|url| url.starts_with(to))
}

fn told(at: f64, params: &Value, answer: &str) -> Dynamic {
    let mut told = json!({"at": at, "url": params["payment_connector_url"], "answer": answer});
    for name in TOLD.iter().filter(|name| params.get(**name).is_some()) {
        told[*name] = params[*name].clone();
    }
    to_dynamic(told).unwrap_or_else(|_| Map::new().into())
}
