//! Masks: of the card in a payment, and of card numbers in words that come from elsewhere.
//!
//! Never shows more than the last four digits.

/// The longest text of somebody else that is handed on.
const LONGEST: usize = 300;
/// From this many digits on, a row of them may be a card's number.
const SHORTEST_NUMBER: usize = 12;

/// `************1234`, as the documentation shows it.
pub(super) fn number(last_four: &str) -> String {
    format!("************{last_four}")
}

/// The security code.
pub(super) const SECURITY_CODE: &str = "***";

/// A text of somebody else (a connector, a script), with nothing in it that may be a card's number: each row of
/// 12 digits or more, single spaces, dashes, dots and the like between them, keeps its last four.
pub(super) fn foreign(text: &str) -> String {
    let mut masked = String::new();
    let mut row = String::new();
    for c in text.chars() {
        let joins = is_gap(c) && row.ends_with(|last: char| last.is_ascii_digit());
        if c.is_ascii_digit() || joins {
            row.push(c);
        } else {
            flush(&mut row, &mut masked);
            masked.push(c);
        }
    }
    flush(&mut row, &mut masked);
    // Not before: the beginning of a number that is cut off would not look like one.
    match masked.char_indices().nth(LONGEST) {
        Some((end, _)) => masked[..end].to_owned(),
        None => masked,
    }
}

/// Whether a number that is written in groups may have this between them.
fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '_' | '\u{2010}'..='\u{2015}')
}

fn flush(row: &mut String, masked: &mut String) {
    let digits: String = row.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < SHORTEST_NUMBER {
        masked.push_str(row);
    } else {
        masked.push_str(&number(&digits[digits.len() - 4..]));
        masked.push_str(&row[row.trim_end_matches(is_gap).len()..]);
    }
    row.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_digits_is_masked() {
        for (text, expected) in [
            ("card 4242424242424242 declined", "card ************4242 declined"),
            ("4242 4242-4242 4242", "************4242"),
            ("order 12345678901", "order 12345678901"),
            ("no 5, 6 and 7", "no 5, 6 and 7"),
            ("a  b--c 1  2", "a  b--c 1  2"),
            ("4242.4242.4242.4242.", "************4242."),
            ("4242\u{a0}4242\u{2011}4242_4242", "************4242"),
            ("12.5 and 7.25, 192.168.1.20", "12.5 and 7.25, 192.168.1.20"),
            ("déjà 378282246310005!", "déjà ************0005!"),
            ("", ""),
        ] {
            assert_eq!(foreign(text), expected);
        }
        assert_eq!(foreign(&"x".repeat(999)).len(), LONGEST);
        let cut = foreign(&format!("{}4242424242424242", "x".repeat(LONGEST - 11)));
        assert!(!cut.contains("42"), "{cut}");
    }
}
