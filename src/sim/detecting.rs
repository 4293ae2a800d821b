//! `calling.detect`: a person or a machine, fax tones, digits.
//!
//! Never listens to sound: what answers the call is part of the plan of its virtual party.

use super::action::{Act, Listens, Work, unknown_command};
use super::caller::AnsweredBy;
use super::frames::Failure;
use super::params::{Params, wrong};
use super::timing;
use serde_json::json;
use std::time::Duration;

/// What is looked for.
#[derive(Debug)]
enum Target {
    Machine,
    Fax { tone: Option<String> },
    Digit { digits: String },
}

/// The state of a `calling.detect`.
#[derive(Debug)]
pub(super) struct Detecting {
    target: Target,
    timeout: Duration,
}

impl Detecting {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let detect = params.object("detect")?;
        let options = detect.optional_object("params")?;
        let option = |name: &str| options.map_or(Ok(None), |options| options.optional_text(name));
        let target = match detect.text("type")? {
            "machine" => Target::Machine,
            "fax" => Target::Fax { tone: option("tone")?.map(str::to_owned) },
            "digit" => Target::Digit { digits: option("digits")?.unwrap_or("0123456789#*").to_owned() },
            _ => return Err(wrong("detect.type", "machine, fax or digit")),
        };
        Ok(Self { target, timeout: params.seconds("timeout", 30.0)? })
    }

    /// What this detector finds without the virtual party doing anything.
    fn finding(&self, answered_by: AnsweredBy) -> Option<&str> {
        match (&self.target, answered_by) {
            (Target::Machine, AnsweredBy::Human) => Some("HUMAN"),
            (Target::Machine, AnsweredBy::Machine) => Some("MACHINE"),
            (Target::Machine, AnsweredBy::Fax) => Some("UNKNOWN"),
            (Target::Fax { tone }, AnsweredBy::Fax) => Some(tone.as_deref().unwrap_or("CED")),
            (Target::Fax { .. } | Target::Digit { .. }, _) => None,
        }
    }

    fn event(&self, act: &mut Act<'_, '_>, found: &str) {
        let kind = match self.target {
            Target::Machine => "machine",
            Target::Fax { .. } => "fax",
            Target::Digit { .. } => "digit",
        };
        act.event("calling.call.detect", json!({"detect": {"type": kind, "params": {"event": found}}}));
    }

    fn finish(&self, act: &mut Act<'_, '_>) {
        self.event(act, "finished");
        act.finish();
    }

    /// Whether there is something to find before the time is over.
    fn finds_in_time(&self, answered_by: AnsweredBy) -> bool {
        self.finding(answered_by).is_some() && self.timeout >= timing::DETECTING
    }
}

impl Work for Detecting {
    fn family(&self) -> &'static str {
        "calling.detect"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        let in_time = self.finds_in_time(act.habits.answered_by);
        act.timer(if in_time { timing::DETECTING } else { self.timeout });
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        let answered_by = act.habits.answered_by;
        if self.finds_in_time(answered_by)
            && let Some(found) = self.finding(answered_by)
        {
            self.event(act, found);
        }
        self.finish(act);
    }

    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" => self.finish(act),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if let Target::Digit { digits } = &self.target
            && digits.contains(key)
        {
            self.event(act, &key.to_string());
            self.finish(act);
        }
    }

    fn listens(&self) -> Listens {
        Listens { keys: matches!(self.target, Target::Digit { .. }), ..Listens::default() }
    }
}
