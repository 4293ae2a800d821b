//! How long things last on a simulated call.
//!
//! Only numbers: nothing here waits.

use std::time::Duration;

/// The length of an audio file that nobody has looked at.
pub(super) const AUDIO: Duration = Duration::from_secs(3);
/// The length of a ringtone without `duration`.
pub(super) const RINGTONE: Duration = Duration::from_secs(5);
/// The shortest time that a media item takes, so that an endless loop passes time.
pub(super) const SHORTEST: Duration = Duration::from_millis(100);
/// From a dial to ringing, and from ringing to the answer or the refusal.
pub(super) const RINGING: Duration = Duration::from_millis(500);
pub(super) const ANSWERING: Duration = Duration::from_millis(1500);
/// How long a far end that does not answer is rung.
pub(super) const NO_ANSWER: Duration = Duration::from_secs(30);
/// What the machine detector needs to hear.
pub(super) const DETECTING: Duration = Duration::from_secs(2);
/// A payment, from the first prompt to the connector's answer.
pub(super) const PAYING: Duration = Duration::from_secs(12);
/// One page of a fax.
pub(super) const FAX_PAGE: Duration = Duration::from_secs(3);
/// One sent digit.
pub(super) const SENT_DIGIT: Duration = Duration::from_millis(250);
/// How long the virtual party needs to react.
pub(super) const REACTION: Duration = Duration::from_millis(500);
/// From one key that the virtual party presses to the next.
pub(super) const KEY: Duration = Duration::from_millis(150);
/// How long the virtual party waits for something that listens before it acts anyway.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// A SIP party takes a refer over.
pub(super) const REFERRING: Duration = Duration::from_secs(1);
/// How long a transferred call goes on at its destination.
pub(super) const TRANSFERRED: Duration = Duration::from_secs(5);
/// How long a recording runs when neither silence, a digit nor a stop ends it.
pub(super) const RECORDING: Duration = Duration::from_secs(5);
/// How long a client may take to acknowledge `signalwire.disconnect`.
pub(super) const DISCONNECTING: Duration = Duration::from_secs(2);

/// The length of spoken text: about 14 characters a second, at least half a second.
pub(super) fn speech(text: &str) -> Duration {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let exact = Duration::from_secs(characters.into()) / 14;
    exact.max(Duration::from_millis(500))
}

/// Seconds as a duration; what is negative, not a number or beyond a day is brought into range.
pub(super) fn seconds(seconds: f64) -> Duration {
    const DAY: f64 = 86_400.0;
    let bounded = if seconds.is_nan() { 0.0 } else { seconds.clamp(0.0, DAY) };
    let milliseconds = (bounded * 1000.0).round();
    Duration::from_secs_f64(milliseconds / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speech_lasts_by_its_text() {
        for (characters, expected) in [(0, 500), (7, 500), (14, 1000), (28, 2000)] {
            assert_eq!(speech(&"x".repeat(characters)), Duration::from_millis(expected));
        }
    }

    #[test]
    fn seconds_stay_in_range() {
        for (given, expected) in [(1.5, 1_500), (-1.0, 0), (f64::NAN, 0), (1e30, 86_400_000)] {
            assert_eq!(seconds(given), Duration::from_millis(expected));
        }
    }
}
