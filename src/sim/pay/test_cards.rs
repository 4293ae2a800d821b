//! The test cards: what the built-in connector answers for which number.
//!
//! Any other good number is approved.

/// A card to test with. It is nobody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestCard {
    /// What it is for, in a few words.
    pub name: &'static str,
    /// Its brand, as `valid_card_types` has it.
    pub brand: &'static str,
    /// The number, digits only.
    pub number: &'static str,
    /// The expiration date, `MMYY`.
    pub expiry: &'static str,
    /// The security code.
    pub cvv: &'static str,
    /// What the built-in connector does with it.
    pub outcome: CardOutcome,
}

/// What the built-in connector does with a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardOutcome {
    /// Takes it.
    Approved,
    /// Declines it.
    Declined {
        /// The connector's `error_code`.
        code: &'static str,
        /// The connector's `error_message`.
        message: &'static str,
    },
    /// Does not answer in time.
    TimesOut,
    /// Answers with the HTTP status 500.
    Fails,
}

/// The answer for a card that is declined for no reason of its own.
pub(super) const DECLINED: CardOutcome =
    CardOutcome::Declined { code: "card_declined", message: "the card was declined" };

const fn good(name: &'static str, brand: &'static str, number: &'static str, cvv: &'static str) -> TestCard {
    TestCard { name, brand, number, expiry: "1230", cvv, outcome: CardOutcome::Approved }
}

const fn visa(name: &'static str, number: &'static str, outcome: CardOutcome) -> TestCard {
    TestCard { name, brand: "visa", number, expiry: "1230", cvv: "123", outcome }
}

const fn declined(code: &'static str, message: &'static str) -> CardOutcome {
    CardOutcome::Declined { code, message }
}

/// The cards that the built-in connector knows. Most numbers are the well-known ones of the payment industry.
pub const TEST_CARDS: &[TestCard] = &[
    good("approved", "visa", "4242424242424242", "123"),
    good("approved", "mastercard", "5555555555554444", "123"),
    good("approved", "amex", "378282246310005", "1234"),
    good("approved", "discover", "6011111111111117", "123"),
    good("approved", "jcb", "3566002020360505", "123"),
    good("approved", "diners-club", "30569309025904", "123"),
    good("approved", "maestro", "6759649826438453", "123"),
    visa("declined", "4000000000000002", DECLINED),
    visa(
        "insufficient funds",
        "4000000000009995",
        declined("insufficient_funds", "the card has insufficient funds"),
    ),
    visa("expired", "4000000000000069", declined("expired_card", "the card has expired")),
    visa(
        "wrong security code",
        "4000000000000127",
        declined("incorrect_cvc", "the security code is incorrect"),
    ),
    visa(
        "processing error",
        "4000000000000119",
        declined("processing_error", "the card could not be processed"),
    ),
    visa("connector times out", "4000000000004087", CardOutcome::TimesOut),
    visa("connector fails", "4000000000005001", CardOutcome::Fails),
];

/// What the built-in connector does with this number.
pub(super) fn outcome(number: &str) -> CardOutcome {
    let known = TEST_CARDS.iter().find(|card| card.number == number);
    known.map_or(CardOutcome::Approved, |card| card.outcome)
}

#[cfg(test)]
mod tests {
    use super::super::card::{Brand, check_number, is_good_until};
    use super::*;

    #[test]
    fn every_test_card_is_a_good_one() {
        for card in TEST_CARDS {
            let brand = Brand::of_word(card.brand);
            assert_eq!(check_number(card.number, brand.as_slice()).ok(), brand, "{card:?}");
            assert_eq!(Some(card.cvv.len()), brand.map(Brand::security_code), "{card:?}");
            assert!(is_good_until(card.expiry, 1_900_000_000), "{card:?}");
            assert_eq!(outcome(card.number), card.outcome);
        }
        assert_eq!(outcome("4111111111111111"), CardOutcome::Approved);
    }
}
