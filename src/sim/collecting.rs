//! `calling.collect` and `calling.play_and_collect`: keys and speech, with their time limits.
//!
//! Never interprets what was entered.

use super::action::{Act, Listens, Work, unknown_command};
use super::frames::Failure;
use super::params::{Params, wrong};
use super::playing::{Track, play_event};
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// Which keys are taken.
#[derive(Debug)]
struct Keys {
    max: usize,
    timeout: Duration,
    terminators: String,
}

/// Which speech is taken.
#[derive(Debug)]
struct Speech {
    silence: Duration,
    longest: Duration,
}

/// Where the input is.
#[derive(Debug, PartialEq)]
enum Phase {
    /// Its timers have not begun.
    Held,
    /// Nothing was entered yet.
    Initial,
    /// Keys are being entered.
    Keys,
    /// Something is being said.
    Speaking(String),
    /// It was said; the silence after it runs.
    Said(String),
}

/// The state of a `calling.collect` or a `calling.play_and_collect`.
#[derive(Debug)]
pub(super) struct Collecting {
    prompted: bool,
    prompt: Option<Track>,
    keys: Option<Keys>,
    speech: Option<Speech>,
    initial: Duration,
    partial: bool,
    continuous: bool,
    announces: bool,
    held: bool,
    entered: String,
    phase: Phase,
}

impl Collecting {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let keys = params.optional_object("digits")?.map(parse_keys).transpose()?;
        let speech = params.optional_object("speech")?.map(parse_speech).transpose()?;
        if keys.is_none() && speech.is_none() {
            return Err(Failure::bad("missing required parameter 'digits' or 'speech'"));
        }
        Ok(Self {
            prompted: false,
            prompt: None,
            keys,
            speech,
            initial: params.seconds("initial_timeout", 4.0)?,
            partial: params.flag("partial_results", false)?,
            continuous: params.flag("continuous", false)?,
            announces: params.flag("send_start_of_input", false)?,
            held: !params.flag("start_input_timers", true)?,
            entered: String::new(),
            phase: Phase::Held,
        })
    }

    pub(super) fn parse_with_prompt(params: Params<'_>) -> Result<Self, Failure> {
        let collecting = Self::parse(params.object("collect")?)?;
        Ok(Self { prompted: true, prompt: Some(Track::parse(params, "play")?), ..collecting })
    }

    fn start_timers(&mut self, act: &mut Act<'_, '_>) {
        if self.phase == Phase::Held {
            self.phase = Phase::Initial;
            act.timer(self.initial);
        }
    }

    /// Input began: the prompt falls silent.
    fn begin_input(&mut self, act: &mut Act<'_, '_>) {
        if self.prompt.take().is_some() {
            play_event(act, "finished");
        }
        if self.announces && matches!(self.phase, Phase::Held | Phase::Initial) {
            event(act, Some(json!({"type": "start_of_input"})), false, "collecting");
        }
    }

    fn result(&mut self, act: &mut Act<'_, '_>, result: Value) {
        if self.continuous {
            event(act, Some(result), false, "collecting");
            self.entered.clear();
            self.phase = Phase::Held;
            act.cancel_timer();
        } else {
            event(act, Some(result), true, "finished");
            act.finish();
        }
    }

    fn keys_result(&mut self, act: &mut Act<'_, '_>, terminator: Option<char>) {
        let terminator = terminator.map(String::from).unwrap_or_default();
        let result = json!({"type": "digit", "params": {"digits": self.entered, "terminator": terminator}});
        self.result(act, result);
    }
}

fn parse_keys(params: Params<'_>) -> Result<Keys, Failure> {
    let max = params.get("max").and_then(Value::as_u64).filter(|max| *max > 0);
    Ok(Keys {
        max: max
            .and_then(|max| usize::try_from(max).ok())
            .ok_or_else(|| wrong("digits.max", "a whole number from 1"))?,
        timeout: params.seconds("digit_timeout", 5.0)?,
        terminators: params.optional_text("terminators")?.unwrap_or_default().to_owned(),
    })
}

fn parse_speech(params: Params<'_>) -> Result<Speech, Failure> {
    Ok(Speech {
        silence: params.seconds("end_silence_timeout", 1.0)?,
        longest: params.seconds("speech_timeout", 60.0)?,
    })
}

fn event(act: &mut Act<'_, '_>, result: Option<Value>, last: bool, state: &str) {
    let mut params = json!({"final": last, "state": state});
    if let Some(result) = result {
        params["result"] = result;
    }
    act.event("calling.call.collect", params);
}

fn spoken(text: &str) -> Value {
    json!({"type": "speech", "params": {"text": text, "confidence": 96.5}})
}

/// The end without a result that counts: `no_input` or `no_match`.
fn fruitless(act: &mut Act<'_, '_>, kind: &str) {
    event(act, Some(json!({"type": kind})), true, kind);
    act.finish();
}

impl Work for Collecting {
    fn family(&self) -> &'static str {
        if self.prompted { "calling.play_and_collect" } else { "calling.collect" }
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        if let Some(prompt) = &mut self.prompt {
            play_event(act, "playing");
            prompt.begin(act);
        } else if !self.held {
            self.start_timers(act);
        }
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        if let Some(prompt) = &mut self.prompt {
            if !prompt.advance(act) {
                self.prompt = None;
                play_event(act, "finished");
                self.start_timers(act);
            }
            return;
        }
        match std::mem::replace(&mut self.phase, Phase::Initial) {
            Phase::Held | Phase::Initial => fruitless(act, "no_input"),
            Phase::Keys => self.keys_result(act, None),
            Phase::Speaking(text) => {
                if self.partial {
                    event(act, Some(spoken(&text)), false, "collecting");
                }
                act.timer(self.speech.as_ref().map_or(Duration::ZERO, |speech| speech.silence));
                self.phase = Phase::Said(text);
            }
            Phase::Said(text) => self.result(act, spoken(&text)),
        }
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "start_input_timers" if self.prompt.is_none() => self.start_timers(act),
            "start_input_timers" => {}
            "volume" if self.prompted => params.volume()?,
            "stop" => {
                if self.prompt.take().is_some() {
                    play_event(act, "finished");
                }
                event(act, None, true, "finished");
                act.finish();
            }
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if self.keys.is_none() {
            return;
        }
        self.begin_input(act);
        let Some(keys) = &self.keys else { return };
        if keys.terminators.contains(key) {
            return self.keys_result(act, Some(key));
        }
        self.entered.push(key);
        self.phase = Phase::Keys;
        if self.entered.len() >= keys.max {
            return self.keys_result(act, None);
        }
        act.timer(keys.timeout);
        if self.partial {
            let entered = json!({"type": "digit", "params": {"digits": self.entered, "terminator": ""}});
            event(act, Some(entered), false, "collecting");
        }
    }

    fn speak(&mut self, text: &str, act: &mut Act<'_, '_>) {
        let Some(longest) = self.speech.as_ref().map(|speech| speech.longest) else { return };
        if self.phase == Phase::Keys {
            return;
        }
        self.begin_input(act);
        if text.trim().is_empty() {
            return fruitless(act, "no_match");
        }
        let said = match &self.phase {
            Phase::Speaking(before) | Phase::Said(before) => format!("{before} {text}"),
            _ => text.to_owned(),
        };
        act.timer(timing::speech(text).min(longest));
        self.phase = Phase::Speaking(said);
    }

    fn listens(&self) -> Listens {
        let ready = self.prompt.is_none();
        Listens {
            keys: ready && self.keys.is_some(),
            speech: ready && self.speech.is_some(),
            ..Listens::default()
        }
    }

    fn takes(&self) -> Listens {
        Listens { keys: self.keys.is_some(), speech: self.speech.is_some(), ..Listens::default() }
    }
}
