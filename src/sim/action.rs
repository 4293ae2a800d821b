//! An action of a call: what every family does in common, and how one is made from a request.
//!
//! Never knows what a family does; that is in one file a family.

use super::agent::Agent;
use super::caller::Habits;
use super::card::Entry;
use super::collecting::Collecting;
use super::detecting::Detecting;
use super::effects::{Effect, Effects};
use super::faxing::Faxing;
use super::frames::{Failure, Fields, fields};
use super::line::CallIds;
use super::observe::{How, What};
use super::outside::{Answer, Asked};
use super::params::Params;
use super::pay;
use super::playing::Playing;
use super::recording::Recording;
use super::schedule::Slot;
use super::sound::{Noise, Side, Sounding};
use super::steady::{Steady, sending_digits};
use serde_json::Value;
use std::fmt::Debug;
use std::time::Duration;

/// Something live on a call, under its `control_id`.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) control_id: String,
    pub(super) work: Box<dyn Work>,
    pub(super) over: bool,
}

/// What an action of one family does. It has one timer at a time.
pub(super) trait Work: Debug + Send {
    /// The method that starts it; its commands are `family.command`.
    fn family(&self) -> &'static str;
    /// Fields of the reply beside code, call and control; asked for after the start.
    fn reply(&self) -> Fields {
        Fields::new()
    }
    fn start(&mut self, act: &mut Act<'_, '_>);
    /// Its timer is due.
    fn due(&mut self, act: &mut Act<'_, '_>);
    /// A command that the family has (`stop` for every one).
    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure>;
    /// The virtual party pressed a key.
    fn press(&mut self, _key: char, _act: &mut Act<'_, '_>) {}
    /// The virtual party said something.
    fn speak(&mut self, _text: &str, _act: &mut Act<'_, '_>) {}
    /// The world outside answered what it asked.
    fn answered(&mut self, _answer: &Answer, _act: &mut Act<'_, '_>) {}
    /// The virtual party hung up; the call is not over yet.
    fn hung_up(&mut self, _act: &mut Act<'_, '_>) {}
    /// It was not started, as one of its family is live on the call.
    fn refused(&self, _act: &mut Act<'_, '_>) {}
    /// Something began or ceased to sound on the call, itself included.
    fn sounds(&mut self, _sounding: &Sounding, _act: &mut Act<'_, '_>) {}
    /// The call is over, and the action with it; no event can tell.
    fn cut(&mut self, _act: &mut Act<'_, '_>) {}
    /// What it waits for from the virtual party.
    fn listens(&self) -> Listens {
        Listens::default()
    }
    /// What would be heard of the virtual party now, also what would cut a prompt short.
    fn takes(&self) -> Listens {
        self.listens()
    }
}

/// What is waited for from the virtual party.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Listens {
    pub(super) keys: bool,
    pub(super) speech: bool,
    /// The part of a card that a payment waits for; its prompt is over. It is `None` while a prompt plays: so the
    /// virtual party sees that the same part is asked for again.
    pub(super) entry: Option<Entry>,
}

impl Listens {
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            keys: self.keys || other.keys,
            speech: self.speech || other.speech,
            entry: self.entry.or(other.entry),
        }
    }
}

/// One step of an action: where it is and what it may do.
#[derive(Debug)]
pub(super) struct Act<'a, 'b> {
    pub(super) control_id: &'a str,
    pub(super) call: &'a CallIds,
    pub(super) habits: Habits,
    pub(super) fx: &'a mut Effects<'b>,
    pub(super) over: bool,
}

impl Act<'_, '_> {
    pub(super) fn now(&self) -> Duration {
        self.fx.now
    }

    /// Sends an event with the call's and the action's ids.
    pub(super) fn event(&mut self, event_type: &'static str, rest: Value) {
        let params = self.fields(rest);
        self.fx.event(event_type, params);
    }

    pub(super) fn timer(&mut self, after: Duration) {
        self.fx.timer(Slot::Action(self.control_id.into()), after);
    }

    pub(super) fn cancel_timer(&mut self) {
        self.fx.cancel(Slot::Action(self.control_id.into()));
    }

    /// Asks something of the world outside; the answer comes by [`Work::answered`].
    pub(super) fn ask(&mut self, what: Asked) {
        self.fx.list.push(Effect::Ask { control_id: self.control_id.into(), what });
    }

    /// Posts to a status URL what an event with these fields would say; nothing waits for the answer.
    pub(super) fn report(&mut self, url: &str, event_type: &'static str, rest: Value) {
        let params = self.fields(rest);
        self.fx.list.push(Effect::Report { url: url.to_owned(), event_type, params });
    }

    fn fields(&self, rest: Value) -> Fields {
        let mut params = self.call.fields();
        params.insert("control_id".into(), self.control_id.into());
        params.append(&mut fields(rest));
        params
    }

    /// The virtual party begins to hear something that is planned to last so long.
    pub(super) fn hear(&mut self, text: &str, how: How, length: Duration) {
        self.fx.observe(What::Heard { text: text.to_owned(), how, length });
        self.sound(vec![Side::Listens], text, how, length);
    }

    /// Something begins to sound for the recordings of the call.
    pub(super) fn sound(&mut self, sides: Vec<Side>, text: &str, how: How, length: Duration) {
        if let Some(noise) = Noise::of(how, text) {
            self.fx.sounds.push(Sounding::Begins { by: self.control_id.into(), sides, noise, length });
        }
    }

    /// What the action plays falls silent before its planned end.
    pub(super) fn hush(&mut self) {
        self.fx.sounds.push(Sounding::Ceases(self.control_id.into()));
    }

    /// The action is over; its terminal event was sent.
    pub(super) fn finish(&mut self) {
        self.over = true;
    }
}

/// Makes the action that a method starts; `None` when the method starts none.
pub(super) fn make(method: &str, params: Params<'_>) -> Result<Option<Box<dyn Work>>, Failure> {
    let work: Box<dyn Work> = match method {
        "calling.play" => Box::new(Playing::parse(params)?),
        "calling.record" => Box::new(Recording::parse(params)?),
        "calling.collect" => Box::new(Collecting::parse(params)?),
        "calling.play_and_collect" => Box::new(Collecting::parse_with_prompt(params)?),
        "calling.detect" => Box::new(Detecting::parse(params)?),
        "calling.pay" => pay::parse(params)?,
        "calling.send_fax" => Box::new(Faxing::send(params)?),
        "calling.receive_fax" => Box::new(Faxing::receive()),
        "calling.tap" => Box::new(Steady::tap(params)?),
        "calling.stream" => Box::new(Steady::stream(params)?),
        "calling.transcribe" => Box::new(Steady::transcribe()),
        "calling.ai" => Box::new(Agent::ai()),
        "calling.send_digits" => Box::new(sending_digits(params)?),
        _ => return Ok(None),
    };
    Ok(Some(work))
}

/// The refusal of a command that the family does not have.
pub(super) fn unknown_command(family: &str, command: &str) -> Failure {
    Failure::Rpc(-32601, format!("method not found: {family}.{command}"))
}
