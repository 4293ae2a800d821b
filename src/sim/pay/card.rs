//! What is known of cards by their digits: brand, length, security code, expiration.
//!
//! Never keeps a digit.

use card_validate::{Type, Validate};

/// The card brands that `valid_card_types` can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Brand {
    Visa,
    Mastercard,
    Amex,
    Maestro,
    Discover,
    Optima,
    Jcb,
    DinersClub,
}

/// What holds for the cards of one brand.
struct Rules {
    brand: Brand,
    /// The wire's word.
    word: &'static str,
    /// How many digits a number has, shortest and longest.
    lengths: (usize, usize),
    /// How many digits the security code has.
    security_code: usize,
}

const fn rules(brand: Brand, word: &'static str, lengths: (usize, usize), security_code: usize) -> Rules {
    Rules { brand, word, lengths, security_code }
}

/// Lengths as the issuers publish them. Those of a visa are 13 and 16 digits; longer ones exist, but nobody is
/// known to issue them.
const RULES: [Rules; 8] = [
    rules(Brand::Visa, "visa", (13, 16), 3),
    rules(Brand::Mastercard, "mastercard", (16, 16), 3),
    rules(Brand::Amex, "amex", (15, 15), 4),
    rules(Brand::Maestro, "maestro", (12, 19), 3),
    rules(Brand::Discover, "discover", (16, 16), 3),
    rules(Brand::Optima, "optima", (15, 15), 4),
    rules(Brand::Jcb, "jcb", (16, 16), 3),
    rules(Brand::DinersClub, "diners-club", (14, 14), 3),
];

/// The longest number of a card that the table does not know.
const LONGEST_NUMBER: usize = 19;

impl Brand {
    fn rules(self) -> &'static Rules {
        // Every brand stands in the table; a test sees to it.
        RULES.iter().find(|rules| rules.brand == self).unwrap_or(&RULES[0])
    }

    /// The wire's word for it.
    pub(super) fn word(self) -> &'static str {
        self.rules().word
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        RULES.iter().find(|rules| rules.word.eq_ignore_ascii_case(word)).map(|rules| rules.brand)
    }

    /// Every word, for a message.
    pub(super) fn words() -> String {
        RULES.map(|rules| rules.word).join(", ")
    }

    /// How many digits its security code has.
    pub(super) fn security_code(self) -> usize {
        self.rules().security_code
    }

    /// The brand that the first digits of a number tell. The numbers of an optima are those of an amex
    /// (*assumed*): a number of this kind is an optima only where no amex is taken.
    fn of_digits(digits: &str, taken: &[Self]) -> Option<Self> {
        let brand = match Validate::evaluate_type(digits).ok()? {
            Type::Visa | Type::VisaElectron => Self::Visa,
            Type::MasterCard => Self::Mastercard,
            Type::Amex if taken.contains(&Self::Optima) && !taken.contains(&Self::Amex) => Self::Optima,
            Type::Amex => Self::Amex,
            Type::Maestro => Self::Maestro,
            Type::Discover => Self::Discover,
            Type::JCB => Self::Jcb,
            Type::DinersClub => Self::DinersClub,
            _ => return None,
        };
        Some(brand)
    }
}

/// What is wrong with a number.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// No card has it.
    Number,
    /// It is of a brand that is not taken, perhaps of one that has no word.
    Brand(Option<Brand>),
}

/// The brand of a whole number, if it is a good one of a brand that is taken.
pub(super) fn check_number(digits: &str, taken: &[Brand]) -> Result<Brand, Fault> {
    let Some(brand) = Brand::of_digits(digits, taken) else {
        // A good card of a brand that payments never take is not a wrong number.
        return Err(Validate::from(digits).map_or(Fault::Number, |_| Fault::Brand(None)));
    };
    let (shortest, longest) = brand.rules().lengths;
    let fits = match brand {
        Brand::Visa => digits.len() == shortest || digits.len() == longest,
        _ => (shortest..=longest).contains(&digits.len()),
    };
    if !fits || !Validate::is_luhn_valid(digits) {
        return Err(Fault::Number);
    }
    if taken.contains(&brand) { Ok(brand) } else { Err(Fault::Brand(Some(brand))) }
}

/// The length at which a number that begins like this cannot grow any more.
pub(super) fn longest_number(digits: &str) -> usize {
    Brand::of_digits(digits, &[]).map_or(LONGEST_NUMBER, |brand| brand.rules().lengths.1)
}

/// Whether `MMYY` names a month that is not over at this time (seconds since 1970, in UTC).
pub(super) fn is_good_until(digits: &str, unix: u64) -> bool {
    let (month, year) = digits.split_at_checked(2).unwrap_or_default();
    let (Ok(month), Ok(year)) = (month.parse::<u64>(), year.parse::<u64>()) else { return false };
    digits.len() == 4 && (1..=12).contains(&month) && (2000 + year, month) >= year_and_month(unix)
}

/// The civil date of a Unix time, by the calendar's 400-year periods that begin in March.
fn year_and_month(unix: u64) -> (u64, u64) {
    let days = unix / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let since_march = (5 * day + 2) / 153;
    let month = if since_march < 10 { since_march + 3 } else { since_march - 9 };
    (era * 400 + year + u64::from(month <= 2), month)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Brand; 8] = [
        Brand::Visa,
        Brand::Mastercard,
        Brand::Amex,
        Brand::Maestro,
        Brand::Discover,
        Brand::Optima,
        Brand::Jcb,
        Brand::DinersClub,
    ];

    #[test]
    fn every_brand_has_its_rules() {
        for brand in ALL {
            assert_eq!(Brand::of_word(brand.word()), Some(brand));
        }
    }

    #[test]
    fn a_number_is_judged_by_brand_length_and_sum() {
        let few = [Brand::Visa, Brand::Mastercard];
        for (digits, taken, expected) in [
            ("4242424242424242", &ALL[..], Ok(Brand::Visa)),
            ("4222222222222", &ALL, Ok(Brand::Visa)),
            ("42424242424242", &ALL, Err(Fault::Number)),
            ("4242424242424241", &ALL, Err(Fault::Number)),
            ("4242", &ALL, Err(Fault::Number)),
            ("", &ALL, Err(Fault::Number)),
            ("4026000000000002", &ALL, Ok(Brand::Visa)),
            ("5555555555554444", &few, Ok(Brand::Mastercard)),
            ("2223003122003222", &few, Ok(Brand::Mastercard)),
            ("378282246310005", &ALL, Ok(Brand::Amex)),
            ("378282246310005", &ALL[3..], Ok(Brand::Optima)),
            ("378282246310005", &few, Err(Fault::Brand(Some(Brand::Amex)))),
            ("6759649826438453", &ALL, Ok(Brand::Maestro)),
            ("6011111111111117", &ALL, Ok(Brand::Discover)),
            ("6011111111111117", &few, Err(Fault::Brand(Some(Brand::Discover)))),
            ("3566002020360505", &ALL, Ok(Brand::Jcb)),
            ("30569309025904", &ALL, Ok(Brand::DinersClub)),
            ("6200000000000005", &ALL, Err(Fault::Brand(None))),
            ("6200000000000004", &ALL, Err(Fault::Number)),
            ("1234567890123452", &ALL, Err(Fault::Number)),
        ] {
            assert_eq!(check_number(digits, taken), expected, "{digits}");
        }
    }

    #[test]
    fn the_first_digits_tell_the_length() {
        for (digits, expected) in
            [("", 19), ("4", 16), ("37", 15), ("30", 14), ("5", 19), ("51", 16), ("6759", 19), ("99", 19)]
        {
            assert_eq!(longest_number(digits), expected, "{digits}");
        }
    }

    #[test]
    fn a_card_is_good_to_the_end_of_its_month() {
        // 14 November 2023, and the first and the last second of February 2024.
        let (november, first, last) = (1_700_000_000, 1_706_745_600, 1_709_251_199);
        for (digits, unix, expected) in [
            ("1123", november, true),
            ("1023", november, false),
            ("1230", november, true),
            ("0122", november, false),
            ("1330", november, false),
            ("0030", november, false),
            ("123", november, false),
            ("12300", november, false),
            ("", november, false),
            ("0124", first - 1, true),
            ("0124", first, false),
            ("0224", last, true),
            ("0224", last + 1, false),
        ] {
            assert_eq!(is_good_until(digits, unix), expected, "{digits} at {unix}");
        }
        assert_eq!(year_and_month(0), (1970, 1));
    }
}
