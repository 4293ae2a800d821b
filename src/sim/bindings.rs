//! `calling.bind_digit`: keys that start a method by themselves.
//!
//! Never runs the method: the line does.

use super::frames::{Failure, Fields};
use super::params::{Params, wrong};
use super::verbs;

/// The longest key sequence that is looked for.
const LONGEST: usize = 32;

/// How many sequences can be bound on a call (*assumed*).
const MOST: usize = 1000;

/// One bound key sequence.
#[derive(Debug)]
struct Binding {
    digits: String,
    method: String,
    params: Fields,
    realm: String,
    triggers: Option<u64>,
}

/// All key sequences bound on a call, and the keys pressed lately.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    bound: Vec<Binding>,
    pressed: String,
}

impl Bindings {
    pub(super) fn bind(&mut self, params: Params<'_>) -> Result<(), Failure> {
        let digits = params.text("digits")?;
        if digits.len() > LONGEST || !digits.chars().all(|digit| "0123456789*#ABCD".contains(digit)) {
            return Err(wrong("digits", "at most 32 keys (0-9 * # A-D)"));
        }
        let triggers = params
            .get("max_triggers")
            .map(|count| count.as_u64().ok_or_else(|| wrong("max_triggers", "a whole number from 0")));
        let method = params.text("bind_method")?;
        if !verbs::is_known(method) {
            return Err(wrong("bind_method", "a method about a call"));
        }
        if self.bound.len() >= MOST {
            return Err(Failure::bad(format!("no more than {MOST} key sequences can be bound")));
        }
        self.bound.push(Binding {
            digits: digits.to_owned(),
            method: method.to_owned(),
            params: params.optional_object("params")?.map(|params| params.0.clone()).unwrap_or_default(),
            realm: params.optional_text("realm")?.unwrap_or_default().to_owned(),
            // None and 0 are without a limit.
            triggers: triggers.transpose()?.filter(|count| *count > 0),
        });
        Ok(())
    }

    /// Removes the bindings of a realm, or all.
    pub(super) fn clear(&mut self, realm: Option<&str>) {
        self.bound.retain(|binding| realm.is_some_and(|realm| binding.realm != realm));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bound.is_empty()
    }

    /// Takes a pressed key; the method that it completes, with its parameters.
    pub(super) fn press(&mut self, key: char) -> Option<(String, Fields)> {
        self.pressed.push(key);
        if self.pressed.len() > LONGEST {
            self.pressed.remove(0);
        }
        let index = self.bound.iter().position(|binding| self.pressed.ends_with(&binding.digits))?;
        self.pressed.clear();
        let binding = &mut self.bound[index];
        let run = (binding.method.clone(), binding.params.clone());
        if let Some(left) = &mut binding.triggers {
            *left -= 1;
            if *left == 0 {
                self.bound.remove(index);
            }
        }
        Some(run)
    }
}
