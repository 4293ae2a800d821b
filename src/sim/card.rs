//! A card as the virtual party holds it, and what a payment can ask of it.
//!
//! It checks nothing: whether a card is good is decided where it is entered.

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

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Card(***)")
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
