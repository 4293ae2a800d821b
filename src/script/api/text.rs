//! Checks of strings: digits, telephone numbers, URLs, amounts, currencies, choices.
//!
//! Pure: it looks at text and writes nothing. What may hold digits of a card, or a password in an
//! URL, is not repeated in its errors.

use super::args::ArgError;
use super::convert::{describe, in_range, out_of_range};
use super::place::{Place, short};
use super::table::Kind;
use crate::script::suggest::did_you_mean;

/// Checks a string against a kind that is written as a string.
pub(super) fn check_text(at: &Place<'_>, kind: &Kind, text: &str) -> Result<(), ArgError> {
    match kind {
        Kind::Flag => is(at, kind, text, text == "true" || text == "false"),
        Kind::Int { min, max } => match text.parse::<i64>() {
            Ok(number) if (*min..=*max).contains(&number) => Ok(()),
            Ok(_) => Err(out_of_range(at, kind, &short(text))),
            Err(_) => is(at, kind, text, false),
        },
        Kind::Number { min, max, .. } => match text.parse::<f64>() {
            Ok(number) if number.is_finite() && in_range(number, *min, *max) => Ok(()),
            Ok(number) if number.is_finite() => Err(out_of_range(at, kind, &short(text))),
            _ => is(at, kind, text, false),
        },
        Kind::Choice(words) => choice(at, words, text),
        Kind::Currency => {
            is(at, kind, text, text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic()))
        }
        Kind::Phone => is(at, kind, text, is_phone(text)),
        Kind::Money => is(at, kind, text, is_amount(text)),
        Kind::Digits => dtmf(at, kind, text, "wW"),
        Kind::Keys => dtmf(at, kind, text, ""),
        Kind::Url(schemes) => url(at, schemes, text),
        _ => Ok(()),
    }
}

fn is(at: &Place<'_>, kind: &Kind, text: &str, fits: bool) -> Result<(), ArgError> {
    if fits {
        return Ok(());
    }
    Err(at.error(&format!("must be {}, got \"{}\"", describe(kind), short(text))))
}

fn choice(at: &Place<'_>, words: &[&str], text: &str) -> Result<(), ArgError> {
    if words.contains(&text) {
        return Ok(());
    }
    let expected = words.join(", ");
    let mut error = at.error(&format!("must be one of {expected}, got \"{}\"", short(text)));
    error.hint = did_you_mean(text, words.iter().copied());
    Err(error)
}

/// Keys of a telephone. What was given is not repeated: it may be part of a card number.
fn dtmf(at: &Place<'_>, kind: &Kind, text: &str, pauses: &str) -> Result<(), ArgError> {
    let known =
        |c: char| c.is_ascii_digit() || "*#".contains(c) || ('A'..='D').contains(&c.to_ascii_uppercase());
    let expected = describe(kind);
    match text.chars().find(|c| !known(*c) && !pauses.contains(*c)) {
        Some(stranger) => Err(at.error(&format!("must be {expected}, got a {stranger:?} in it"))),
        None if text.is_empty() && matches!(kind, Kind::Digits) => {
            Err(at.error(&format!("must be {expected}, got nothing")))
        }
        None => Ok(()),
    }
}

/// Whether this is a telephone number: at most fifteen digits (E.164), or a short code.
pub(super) fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The scheme of an URL.
pub(super) fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once("://")?;
    let plain =
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    plain.then_some(scheme)
}

/// An URL. It is not repeated: it may hold a password.
fn url(at: &Place<'_>, schemes: &'static [&'static str], text: &str) -> Result<(), ArgError> {
    let expected = describe(&Kind::Url(schemes));
    let Some(found) = scheme(text) else {
        return Err(at.error(&format!("must be {expected}, got text without \"://\"")));
    };
    if !schemes.iter().any(|known| known.eq_ignore_ascii_case(found)) {
        return Err(at.error(&format!("must be {expected}, got \"{}://…\"", short(found))));
    }
    let host = text[found.len() + 3..].split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let wrong = if host.is_empty() { "one without a host" } else { "one with spaces in it" };
        return Err(at.error(&format!("must be {expected}, got {wrong}")));
    }
    Ok(())
}

/// Currencies with three decimal places (ISO 4217).
const THREE_PLACES: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

fn is_amount(text: &str) -> bool {
    let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(places)
}

/// Whether an amount has as many decimal places as its currency; without one two are right.
pub(super) fn check_places(at: &Place<'_>, amount: &str, currency: Option<&str>) -> Result<(), ArgError> {
    let three =
        currency.is_some_and(|code| THREE_PLACES.iter().any(|known| known.eq_ignore_ascii_case(code)));
    let allowed = if three { 3 } else { 2 };
    let places = amount.split_once('.').map_or(0, |(_, places)| places.len());
    if places <= allowed {
        return Ok(());
    }
    let mut error = at.error(&format!("must have at most {allowed} decimal places, got {places}"));
    error.hint = Some("compute money with decimals: parse_decimal(\"29.99\")".into());
    Err(error)
}
