//! What may be seen of the keys and words of a virtual party, when no payment listens.
//!
//! A card is entered too early, too late, or after the payment broke off: then nothing takes what is pressed and
//! said, and nobody needs to see it. What something takes is seen.

use super::pay::has_digits;

/// What is seen of what may not be seen.
pub(super) const HIDDEN: &str = "****";

/// As many digits as a payment card may show of its beginning (PCI DSS: at most six).
const SHOWN: usize = 6;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Discretion {
    /// Whether a payment was asked for on this call.
    paid: bool,
    /// How many digits were pressed in a row that nothing took.
    untaken: usize,
}

impl Discretion {
    /// A payment was asked for, even if it was refused.
    pub(super) fn payment_asked(&mut self) {
        self.paid = true;
    }

    /// Whether keys may be seen. Those that nothing takes are not: once a payment was asked for, and when, key by
    /// key, they become more than a card may show. Keys in one go that are a card's number are masked elsewhere.
    pub(super) fn shows_keys(&mut self, keys: &str, taken: bool) -> bool {
        if taken {
            self.untaken = 0;
            return true;
        }
        let before = self.untaken;
        self.untaken += keys.chars().filter(char::is_ascii_digit).count();
        !self.paid && (before == 0 || self.untaken <= SHOWN)
    }

    /// Whether words may be seen: once a payment was asked for, no digits that nothing listens for.
    pub(super) fn shows_words(&self, text: &str, taken: bool) -> bool {
        taken || !self.paid || !has_digits(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_nothing_takes_is_seen_as_far_as_a_card_may_show_it() {
        let mut discretion = Discretion::default();
        let seen: Vec<bool> =
            "42424242#".chars().map(|key| discretion.shows_keys(&key.to_string(), false)).collect();
        assert_eq!(seen, [true, true, true, true, true, true, false, false, false]);
        assert!(discretion.shows_keys("1", true), "taken");
        assert!(discretion.shows_keys("12345678901", false), "in one go");
        assert!(!discretion.shows_keys("1", false), "and on");
    }

    #[test]
    fn after_a_payment_only_what_is_taken_is_seen() {
        let mut discretion = Discretion::default();
        assert!(discretion.shows_keys("1", false) && discretion.shows_words("nine one seven", false));
        discretion.payment_asked();
        assert!(!discretion.shows_keys("917#", false) && discretion.shows_keys("1", true));
        for (text, taken, shown) in [
            ("nine one seven", false, false),
            ("917", false, false),
            ("goodbye", false, true),
            ("two", true, true),
        ] {
            assert_eq!(discretion.shows_words(text, taken), shown, "{text}");
        }
    }
}
