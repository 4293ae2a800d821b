//! `caller.hears("part")`: waits for something spoken, in order; and `regex("…")` for what is not
//! known word by word.

use std::rc::Rc;

use regex::{Regex, RegexBuilder};
use rhai::{Dynamic, ImmutableString};

use super::arguments::Arguments;
use super::dialling::{Caller, PATIENCE};
use super::found;
use super::registry::Registry;
use super::values::short;
use crate::script::fault::{Answer, Thrown};
use crate::testing::failure::{At, Nearest, Trouble, rounded};
use crate::testing::scene::{Look, Scene};
use crate::testing::transcript::place;
use crate::testing::world::World;

/// The largest program of a regular expression, in bytes.
const LARGEST: usize = 1 << 20;
/// A text that is less like the expected one than this is not near.
const NEAR: f64 = 0.5;

/// A regular expression.
#[derive(Clone)]
pub struct Pattern(Rc<Regex>);

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.method::<Caller>("hears", 1..=2, hears);
    registry.function("regex", 1..=1, |_, arguments| {
        let text = arguments.text(0, "a regular expression")?;
        let pattern = RegexBuilder::new(&text).case_insensitive(true).size_limit(LARGEST).build();
        let pattern = pattern.map_err(|error| {
            let problem = error.to_string().lines().last().unwrap_or_default().to_owned();
            arguments.error(problem.trim_start_matches("error: ").to_owned(), None)
        })?;
        Ok(Dynamic::from(Pattern(Rc::new(pattern))))
    });
}

/// What is listened for.
enum Part {
    Text(String),
    Pattern(Rc<Regex>),
}

impl Part {
    fn of(arguments: &Arguments<'_, '_>) -> Result<Self, Thrown> {
        let value = arguments.value(1);
        if let Some(pattern) = value.read_lock::<Pattern>() {
            return Ok(Self::Pattern(Rc::clone(&pattern.0)));
        }
        match value.read_lock::<ImmutableString>() {
            Some(text) if !text.trim().is_empty() => Ok(Self::Text(text.to_lowercase())),
            _ => {
                let problem =
                    format!("expected a part of a spoken text or regex(\"…\"), got {}", short(&value));
                Err(arguments.error(problem, None))
            }
        }
    }

    /// Where its first match in a text ends, from an offset on. Case does not count.
    fn end_in(&self, text: &str, from: usize) -> Option<usize> {
        match self {
            Self::Text(part) => text.get(from..)?.find(part.as_str()).map(|at| from + at + part.len()),
            Self::Pattern(pattern) => {
                (from <= text.len()).then(|| pattern.find_at(text, from)).flatten().map(|found| found.end())
            }
        }
    }
}

fn hears(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let caller = Caller::of(scene, arguments)?;
    let part = Part::of(arguments)?;
    let limit = arguments.seconds(2, PATIENCE)?;
    let (began, wanted) = (scene.world().now(), written(arguments));
    let (entry, offset) = caller.ear.get();
    let outcome = scene.wait(limit, |world| {
        for (index, _, text) in world.heard(&caller.call_id).filter(|(index, ..)| *index >= entry) {
            let from = if index == entry { offset } else { 0 };
            if let Some(end) = part.end_in(&text.to_lowercase(), from) {
                caller.ear.set((index, end));
                return Look::Found(text.to_owned());
            }
        }
        match caller.over(world, "hears") {
            Some(over) => Look::Never(Box::new(unheard(world, &caller, &part, &wanted, &over.message))),
            None => Look::NotYet,
        }
    });
    let text = found(scene, outcome, || {
        let world = scene.world();
        let waited = (world.now() - began).as_secs_f64();
        unheard(&world, &caller, &part, &wanted, &format!("hears: it was not spoken within {waited} s"))
    })?;
    Ok(text.into())
}

/// What is listened for, as the test has it.
fn written(arguments: &Arguments<'_, '_>) -> String {
    let value = arguments.value(1);
    let pattern = value.read_lock::<Pattern>().map(|pattern| format!("regex({:?})", pattern.0.as_str()));
    pattern.unwrap_or_else(|| short(&value))
}

fn unheard(world: &World, caller: &Caller, part: &Part, wanted: &str, message: &str) -> Trouble {
    let (entry, offset) = caller.ear.get();
    let later: Vec<_> = world.heard(&caller.call_id).filter(|(index, ..)| *index >= entry).collect();
    let came = match later.iter().filter(|(index, ..)| *index > entry || offset == 0).count() {
        0 => "nothing more was spoken".to_owned(),
        1 => "1 other text was spoken".to_owned(),
        others => format!("{others} other texts were spoken"),
    };
    let before = world.heard(&caller.call_id).find(|(index, _, text)| {
        *index <= entry && offset > 0 && part.end_in(&text.to_lowercase(), 0).is_some()
    });
    let trouble = Trouble {
        expected: Some(format!("the caller hears {wanted}")),
        came: Some(came),
        nearest: nearest(world, caller, part),
        ..Trouble::new("not-heard", message)
    };
    match before {
        Some((_, at, _)) => trouble.hinted(format!(
            "it was spoken at {:.2} s, before what was heard last: hears() looks onward from there",
            at.as_secs_f64()
        )),
        None => trouble,
    }
}

/// The spoken text that is most like the expected one, whole or in part.
fn nearest(world: &World, caller: &Caller, part: &Part) -> Option<Nearest> {
    let wanted = match part {
        Part::Text(text) => text.clone(),
        Part::Pattern(pattern) => pattern.as_str().to_lowercase(),
    };
    let rated = world.heard(&caller.call_id).map(|heard| (likeness(&wanted, heard.2), heard));
    let best = rated.filter(|(likeness, _)| *likeness >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, (index, at, text))| {
        let place = place(world, index).map(At::from);
        Nearest { at: rounded(at), text: text.to_owned(), place }
    })
}

/// How like the most similar run of words is, from 0 to 1.
fn likeness(wanted: &str, text: &str) -> f64 {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let count = wanted.split_whitespace().count().clamp(1, words.len().max(1));
    let runs = words.windows(count).map(|run| run.join(" "));
    runs.map(|run| strsim::normalized_levenshtein(wanted, &run)).fold(0.0, f64::max)
}
