//! `calling.play`: media one after another, looped, paused, stopped.
//!
//! Never makes a sound. A pause of what is paused, and a resume of what plays, are answered and change nothing
//! (*assumed*). A file that cannot be fetched ends the play with state `error` (*assumed*: at once, without the
//! media after it).

use super::action::{Act, Work, unknown_command};
use super::frames::Failure;
use super::outside::Answer;
use super::params::Params;
use super::sound::Side;
use super::track::Step;
pub(super) use super::track::Track;
use serde_json::json;

/// Where a sound can go or come from.
pub(super) const DIRECTIONS: [&str; 3] = ["listen", "speak", "both"];

/// The sides of a `direction`.
pub(super) fn sides(direction: &str) -> Vec<Side> {
    match direction {
        "speak" => vec![Side::Speaks],
        "both" => vec![Side::Speaks, Side::Listens],
        _ => vec![Side::Listens],
    }
}

/// The state of a `calling.play`.
#[derive(Debug)]
pub(super) struct Playing {
    track: Track,
}

impl Playing {
    /// By default the virtual party hears it; with direction `speak` it sounds as if the party made it, and the
    /// party hears nothing (*assumed*).
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let direction = params.choice("direction", &DIRECTIONS)?.unwrap_or("listen");
        Ok(Self { track: Track::parse(params, "play")?.towards(sides(direction)) })
    }

    fn went(step: Step, act: &mut Act<'_, '_>) {
        let state = match step {
            Step::Plays => return,
            Step::Over => "finished",
            Step::Broken => "error",
        };
        Self::end(state, act);
    }

    fn end(state: &str, act: &mut Act<'_, '_>) {
        act.hush();
        play_event(act, state);
        act.finish();
    }
}

/// Sends a `calling.call.play` event.
pub(super) fn play_event(act: &mut Act<'_, '_>, state: &str) {
    act.event("calling.call.play", json!({"state": state}));
}

/// Checks a command `volume`: decibels from −40 to 40.
pub(super) fn check_volume(params: Params<'_>) -> Result<(), Failure> {
    let volume = params.within("volume", -40.0..=40.0)?;
    volume.map(|_| ()).ok_or_else(|| Failure::bad("missing required parameter 'volume'"))
}

impl Work for Playing {
    fn family(&self) -> &'static str {
        "calling.play"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        play_event(act, "playing");
        Self::went(self.track.begin(act), act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        Self::went(self.track.advance(act), act);
    }

    fn answered(&mut self, answer: &Answer, act: &mut Act<'_, '_>) {
        Self::went(self.track.answered(answer, act), act);
    }

    fn command(&mut self, command: &str, params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "pause" if self.track.pause(act) => play_event(act, "paused"),
            "resume" if self.track.resume(act) => play_event(act, "playing"),
            "pause" | "resume" => {}
            "volume" => check_volume(params)?,
            "stop" => Self::end("finished", act),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }
}
