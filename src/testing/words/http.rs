//! `http`: what answers HTTP requests in place of the network, and what was asked.

use std::rc::Rc;
use std::time::Duration;

use rhai::serde::{from_dynamic, to_dynamic};
use rhai::{Array, Dynamic};
use serde_json::{Value, json};

use super::arguments::{Arguments, Fields};
use super::registry::Registry;
use crate::script::fault::{Answer, Thrown};
use crate::testing::doubles::{DoubleId, Reply, Request};
use crate::testing::failure::rounded;
use crate::testing::scene::Scene;

/// `http` in a test.
#[derive(Clone, Copy)]
pub struct Http;

/// What `http.on(…)` gives.
#[derive(Clone, Copy)]
pub struct Double(DoubleId);

/// The methods of requests.
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Http>("on", 1..=1, on);
    registry.property::<Http>("requests", requests);
    registry.method::<Double>("returns", 1..=1, |scene, arguments| {
        let reply = response(arguments)?;
        answers(scene, arguments, reply)
    });
    registry
        .method::<Double>("times_out", 0..=0, |scene, arguments| answers(scene, arguments, Reply::TimesOut));
    registry.method::<Double>("fails", 0..=0, |scene, arguments| answers(scene, arguments, Reply::Fails));
}

fn on(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    const EXPECTED: &str = "a method and a URL such as \"POST https://example.com/pay\"";
    let text = arguments.text(1, EXPECTED)?;
    let parts = text.split_once(' ').map(|(method, url)| (method, url.trim()));
    let good = |(method, url): &(&str, &str)| {
        METHODS.contains(method) && (url.starts_with("http://") || url.starts_with("https://"))
    };
    let Some((method, url)) = parts.filter(good) else {
        return Err(arguments.error(format!("expected {EXPECTED}, got \"{text}\""), None));
    };
    let mut world = scene.world_mut();
    let id = world.doubles.on(method, url);
    world.reach_doubles();
    Ok(Dynamic::from(Double(id)))
}

fn answers(scene: &Scene, arguments: &Arguments<'_, '_>, reply: Reply) -> Answer {
    let double: Double = arguments.receiver()?;
    scene.world_mut().doubles.reply(double.0, reply);
    Ok(Dynamic::from(double))
}

fn response(arguments: &Arguments<'_, '_>) -> Result<Reply, Thrown> {
    let given = arguments.map(1, &["status", "body", "json", "seconds"])?;
    let status = given.map.get("status").map_or(Ok(200), |value| {
        let status = value.as_int().ok().and_then(|status| u16::try_from(status).ok());
        let status = status.filter(|status| (100..600).contains(status));
        status.ok_or_else(|| given.expected("status", "a number from 100 to 599", value))
    })?;
    let body = match given.map.get("json") {
        Some(value) => {
            let json: Value = from_dynamic(value).map_err(|_| given.expected("json", "data", value))?;
            json.to_string()
        }
        None => given.text("body")?,
    };
    Ok(Reply::Response { status, body, length: length(&given)? })
}

/// How long the audio at the URL is.
fn length(given: &Fields) -> Result<Option<Duration>, Thrown> {
    let Some(value) = given.map.get("seconds") else { return Ok(None) };
    #[allow(clippy::cast_precision_loss, reason = "a day has fewer seconds than that")]
    let seconds = value.as_int().map(|seconds| seconds as f64).or_else(|_| value.as_float());
    match seconds {
        Ok(seconds) if (0.0..=86_400.0).contains(&seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
        _ => Err(given.expected("seconds", "a number from 0 to 86400", value)),
    }
}

fn requests(scene: &Rc<Scene>, _: &mut Arguments<'_, '_>) -> Answer {
    let world = scene.world();
    let request = |Request { at, method, url, body }: &Request| {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        let shown = json!({"at": rounded(*at), "method": method, "url": url, "body": body, "json": json});
        to_dynamic(shown).ok()
    };
    Ok(world.doubles.requests().iter().filter_map(request).collect::<Array>().into())
}
