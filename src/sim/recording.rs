//! `calling.record`: from the first word to silence, a terminator or a stop; the file is drawn from what
//! sounded meanwhile.
//!
//! Never keeps what was said or a sample of it. Every file is WAV (8 kHz, 16 bit), also when `mp3` or `mp4` is
//! asked for: `url`, `size` and `duration` are those of the real file, `record` repeats what was asked for.
//!
//! Defaults are RELAY's: beep off, direction `speak`, 5 s for the first word, 1 s of silence ends it,
//! terminators `#*`; 0 turns a time limit off. *Assumed*: the limits begin after the beep, hear only the sides
//! that are recorded, hear nothing at sensitivity 0, and stand still during a pause; a terminator ends a
//! paused recording too; a pause of what is paused, and a resume of what is not, change nothing; a call that
//! ends, ends its recordings without an event, and their files can be fetched.

use super::action::{Act, Listens, Work, unknown_command};
use super::effects::Effect;
use super::frames::{Failure, Fields, fields};
use super::params::Params;
use super::playing::{DIRECTIONS, sides};
use super::sound::{Murmur, Noise, Side, Sound, Sounding};
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// What stands for the words that the virtual party says by itself.
const OWN_WORDS: &str = "Hello, this is a message for you. Please call me back when you can.";

/// What the silence detector hears, in the call's time.
#[derive(Debug, Clone)]
enum Hearing {
    /// Nothing yet, since this time.
    Nothing(Duration),
    /// A voice that ends at this time; the mark of what the virtual party says by itself, if it is that.
    Voice { ends: Duration, murmur: Murmur, side: Side, own: Option<usize> },
    /// Silence since this time.
    Quiet(Duration),
}

/// What was asked for.
#[derive(Debug)]
struct Audio {
    format: String,
    stereo: bool,
    direction: String,
    beep: bool,
    terminators: String,
    /// How long nothing and silence may last; zero is for ever.
    initial: Duration,
    silence: Duration,
    deaf: bool,
}

impl Audio {
    fn parse(audio: Params<'_>) -> Result<Self, Failure> {
        Ok(Self {
            format: audio.choice("format", &["mp3", "wav", "mp4"])?.unwrap_or("mp3").to_owned(),
            stereo: audio.flag("stereo", false)?,
            direction: audio.choice("direction", &DIRECTIONS)?.unwrap_or("speak").to_owned(),
            beep: audio.flag("beep", false)?,
            terminators: audio.keys("terminators")?.unwrap_or("#*").to_owned(),
            initial: audio.seconds("initial_timeout", 5.0)?,
            silence: audio.seconds("end_silence_timeout", 1.0)?,
            deaf: audio.within("input_sensitivity", 0.0..=100.0)? == Some(0.0),
        })
    }
}

/// The state of a `calling.record`.
#[derive(Debug)]
pub(super) struct Recording {
    audio: Audio,
    sides: Vec<Side>,
    id: String,
    url: String,
    sound: Sound,
    hearing: Hearing,
    /// The length of the file before its clock last stood still, and since when it runs (`None`: it stands).
    recorded: Duration,
    since: Option<Duration>,
    /// Since when it is paused.
    paused: Option<Duration>,
    /// What plays now: whose it is, and its mark.
    playing: Vec<(String, usize)>,
}

impl Recording {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let empty = Fields::new();
        let audio = params.object("record")?.optional_object("audio")?.unwrap_or(Params(&empty));
        let audio = Audio::parse(audio).map_err(|wrong| wrong.at("record.audio"))?;
        Ok(Self {
            sides: sides(&audio.direction),
            sound: Sound::new(audio.stereo),
            audio,
            id: String::new(),
            url: String::new(),
            hearing: Hearing::Nothing(Duration::ZERO),
            recorded: Duration::ZERO,
            since: None,
            paused: None,
            playing: Vec::new(),
        })
    }

    fn event(&self, act: &mut Act<'_, '_>, state: &str, rest: Value) {
        let Audio { format, stereo, direction, .. } = &self.audio;
        let audio = json!({"format": format, "stereo": stereo, "direction": direction});
        let mut params = fields(rest);
        params.insert("state".into(), state.into());
        params.insert("record".into(), json!({"audio": audio}));
        act.event("calling.call.record", Value::Object(params));
    }

    /// The length of the file now; its clock stands still during a pause that skips.
    fn length(&self, now: Duration) -> Duration {
        let running = self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since));
        (self.recorded + running).min(timing::LONGEST_RECORDING)
    }

    /// Hands the file over.
    fn keep(&mut self, act: &mut Act<'_, '_>) {
        self.sound.end(self.length(act.now()));
        let sound = std::mem::replace(&mut self.sound, Sound::new(false));
        act.fx.list.push(Effect::Keep { id: self.id.clone(), sound });
    }

    fn finish(&mut self, act: &mut Act<'_, '_>, state: &str) {
        self.sound.end(self.length(act.now()));
        let (duration, size) = (self.sound.length().as_secs_f64(), self.sound.size());
        self.event(act, state, json!({"url": self.url, "duration": duration, "size": size}));
        self.keep(act);
        act.finish();
    }

    /// Plans when what is heard now ends it, or turns into silence.
    fn plan(&self, act: &mut Act<'_, '_>) {
        if self.paused.is_some() {
            return act.cancel_timer();
        }
        let limit = |since: Duration, limit: Duration| (!limit.is_zero()).then(|| since + limit);
        let next = match self.hearing {
            Hearing::Nothing(since) => limit(since, self.audio.initial),
            Hearing::Voice { ends, .. } => Some(ends),
            Hearing::Quiet(since) => limit(since, self.audio.silence),
        };
        let now = act.now();
        let full = now + timing::LONGEST_RECORDING.saturating_sub(self.length(now));
        act.timer(next.map_or(full, |next| next.min(full)).saturating_sub(now));
    }

    /// A voice is heard for so long. It covers the end of the one before it, unless that was only what the
    /// party says by itself.
    fn voice(&mut self, side: Side, murmur: Murmur, length: Duration, act: &mut Act<'_, '_>) {
        if self.audio.deaf {
            return;
        }
        let ends = match self.hearing {
            Hearing::Voice { ends, own: None, .. } => ends.max(act.now() + length),
            _ => act.now() + length,
        };
        self.hearing = Hearing::Voice { ends, murmur, side, own: None };
        self.plan(act);
    }

    /// The virtual party says something by itself, until it is told what to say.
    fn murmur(&mut self, beep: Duration, act: &mut Act<'_, '_>) {
        let murmur = Murmur::of(OWN_WORDS);
        let noise = Noise::Voice(murmur.clone());
        let own = Some(self.sound.mark(Side::Speaks, noise, beep, timing::OWN_MESSAGE));
        if !self.audio.deaf {
            let ends = act.now() + beep + timing::OWN_MESSAGE;
            self.hearing = Hearing::Voice { ends, murmur, side: Side::Speaks, own };
            self.plan(act);
        }
    }

    /// What an action played falls silent.
    fn ceases(&mut self, by: &str, act: &mut Act<'_, '_>) {
        let at = self.length(act.now());
        for (_, place) in self.playing.extract_if(.., |(whose, _)| whose == by) {
            self.sound.cut(place, at);
        }
        if let Hearing::Voice { ends, side: Side::Listens, .. } = &mut self.hearing {
            *ends = act.now().min(*ends);
            self.plan(act);
        }
    }

    fn pause(&mut self, behavior: &str, act: &mut Act<'_, '_>) {
        if self.paused.is_some() {
            return;
        }
        let now = act.now();
        let length = self.length(now);
        self.sound.cut_all(length);
        if behavior == "skip" {
            (self.recorded, self.since) = (length, None);
        }
        self.paused = Some(now);
        act.cancel_timer();
        self.event(act, "paused", json!({}));
    }

    fn resume(&mut self, act: &mut Act<'_, '_>) {
        let Some(paused) = self.paused.take() else { return };
        let now = act.now();
        let stood = now.saturating_sub(paused);
        self.since.get_or_insert(now);
        let at = self.length(now);
        match &mut self.hearing {
            Hearing::Nothing(since) | Hearing::Quiet(since) => *since += stood,
            Hearing::Voice { ends, murmur, side, own } => {
                *ends += stood;
                let rest = ends.saturating_sub(now);
                let place = self.sound.mark(*side, Noise::Voice(murmur.clone()), at, rest);
                *own = own.map(|_| place);
            }
        }
        self.plan(act);
        self.event(act, "recording", json!({}));
    }
}

/// The `behavior` of a pause.
fn behavior(params: Params<'_>) -> Result<&str, Failure> {
    Ok(params.choice("behavior", &["skip", "silence"])?.unwrap_or("skip"))
}

impl Work for Recording {
    fn family(&self) -> &'static str {
        "calling.record"
    }

    fn reply(&self) -> Fields {
        fields(json!({"url": self.url}))
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.id = act.fx.ids.uuid();
        self.url = act.fx.recordings.url(&self.id);
        self.since = Some(act.now());
        self.event(act, "recording", json!({"url": self.url}));
        let beep = if self.audio.beep { timing::BEEP } else { Duration::ZERO };
        if self.audio.beep {
            self.sound.mark(Side::Speaks, Noise::Beep, Duration::ZERO, beep);
        }
        self.hearing = Hearing::Nothing(act.now() + beep);
        self.plan(act);
        if !act.habits.silent && self.sides.contains(&Side::Speaks) {
            self.murmur(beep, act);
        }
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        if self.length(act.now()) >= timing::LONGEST_RECORDING {
            return self.finish(act, "finished");
        }
        match self.hearing {
            Hearing::Nothing(_) => self.finish(act, "no_input"),
            Hearing::Quiet(_) => self.finish(act, "finished"),
            Hearing::Voice { ends, .. } => {
                self.hearing = Hearing::Quiet(ends);
                self.plan(act);
            }
        }
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "pause" => self.pause(behavior(params)?, act),
            "resume" => self.resume(act),
            "stop" => self.finish(act, "finished"),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if self.audio.terminators.contains(key) {
            return self.finish(act, "finished");
        }
        if self.sides.contains(&Side::Speaks) && self.paused.is_none() {
            let free = self.sound.last_key() + timing::KEY_GAP;
            let at = self.length(act.now());
            let at = if free > timing::KEY_GAP { at.max(free) } else { at };
            self.sound.mark(Side::Speaks, Noise::Key(key), at, timing::KEY_TONE);
        }
    }

    /// What the virtual party says, after its own last words if it still speaks.
    fn speak(&mut self, text: &str, act: &mut Act<'_, '_>) {
        if !self.sides.contains(&Side::Speaks) || self.paused.is_some() {
            return;
        }
        let (now, at) = (act.now(), self.length(act.now()));
        let mut waits = Duration::ZERO;
        match self.hearing {
            Hearing::Voice { own: Some(own), .. } => self.sound.cut(own, at),
            Hearing::Voice { ends, side: Side::Speaks, .. } => waits = ends.saturating_sub(now),
            _ => {}
        }
        let (murmur, length) = (Murmur::of(text), timing::speech(text));
        self.sound.mark(Side::Speaks, Noise::Voice(murmur.clone()), at + waits, length);
        self.voice(Side::Speaks, murmur, waits + length, act);
    }

    fn sounds(&mut self, sounding: &Sounding, act: &mut Act<'_, '_>) {
        match sounding {
            Sounding::Begins { .. } if self.paused.is_some() => {}
            Sounding::Begins { by, sides, noise, length } => {
                self.playing.retain(|(whose, _)| whose != by);
                let recorded = sides.iter().copied().filter(|side| self.sides.contains(side));
                for side in recorded.collect::<Vec<_>>() {
                    let at = self.length(act.now());
                    self.playing.push((by.clone(), self.sound.mark(side, noise.clone(), at, *length)));
                    if let Noise::Voice(murmur) = noise {
                        self.voice(side, murmur.clone(), *length, act);
                    }
                }
            }
            Sounding::Ceases(by) => self.ceases(by, act),
        }
    }

    fn cut(&mut self, act: &mut Act<'_, '_>) {
        self.keep(act);
    }

    fn listens(&self) -> Listens {
        Listens { keys: !self.audio.terminators.is_empty(), speech: true, ..Listens::default() }
    }
}
