//! The steps of a payment: which entry follows which, when one is whole, and whether it is good.
//!
//! Never asks, waits or says anything.

use super::super::card::Entry;
use super::card::{self, Brand, Fault};
use super::digits::Digits;
use super::prompts::ErrorType;
use super::terms::{PostalCode, Terms};

/// What was entered so far. It is overwritten when it is dropped, and nothing shows it.
#[derive(Debug, Default)]
pub(super) struct Entered {
    pub(super) number: Digits,
    pub(super) expiration: Digits,
    pub(super) security_code: Digits,
    pub(super) postal_code: Digits,
}

impl Entered {
    pub(super) fn keep(&mut self, entry: Entry, digits: Digits) {
        match entry {
            Entry::CardNumber => self.number = digits,
            Entry::ExpirationDate => self.expiration = digits,
            Entry::SecurityCode => self.security_code = digits,
            Entry::PostalCode => self.postal_code = digits,
        }
    }
}

/// The entry after this one; `None` when everything is known.
pub(super) fn next(entry: Entry, terms: &Terms) -> Option<Entry> {
    let asked = |entry: &Entry| match entry {
        Entry::SecurityCode => terms.security_code,
        Entry::PostalCode => terms.postal_code == PostalCode::Ask,
        Entry::CardNumber | Entry::ExpirationDate => true,
    };
    let order = [Entry::CardNumber, Entry::ExpirationDate, Entry::SecurityCode, Entry::PostalCode];
    order.into_iter().filter(asked).find(|next| *next > entry)
}

/// Whether nothing can be added to an entry. A postal code has no end of its own.
pub(super) fn is_whole(entry: Entry, digits: &Digits, brand: Option<Brand>) -> bool {
    let longest = match entry {
        Entry::CardNumber => card::longest_number(digits.as_str()),
        Entry::ExpirationDate => 4,
        Entry::SecurityCode => brand.map_or(4, Brand::security_code),
        Entry::PostalCode => return false,
    };
    digits.len() >= longest
}

/// Checks an entry that has digits. The brand is that of the card number, if it is known what it is; `unix` is
/// the time in seconds since 1970.
pub(super) fn check(
    entry: Entry,
    digits: &Digits,
    terms: &Terms,
    brand: &mut Option<Brand>,
    unix: u64,
) -> Result<(), ErrorType> {
    let (good, error) = match entry {
        Entry::CardNumber => return check_number(digits, terms, brand),
        Entry::ExpirationDate => (card::is_good_until(digits.as_str(), unix), ErrorType::Date),
        Entry::SecurityCode => {
            (brand.is_some_and(|brand| brand.security_code() == digits.len()), ErrorType::SecurityCode)
        }
        Entry::PostalCode => (digits.len() >= terms.min_postal_code, ErrorType::PostalCode),
    };
    if good { Ok(()) } else { Err(error) }
}

fn check_number(digits: &Digits, terms: &Terms, brand: &mut Option<Brand>) -> Result<(), ErrorType> {
    match card::check_number(digits.as_str(), &terms.taken) {
        Ok(known) => {
            *brand = Some(known);
            Ok(())
        }
        Err(Fault::Brand(known)) => {
            *brand = known;
            Err(ErrorType::CardType)
        }
        Err(Fault::Number) => {
            *brand = None;
            Err(ErrorType::CardNumber)
        }
    }
}
