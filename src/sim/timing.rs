//! How long things last on a simulated call.
//!
//! Only numbers: nothing here waits.

use std::time::Duration;

/// The length of an audio file that nobody has looked at.
pub(super) const AUDIO: Duration = Duration::from_secs(3);
/// The shortest time that a media item takes, so that an endless loop passes time.
pub(super) const SHORTEST: Duration = Duration::from_millis(100);
/// From a dial to ringing, and from ringing to the answer or the refusal.
pub(super) const RINGING: Duration = Duration::from_millis(500);
pub(super) const ANSWERING: Duration = Duration::from_millis(1500);
/// How long a party is rung when the device has no `timeout`.
pub(super) const NO_ANSWER: Duration = Duration::from_secs(30);
/// A fax answers, and its tone is recognized.
pub(super) const FAX_TONE: Duration = Duration::from_secs(2);
/// One page of a fax.
pub(super) const FAX_PAGE: Duration = Duration::from_secs(3);
/// One sent digit, and the pauses `w` and `W`.
pub(super) const SENT_DIGIT: Duration = Duration::from_millis(250);
pub(super) const SHORT_PAUSE: Duration = Duration::from_millis(500);
pub(super) const LONG_PAUSE: Duration = Duration::from_secs(1);
/// How long the virtual party needs to react.
pub(super) const REACTION: Duration = Duration::from_millis(500);
/// From one key that the virtual party presses to the next.
pub(super) const KEY: Duration = Duration::from_millis(150);
/// How long the virtual party waits for something that listens before it acts anyway.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// How long a party stays that was connected and has nobody to talk to.
pub(super) const ALONE: Duration = Duration::from_secs(10);
/// How long an inbound call rings that nobody takes (*assumed*).
pub(super) const UNANSWERED: Duration = Duration::from_secs(120);
/// How long an AI agent stays on hold unless told otherwise.
pub(super) const HELD: Duration = Duration::from_secs(300);
/// A SIP party takes a refer over.
pub(super) const REFERRING: Duration = Duration::from_secs(1);
/// How long a transferred call goes on at its destination.
pub(super) const TRANSFERRED: Duration = Duration::from_secs(5);
/// The longest recording (*assumed*; RELAY documents no limit).
pub(super) const LONGEST_RECORDING: Duration = Duration::from_secs(3600);
/// The beep that begins a recording.
pub(super) const BEEP: Duration = Duration::from_millis(250);
/// What the virtual party says by itself when it is recorded.
pub(super) const OWN_MESSAGE: Duration = Duration::from_secs(4);
/// The tone of a pressed key, and the silence after it.
pub(super) const KEY_TONE: Duration = Duration::from_millis(100);
pub(super) const KEY_GAP: Duration = Duration::from_millis(50);
/// How long a client may take to acknowledge `signalwire.disconnect`.
pub(super) const DISCONNECTING: Duration = Duration::from_secs(2);

/// The length of spoken text: about 14 characters a second (170 words a minute), at least half a second.
/// Digits of long numbers are spoken one by one, three a second. SSML is not spoken; its breaks pause.
pub(super) fn speech(text: &str) -> Duration {
    let (plain, pauses) = without_markup(text);
    let mut characters = 0_u32;
    let mut digits = 0_u32;
    for letter in plain.chars() {
        digits = if letter.is_ascii_digit() { digits + 1 } else { 0 };
        let spelled = match digits {
            0..LONG_NUMBER => 1,
            // The digits before this one turn out to be spelled too.
            LONG_NUMBER => 1 + LONG_NUMBER * (DIGIT - 1),
            _ => DIGIT,
        };
        characters = characters.saturating_add(spelled);
    }
    let exact = Duration::from_secs(characters.into()) / 14;
    exact.max(Duration::from_millis(500)) + pauses
}

/// A number of so many digits is spelled.
const LONG_NUMBER: u32 = 5;
/// A spelled digit takes the time of so many characters.
const DIGIT: u32 = 5;

/// Text without its SSML tags, and how long its breaks last.
fn without_markup(text: &str) -> (String, Duration) {
    let mut plain = String::new();
    let mut pauses = Duration::ZERO;
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let tag = rest[open..].find('>').map(|close| &rest[open + 1..open + close]);
        let Some(tag) = tag.filter(|tag| tag.starts_with(|c: char| c.is_alphabetic() || c == '/')) else {
            plain.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            continue;
        };
        plain.push_str(&rest[..open]);
        pauses += pause(tag);
        rest = &rest[open + tag.len() + 2..];
    }
    plain.push_str(rest);
    (plain, pauses)
}

/// How long a `break time="1s"` or `break time="300ms"` lasts; any other tag no time.
fn pause(tag: &str) -> Duration {
    let time = tag.strip_prefix("break").and_then(|rest| rest.split_once("time="));
    let Some((_, time)) = time else { return Duration::ZERO };
    let time = time.trim_start_matches(['"', '\'']).split(['"', '\'', ' ', '/']).next().unwrap_or_default();
    let (number, unit) = match time.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (time.trim_end_matches('s'), 1.0),
    };
    seconds(number.parse::<f64>().unwrap_or(0.0) * unit)
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
        for (text, expected) in [
            ("in the year 2024, 12345", 18 + 25),
            ("4242424242424242", 80),
            ("<speak>exactly 14 chs</speak>", 14),
            ("exactly 14 ch <break time=\"1s\"/>", 14 + 14),
            ("exactly 13 ch<break time='500ms' /> ", 14 + 7),
            ("1 < 2 and 3 > 2 ", 16),
            ("<open and nothing else", 22),
        ] {
            let exact = Duration::from_secs(expected) / 14;
            assert_eq!(speech(text), exact, "{text}");
        }
    }

    #[test]
    fn seconds_stay_in_range() {
        for (given, expected) in [(1.5, 1_500), (-1.0, 0), (f64::NAN, 0), (1e30, 86_400_000)] {
            assert_eq!(seconds(given), Duration::from_millis(expected));
        }
    }
}
