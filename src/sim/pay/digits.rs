//! Digits of a card while they are held, and digits in speech.
//!
//! Never shows them, and overwrites them when they are dropped.

use std::fmt;

/// The most digits that one entry can have.
const MOST: usize = 32;

/// Digits that nobody may see.
#[derive(Default)]
pub(super) struct Digits(String);

impl Digits {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes another digit; what is too much is left out.
    pub(super) fn push(&mut self, digit: char) {
        if self.0.len() < MOST {
            // At once all the room there is: growing would leave copies behind.
            self.0.reserve_exact(MOST - self.0.len());
            self.0.push(digit);
        }
    }

    /// The last four of them, for a mask.
    pub(super) fn last_four(&self) -> &str {
        &self.0[self.0.len().saturating_sub(4)..]
    }

    /// Overwrites them.
    pub(super) fn wipe(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        std::hint::black_box(&bytes);
    }
}

impl Drop for Digits {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

const UNITS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const TEENS: [&str; 10] = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// The digits that are said, in figures or in English words: `4242`, "four two", "oh", "double five",
/// "twelve thirty". Words that are no digits are passed over.
pub(super) fn spoken(text: &str) -> Digits {
    let mut said = Digits::default();
    let mut times = 1;
    // After "thirty" a unit takes the place of its zero.
    let mut tens = None;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = word.to_lowercase();
        if let Some(digit) = unit(&word) {
            let digit = char::from(b'0' + digit);
            match tens.take() {
                Some(()) if digit != '0' => said.replace_last(digit),
                _ => (0..times).for_each(|_| said.push(digit)),
            }
            times = 1;
            continue;
        }
        tens = None;
        times = match word.as_str() {
            "double" => 2,
            "triple" => 3,
            _ => 1,
        };
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            word.chars().for_each(|digit| said.push(digit));
        } else if let Some(teen) = place(&TEENS, &word) {
            said.push('1');
            said.push(char::from(b'0' + teen));
        } else if let Some(ten) = place(&TENS, &word) {
            said.push(char::from(b'2' + ten));
            said.push('0');
            tens = Some(());
        }
    }
    said
}

/// Whether digits are said, in figures or in words.
pub(in crate::sim) fn has_digits(text: &str) -> bool {
    !spoken(text).is_empty()
}

fn unit(word: &str) -> Option<u8> {
    if ["oh", "o", "nought"].contains(&word) { Some(0) } else { place(&UNITS, word) }
}

fn place(words: &[&str], word: &str) -> Option<u8> {
    words.iter().position(|known| *known == word).and_then(|place| u8::try_from(place).ok())
}

impl Digits {
    fn replace_last(&mut self, digit: char) {
        self.0.pop();
        self.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_heard_in_figures_and_words() {
        for (text, expected) in [
            ("4242 4242", "42424242"),
            ("four two four two", "4242"),
            ("Four, TWO; oh one", "4201"),
            ("double five", "55"),
            ("double five triple oh one", "550001"),
            ("twelve thirty", "1230"),
            ("oh six twenty-six", "0626"),
            ("twenty zero", "200"),
            ("it is 1 2 3 please", "123"),
            ("double you five", "5"),
            ("good morning", ""),
            ("", ""),
        ] {
            assert_eq!(spoken(text).as_str(), expected, "{text}");
        }
    }

    #[test]
    fn digits_are_never_shown_and_never_too_many() {
        let mut digits = spoken(&"9".repeat(99));
        assert_eq!((digits.len(), format!("{digits:?}")), (MOST, "***".to_owned()));
        assert_eq!(digits.last_four(), "9999");
        digits.wipe();
        assert!(digits.is_empty() && digits.last_four().is_empty());
    }
}
