//! Hides card numbers in text: 12 to 19 digits that pass the Luhn check keep only their last four.
//!
//! It keeps the length of the text, so that carets still point at the right place.

/// The text with every card number masked; single spaces and dashes inside a number are seen through.
#[must_use]
pub fn mask_cards(text: &str) -> String {
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut bytes = text.as_bytes().to_vec();
    mask_runs(&mut bytes, |_, _| false);
    mask_runs(&mut bytes, |bytes, i| {
        matches!(bytes[i], b' ' | b'-') && bytes.get(i + 1).is_some_and(u8::is_ascii_digit)
    });
    // Only ASCII digits were replaced, by an ASCII sign: the text is still UTF-8.
    String::from_utf8(bytes).unwrap_or_default()
}

/// Masks runs of digits; `joins` says whether the byte at an index, inside a run, is a separator.
fn mask_runs(bytes: &mut [u8], joins: impl Fn(&[u8], usize) -> bool) {
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let mut places = Vec::new();
        while at < bytes.len() && (bytes[at].is_ascii_digit() || joins(bytes, at)) {
            if bytes[at].is_ascii_digit() {
                places.push(at);
            }
            at += 1;
        }
        if (12..=19).contains(&places.len()) && passes_luhn(places.iter().map(|&i| bytes[i] - b'0')) {
            for &place in &places[..places.len() - 4] {
                bytes[place] = b'*';
            }
        }
    }
}

fn passes_luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(i, digit)| match (i % 2, u32::from(digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::mask_cards;

    #[test]
    fn card_numbers_keep_only_their_last_four_digits() {
        for (text, masked) in [
            ("4242424242424242", "************4242"),
            ("card 4111 1111 1111 1111!", "card **** **** **** 1111!"),
            ("4111-1111-1111-1111", "****-****-****-1111"),
            ("1 4242424242424242", "1 ************4242"),
            ("é 378282246310005 é", "é ***********0005 é"),
            ("4242424242424241", "4242424242424241"),
            ("+15551234567", "+15551234567"),
            ("no digits", "no digits"),
            ("", ""),
        ] {
            assert_eq!(mask_cards(text), masked);
        }
    }
}
