//! What a virtual party is told to do.
//!
//! Only data: `Debug` shows no key and no word of it, since they may be a card number.

use super::super::card::Card;
use std::fmt;
use std::time::Duration;

/// What the virtual party does by itself.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// Done one after another from the moment that the call is answered.
    pub actions: Vec<PlanAction>,
    /// The card that it enters, part by part, whenever a payment asks for it, whatever step the plan is at; an
    /// empty part is not entered. While a payment runs, planned keys wait for its end. Without a card it enters
    /// nothing by itself, and planned keys go to the payment.
    pub card: Option<Card>,
    /// Hangs up this long after the answer, whatever else is planned.
    pub hang_up_after: Option<Duration>,
    /// Gives up when nobody answers for this long.
    pub gives_up_after: Option<Duration>,
    /// Says nothing by itself: a recording hears only what is spoken by the plan or by a test.
    pub silent: bool,
    /// What a detector finds.
    pub answered_by: AnsweredBy,
}

/// A person who talks, pays with [`Card::test`], and does nothing else.
impl Default for CallPlan {
    fn default() -> Self {
        Self { card: Some(Card::test()), silent: false, ..Self::passive() }
    }
}

impl CallPlan {
    /// A party that does nothing by itself: whatever it does comes from outside, by [`press`], [`speak`] and
    /// [`hang_up`].
    ///
    /// [`press`]: crate::sim::Peer::press
    /// [`speak`]: crate::sim::Peer::speak
    /// [`hang_up`]: crate::sim::Peer::hang_up
    #[must_use]
    pub fn passive() -> Self {
        Self {
            actions: Vec::new(),
            card: None,
            hang_up_after: None,
            gives_up_after: None,
            silent: true,
            answered_by: AnsweredBy::default(),
        }
    }
}

/// One step of a plan.
#[derive(Clone, PartialEq, Eq)]
pub enum PlanAction {
    /// Lets time pass.
    Wait(Duration),
    /// Listens until a text is spoken that contains this one, in whatever case, and with every run of spaces
    /// taken as one; after a minute without it, goes on. What was spoken since the party acted last (pressed,
    /// spoke, or heard what it listened for) counts too, so nothing is missed by waiting or reacting. Each
    /// spoken text is heard once.
    Hear(String),
    /// Presses keys, one after another, as soon as something listens for keys and its prompt is over; after a
    /// minute without it, presses them anyway. Other characters than `0-9 * # A-D` are no keys.
    Press(String),
    /// Says something, as soon as something listens for speech; after a minute without it, says it anyway.
    Speak(String),
    /// Hangs up.
    HangUp,
}

impl fmt::Debug for PlanAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wait(time) => write!(f, "Wait({time:?})"),
            Self::Hear(text) => write!(f, "Hear({text:?})"),
            Self::Press(_) => f.write_str("Press(***)"),
            Self::Speak(_) => f.write_str("Speak(***)"),
            Self::HangUp => f.write_str("HangUp"),
        }
    }
}

/// What is at the virtual party's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnsweredBy {
    /// A person.
    #[default]
    Human,
    /// An answering machine.
    Machine,
    /// A fax.
    Fax,
}
