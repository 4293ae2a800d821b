//! `calling.record`: from the first word to silence, a terminator or a stop.
//!
//! Never writes a file: the URL leads nowhere.

use super::action::{Act, Listens, Work, unknown_command};
use super::frames::{Failure, Fields};
use super::params::{Params, wrong};
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// The state of a `calling.record`.
#[derive(Debug)]
pub(super) struct Recording {
    format: String,
    stereo: bool,
    direction: String,
    terminators: String,
    /// Silence that ends it; `None` when silence does not.
    silence: Option<Duration>,
    initial: Duration,
    heard: bool,
    url: String,
    ends: Option<Duration>,
    /// Recorded before the last pause, and since when it runs now (`None`: paused).
    recorded: Duration,
    since: Option<Duration>,
}

impl Recording {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let empty = Fields::new();
        let audio = params.object("record")?.optional_object("audio")?.unwrap_or(Params(&empty));
        let format = audio.optional_text("format")?.unwrap_or("mp3").to_owned();
        if !["mp3", "wav", "mp4"].contains(&format.as_str()) {
            return Err(wrong("format", "mp3, wav or mp4"));
        }
        let silence = audio.seconds("end_silence_timeout", timing::RECORDING.as_secs_f64())?;
        Ok(Self {
            format,
            stereo: audio.flag("stereo", false)?,
            direction: audio.optional_text("direction")?.unwrap_or("speak").to_owned(),
            terminators: audio.optional_text("terminators")?.unwrap_or("#*").to_owned(),
            silence: (!silence.is_zero()).then_some(silence),
            initial: audio.seconds("initial_timeout", 5.0)?,
            heard: false,
            url: String::new(),
            ends: None,
            recorded: Duration::ZERO,
            since: None,
        })
    }

    fn event(&self, act: &mut Act<'_, '_>, state: &str, rest: Value) {
        let audio = json!({"format": self.format, "stereo": self.stereo, "direction": self.direction});
        let mut params = super::frames::fields(rest);
        params.insert("state".into(), state.into());
        params.insert("record".into(), json!({"audio": audio}));
        act.event("calling.call.record", Value::Object(params));
    }

    fn length(&self, now: Duration) -> Duration {
        self.recorded + self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since))
    }

    /// 8 kHz, 16 bit, as WAV; MP3 is a quarter of it.
    fn size(&self, length: Duration) -> u128 {
        let channels = if self.stereo { 2 } else { 1 };
        let bytes = length.as_millis() * 16 * channels;
        if self.format == "wav" { bytes + 44 } else { bytes / 4 }
    }

    fn finish(&mut self, act: &mut Act<'_, '_>, state: &str) {
        let length = self.length(act.now());
        let size = u64::try_from(self.size(length)).unwrap_or(u64::MAX);
        let rest = json!({"url": self.url, "duration": length.as_secs_f64(), "size": size});
        self.event(act, state, rest);
        act.finish();
    }

    /// Sets or removes the end of the recording.
    fn ends_after(&mut self, after: Option<Duration>, act: &mut Act<'_, '_>) {
        self.ends = after.map(|after| act.now() + after);
        match after {
            Some(after) => act.timer(after),
            None => act.cancel_timer(),
        }
    }

    fn pause(&mut self, act: &mut Act<'_, '_>) {
        if self.since.is_none() {
            return;
        }
        self.recorded = self.length(act.now());
        self.since = None;
        act.cancel_timer();
        // What was left of the silence is kept as a length while paused.
        self.ends = self.ends.map(|ends| ends.saturating_sub(act.now()));
        self.event(act, "paused", json!({}));
    }

    fn resume(&mut self, act: &mut Act<'_, '_>) {
        if self.since.is_some() {
            return;
        }
        self.since = Some(act.now());
        self.ends_after(self.ends, act);
        self.event(act, "recording", json!({}));
    }
}

impl Work for Recording {
    fn family(&self) -> &'static str {
        "calling.record"
    }

    fn reply(&self) -> Fields {
        super::frames::fields(json!({"url": self.url}))
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.url = format!("https://recordings.sim.invalid/{}.{}", act.fx.ids.uuid(), self.format);
        self.since = Some(act.now());
        self.event(act, "recording", json!({"url": self.url}));
        let first =
            if act.habits.silent { Some(self.initial).filter(|it| !it.is_zero()) } else { self.silence };
        self.ends_after(first, act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        let state = if act.habits.silent && !self.heard { "no_input" } else { "finished" };
        self.finish(act, state);
    }

    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "pause" => self.pause(act),
            "resume" => self.resume(act),
            "stop" => self.finish(act, "finished"),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if self.terminators.contains(key) {
            self.finish(act, "finished");
        }
    }

    fn speak(&mut self, text: &str, act: &mut Act<'_, '_>) {
        self.heard = true;
        if self.since.is_some() {
            let after = self.silence.map(|silence| timing::speech(text) + silence);
            self.ends_after(after, act);
        }
    }

    fn listens(&self) -> Listens {
        Listens { keys: !self.terminators.is_empty(), speech: true, ..Listens::default() }
    }
}
