//! `calling.ai` and `calling.amazon_bedrock`: a stand-in for an AI agent, which says that it is one, repeats what
//! it hears, and takes turns with the caller.
//!
//! Never understands anything: prompts are not followed, functions not called, nothing is sent to anybody.

use super::action::{Act, Listens, Work, unknown_command};
use super::effects::Effects;
use super::frames::{Failure, Fields};
use super::line::Line;
use super::observe::How;
use super::params::Params;
use super::timing;
use serde_json::json;
use std::collections::VecDeque;

const GREETING: &str =
    "This is the simulator's stand-in for an AI agent. Say something, and I will repeat it.";
const AI: &str = "calling.ai";
const BEDROCK: &str = "calling.amazon_bedrock";

/// What the agent does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Talks,
    Listens,
    Held,
}

/// The state of an agent.
#[derive(Debug)]
pub(super) struct Agent {
    family: &'static str,
    turn: Turn,
    /// What it says next.
    next: VecDeque<String>,
}

impl Agent {
    /// `calling.ai`: its events carry a `control_id`.
    pub(super) fn ai() -> Self {
        Self::new(AI)
    }

    /// `calling.amazon_bedrock`: no event of it is documented.
    pub(super) fn bedrock() -> Self {
        Self::new(BEDROCK)
    }

    fn new(family: &'static str) -> Self {
        Self { family, turn: Turn::Talks, next: VecDeque::new() }
    }

    fn event(&self, state: &str, act: &mut Act<'_, '_>) {
        if self.family == AI {
            act.event("calling.call.ai", json!({"state": state}));
        }
    }

    fn say(&mut self, text: &str, act: &mut Act<'_, '_>) {
        self.turn = Turn::Talks;
        let length = timing::speech(text);
        act.hear(text, How::Tts, length);
        act.timer(length);
    }

    /// Says it now, or after what is being said.
    fn say_in_turn(&mut self, text: String, act: &mut Act<'_, '_>) {
        match self.turn {
            Turn::Listens => self.say(&text, act),
            Turn::Talks | Turn::Held => self.next.push_back(text),
        }
    }

    /// Goes on with what is to be said, or listens.
    fn go_on(&mut self, act: &mut Act<'_, '_>) {
        self.turn = Turn::Listens;
        if let Some(text) = self.next.pop_front() {
            self.say(&text, act);
        }
    }

    /// `calling.ai_message`.
    fn message(&mut self, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        let given = ["message_text", "reset", "global_data"].iter().any(|name| params.get(name).is_some());
        if !given {
            return Err(Failure::bad("missing required parameter 'message_text'"));
        }
        let role = params.optional_text("role")?.unwrap_or("system");
        if let Some(text) = params.optional_text("message_text")? {
            let said = match role {
                "user" => heard(text),
                "assistant" => text.to_owned(),
                _ => format!("I was told: \"{text}\"."),
            };
            self.say_in_turn(said, act);
        }
        Ok(())
    }

    /// `calling.ai_hold`: silence until it is taken from hold, or the time is over.
    fn hold(&mut self, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        let given = params.get("timeout");
        let seconds = given.and_then(|it| it.as_f64().or_else(|| it.as_str()?.parse().ok()));
        let longest = seconds.map_or(timing::HELD, timing::seconds);
        let mut wait = longest;
        if let Some(text) = params.optional_text("prompt")?.filter(|text| !text.is_empty()) {
            self.say(text, act);
            wait += timing::speech(text);
        }
        self.turn = Turn::Held;
        act.timer(wait);
        Ok(())
    }

    /// `calling.ai_unhold`.
    fn unhold(&mut self, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        if self.turn != Turn::Held {
            return Err(Failure::bad("the agent is not on hold"));
        }
        act.cancel_timer();
        if let Some(text) = params.optional_text("prompt")?.filter(|text| !text.is_empty()) {
            self.next.push_front(text.to_owned());
        }
        self.go_on(act);
        Ok(())
    }
}

fn heard(text: &str) -> String {
    if text.is_empty() { "I did not hear you.".to_owned() } else { format!("You said: \"{text}\".") }
}

impl Work for Agent {
    fn family(&self) -> &'static str {
        self.family
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.event("answering", act);
        self.say(GREETING, act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        self.go_on(act);
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" => {
                self.event("finished", act);
                act.finish();
            }
            "message" => self.message(params, act)?,
            "hold" => self.hold(params, act)?,
            "unhold" => self.unhold(params, act)?,
            _ => return Err(unknown_command(self.family, command)),
        }
        Ok(())
    }

    /// Who speaks while the agent talks interrupts it.
    fn speak(&mut self, text: &str, act: &mut Act<'_, '_>) {
        if self.turn != Turn::Held {
            self.next.clear();
            self.say(&heard(text), act);
        }
    }

    fn listens(&self) -> Listens {
        Listens { speech: self.turn == Turn::Listens, ..Listens::default() }
    }
}

impl Line {
    fn has_agent(&self) -> bool {
        self.actions.iter().any(|action| [AI, BEDROCK].contains(&action.work.family()))
    }

    /// One agent at a time (*assumed*).
    pub(super) fn admits_agent(&self) -> Result<(), Failure> {
        if self.has_agent() {
            return Err(Failure::Code("409".into(), "an AI agent is on the call already".into()));
        }
        Ok(())
    }

    pub(super) fn start_bedrock(&mut self, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        self.admits_agent()?;
        let control_id = fx.ids.uuid();
        self.start(Box::new(Agent::bedrock()), &control_id, fx)
    }

    /// `calling.ai_message`, `calling.ai_hold`, `calling.ai_unhold`: for the agent of the call.
    pub(super) fn tell_agent(
        &mut self,
        command: &str,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        let mut outcome = Err(Failure::not_found("no AI agent is on the call"));
        self.each(fx, |action, act| {
            if [AI, BEDROCK].contains(&action.family()) {
                outcome = action.command(command, params, act);
            }
        });
        outcome.map(|()| Fields::new())
    }
}
