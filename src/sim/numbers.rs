//! Numbers at which simulated parties behave in a way of their own, and what a number looks like.
//!
//! Never decides anything else: every other number follows the far end that was set.

use super::far::FarEnd;

/// A number with a party, or a phone, that does one thing always.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestNumber {
    /// The number, as the wire has it.
    pub number: &'static str,
    /// What happens, in a few words.
    pub does: &'static str,
    pub(super) far_end: Option<FarEnd>,
    pub(super) message: Option<Undelivered>,
}

/// How a message to a test number ends: its state and the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Undelivered {
    /// How many of the usual states come before.
    pub(super) after: usize,
    pub(super) state: &'static str,
    pub(super) reason: &'static str,
}

/// The test numbers. Calls and messages to every other number are answered and delivered, unless
/// [`Peer::set_far_end`](super::Peer::set_far_end) says otherwise.
pub const TEST_NUMBERS: &[TestNumber] = &[
    party("+15005550001", "a call is busy", FarEnd::Busy),
    party("+15005550002", "a call rings and nobody answers", FarEnd::NoAnswer),
    party("+15005550003", "a call is declined", FarEnd::Declines),
    party("+15005550004", "a call finds nobody: there is no such number", FarEnd::NotFound),
    phone("+15005550009", "a message is undelivered", (3, "undelivered", "the carrier rejected the message")),
    phone(
        "+15005550010",
        "a message fails before it is sent",
        (2, "failed", "the number cannot get messages"),
    ),
];

const fn party(number: &'static str, does: &'static str, far_end: FarEnd) -> TestNumber {
    TestNumber { number, does, far_end: Some(far_end), message: None }
}

const fn phone(
    number: &'static str,
    does: &'static str,
    (after, state, reason): (usize, &'static str, &'static str),
) -> TestNumber {
    TestNumber { number, does, far_end: None, message: Some(Undelivered { after, state, reason }) }
}

fn find(number: &str) -> Option<&'static TestNumber> {
    TEST_NUMBERS.iter().find(|test| test.number == number)
}

/// How the party at this number behaves, if it is a test number.
pub(super) fn far_end(number: &str) -> Option<FarEnd> {
    find(number)?.far_end
}

/// How a message to this number ends, if not as usual.
pub(super) fn undelivered(number: &str) -> Option<Undelivered> {
    find(number)?.message
}

/// Whether this is a number in the form of E.164: `+` and up to 15 digits.
pub(super) fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| (1..=15).contains(&digits.len()) && all_digits(digits))
}

/// Whether a message may come from here: a number, or a short code of 3 to 8 digits.
pub(super) fn is_sender(text: &str) -> bool {
    is_number(text) || (3..=8).contains(&text.len()) && all_digits(text)
}

/// Whether this is a SIP address.
pub(super) fn is_sip(text: &str) -> bool {
    ["sip:", "sips:"].iter().any(|scheme| text.len() > scheme.len() && text.starts_with(scheme))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_addresses_and_short_codes_are_told_apart() {
        for (text, number, sender, sip) in [
            ("+15551234567", true, true, false),
            ("+1", true, true, false),
            ("15551234567", false, false, false),
            ("+1555123456789012", false, false, false),
            ("+1 555", false, false, false),
            ("+", false, false, false),
            ("", false, false, false),
            ("24636", false, true, false),
            ("12", false, false, false),
            ("sip:a@example.com", false, false, true),
            ("sips:a@example.com", false, false, true),
            ("sip:", false, false, false),
        ] {
            assert_eq!((is_number(text), is_sender(text), is_sip(text)), (number, sender, sip), "{text}");
        }
    }

    #[test]
    fn the_readme_lists_the_test_numbers() {
        let readme = include_str!("../../README.md");
        for TestNumber { number, does, .. } in TEST_NUMBERS {
            assert!(readme.contains(&format!("| `{number}` | {does} |")), "{number}");
        }
    }

    #[test]
    fn each_test_number_stands_once_and_does_something() {
        for test in TEST_NUMBERS {
            assert_eq!(find(test.number), Some(test));
            assert!(is_number(test.number) && (test.far_end.is_some() || test.message.is_some()));
        }
    }
}
