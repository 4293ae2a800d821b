//! One run of a case, with a fault or with none: its wire, and what is kept of each of its worlds.
//!
//! It judges nothing.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use super::payments::{Doubled, PAY};
use super::wire::{Shared, Wire};
use super::{Fault, Step};
use crate::script::diagnostics::Diagnostic;
use crate::sim::What;
use crate::testing::Happened;
use crate::testing::failure::{At, Stood, stood};
use crate::testing::transcript::{Line, conversations, transcript};
use crate::testing::world::World;

/// How long callers stay on the line, in virtual time, when a fault made their part of the case fail: what the
/// script does then is to be seen.
const LINGERING: Duration = Duration::from_secs(180);

/// See the module.
#[derive(Debug)]
pub struct Trial {
    wire: Shared,
    fault: Option<Fault>,
    /// Whether the conversation is kept for people.
    detailed: bool,
    records: RefCell<Vec<Record>>,
}

/// What is kept of a world at its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    /// Whether all scripts came to their end after the callers had hung up.
    pub ended: bool,
    /// Whether so much happened at one time that it would never end.
    pub endless: bool,
    /// The errors that scripts did not catch.
    pub errors: Vec<Diagnostic>,
    /// What happened twice, and where the script had the second one done.
    pub doubled: Vec<(Doubled, Option<At>)>,
    /// What was said and done on each call, without times.
    pub conversations: Vec<Vec<String>>,
    /// Where scripts waited that had not come to their end.
    pub stood: Vec<Stood>,
    /// The conversation, for people.
    pub transcript: Vec<Line>,
}

impl Trial {
    /// A run with this fault, or with none.
    #[must_use]
    pub fn new(fault: Option<Fault>) -> Self {
        let wire = Rc::new(RefCell::new(Wire::new(fault)));
        Self { wire, fault, detailed: false, records: RefCell::default() }
    }

    /// The same, keeping the conversation for people.
    #[must_use]
    pub fn detailed(self) -> Self {
        Self { detailed: true, ..self }
    }

    /// The wire that its worlds share.
    #[must_use]
    pub fn wire(&self) -> Shared {
        Rc::clone(&self.wire)
    }

    /// Whether something goes wrong in it.
    #[must_use]
    pub fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    /// The frames that crossed; kept when there was no fault.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.wire.borrow().steps().to_vec()
    }

    /// The frame at which the fault happened; none, if it made no sense there.
    #[must_use]
    pub fn happened(&self) -> Option<Step> {
        self.wire.borrow().happened().cloned()
    }

    /// The conversations for people, of all worlds.
    #[must_use]
    pub fn transcript(&self) -> Vec<Line> {
        self.records.borrow().iter().flat_map(|record| record.transcript.clone()).collect()
    }

    /// Whether a script could be told `unconfirmed` with good reason.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.wire.borrow().is_in_doubt()
    }

    /// What was kept.
    pub(super) fn records(&self) -> Vec<Record> {
        self.records.borrow().clone()
    }

    /// The test has failed and does nothing any more; its callers stay on the line for a while.
    pub fn linger(&self, world: &mut World) {
        if self.fault.is_none() {
            return;
        }
        let limit = world.now() + LINGERING;
        while world.live().next().is_some() {
            match world.next_due() {
                Some(due) if due <= limit => world.advance_to(due),
                _ => break,
            }
        }
    }

    /// The scripts are at their end; what the fault delays still comes.
    pub fn wait_for_the_late(&self, world: &mut World) {
        while let Some(due) = world.simulation.line.next_release() {
            world.advance_to(due);
        }
    }

    /// A world is at its end.
    pub fn world_over(&self, world: &World, ended: bool) {
        let errors = world.faults().map(|(_, fault)| fault.fault.clone()).collect();
        let doubled = self.wire.borrow().doubled().to_vec();
        self.records.borrow_mut().push(Record {
            ended,
            endless: world.is_endless(),
            errors,
            doubled: placed(doubled, world),
            conversations: conversations(world),
            stood: if ended { Vec::new() } else { stood(world) },
            transcript: if self.detailed { transcript(world) } else { Vec::new() },
        });
    }
}

/// Each thing that happened twice with the place of the last such verb on its call.
fn placed(doubled: Vec<Doubled>, world: &World) -> Vec<(Doubled, Option<At>)> {
    let mut places: HashMap<(&str, &str), At> = HashMap::new();
    if !doubled.is_empty() {
        for entry in world.story() {
            if let (Happened::Seen(What::Verb { method, .. }), Some(call_id), Some(place)) =
                (&entry.what, &entry.call_id, &entry.place)
            {
                places.insert((call_id, method), At::from(place));
            }
        }
    }
    let place = |doubled: &Doubled| {
        let (call_id, method) = match doubled {
            Doubled::Payment { call_id } | Doubled::Repeated { call_id } => (call_id, PAY),
            Doubled::Answer { call_id } => (call_id, "calling.answer"),
        };
        places.get(&(call_id.as_str(), method)).cloned()
    };
    doubled
        .into_iter()
        .map(|doubled| (place(&doubled), doubled))
        .map(|(place, doubled)| (doubled, place))
        .collect()
}
