//! `assert`, `assert_eq` and `expect_transcript`: what must hold.

use std::rc::Rc;

use rhai::Dynamic;

use super::arguments::Arguments;
use super::raise;
use super::registry::Registry;
use super::values::{long, same, short};
use crate::script::fault::{Answer, Thrown};
use crate::testing::difference::difference;
use crate::testing::failure::Trouble;
use crate::testing::scene::Scene;
use crate::testing::snapshots::Compared;
use crate::testing::transcript::recorded;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.function("assert", 1..=2, assert);
    registry.function("assert_eq", 2..=3, assert_eq);
    registry.function("expect_transcript", 1..=1, expect_transcript);
}

fn assert(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let message = message(arguments, 1)?;
    let value = arguments.value(0);
    match value.as_bool() {
        Ok(true) => Ok(Dynamic::UNIT),
        Ok(false) => {
            let message = message.unwrap_or_else(|| "this does not hold".to_owned());
            Err(raise(scene, Trouble::new("assertion", message)))
        }
        Err(_) => {
            let problem = format!("expected true or false, got {}", short(&value));
            Err(arguments.error(problem, None))
        }
    }
}

fn message(arguments: &Arguments<'_, '_>, index: usize) -> Result<Option<String>, Thrown> {
    arguments.has(index).then(|| arguments.text(index, "a message")).transpose()
}

fn assert_eq(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let message = message(arguments, 2)?;
    let (came, expected) = (arguments.value(0), arguments.value(1));
    if same(&came, &expected) {
        return Ok(Dynamic::UNIT);
    }
    let (came, expected) = (long(&came), long(&expected));
    let is_long = came.contains('\n') || expected.contains('\n');
    let message = message.unwrap_or_else(|| "the two are not equal".to_owned());
    let mut trouble = Trouble::new("assertion", message);
    if is_long {
        trouble.difference = difference(&format!("{expected}\n"), &format!("{came}\n"));
    } else {
        trouble.expected = Some(expected);
        trouble.came = Some(came);
    }
    Err(raise(scene, trouble))
}

fn expect_transcript(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    const EXPECTED: &str = "a name of letters, digits, - and _";
    let name = arguments.text(0, EXPECTED)?;
    let is_good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.is_empty() || !name.chars().all(is_good) {
        return Err(arguments.error(format!("expected {EXPECTED}, got \"{name}\""), None));
    }
    let came = recorded(&scene.world());
    let path = scene.snapshots.path(&name);
    let file = path.display();
    let hint = "run with --update to record it, and review what changes";
    match scene.snapshots.compare(&name, &came) {
        Ok(Compared::Same | Compared::Written) => Ok(Dynamic::UNIT),
        Ok(Compared::Missing) => {
            let trouble = Trouble {
                difference: difference("", &came),
                ..Trouble::new("transcript", format!("no transcript is recorded in {file}"))
            };
            Err(raise(scene, trouble.hinted(hint)))
        }
        Ok(Compared::Different(recorded)) => {
            let trouble = Trouble {
                difference: difference(&recorded, &came),
                ..Trouble::new("transcript", format!("the call differs from {file}"))
            };
            Err(raise(scene, trouble.hinted(hint)))
        }
        Err(error) => Err(raise(scene, Trouble::new("transcript", format!("cannot use {file}: {error}")))),
    }
}
