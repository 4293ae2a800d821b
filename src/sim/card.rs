//! A card as the virtual party holds it, and what a payment can ask of it.
//!
//! It only says whether keys can enter it: whether a card is good is decided where it is entered.

use std::fmt;

/// A payment card, key by key as it is entered. Neither `Debug` nor anything else here shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// The number, digits only.
    pub number: String,
    /// The expiration date, `MMYY`.
    pub expiry: String,
    /// The security code: 3 digits, or 4 on an American Express card.
    pub cvv: String,
    /// The postal code of the billing address.
    pub zip: String,
}

/// The parts of a card as people write them. What is not given is that of [`Card::test`]; a part that is given
/// empty is never entered.
#[derive(Clone, Copy, Default)]
pub struct CardParts<'a> {
    /// At most 19 digits; spaces and dashes between them are left out.
    pub number: Option<&'a str>,
    /// At most 4 digits, `MMYY` or `MM/YY`.
    pub expiry: Option<&'a str>,
    /// At most 4 digits. For an American Express card `1234` when it is not given.
    pub cvv: Option<&'a str>,
    /// At most 10 digits; spaces and dashes between them are left out.
    pub zip: Option<&'a str>,
}

/// A part of a card cannot be entered by keys. It does not show the part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {got}")]
pub struct CardError {
    /// Which part.
    pub part: Entry,
    expected: &'static str,
    got: String,
}

impl Card {
    /// The test card that is always approved.
    #[must_use]
    pub fn test() -> Self {
        Self {
            number: "4242424242424242".into(),
            expiry: "1230".into(),
            cvv: "123".into(),
            zip: "90210".into(),
        }
    }

    /// A card of parts as people write them.
    ///
    /// # Errors
    /// A part has other characters than digits, or too many of them. A card that no payment takes is no error.
    pub fn of(parts: CardParts<'_>) -> Result<Self, CardError> {
        let mut card = Self::test();
        if let Some(number) = parts.number {
            card.number = digits(Entry::CardNumber, number)?;
            card.cvv = usual_code(&card.number).to_owned();
        }
        for (entry, given, part) in [
            (Entry::ExpirationDate, parts.expiry, &mut card.expiry),
            (Entry::SecurityCode, parts.cvv, &mut card.cvv),
            (Entry::PostalCode, parts.zip, &mut card.zip),
        ] {
            if let Some(given) = given {
                *part = digits(entry, given)?;
            }
        }
        Ok(card)
    }

    /// What is entered when a payment asks for it.
    #[must_use]
    pub fn entry(&self, entry: Entry) -> &str {
        match entry {
            Entry::CardNumber => &self.number,
            Entry::ExpirationDate => &self.expiry,
            Entry::SecurityCode => &self.cvv,
            Entry::PostalCode => &self.zip,
        }
    }
}

/// A security code of the length that cards with this number have.
fn usual_code(number: &str) -> &'static str {
    let american_express = ["34", "37"].iter().any(|begin| number.starts_with(begin));
    if american_express { "1234" } else { "123" }
}

/// The digits of a part, without what people write between them.
fn digits(part: Entry, given: &str) -> Result<String, CardError> {
    let (most, between, expected): (_, &[char], _) = match part {
        Entry::CardNumber => (19, &[' ', '-'], "at most 19 digits"),
        Entry::ExpirationDate => (4, &[' ', '/'], "at most 4 digits, as MMYY"),
        Entry::SecurityCode => (4, &[' '], "at most 4 digits"),
        Entry::PostalCode => (10, &[' ', '-'], "at most 10 digits"),
    };
    let digits: String = given.chars().filter(|c| !between.contains(c)).collect();
    let got = match digits.len() {
        _ if !digits.bytes().all(|byte| byte.is_ascii_digit()) => "other characters".to_owned(),
        count if count > most => format!("{count} digits"),
        _ => return Ok(digits),
    };
    Err(CardError { part, expected, got })
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Card(***)")
    }
}

impl fmt::Debug for CardParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardParts(***)")
    }
}

/// What a payment asks for, step by step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// The card's number.
    CardNumber,
    /// Its expiration date.
    ExpirationDate,
    /// Its security code.
    SecurityCode,
    /// The postal code of the billing address.
    PostalCode,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_given_is_that_of_the_test_card() {
        assert_eq!(Card::of(CardParts::default()).unwrap(), Card::test());
        for (number, cvv, expected) in [
            ("4000 0000-0000 0002", None, ["4000000000000002", "123"]),
            ("378282246310005", None, ["378282246310005", "1234"]),
            ("341111111111111", Some("99"), ["341111111111111", "99"]),
            ("", Some(""), ["", ""]),
        ] {
            let card = Card::of(CardParts { number: Some(number), cvv, ..CardParts::default() }).unwrap();
            assert_eq!([card.number.as_str(), card.cvv.as_str()], expected);
            assert_eq!((card.expiry.as_str(), card.zip.as_str()), ("1230", "90210"));
        }
        let parts = CardParts { expiry: Some("01/31"), zip: Some("90210-1234"), ..CardParts::default() };
        let card = Card::of(parts).unwrap();
        assert_eq!((card.expiry.as_str(), card.zip.as_str()), ("0131", "902101234"));
    }

    #[test]
    fn a_part_that_keys_cannot_enter_is_refused_and_not_shown() {
        let none = CardParts::default();
        for (parts, part, expected) in [
            (
                CardParts { number: Some("42424242x"), ..none },
                Entry::CardNumber,
                "expected at most 19 digits, got other characters",
            ),
            (
                CardParts { number: Some("42424242424242424242"), ..none },
                Entry::CardNumber,
                "expected at most 19 digits, got 20 digits",
            ),
            (
                CardParts { expiry: Some("12-30"), ..none },
                Entry::ExpirationDate,
                "expected at most 4 digits, as MMYY, got other characters",
            ),
            (
                CardParts { cvv: Some("12345"), ..none },
                Entry::SecurityCode,
                "expected at most 4 digits, got 5 digits",
            ),
            (
                CardParts { zip: Some("SW1A"), ..none },
                Entry::PostalCode,
                "expected at most 10 digits, got other characters",
            ),
        ] {
            let error = Card::of(parts).unwrap_err();
            assert_eq!((error.part, error.to_string().as_str()), (part, expected));
            assert_eq!(format!("{parts:?}"), "CardParts(***)");
        }
    }
}
