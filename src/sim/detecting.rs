//! `calling.detect`: a person or a machine, fax tones, digits.
//!
//! Never listens to sound: what answers the call is part of the plan of its virtual party, and speaks as
//! [`greeting`] says. A machine is told by its events: `HUMAN` and `UNKNOWN` are the last; `MACHINE` is followed
//! by `READY` when the greeting pauses or the beep came (`beep` says which). That is the last, unless
//! `detect_interruptions` asks for `NOT_READY` when the voice goes on; with `detect_message_end` only the beep
//! ends it (*assumed*). After the last, and when the time is over, comes `finished`.

use super::action::{Act, Listens, Work, unknown_command};
use super::caller::{AnsweredBy, Habits};
use super::frames::Failure;
use super::params::{Params, unfit};
use super::timing;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;

/// A voice: from when, until when, and in how many words, counted from the beginning of the detector.
type Voice = (Duration, Duration, u32);

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// What a person says who answers: "Hello?".
const PERSON: &[Voice] = &[(ms(500), ms(1000), 1)];
/// What an answering machine says: a greeting in two parts, then the beep.
const MACHINE: &[Voice] = &[(ms(500), ms(4000), 10), (ms(6000), ms(8000), 6)];
const MACHINE_BEEPS: Duration = ms(9000);

/// What is heard of a party, and when its beep comes.
fn greeting(habits: Habits) -> (&'static [Voice], Option<Duration>) {
    match habits.answered_by {
        AnsweredBy::Human if habits.silent => (&[], None),
        AnsweredBy::Human => (PERSON, None),
        AnsweredBy::Machine => (MACHINE, Some(MACHINE_BEEPS)),
        AnsweredBy::Fax => (&[], None),
    }
}

/// How a machine is told from a person.
#[derive(Debug)]
struct Machine {
    initial: Duration,
    silence: Duration,
    ready: Duration,
    voice: Duration,
    words: u32,
    interruptions: bool,
    message_end: bool,
}

/// What is looked for.
#[derive(Debug)]
enum Target {
    Machine(Machine),
    Fax { tone: String },
    Digit { digits: String },
}

/// Something that is found, and when; for a machine whether it is the beep.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    at: Duration,
    event: String,
    beep: Option<bool>,
}

impl Machine {
    /// Times and counts as SignalWire documents them.
    fn parse(options: Params<'_>) -> Result<Self, Failure> {
        let silence = options.seconds("end_silence_timeout", 1.0)?;
        Ok(Self {
            initial: options.seconds("initial_timeout", 4.5)?,
            silence,
            ready: options.seconds("machine_ready_timeout", silence.as_secs_f64())?,
            voice: options.seconds("machine_voice_threshold", 1.25)?,
            words: words(options)?,
            interruptions: options.flag("detect_interruptions", false)?,
            message_end: options.flag("detect_message_end", false)?,
        })
    }

    /// What a detector with these limits hears, in order.
    fn findings(&self, (voices, beep): (&[Voice], Option<Duration>)) -> Vec<Finding> {
        let finding =
            |at: Duration, event: &str, beep: bool| Finding { at, event: event.to_owned(), beep: Some(beep) };
        let Some((from, until, words)) = voices.first().filter(|(from, ..)| *from <= self.initial) else {
            return vec![finding(self.initial, "UNKNOWN", false)];
        };
        let (length, spoken) = (*until - *from, *words);
        let by_words = (spoken >= self.words).then(|| length * self.words / spoken.max(1));
        let by_voice = (length >= self.voice).then_some(self.voice);
        let Some(recognized) = by_words.into_iter().chain(by_voice).min() else {
            return vec![finding(*until + self.silence, "HUMAN", false)];
        };
        let mut found = vec![finding(*from + recognized, "MACHINE", false)];
        self.readiness(voices, beep, |at, event, beep| found.push(finding(at, event, beep)));
        found
    }

    /// When a machine is ready for a message, and when it is not any more.
    fn readiness(
        &self,
        voices: &[Voice],
        beep: Option<Duration>,
        mut tell: impl FnMut(Duration, &str, bool),
    ) {
        for (place, (from, until, _)) in voices.iter().enumerate() {
            if place > 0 && self.interruptions {
                tell(*from, "NOT_READY", false);
            }
            let next = voices.get(place + 1).map(|(from, ..)| *from).or(beep);
            let quiet = *until + self.ready;
            if next.is_none_or(|next| quiet < next) && !self.message_end {
                tell(quiet, "READY", false);
                if !self.interruptions {
                    return;
                }
            }
        }
        if let Some(beep) = beep {
            tell(beep, "READY", true);
        }
    }
}

fn words(options: Params<'_>) -> Result<u32, Failure> {
    let Some(count) = options.get("machine_words_threshold") else { return Ok(6) };
    let whole = count.as_u64().filter(|count| *count > 0).and_then(|count| u32::try_from(count).ok());
    whole.ok_or_else(|| unfit("machine_words_threshold", "a whole number from 1", count))
}

/// The state of a `calling.detect`.
#[derive(Debug)]
pub(super) struct Detecting {
    target: Target,
    timeout: Duration,
    began: Duration,
    findings: VecDeque<Finding>,
}

impl Detecting {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let detect = params.object("detect")?;
        let empty = super::frames::Fields::new();
        let options = detect.optional_object("params")?.unwrap_or(Params(&empty));
        let target = match detect.text("type")? {
            "machine" => Machine::parse(options).map(Target::Machine),
            "fax" => options
                .choice("tone", &["CED", "CNG"])
                .map(|tone| Target::Fax { tone: tone.unwrap_or("CED").to_owned() }),
            "digit" => options
                .keys("digits")
                .map(|digits| Target::Digit { digits: digits.unwrap_or("0123456789#*").to_owned() }),
            other => Err(unfit("type", "machine, fax or digit", &other.into())),
        };
        Ok(Self {
            target: target.map_err(|wrong| wrong.at("detect"))?,
            timeout: params.seconds("timeout", 30.0)?,
            began: Duration::ZERO,
            findings: VecDeque::new(),
        })
    }

    /// What this detector finds without the virtual party pressing a key. A fax sends the tone that is looked
    /// for (*assumed*).
    fn look(&self, habits: Habits) -> Vec<Finding> {
        match &self.target {
            Target::Machine(machine) => machine.findings(greeting(habits)),
            Target::Fax { tone } if habits.answered_by == AnsweredBy::Fax => {
                vec![Finding { at: timing::FAX_TONE, event: tone.clone(), beep: None }]
            }
            Target::Fax { .. } | Target::Digit { .. } => Vec::new(),
        }
    }

    fn event(&self, act: &mut Act<'_, '_>, found: &str, beep: Option<bool>) {
        let kind = match self.target {
            Target::Machine(_) => "machine",
            Target::Fax { .. } => "fax",
            Target::Digit { .. } => "digit",
        };
        let mut params = json!({"event": found});
        if let Some(beep) = beep {
            params["beep"] = Value::Bool(beep);
        }
        act.event("calling.call.detect", json!({"detect": {"type": kind, "params": params}}));
    }

    fn finish(&self, act: &mut Act<'_, '_>) {
        self.event(act, "finished", None);
        act.finish();
    }

    /// Plans the next finding, or the end of the time.
    fn plan(&self, act: &mut Act<'_, '_>) {
        let next = self.findings.front().map_or(self.timeout, |finding| finding.at);
        act.timer((self.began + next).saturating_sub(act.now()));
    }
}

impl Work for Detecting {
    fn family(&self) -> &'static str {
        "calling.detect"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.began = act.now();
        self.findings = self.look(act.habits).into();
        let timeout = self.timeout;
        self.findings.retain(|finding| finding.at <= timeout);
        self.plan(act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        let Some(found) = self.findings.pop_front() else { return self.finish(act) };
        self.event(act, &found.event, found.beep);
        let is_last = match found.event.as_str() {
            "MACHINE" | "NOT_READY" => false,
            _ => self.findings.is_empty(),
        };
        if is_last {
            return self.finish(act);
        }
        self.plan(act);
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
            self.event(act, &key.to_string(), None);
            self.finish(act);
        }
    }

    fn listens(&self) -> Listens {
        Listens { keys: matches!(self.target, Target::Digit { .. }), ..Listens::default() }
    }
}
