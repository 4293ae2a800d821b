//! The virtual party of a call: what it does by itself, step by step.
//!
//! Never touches the call: it says what it does, and the line does it.

use super::action::Listens;
use super::card::{Card, Entry};
use super::effects::Effects;
use super::schedule::Slot;
use super::timing;
use std::collections::VecDeque;
use std::time::Duration;

/// What the virtual party does by itself.
#[derive(Debug, Clone)]
pub struct CallPlan {
    /// Done one after another from the moment that the call is answered.
    pub actions: Vec<PlanAction>,
    /// The card that it enters, part by part, whenever a payment asks for it; without one it enters nothing.
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

impl Default for CallPlan {
    fn default() -> Self {
        Self {
            actions: Vec::new(),
            card: Some(Card::test()),
            hang_up_after: None,
            gives_up_after: None,
            silent: false,
            answered_by: AnsweredBy::default(),
        }
    }
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanAction {
    /// Lets time pass.
    Wait(Duration),
    /// Listens until a text is spoken that contains this one, in whatever case; after a minute without it, goes
    /// on.
    Hear(String),
    /// Presses keys, as soon as something listens for keys and its prompt is over; after a minute without it,
    /// presses them anyway.
    Press(String),
    /// Says something, as soon as something listens for speech; after a minute without it, says it anyway.
    Speak(String),
    /// Hangs up.
    HangUp,
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

/// How the virtual party is, for actions that need to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    pub(super) silent: bool,
    pub(super) answered_by: AnsweredBy,
}

/// Where the virtual party is in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The call is not answered, or the plan is over.
    Idle,
    /// A wait runs.
    Waiting,
    /// Nothing listens yet.
    Listening,
    /// Something listens, and the finger is on its way.
    Reacting,
}

/// A virtual party with its plan.
#[derive(Debug)]
pub(super) struct Caller {
    steps: VecDeque<PlanAction>,
    pub(super) hang_up_after: Option<Duration>,
    pub(super) gives_up_after: Option<Duration>,
    pub(super) habits: Habits,
    card: Option<Card>,
    /// The part of the card that it is about to enter.
    entering: Option<Entry>,
    phase: Phase,
}

impl Caller {
    pub(super) fn new(plan: CallPlan) -> Self {
        Self {
            steps: plan.actions.into(),
            hang_up_after: plan.hang_up_after,
            gives_up_after: plan.gives_up_after,
            habits: Habits { silent: plan.silent, answered_by: plan.answered_by },
            card: plan.card,
            entering: None,
            phase: Phase::Idle,
        }
    }

    /// Begins to enter a part of the card that a payment waits for.
    fn look_for_card(&mut self, asked: Option<Entry>, fx: &mut Effects<'_>) {
        let asked = asked.filter(|_| self.card.is_some());
        match asked {
            entry if entry == self.entering => {}
            Some(_) => fx.timer(Slot::Card, timing::REACTION),
            None => fx.cancel(Slot::Card),
        }
        self.entering = asked;
    }

    /// The keys for the part of the card that it is about to enter.
    pub(super) fn card_due(&mut self) -> Option<String> {
        let (entry, card) = (self.entering.take()?, self.card.as_ref()?);
        Some(format!("{}#", card.entry(entry)))
    }

    /// Looks at the call: begins the next step, or sees that something listens now.
    pub(super) fn look(&mut self, listens: Listens, fx: &mut Effects<'_>) {
        self.look_for_card(listens.entry, fx);
        let Some(step) = self.steps.front() else { return };
        let heard = match step {
            PlanAction::Press(_) => listens.keys && self.entering.is_none(),
            PlanAction::Speak(_) => listens.speech,
            PlanAction::Hear(_) | PlanAction::Wait(_) | PlanAction::HangUp => false,
        };
        let (phase, after) = match (self.phase, step) {
            (Phase::Idle, PlanAction::Wait(time)) => (Phase::Waiting, *time),
            (Phase::Idle, PlanAction::HangUp) => (Phase::Waiting, Duration::ZERO),
            (Phase::Idle | Phase::Listening, _) if heard => (Phase::Reacting, timing::REACTION),
            (Phase::Idle, _) => (Phase::Listening, timing::PATIENCE),
            (Phase::Reacting, _) if !heard => (Phase::Listening, timing::PATIENCE),
            _ => return,
        };
        self.phase = phase;
        fx.timer(Slot::Caller, after);
    }

    /// Its timer is due: the step to carry out.
    pub(super) fn due(&mut self) -> Option<PlanAction> {
        self.phase = Phase::Idle;
        self.steps.pop_front()
    }
}
