//! Recordings in a saved test: what the caller says into them.
//!
//! A caller of the simulator talks by itself, one of a test says only what it is told to.

use serde_json::Value;

use super::story::{Action, Taken};
use super::walk::Walk;
use crate::sim::{How, What};
use crate::testing::journal::Happened;

/// What a caller says in a test who talked by itself.
const OWN_WORDS: &str = "\"Please call me back when you can.\"";

impl Walk<'_, '_> {
    /// A recording begins.
    pub fn record(&mut self, recording: &Action<'_>) {
        let hears_caller = direction(recording) != "listen";
        if hears_caller
            && self.ends_by_silence(recording)
            && self.is_alone(recording)
            && self.is_next(recording)
        {
            self.records(recording);
        } else if direction(recording) == "speak"
            && self.words(recording).is_empty()
            && self.was_filled(recording)
        {
            self.wait_for_takers(recording.began, &[recording.began], Taken::Speech);
            self.lines.push(format!("caller.says({OWN_WORDS});"));
            self.deeds.push("leaves_a_message".to_owned());
            self.sync = recording.began;
        }
    }

    /// One word for all that is said into it.
    fn records(&mut self, recording: &Action<'_>) {
        let Some(ended) = recording.ended else { return };
        let words = self.words(recording);
        let said = if words.is_empty() { OWN_WORDS.to_owned() } else { words.join(" + \" \" + ") };
        self.lines.push(format!("caller.records({said});"));
        self.deeds.push("leaves_a_message".to_owned());
        self.eye = recording.began + 1;
        self.told = ended + 1;
        self.sync = ended;
    }

    /// What the caller said into it, as a test has it.
    fn words(&self, recording: &Action<'_>) -> Vec<String> {
        let said = self.entered.all.iter().filter(|one| one.spoken && recording.lives_at(one.first));
        said.map(|one| one.code.clone()).collect()
    }

    fn ends_by_silence(&self, recording: &Action<'_>) -> bool {
        let Some(ended) = recording.ended else { return false };
        let key = |place: &usize| match &self.story.entries[*place].what {
            Happened::Seen(What::Pressed { digits }) => {
                digits.contains(|c| recording.terminators().contains(c))
            }
            _ => false,
        };
        let mut keys = (recording.began..ended).filter(key);
        let by_key = keys.any(|place| self.story.at(place) == self.story.at(ended));
        recording.outcome("state") == Some("finished") && !recording.stopped && !by_key
    }

    /// Whether nothing else happened while it ran.
    fn is_alone(&self, recording: &Action<'_>) -> bool {
        let ended = recording.ended.unwrap_or(recording.began);
        self.story.entries[recording.began + 1..ended.max(recording.began + 1)].iter().all(|entry| {
            let other = matches!(
                &entry.what,
                Happened::Seen(
                    What::Heard { how: How::Tts, .. }
                        | What::Verb { .. }
                        | What::Pressed { .. }
                        | What::Ended { .. }
                )
            );
            !other
        })
    }

    /// Whether the caller must have talked: it did not end when nobody said a first word.
    fn was_filled(&self, recording: &Action<'_>) -> bool {
        let seconds = recording.params.pointer("/record/audio/initial_timeout").and_then(Value::as_f64);
        let patience = seconds.unwrap_or(5.0);
        let ended = recording.ended.unwrap_or(self.story.entries.len() - 1);
        let lived = self.story.at(ended).saturating_sub(self.story.at(recording.began)).as_secs_f64();
        let empty = recording.outcome("state") == Some("no_input");
        !empty && (self.ends_by_silence(recording) || patience > 0.0 && lived > patience)
    }
}

/// Whom it records.
fn direction<'a>(recording: &Action<'a>) -> &'a str {
    recording.params.pointer("/record/audio/direction").and_then(Value::as_str).unwrap_or("speak")
}
