//! The virtual party's card: each part is entered when a payment asks for it, and once for each time.
//!
//! Never enters what nobody asks for, and never shows a part of the card.

use super::super::card::{Card, Entry};
use super::super::effects::Effects;
use super::super::schedule::Slot;
use super::super::timing;
use super::Deed;
use super::keys::Keys;

/// What is seen of the keys.
const SEEN: &str = "****";

/// The card, and how far its entering is.
#[derive(Debug)]
pub(super) struct Entering {
    card: Option<Card>,
    phase: Phase,
}

/// What it does about the part that is asked for.
#[derive(Debug)]
enum Phase {
    /// Nothing is asked for.
    Unasked,
    /// The prompt is over, and the finger is on its way.
    Reacting(Entry),
    /// The part is being entered.
    Typing(Entry, Keys),
    /// It was entered, or there is nothing to enter; it is entered again only when it is asked for again.
    Done(Entry),
}

impl Phase {
    fn entry(&self) -> Option<Entry> {
        match self {
            Self::Unasked => None,
            Self::Reacting(entry) | Self::Typing(entry, _) | Self::Done(entry) => Some(*entry),
        }
    }
}

impl Entering {
    pub(super) fn new(card: Option<Card>) -> Self {
        Self { card, phase: Phase::Unasked }
    }

    pub(super) fn has_card(&self) -> bool {
        self.card.is_some()
    }

    /// Sees which part is asked for. When that changes (another part, a prompt again, the end of the payment),
    /// keys that were not pressed yet are not pressed any more.
    pub(super) fn look(&mut self, asked: Option<Entry>, fx: &mut Effects<'_>) {
        if self.phase.entry() == asked {
            return;
        }
        if matches!(self.phase, Phase::Reacting(_) | Phase::Typing(..)) {
            fx.cancel(Slot::Card);
        }
        self.phase = match asked {
            None => Phase::Unasked,
            Some(entry) if self.keys(entry).is_none() => Phase::Done(entry),
            Some(entry) => {
                fx.timer(Slot::Card, timing::REACTION);
                Phase::Reacting(entry)
            }
        };
    }

    /// The keys of a part, `#` after it; none when there is nothing to enter.
    fn keys(&self, entry: Entry) -> Option<Keys> {
        let part = self.card.as_ref()?.entry(entry);
        (!Keys::of(part).is_empty()).then(|| Keys::of(&format!("{part}#")))
    }

    /// Its timer is due: the key to press.
    pub(super) fn due(&mut self, fx: &mut Effects<'_>) -> Option<Deed> {
        let mut seen = None;
        if let Phase::Reacting(entry) = self.phase {
            seen = Some(SEEN.to_owned());
            self.phase = Phase::Typing(entry, self.keys(entry)?);
        }
        let Phase::Typing(entry, keys) = &mut self.phase else { return None };
        let key = keys.strike(Slot::Card, fx)?;
        if keys.is_empty() {
            self.phase = Phase::Done(*entry);
        }
        Some(Deed::Press { key, seen })
    }
}
