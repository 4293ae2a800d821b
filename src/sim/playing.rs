//! `calling.play`: media one after another, looped, paused, stopped.
//!
//! Never makes a sound: it only knows how long each item lasts.

use super::action::{Act, Work, unknown_command};
use super::frames::{Failure, Fields};
use super::observe::{How, What};
use super::params::{Params, wrong};
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// One item that is heard.
#[derive(Debug, Clone)]
struct Media {
    text: String,
    how: How,
    length: Duration,
}

impl Media {
    fn parse(item: &Value) -> Result<Self, Failure> {
        let shape = || wrong("play", "media with 'type' and 'params'");
        let item: &Fields = item.as_object().ok_or_else(shape)?;
        let item = Params(item);
        let params = item.object("params")?;
        let (text, how, length) = match item.text("type")? {
            "tts" => {
                let text = params.text("text")?;
                (text.to_owned(), How::Tts, timing::speech(text))
            }
            "audio" => (params.text("url")?.to_owned(), How::Audio, timing::AUDIO),
            "silence" => {
                let duration = params.number("duration")?.ok_or_else(|| wrong("duration", "a number"))?;
                (format!("{duration} s"), How::Silence, timing::seconds(duration))
            }
            "ringtone" => {
                let length = params.seconds("duration", timing::RINGTONE.as_secs_f64())?;
                (params.text("name")?.to_owned(), How::Ringtone, length)
            }
            _ => return Err(wrong("type", "tts, audio, silence or ringtone")),
        };
        Ok(Self { text, how, length: length.max(timing::SHORTEST) })
    }
}

/// A list of media and the place in it.
#[derive(Debug)]
pub(super) struct Track {
    items: Vec<Media>,
    at: usize,
    /// Rounds still to play after this one; `None` is for ever.
    rounds: Option<u32>,
    ends: Duration,
    paused: Option<Duration>,
}

impl Track {
    /// Reads the list under `name` (`play` or `ringback`).
    pub(super) fn parse(params: Params<'_>, name: &str) -> Result<Self, Failure> {
        params.volume()?;
        let items = params.list(name)?.iter().map(Media::parse).collect::<Result<_, _>>()?;
        let rounds = match params.get("loop") {
            None => Some(0),
            Some(count) => match count.as_u64() {
                Some(0) => None,
                Some(count) => Some(u32::try_from(count - 1).unwrap_or(u32::MAX)),
                None => return Err(wrong("loop", "a whole number from 0")),
            },
        };
        Ok(Self { items, at: 0, rounds, ends: Duration::ZERO, paused: None })
    }

    /// Begins the item at the present place.
    pub(super) fn begin(&mut self, act: &mut Act<'_, '_>) {
        let Some(item) = self.items.get(self.at) else { return };
        act.fx.observe(What::Heard { text: item.text.clone(), how: item.how });
        self.ends = act.now() + item.length;
        act.timer(item.length);
    }

    /// Goes on to the next item; false when everything was played.
    pub(super) fn advance(&mut self, act: &mut Act<'_, '_>) -> bool {
        self.at += 1;
        if self.at == self.items.len() {
            match &mut self.rounds {
                Some(0) => return false,
                Some(rounds) => *rounds -= 1,
                None => {}
            }
            self.at = 0;
        }
        self.begin(act);
        true
    }

    /// False when it was paused already.
    fn pause(&mut self, act: &mut Act<'_, '_>) -> bool {
        if self.paused.is_some() {
            return false;
        }
        self.paused = Some(self.ends.saturating_sub(act.now()));
        act.cancel_timer();
        true
    }

    /// False when it was not paused.
    fn resume(&mut self, act: &mut Act<'_, '_>) -> bool {
        let Some(rest) = self.paused.take() else { return false };
        self.ends = act.now() + rest;
        act.timer(rest);
        true
    }
}

/// The state of a `calling.play`.
#[derive(Debug)]
pub(super) struct Playing {
    track: Track,
}

impl Playing {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        if let Some(direction) = params.optional_text("direction")?
            && !["listen", "speak", "both"].contains(&direction)
        {
            return Err(wrong("direction", "listen, speak or both"));
        }
        Ok(Self { track: Track::parse(params, "play")? })
    }
}

/// Sends a `calling.call.play` event.
pub(super) fn play_event(act: &mut Act<'_, '_>, state: &str) {
    act.event("calling.call.play", json!({"state": state}));
}

impl Work for Playing {
    fn family(&self) -> &'static str {
        "calling.play"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        play_event(act, "playing");
        self.track.begin(act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        if !self.track.advance(act) {
            play_event(act, "finished");
            act.finish();
        }
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "pause" if self.track.pause(act) => play_event(act, "paused"),
            "resume" if self.track.resume(act) => play_event(act, "playing"),
            "pause" | "resume" => {}
            "volume" => {
                params.number("volume")?.ok_or_else(|| wrong("volume", "a number"))?;
                params.volume()?;
            }
            "stop" => {
                play_event(act, "finished");
                act.finish();
            }
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }
}
