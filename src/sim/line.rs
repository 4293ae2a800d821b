//! One simulated call: its state, its actions, and its virtual party.
//!
//! Pure: it changes itself and collects effects; it never sends, waits, or knows sessions.

use super::action::{Act, Action, Listens, Work};
use super::bindings::Bindings;
use super::caller::{Caller, Deed, is_key};
use super::discretion::{Discretion, HIDDEN};
use super::effects::{Effect, Effects};
use super::far::{Bridge, Leg, Refer};
use super::frames::{Failure, Fields, fields};
use super::observe::{How, What, mask_card};
use super::outside::Answer;
use super::params::Params;
use super::schedule::{Slot, TimerId};
use super::timing;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The family of which a call has one action at a time, which hears all keys and words.
pub(super) const PAY: &str = "calling.pay";

/// Who ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The client, by `calling.end`.
    Script,
    /// The virtual party.
    Caller,
    /// The server: a limit, a lost session, nobody to take the call.
    Server,
}

/// The states of a call that the wire names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallState {
    Created,
    Ringing,
    Answered,
    Ending,
    Ended,
}

impl CallState {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Ending => "ending",
            Self::Ended => "ended",
        }
    }
}

/// What names a call on the wire.
#[derive(Debug, Clone)]
pub(super) struct CallIds {
    pub(super) call_id: String,
    pub(super) node_id: String,
    pub(super) segment_id: String,
}

impl CallIds {
    /// The fields that every event about the call carries.
    pub(super) fn fields(&self) -> Fields {
        fields(json!({"call_id": self.call_id, "node_id": self.node_id}))
    }
}

/// A simulated call.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) ids: CallIds,
    pub(super) inbound: bool,
    pub(super) device: Value,
    pub(super) tag: String,
    pub(super) context: String,
    pub(super) state: CallState,
    pub(super) end_reason: Option<String>,
    pub(super) longest: Option<Duration>,
    pub(super) actions: Vec<Action>,
    /// Set on a call that the client dials.
    pub(super) leg: Option<Leg>,
    pub(super) bridge: Option<Bridge>,
    pub(super) refer: Option<Refer>,
    /// Whether the virtual party hears itself.
    pub(super) echoes: bool,
    /// How much of what the virtual party enters may be seen.
    pub(super) discretion: Discretion,
    pub(super) bindings: Bindings,
    pub(super) caller: Caller,
    /// The session that controls it, and the sessions that passed it on; kept by the peer.
    pub(super) session: Option<u64>,
    pub(super) passed: BTreeSet<u64>,
    /// The planned events; kept by the peer.
    pub(super) timers: BTreeMap<Slot, TimerId>,
}

impl Line {
    /// Sends an event that carries the call's ids.
    pub(super) fn event(&self, fx: &mut Effects<'_>, event_type: &'static str, rest: Value) {
        let mut params = self.ids.fields();
        params.append(&mut fields(rest));
        fx.event(event_type, params);
    }

    pub(super) fn state_event(&self, fx: &mut Effects<'_>, end_reason: Option<&str>) {
        let mut state = fields(json!({
            "call_state": self.state.name(),
            "segment_id": self.ids.segment_id,
            "direction": if self.inbound { "inbound" } else { "outbound" },
            "device": self.device,
            "tag": self.tag,
        }));
        if let Some(reason) = end_reason {
            state.insert("end_reason".into(), reason.into());
        }
        state.append(&mut self.relatives());
        self.event(fx, "calling.call.state", Value::Object(state));
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == CallState::Ended
    }

    /// The call is answered: limits and the virtual party's plan begin.
    pub(super) fn answered(&mut self, fx: &mut Effects<'_>) {
        self.state = CallState::Answered;
        self.state_event(fx, None);
        fx.cancel(Slot::Unanswered);
        if let Some(longest) = self.longest {
            fx.timer(Slot::MaxDuration, longest);
        }
        self.be_patient(fx);
    }

    /// Sets or removes the time at which the virtual party has had enough.
    pub(super) fn be_patient(&self, fx: &mut Effects<'_>) {
        let answered = self.state == CallState::Answered;
        let limit = if answered { self.caller.hang_up_after } else { self.caller.gives_up_after };
        match limit {
            Some(limit) => fx.timer(Slot::Patience, limit),
            None => fx.cancel(Slot::Patience),
        }
    }

    /// Ends the call; whatever is live on it is over without an event of its own (*assumed*).
    pub(super) fn end(&mut self, reason: &str, by: By, fx: &mut Effects<'_>) {
        if self.is_over() {
            return;
        }
        for state in [CallState::Ending, CallState::Ended] {
            self.state = state;
            self.state_event(fx, Some(reason));
        }
        self.end_reason = Some(reason.to_owned());
        self.each(fx, |action, act| action.cut(act));
        self.actions.clear();
        self.bindings = Bindings::default();
        self.caller.leave();
        fx.observe(What::Ended { reason: reason.to_owned(), by });
        fx.list.push(Effect::Over);
    }

    /// Ends the call from the virtual party's side.
    pub(super) fn hang_up(&mut self, fx: &mut Effects<'_>) {
        if self.is_over() {
            return;
        }
        let reason = match (self.state, self.inbound) {
            (CallState::Answered, _) => "hangup",
            (_, true) => "cancel",
            (_, false) => "decline",
        };
        self.each(fx, |action, act| action.hung_up(act));
        self.end(reason, By::Caller, fx);
    }

    /// Begins an action under its `control_id`.
    pub(super) fn start(
        &mut self,
        work: Box<dyn Work>,
        control_id: &str,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        if self.actions.iter().any(|action| action.control_id == control_id) {
            return Err(Failure::Code("409".into(), "the control_id is in use".into()));
        }
        if work.family() == PAY && self.is_paying() {
            let habits = self.caller.habits;
            work.refused(&mut Act { control_id, call: &self.ids, habits, fx, over: false });
            return Err(Failure::Code("409".into(), "session-in-progress".into()));
        }
        self.actions.push(Action { control_id: control_id.to_owned(), work, over: false });
        let mut reply = Fields::new();
        self.each(fx, |action, act| {
            if act.control_id == control_id {
                action.start(act);
                reply = action.reply();
            }
        });
        Ok(reply)
    }

    /// Hands a command to the action that it names.
    pub(super) fn command(
        &mut self,
        (family, command): (&str, &str),
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<(), Failure> {
        let control_id = params.text("control_id")?;
        let shared = |own: &str| command == "start_input_timers" && own == "calling.play_and_collect";
        let mut outcome = Err(Failure::not_found("no live action has this control_id"));
        self.each(fx, |action, act| {
            let own = action.family();
            if act.control_id == control_id && (own == family || shared(own)) {
                outcome = action.command(command, params, act);
            }
        });
        outcome
    }

    /// Gives every live action its turn, then drops those that are over.
    pub(super) fn each(
        &mut self,
        fx: &mut Effects<'_>,
        mut turn: impl FnMut(&mut dyn Work, &mut Act<'_, '_>),
    ) {
        let habits = self.caller.habits;
        for Action { control_id, work, over } in &mut self.actions {
            let mut act = Act { control_id, call: &self.ids, habits, fx: &mut *fx, over: false };
            turn(work.as_mut(), &mut act);
            *over = act.over;
        }
        for action in self.actions.iter().filter(|action| action.over) {
            fx.cancel(Slot::Action(action.control_id.clone()));
        }
        self.actions.retain(|action| !action.over);
    }

    /// The world outside answered an action of the call.
    pub(super) fn answered_from_outside(&mut self, control_id: &str, answer: &Answer, fx: &mut Effects<'_>) {
        self.each(fx, |action, act| {
            if act.control_id == control_id {
                action.answered(answer, act);
            }
        });
    }

    /// A timer of the call is due.
    pub(super) fn due(&mut self, slot: Slot, fx: &mut Effects<'_>) {
        match slot {
            Slot::Action(control_id) => self.each(fx, |action, act| {
                if act.control_id == control_id {
                    action.due(act);
                }
            }),
            Slot::Caller => {
                let deed = self.caller.due(fx);
                self.act(deed, fx);
            }
            Slot::Card => {
                let deed = self.caller.card_due(fx);
                self.act(deed, fx);
            }
            Slot::Patience => self.hang_up(fx),
            Slot::MaxDuration => self.end("max_duration", By::Server, fx),
            Slot::Dialing => self.dialing_due(fx),
            Slot::Unanswered => self.end("noAnswer", By::Server, fx),
            Slot::Refer => self.refer_due(fx),
            Slot::Echo => self.echo_due(fx),
            Slot::Transfer => self.hang_up(fx),
        }
    }

    /// The virtual party does something by itself.
    fn act(&mut self, deed: Option<Deed>, fx: &mut Effects<'_>) {
        match deed {
            Some(Deed::Press { key, seen }) => {
                if let Some(seen) = seen {
                    self.show_keys(&seen, fx);
                }
                let paying = self.is_paying();
                self.press_key(key, paying, fx);
            }
            Some(Deed::Say(text)) => self.speak(&text, fx),
            Some(Deed::HangUp) => self.hang_up(fx),
            Some(Deed::Miss(text)) => fx.observe(What::Missed { text }),
            None => {}
        }
    }

    fn is_paying(&self) -> bool {
        self.actions.iter().any(|action| action.work.family() == PAY)
    }

    /// The virtual party presses keys. While a payment is live, nothing else hears them.
    pub(super) fn press(&mut self, digits: &str, fx: &mut Effects<'_>) {
        if self.state != CallState::Answered {
            return;
        }
        self.show_keys(digits, fx);
        // Keys pressed in one go belong together, even if the payment ends among them.
        let paying = self.is_paying();
        let keys = digits.chars().map(|key| key.to_ascii_uppercase());
        for key in keys.filter(|key| is_key(*key)) {
            self.press_key(key, paying, fx);
        }
    }

    /// What is seen of keys.
    fn show_keys(&mut self, digits: &str, fx: &mut Effects<'_>) {
        let shown = !self.is_paying() && self.discretion.shows_keys(digits, self.takes().keys);
        let seen = if shown { mask_card(digits) } else { HIDDEN.to_owned() };
        fx.observe(What::Pressed { digits: seen });
    }

    fn press_key(&mut self, key: char, paying: bool, fx: &mut Effects<'_>) {
        self.each(fx, |action, act| {
            if !paying || action.family() == PAY {
                action.press(key, act);
            }
        });
        if !paying && let Some((method, params)) = self.bindings.press(key) {
            self.run_bound(&method, params, fx);
        }
    }

    /// Runs a bound method; one that cannot run is dropped, as nobody waits for its reply.
    fn run_bound(&mut self, method: &str, mut params: Fields, fx: &mut Effects<'_>) {
        let control_id = params.entry("control_id").or_insert(Value::Null);
        if control_id.is_null() {
            *control_id = fx.ids.uuid().into();
        }
        if self.dispatch(method, Params(&params), fx).is_err() {
            let message = format!("the method bound to keys failed: {method}");
            self.event(fx, "calling.error", json!({"code": "400", "message": message}));
        }
    }

    /// The virtual party says something. While a payment is live, nothing else hears it.
    pub(super) fn speak(&mut self, text: &str, fx: &mut Effects<'_>) {
        if self.state != CallState::Answered {
            return;
        }
        let paying = self.is_paying();
        let shown = !paying && self.discretion.shows_words(text, self.takes().speech);
        let seen = if shown { text } else { HIDDEN };
        fx.observe(What::Spoke { text: seen.to_owned() });
        if self.echoes {
            fx.observe(What::Heard { text: seen.to_owned(), how: How::Tts, length: timing::speech(text) });
        }
        self.each(fx, |action, act| {
            if !paying || action.family() == PAY {
                action.speak(text, act);
            }
        });
    }

    /// What would be heard of the virtual party now.
    pub(super) fn takes(&self) -> Listens {
        let bound = Listens { keys: !self.bindings.is_empty(), ..Listens::default() };
        self.actions.iter().fold(bound, |heard, action| heard.and(action.work.takes()))
    }

    /// After every step: recordings hear what sounds, and the virtual party hears what was spoken and looks at
    /// the call.
    pub(super) fn settle(&mut self, fx: &mut Effects<'_>) {
        for sounding in std::mem::take(&mut fx.sounds) {
            self.each(fx, |action, act| action.sounds(&sounding, act));
        }
        for text in fx.spoken.drain(..) {
            self.caller.hear(&text);
        }
        if self.state != CallState::Answered {
            return;
        }
        let bound = Listens { keys: !self.bindings.is_empty(), ..Listens::default() };
        let listens = self.actions.iter().fold(bound, |heard, action| heard.and(action.work.listens()));
        self.caller.look(listens, self.is_paying(), fx);
    }
}
