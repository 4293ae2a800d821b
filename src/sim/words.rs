//! Speech as a recognizer hears it: word after word, each at its time.
//!
//! Never misunderstands.

use super::timing;
use std::time::Duration;

/// What is being said.
#[derive(Debug)]
pub(super) struct Speech {
    began: Duration,
    ends: Duration,
    /// Each word, and when it was said.
    words: Vec<(String, Duration)>,
}

impl Speech {
    pub(super) fn new(text: &str, now: Duration) -> Self {
        Self { began: now, ends: now, words: Vec::new() }.and(text, now)
    }

    /// More is said: at once, or after what is still being said.
    pub(super) fn and(mut self, text: &str, now: Duration) -> Self {
        let (from, length) = (self.ends.max(now), timing::speech(text));
        let letters: usize = text.split_whitespace().map(|word| word.chars().count()).sum();
        let mut said = 0;
        for word in text.split_whitespace() {
            said += word.chars().count();
            let part = said as f64 / letters as f64;
            self.words.push((word.to_owned(), from + length.mul_f64(part)));
        }
        self.ends = from + length;
        self
    }

    pub(super) fn began(&self) -> Duration {
        self.began
    }

    pub(super) fn ends(&self) -> Duration {
        self.ends
    }

    /// The words that were said until now; at least the first one, however little of it was heard.
    pub(super) fn heard(&self, now: Duration) -> String {
        let count = self.words.iter().filter(|(_, at)| *at <= now || now >= self.ends).count();
        let words: Vec<&str> = self.words.iter().take(count.max(1)).map(|(word, _)| word.as_str()).collect();
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_heard_one_after_another() {
        // 28 characters, 26 of them letters: two seconds.
        let speech = Speech::new("abcdefghijklm nopq rstuvwxyz", Duration::from_secs(5));
        assert_eq!(speech.ends(), Duration::from_secs(7));
        for (milliseconds, expected) in [
            (5_000, "abcdefghijklm"),
            (6_100, "abcdefghijklm"),
            (6_400, "abcdefghijklm nopq"),
            (7_000, "abcdefghijklm nopq rstuvwxyz"),
        ] {
            assert_eq!(speech.heard(Duration::from_millis(milliseconds)), expected, "{milliseconds}");
        }
        let more = speech.and("more", Duration::from_secs(6));
        assert_eq!(more.ends(), Duration::from_millis(7_500));
        assert_eq!(more.heard(Duration::from_secs(8)), "abcdefghijklm nopq rstuvwxyz more");
    }
}
