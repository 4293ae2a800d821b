//! The rows of the verb table, a file a family, and how to find them.
//!
//! It checks nothing and writes nothing (see [`super::args`]).

use std::sync::LazyLock;

use super::table::{Receiver, Verb};
use crate::call::ActionKind;

mod actions;
mod ai;
pub(super) mod base;
mod collect;
mod conference;
pub(super) mod connect;
mod control;
mod detect;
mod fax;
mod live;
pub(super) mod media;
mod pay;
mod record;
mod relay;
mod stream;
#[cfg(test)]
mod tests;

/// The families, in the order of the reference.
const FAMILIES: &[&[Verb]] = &[
    control::VERBS,
    media::VERBS,
    record::VERBS,
    collect::VERBS,
    detect::VERBS,
    pay::VERBS,
    connect::VERBS,
    conference::VERBS,
    fax::VERBS,
    stream::VERBS,
    live::VERBS,
    ai::VERBS,
    actions::VERBS,
    relay::VERBS,
];

static ALL: LazyLock<Vec<&'static Verb>> = LazyLock::new(|| FAMILIES.iter().copied().flatten().collect());

/// Every row, in the order of the reference.
#[must_use]
pub fn all() -> &'static [&'static Verb] {
    &ALL
}

/// The verb `call.name(…)`.
#[must_use]
pub fn call_verb(name: &str) -> Option<&'static Verb> {
    find(Receiver::Call, name)
}

/// The verb `relay.name(…)`.
#[must_use]
pub fn relay_verb(name: &str) -> Option<&'static Verb> {
    find(Receiver::Relay, name)
}

/// The method `action.name(…)` of actions of this kind.
#[must_use]
pub fn action_verb(kind: ActionKind, name: &str) -> Option<&'static Verb> {
    actions::VERBS.iter().find(|verb| verb.name == name && verb.on.contains(&kind))
}

/// Every row `action.name(…)`: the RELAY method depends on the kind of the action.
pub fn action_verbs(name: &str) -> impl Iterator<Item = &'static Verb> {
    actions::VERBS.iter().filter(move |verb| verb.name == name)
}

fn find(receiver: Receiver, name: &str) -> Option<&'static Verb> {
    all().iter().copied().find(|verb| verb.receiver == receiver && verb.name == name)
}
