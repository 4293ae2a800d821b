//! Finds card numbers in text.
//!
//! It knows digits, not meaning: any 13 to 19 digits with a right Luhn sum count, with single
//! spaces or dashes between them. The only exception is a UUID, which is no card.

use std::borrow::Cow;
use std::ops::Range;

/// The digits a card number may have.
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
const UUID: usize = 36;

/// Replaces each card number by `************` and its last four digits.
pub fn mask(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(mut card) = next_card(bytes, 0) else { return Cow::Borrowed(text) };
    let mut masked = String::with_capacity(text.len());
    let mut copied = 0;
    loop {
        masked.push_str(&text[copied..card.start]);
        masked.push_str(&stars(&text[card.clone()]));
        copied = card.end;
        match next_card(bytes, copied) {
            Some(next) => card = next,
            None => break,
        }
    }
    masked.push_str(&text[copied..]);
    Cow::Owned(masked)
}

/// `************1234` for a number that ends in 1234.
fn stars(card: &str) -> String {
    let mut digits: Vec<char> = card.chars().filter(char::is_ascii_digit).collect();
    let last = digits.split_off(digits.len().saturating_sub(4));
    "*".repeat(12).chars().chain(last).collect()
}

/// The first card number at or after `from`; both ends of the range are digits.
fn next_card(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let escape = bytes[..at].ends_with(b"\\u"); // four digits may belong to it: \u0001
        at = match longest_card(&bytes[at..]) {
            None if escape => at + digits(&bytes[at..]).min(4),
            None => at + digits(&bytes[at..]),
            Some(len) => match uuid_end(bytes, at) {
                Some(end) => end,
                None => return Some(at..at + len),
            },
        }
    }
}

/// How many digits the text begins with.
fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The length of the longest card number that the text begins with. Where single separators part
/// the digits into groups, a number takes whole groups.
fn longest_card(text: &[u8]) -> Option<usize> {
    let mut luhn = Luhn::default();
    let mut longest = None;
    let mut at = 0;
    while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
        luhn.push(digit - b'0');
        if luhn.count > *DIGITS.end() {
            break;
        }
        at += 1;
        let group_ends = !text.get(at).is_some_and(u8::is_ascii_digit);
        if group_ends && DIGITS.contains(&luhn.count) && luhn.is_right() {
            longest = Some(at);
        }
        at += usize::from(matches!(text.get(at), Some(b' ' | b'-')));
    }
    longest
}

/// Luhn's sum from the left: which digits are doubled is known only at the end, so both are kept.
#[derive(Default)]
struct Luhn {
    count: usize,
    sums: [u32; 2],
}

impl Luhn {
    fn push(&mut self, digit: u8) {
        let digit = u32::from(digit);
        let doubled = digit * 2 / 10 + digit * 2 % 10;
        let even = self.count.is_multiple_of(2);
        self.sums[0] += if even { doubled } else { digit };
        self.sums[1] += if even { digit } else { doubled };
        self.count += 1;
    }

    fn is_right(&self) -> bool {
        self.sums[self.count % 2].is_multiple_of(10)
    }
}

/// Whether a whole text, digits only, is a card number as a JSON number may hold one. Numbers that
/// begin with 1 are left alone: they are times.
pub(super) fn is_card_number(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    let begins_like_a_card = bytes.first().is_some_and(|first| (b'2'..=b'6').contains(first));
    begins_like_a_card && bytes.iter().all(u8::is_ascii_digit) && longest_card(bytes) == Some(bytes.len())
}

/// The end of the UUID around `at`, if there is one.
fn uuid_end(bytes: &[u8], at: usize) -> Option<usize> {
    let part = |byte: &&u8| byte.is_ascii_hexdigit() || **byte == b'-';
    let before = bytes[..at].iter().rev().take(UUID).take_while(part).count();
    let after = bytes[at..].iter().take(UUID + 1).take_while(part).count();
    let token = &bytes[at - before..at + after];
    let dash = |index: usize| matches!(index, 8 | 13 | 18 | 23);
    let shaped = token.iter().enumerate().all(|(index, byte)| (*byte == b'-') == dash(index));
    (token.len() == UUID && shaped).then_some(at + after)
}
