//! `calling.collect` and `calling.play_and_collect`: keys and speech, with their time limits.
//!
//! Never interprets what was entered. *Assumed*: a key or a voice that is asked for silences the prompt; keys
//! win over speech, and speech that comes while keys are entered is not heard; a terminator alone is a result
//! without digits; a continuous collect goes on after every result except `no_input`, and its first limit does
//! not begin again; a prompt whose file cannot be fetched ends everything with result `error`.

use super::action::{Act, Listens, Work, unknown_command};
use super::frames::Failure;
use super::outside::Answer;
use super::params::{Params, unfit};
use super::playing::Track;
use super::playing::{check_volume, play_event};
use super::track::Step;
use super::words::Speech;
use serde_json::{Value, json};
use std::time::Duration;

/// Which keys are taken.
#[derive(Debug)]
struct Keys {
    max: usize,
    timeout: Duration,
    terminators: String,
}

/// Which speech is taken: the silence that ends it, and the longest.
#[derive(Debug, Clone, Copy)]
struct Limits {
    silence: Duration,
    longest: Duration,
}

/// Where the input is.
#[derive(Debug)]
enum Phase {
    /// Its timers have not begun.
    Held,
    /// Nothing was entered yet.
    Initial,
    /// Keys are being entered.
    Keys,
    /// Something is being said.
    Speaking(Speech),
    /// It was said; the silence after it runs.
    Said(Speech),
}

/// The state of a `calling.collect` or a `calling.play_and_collect`.
#[derive(Debug)]
pub(super) struct Collecting {
    prompted: bool,
    prompt: Option<Track>,
    keys: Option<Keys>,
    speech: Option<Limits>,
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
        let digits = params.optional_object("digits")?.map(parse_keys).transpose();
        let speech = params.optional_object("speech")?.map(parse_speech).transpose();
        let keys = digits.map_err(|wrong| wrong.at("digits"))?;
        let speech = speech.map_err(|wrong| wrong.at("speech"))?;
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
        let prompt = Track::parse(params, "play")?;
        let collecting = Self::parse(params.object("collect")?).map_err(|wrong| wrong.at("collect"))?;
        Ok(Self { prompted: true, prompt: Some(prompt), ..collecting })
    }

    fn start_timers(&mut self, act: &mut Act<'_, '_>) {
        if matches!(self.phase, Phase::Held) {
            self.phase = Phase::Initial;
            act.timer(self.initial);
        }
    }

    /// The prompt falls silent before its end.
    fn hush(&mut self, act: &mut Act<'_, '_>) {
        if self.prompt.take().is_some() {
            act.hush();
            play_event(act, "finished");
        }
    }

    /// What became of the prompt.
    fn prompted(&mut self, step: Step, act: &mut Act<'_, '_>) {
        match step {
            Step::Plays => {}
            Step::Over => {
                self.prompt = None;
                play_event(act, "finished");
                if !self.held {
                    self.start_timers(act);
                }
            }
            Step::Broken => {
                self.prompt = None;
                act.hush();
                play_event(act, "error");
                fruitless(act, "error");
            }
        }
    }

    /// Input began: the prompt falls silent. SignalWire's SDK for Node takes this event for the beginning only
    /// when it has no `final`.
    fn begin_input(&mut self, act: &mut Act<'_, '_>) {
        self.hush(act);
        if self.announces && matches!(self.phase, Phase::Held | Phase::Initial) {
            let result = json!({"type": "start_of_input"});
            act.event("calling.call.collect", json!({"result": result, "state": "collecting"}));
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

    /// A noise that nobody understands.
    fn not_understood(&mut self, act: &mut Act<'_, '_>) {
        if self.continuous {
            return self.result(act, json!({"type": "no_match"}));
        }
        fruitless(act, "no_match");
    }

    /// Something is being said: tells what was said so far, if that is wanted, and waits for more or for its end.
    fn listen(&mut self, speech: Speech, act: &mut Act<'_, '_>) {
        let Some(limits) = self.speech else { return };
        let now = act.now();
        if now >= speech.began() + limits.longest {
            return self.result(act, spoken(&speech.heard(now)));
        }
        if now >= speech.ends() {
            if self.partial {
                event(act, Some(spoken(&speech.heard(now))), false, "collecting");
            }
            act.timer(limits.silence.min(speech.began() + limits.longest - now));
            self.phase = Phase::Said(speech);
            return;
        }
        if self.partial && now > speech.began() {
            event(act, Some(spoken(&speech.heard(now))), false, "collecting");
        }
        let next = speech.ends().min(speech.began() + limits.longest);
        let next = if self.partial { next.min(now + PARTIAL_EVERY) } else { next };
        act.timer(next - now);
        self.phase = Phase::Speaking(speech);
    }
}

/// How often a long speech is told while it goes on (*assumed*).
const PARTIAL_EVERY: Duration = Duration::from_secs(1);

fn parse_keys(params: Params<'_>) -> Result<Keys, Failure> {
    let max = params.get("max").ok_or_else(|| Failure::bad("missing required parameter 'max'"))?;
    let count = max.as_u64().filter(|max| *max > 0).and_then(|max| usize::try_from(max).ok());
    Ok(Keys {
        max: count.ok_or_else(|| unfit("max", "a whole number from 1", max))?,
        timeout: params.seconds("digit_timeout", 5.0)?,
        terminators: params.keys("terminators")?.unwrap_or_default().to_owned(),
    })
}

/// The language, the hints and the model are checked and change nothing: whatever is said is understood.
fn parse_speech(params: Params<'_>) -> Result<Limits, Failure> {
    params.optional_text("language")?;
    params.texts("hints")?;
    params.optional_text("model")?;
    Ok(Limits {
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

/// The end without a result that counts: `no_input`, `no_match` or `error`.
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
            let step = prompt.begin(act);
            self.prompted(step, act);
        } else if !self.held {
            self.start_timers(act);
        }
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        if let Some(prompt) = &mut self.prompt {
            let step = prompt.advance(act);
            return self.prompted(step, act);
        }
        match std::mem::replace(&mut self.phase, Phase::Initial) {
            Phase::Held | Phase::Initial => fruitless(act, "no_input"),
            Phase::Keys => self.keys_result(act, None),
            Phase::Speaking(speech) => self.listen(speech, act),
            Phase::Said(speech) => self.result(act, spoken(&speech.heard(act.now()))),
        }
    }

    fn answered(&mut self, answer: &Answer, act: &mut Act<'_, '_>) {
        if let Some(prompt) = &mut self.prompt {
            let step = prompt.answered(answer, act);
            self.prompted(step, act);
        }
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            // While the prompt plays it takes effect at its end; once they run it changes nothing (*assumed*).
            "start_input_timers" if self.prompt.is_none() => self.start_timers(act),
            "start_input_timers" => self.held = false,
            "volume" if self.prompted => check_volume(params)?,
            "stop" => {
                self.hush(act);
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
        if self.speech.is_none() || matches!(self.phase, Phase::Keys) {
            return;
        }
        self.begin_input(act);
        if text.trim().is_empty() {
            return self.not_understood(act);
        }
        let now = act.now();
        let speech = match std::mem::replace(&mut self.phase, Phase::Initial) {
            Phase::Speaking(speech) | Phase::Said(speech) => speech.and(text, now),
            _ => Speech::new(text, now),
        };
        self.listen(speech, act);
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
