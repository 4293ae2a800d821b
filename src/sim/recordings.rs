//! The recordings of a peer: kept under their ids, found again by their URLs.
//!
//! Never keeps samples: a recording is drawn when it is fetched. Only the newest are kept.

use super::peer::Peer;
use super::sound::Sound;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How many recordings are kept; one more drops the oldest.
const KEPT: usize = 1000;

/// What a URL is to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// A file that is somewhere else.
    Elsewhere,
    /// A recording of the peer, with its length.
    Kept(Duration),
    /// A recording that is dropped, is not over yet, or never was.
    Missing,
}

/// Recordings, the oldest first.
#[derive(Debug)]
pub(super) struct Recordings {
    base_url: String,
    kept: BTreeMap<String, Sound>,
    order: VecDeque<String>,
}

impl Recordings {
    pub(super) fn new(base_url: &str) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, kept: BTreeMap::new(), order: VecDeque::new() }
    }

    /// Where a recording is found when it is over. Every one is a WAV file, whatever format was asked for.
    pub(super) fn url(&self, id: &str) -> String {
        format!("{}/recordings/{id}.wav", self.base_url)
    }

    pub(super) fn keep(&mut self, id: String, sound: Sound) {
        self.order.push_back(id.clone());
        self.kept.insert(id, sound);
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.kept.remove(&oldest);
        }
    }

    /// Whether a URL is a recording of this peer.
    pub(super) fn find(&self, url: &str) -> Own {
        let path =
            url.strip_prefix(self.base_url.as_str()).and_then(|path| path.strip_prefix("/recordings/"));
        let Some(name) = path else { return Own::Elsewhere };
        let kept = name.strip_suffix(".wav").and_then(|id| self.kept.get(id));
        kept.map_or(Own::Missing, |sound| Own::Kept(sound.length()))
    }
}

impl Peer {
    /// A recording that is over, as a WAV file (8 kHz, 16 bit, one or two channels); `None` when there is none
    /// of this id. The peer keeps the newest thousand. A recording of an hour has up to 115 MB.
    #[must_use]
    pub fn recording(&self, id: &str) -> Option<Vec<u8>> {
        self.recordings.kept.get(id)?.wav().ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_the_newest_recordings_are_kept() {
        let mut recordings = Recordings::new("http://127.0.0.1:4455/");
        for id in 0..=KEPT {
            let mut sound = Sound::new(false);
            sound.end(Duration::from_millis(100 + id as u64));
            recordings.keep(id.to_string(), sound);
        }
        let newest = format!("http://127.0.0.1:4455/recordings/{KEPT}.wav");
        assert_eq!(recordings.url(&KEPT.to_string()), newest);
        for (url, own) in [
            (newest.as_str(), Own::Kept(Duration::from_millis(1100))),
            ("http://127.0.0.1:4455/recordings/0.wav", Own::Missing),
            ("http://127.0.0.1:4455/recordings/1", Own::Missing),
            ("http://127.0.0.1:4455/other.wav", Own::Elsewhere),
            ("http://127.0.0.1:44/recordings/1.wav", Own::Elsewhere),
        ] {
            assert_eq!(recordings.find(url), own, "{url}");
        }
        assert_eq!(recordings.kept.len(), KEPT);
    }
}
