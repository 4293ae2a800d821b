//! What a caller hears while somebody else is called: the `ringback` of a connect, over and over.
//!
//! Never announced: it has no events and no commands, and ends with the ringing.

use super::action::{Act, Work, unknown_command};
use super::effects::Effects;
use super::frames::Failure;
use super::line::Line;
use super::params::Params;
use super::playing::Track;
use super::schedule::Slot;

/// The family of a ringback; no method starts one.
pub(super) const FAMILY: &str = "calling.connect";

/// A ringback that is heard.
#[derive(Debug)]
pub(super) struct Ringback {
    track: Track,
}

impl Ringback {
    /// Reads `ringback`; `None` when it is not given.
    pub(super) fn parse(params: Params<'_>) -> Result<Option<Self>, Failure> {
        if params.get("ringback").is_none() {
            return Ok(None);
        }
        let mut for_ever = params.0.clone();
        for_ever.insert("loop".into(), 0.into());
        Ok(Some(Self { track: Track::parse(Params(&for_ever), "ringback")? }))
    }
}

impl Work for Ringback {
    fn family(&self) -> &'static str {
        FAMILY
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.track.begin(act);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        self.track.advance(act);
    }

    fn command(&mut self, command: &str, _params: Params<'_>, _act: &mut Act<'_, '_>) -> Result<(), Failure> {
        Err(unknown_command(FAMILY, command))
    }
}

impl Line {
    /// The ringing is over.
    pub(super) fn stop_ringback(&mut self, fx: &mut Effects<'_>) {
        self.actions.retain(|action| {
            let rings = action.work.family() == FAMILY;
            if rings {
                fx.cancel(Slot::Action(action.control_id.clone()));
            }
            !rings
        });
    }
}
