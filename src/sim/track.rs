//! A list of media and the place in it: one item after another, in rounds, with a pause that keeps the place.
//!
//! Never says that it plays: the events are its owner's.

use super::action::Act;
use super::frames::Failure;
use super::media::{Length, Media};
use super::observe::How;
use super::outside::{Answer, Asked};
use super::params::{Params, unfit};
use super::recordings::Own;
use super::sound::Side;
use std::collections::VecDeque;
use std::time::Duration;

/// What became of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It goes on.
    Plays,
    /// Everything was played.
    Over,
    /// Its next file cannot be played.
    Broken,
}

/// A list of media and the place in it.
#[derive(Debug)]
pub(super) struct Track {
    items: Vec<Media>,
    at: usize,
    /// Rounds still to play after this one; `None` is for ever.
    rounds: Option<u32>,
    /// Who hears it.
    sides: Vec<Side>,
    /// How much of the item was played before the last pause, and since when it plays now (`None`: paused).
    played: Duration,
    since: Option<Duration>,
    /// Files whose lengths are still to be asked for, and the one that is asked for. One at a time, as an
    /// answer does not say which file it is about.
    wanted: VecDeque<String>,
    asking: Option<String>,
}

impl Track {
    /// Reads the list under `name` (`play` or `ringback`).
    pub(super) fn parse(params: Params<'_>, name: &str) -> Result<Self, Failure> {
        params.volume()?;
        let parse = |(place, item)| Media::parse(item).map_err(|wrong| wrong.at(&format!("{name}[{place}]")));
        let items = params.list(name)?.iter().enumerate().map(parse).collect::<Result<_, _>>()?;
        let rounds = match params.get("loop") {
            None => Some(0),
            Some(count) => match count.as_u64() {
                Some(0) => None,
                Some(count) => Some(u32::try_from(count - 1).unwrap_or(u32::MAX)),
                None => return Err(unfit("loop", "a whole number from 0", count)),
            },
        };
        Ok(Self {
            items,
            at: 0,
            rounds,
            sides: vec![Side::Listens],
            played: Duration::ZERO,
            since: None,
            wanted: VecDeque::new(),
            asking: None,
        })
    }

    /// Says who hears it; the virtual party unless this is said.
    pub(super) fn towards(self, sides: Vec<Side>) -> Self {
        Self { sides, ..self }
    }

    /// Begins the first item, and asks how long its files are.
    pub(super) fn begin(&mut self, act: &mut Act<'_, '_>) -> Step {
        for item in self.items.iter_mut().filter(|item| item.how == How::Audio) {
            match act.fx.recordings.find(&item.text) {
                Own::Kept(length) => item.length = Length::Known(length),
                Own::Missing => item.length = Length::Broken,
                Own::Elsewhere if !act.fx.world.outside.reaches(&item.text) => {}
                Own::Elsewhere if self.wanted.contains(&item.text) => {}
                Own::Elsewhere => self.wanted.push_back(item.text.clone()),
            }
        }
        self.ask(act);
        self.begin_item(act)
    }

    fn ask(&mut self, act: &mut Act<'_, '_>) {
        if self.asking.is_none()
            && let Some(url) = self.wanted.pop_front()
        {
            self.asking = Some(url.clone());
            act.ask(Asked::Length { url });
        }
    }

    fn begin_item(&mut self, act: &mut Act<'_, '_>) -> Step {
        let Some(item) = self.items.get(self.at) else { return Step::Over };
        if item.length == Length::Broken {
            return Step::Broken;
        }
        let length = item.planned();
        if self.sides.contains(&Side::Listens) {
            act.hear(&item.text, item.how, length);
        }
        if self.sides.contains(&Side::Speaks) {
            act.sound(vec![Side::Speaks], &item.text, item.how, length);
        }
        self.played = Duration::ZERO;
        self.since = Some(act.now());
        act.timer(length);
        Step::Plays
    }

    /// Its timer is due: goes on to the next item.
    pub(super) fn advance(&mut self, act: &mut Act<'_, '_>) -> Step {
        self.at += 1;
        if self.at == self.items.len() {
            match &mut self.rounds {
                Some(0) => return Step::Over,
                Some(rounds) => *rounds -= 1,
                None => {}
            }
            self.at = 0;
        }
        self.begin_item(act)
    }

    /// The length of a file came, or that it cannot be had. Of a file that is playing, the rest becomes as long
    /// as it really is.
    pub(super) fn answered(&mut self, answer: &Answer, act: &mut Act<'_, '_>) -> Step {
        let Some(url) = self.asking.take() else { return Step::Plays };
        let length = match answer {
            Answer::Length(length) => Length::Known(*length),
            Answer::Failed(_) | Answer::TimedOut => Length::Broken,
            Answer::Response { .. } => Length::Unknown,
        };
        for item in self.items.iter_mut().filter(|item| item.how == How::Audio && item.text == url) {
            item.length = length;
        }
        self.ask(act);
        let playing = &self.items[self.at];
        if playing.how != How::Audio || playing.text != url {
            return Step::Plays;
        }
        if length == Length::Broken {
            return Step::Broken;
        }
        if self.since.is_some() {
            act.hush();
            self.go_on(act);
        }
        Step::Plays
    }

    /// How much of the item is still to be played.
    fn rest(&self, now: Duration) -> Duration {
        let playing = self.since.map_or(Duration::ZERO, |since| now.saturating_sub(since));
        self.items[self.at].planned().saturating_sub(self.played + playing)
    }

    /// Sounds again for the rest of the item.
    fn go_on(&self, act: &mut Act<'_, '_>) {
        let (item, rest) = (&self.items[self.at], self.rest(act.now()));
        act.sound(self.sides.clone(), &item.text, item.how, rest);
        act.timer(rest);
    }

    /// False when it was paused already.
    pub(super) fn pause(&mut self, act: &mut Act<'_, '_>) -> bool {
        let Some(since) = self.since.take() else { return false };
        self.played += act.now().saturating_sub(since);
        act.cancel_timer();
        act.hush();
        true
    }

    /// False when it was not paused.
    pub(super) fn resume(&mut self, act: &mut Act<'_, '_>) -> bool {
        if self.since.is_some() {
            return false;
        }
        self.since = Some(act.now());
        self.go_on(act);
        true
    }
}
