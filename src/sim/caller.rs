//! The virtual party of a call: it hears what is spoken, follows its plan step by step, and enters its card.
//!
//! | file | what it is for |
//! |---|---|
//! | `plan` | what it is told to do |
//! | `script` | the same, read from JSON |
//! | `heard` | what it heard since it acted last |
//! | `keys` | the keys under its finger |
//! | `entering` | its card, part by part |
//!
//! Never touches the call: it says what it does, and the line does it.

mod entering;
mod heard;
mod keys;
mod plan;
mod script;
#[cfg(test)]
mod tests;

pub(super) use keys::is_key;
pub use plan::{AnsweredBy, CallPlan, PlanAction};

use super::action::Listens;
use super::effects::Effects;
use super::schedule::Slot;
use super::timing;
use entering::Entering;
use heard::Heard;
use keys::Keys;
use std::collections::VecDeque;
use std::time::Duration;

/// How the virtual party is, for actions that need to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    pub(super) silent: bool,
    pub(super) answered_by: AnsweredBy,
}

/// What it does at one moment; the line does it.
pub(super) enum Deed {
    /// Presses a key. With the first one of several: what is seen of all of them.
    Press { key: char, seen: Option<String> },
    /// Says something.
    Say(String),
    /// Hangs up.
    HangUp,
    /// Stops waiting for a text that nobody spoke.
    Miss(String),
}

/// Where the virtual party is in its plan.
#[derive(Debug)]
enum Phase {
    /// The call is not answered, the plan is over, or its keys have to wait for a payment to end.
    Idle,
    /// A wait runs.
    Waiting,
    /// Nothing listens yet, or the text was not spoken yet.
    Listening,
    /// Something listens, and the finger is on its way.
    Reacting,
    /// Keys are being pressed; their step is done.
    Typing(Keys),
}

/// A virtual party with its plan.
#[derive(Debug)]
pub(super) struct Caller {
    steps: VecDeque<PlanAction>,
    pub(super) hang_up_after: Option<Duration>,
    pub(super) gives_up_after: Option<Duration>,
    pub(super) habits: Habits,
    phase: Phase,
    heard: Heard,
    entering: Entering,
    /// Whether a payment runs.
    paying: bool,
}

impl Caller {
    pub(super) fn new(plan: CallPlan) -> Self {
        Self {
            steps: plan.actions.into(),
            hang_up_after: plan.hang_up_after,
            gives_up_after: plan.gives_up_after,
            habits: Habits { silent: plan.silent, answered_by: plan.answered_by },
            phase: Phase::Idle,
            heard: Heard::default(),
            entering: Entering::new(plan.card),
            paying: false,
        }
    }

    /// A text was spoken.
    pub(super) fn hear(&mut self, text: &str) {
        if self.steps.iter().any(|step| matches!(step, PlanAction::Hear(_))) {
            self.heard.add(text);
        }
    }

    /// Looks at the call: begins the next step, or sees that something listens now. While a payment runs
    /// (`paying`), a party with a card has no hand free for its plan.
    pub(super) fn look(&mut self, listens: Listens, paying: bool, fx: &mut Effects<'_>) {
        self.entering.look(listens.entry, fx);
        let busy = paying && self.entering.has_card();
        self.lift_the_finger(paying, busy, fx);
        self.paying = paying;
        if matches!(self.phase, Phase::Typing(_)) {
            return;
        }
        self.pass_what_was_heard(fx);
        let Some(step) = self.steps.front() else { return };
        let ready = match step {
            PlanAction::Press(_) if busy => return,
            PlanAction::Press(_) => listens.keys,
            PlanAction::Speak(_) => listens.speech,
            PlanAction::Hear(_) | PlanAction::Wait(_) | PlanAction::HangUp => false,
        };
        let (phase, after) = match (&self.phase, step) {
            (Phase::Idle, PlanAction::Wait(time)) => (Phase::Waiting, *time),
            (Phase::Idle, PlanAction::HangUp) => (Phase::Waiting, Duration::ZERO),
            (Phase::Idle | Phase::Listening, _) if ready => (Phase::Reacting, timing::REACTION),
            (Phase::Idle, _) => (Phase::Listening, timing::PATIENCE),
            (Phase::Reacting, _) if !ready => (Phase::Listening, timing::PATIENCE),
            _ => return,
        };
        self.phase = phase;
        fx.timer(Slot::Caller, after);
    }

    /// Keys are meant for what listened at the first of them: when a payment begins or ends among them, the rest
    /// is not pressed. Those to come wait while both hands are at the card.
    fn lift_the_finger(&mut self, paying: bool, busy: bool, fx: &mut Effects<'_>) {
        let pressing = matches!(self.steps.front(), Some(PlanAction::Press(_)));
        let lifted = match self.phase {
            Phase::Typing(_) => paying != self.paying,
            Phase::Listening | Phase::Reacting => busy && pressing,
            Phase::Idle | Phase::Waiting => false,
        };
        if lifted {
            self.rest(fx);
        }
    }

    /// Steps that wait for a text that was spoken are done.
    fn pass_what_was_heard(&mut self, fx: &mut Effects<'_>) {
        while let Some(PlanAction::Hear(text)) = self.steps.front()
            && self.heard.take(text)
        {
            self.steps.pop_front();
            self.rest(fx);
        }
    }

    fn rest(&mut self, fx: &mut Effects<'_>) {
        self.phase = Phase::Idle;
        fx.cancel(Slot::Caller);
    }

    /// The timer of its plan is due: what it does now.
    pub(super) fn due(&mut self, fx: &mut Effects<'_>) -> Option<Deed> {
        if matches!(self.phase, Phase::Typing(_)) {
            return self.press(None, fx);
        }
        self.phase = Phase::Idle;
        let step = self.steps.pop_front()?;
        if !matches!(step, PlanAction::Wait(_)) {
            self.heard.forget();
        }
        match step {
            PlanAction::Press(digits) => {
                let keys = Keys::of(&digits);
                let seen = keys.seen();
                self.phase = Phase::Typing(keys);
                self.press(Some(seen), fx)
            }
            PlanAction::Speak(text) => Some(Deed::Say(text)),
            PlanAction::Hear(text) => Some(Deed::Miss(text)),
            PlanAction::HangUp => Some(Deed::HangUp),
            PlanAction::Wait(_) => None,
        }
    }

    fn press(&mut self, seen: Option<String>, fx: &mut Effects<'_>) -> Option<Deed> {
        let Phase::Typing(keys) = &mut self.phase else { return None };
        let key = keys.strike(Slot::Caller, fx);
        if keys.is_empty() {
            self.phase = Phase::Idle;
        }
        key.map(|key| Deed::Press { key, seen })
    }

    /// The timer of its card is due: what it does now.
    pub(super) fn card_due(&mut self, fx: &mut Effects<'_>) -> Option<Deed> {
        self.entering.due(fx)
    }

    /// The call is over: it forgets its plan and its card.
    pub(super) fn leave(&mut self) {
        *self = Self::new(CallPlan { silent: self.habits.silent, ..CallPlan::passive() });
    }
}
