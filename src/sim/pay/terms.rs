//! The parameters of a payment, and what is wrong with those that make no sense.
//!
//! Never refuses a request: a server takes texts as they come, and the payment ends with `validation-error`
//! (*assumed*; the word is SWML's).

use super::super::params::Params;
use super::card::Brand;
use super::mask;
use super::prompts::{self, Prompt};
use serde_json::Value;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// Between two digits, in seconds (*assumed*).
const TIMEOUT: RangeInclusive<f64> = 0.1..=600.0;
/// How often a payment can be tried (*assumed*).
const ATTEMPTS: RangeInclusive<u32> = 1..=100;
/// How long a postal code can be asked to be (*assumed*).
const POSTAL_CODE: RangeInclusive<usize> = 0..=20;

/// Who is posted the card, or answers in place of the one who is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BuiltIn {
    Approve,
    Decline,
    Timeout,
    Error,
}

/// What happens about the postal code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PostalCode {
    Ask,
    Skip,
    Known(String),
}

/// What a payment is told to do.
pub(super) struct Terms {
    pub(super) connector: String,
    /// The outcome that a `sim:` URL names.
    pub(super) built_in: Option<BuiltIn>,
    pub(super) status_url: Option<String>,
    pub(super) speech: bool,
    pub(super) timeout: Duration,
    pub(super) max_attempts: u32,
    pub(super) security_code: bool,
    pub(super) postal_code: PostalCode,
    pub(super) min_postal_code: usize,
    pub(super) token_type: String,
    pub(super) charge_amount: Option<String>,
    pub(super) currency: String,
    pub(super) description: Option<String>,
    pub(super) taken: Vec<Brand>,
    pub(super) parameters: Vec<Value>,
    pub(super) prompts: Vec<Prompt>,
}

impl Terms {
    /// Reads them; what is wrong is said in words that name the parameter, what was expected and what came.
    pub(super) fn read(params: Params<'_>) -> Result<Self, String> {
        let given = Given(params);
        let connector = given.text("payment_connector_url").unwrap_or_default().to_owned();
        given.one_of("payment_method", &["credit-card"], "credit-card")?;
        Ok(Self {
            built_in: built_in(&connector)?,
            connector,
            status_url: given.status_url()?,
            speech: given.speech()?,
            timeout: Duration::from_secs_f64(given.number(
                "timeout",
                TIMEOUT,
                5.0,
                "a number of seconds from 0.1 to 600",
            )?),
            max_attempts: given.number("max_attempts", ATTEMPTS, 1, "a whole number from 1 to 100")?,
            security_code: given.one_of("security_code", &["true", "false"], "true")? == "true",
            postal_code: given.postal_code(),
            min_postal_code: given.number(
                "min_postal_code_length",
                POSTAL_CODE,
                0,
                "a whole number from 0 to 20",
            )?,
            token_type: given.one_of("token_type", &["one-time", "reusable"], "reusable")?.to_owned(),
            charge_amount: given.charge_amount()?,
            currency: given.currency()?,
            description: given.text("description").map(str::to_owned),
            taken: given.brands()?,
            parameters: given.parameters()?,
            prompts: prompts::read(given.list("prompts"))?,
        })
    }

    /// Whether money is taken; otherwise the card is only made into a token.
    pub(super) fn is_charge(&self) -> bool {
        self.charge_amount.as_deref().is_some_and(|amount| amount.contains(|c| matches!(c, '1'..='9')))
    }
}

fn built_in(url: &str) -> Result<Option<BuiltIn>, String> {
    let Some(name) = url.strip_prefix("sim:") else { return Ok(None) };
    Ok(Some(match name {
        "approve" => BuiltIn::Approve,
        "decline" => BuiltIn::Decline,
        "timeout" => BuiltIn::Timeout,
        "error" => BuiltIn::Error,
        _ => {
            let expected = "sim:approve, sim:decline, sim:timeout, sim:error or an http or https URL";
            return Err(wrong("payment_connector_url", expected, url));
        }
    }))
}

/// The parameters as they came; those of the wrong type were refused before.
struct Given<'a>(Params<'a>);

impl<'a> Given<'a> {
    fn text(&self, name: &str) -> Option<&'a str> {
        self.0.get(name)?.as_str()
    }

    fn list(&self, name: &str) -> &'a [Value] {
        self.0.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn one_of(&self, name: &str, words: &[&'static str], default: &'static str) -> Result<&'a str, String> {
        match self.text(name) {
            None => Ok(default),
            Some(text) if words.contains(&text) => Ok(text),
            Some(text) => Err(wrong(name, &words.join(" or "), text)),
        }
    }

    fn number<T: FromStr + PartialOrd>(
        &self,
        name: &str,
        range: RangeInclusive<T>,
        default: T,
        expected: &str,
    ) -> Result<T, String> {
        let Some(text) = self.text(name) else { return Ok(default) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| wrong(name, expected, text))
    }

    fn status_url(&self) -> Result<Option<String>, String> {
        match self.text("status_url") {
            Some(url) if !url.starts_with("http://") && !url.starts_with("https://") => {
                Err(wrong("status_url", "an http or https URL", url))
            }
            url => Ok(url.map(str::to_owned)),
        }
    }

    /// `input`: words for keys and for speech. Keys are taken always (*assumed*).
    fn speech(&self) -> Result<bool, String> {
        let text = self.text("input").unwrap_or("dtmf");
        let known = |word: &str| ["dtmf", "speech", "voice"].contains(&word);
        if words(text).next().is_none() || !words(text).all(known) {
            return Err(wrong("input", "dtmf, speech or both", text));
        }
        Ok(words(text).any(|word| word != "dtmf"))
    }

    fn postal_code(&self) -> PostalCode {
        match self.text("postal_code") {
            None | Some("true") => PostalCode::Ask,
            Some("false") => PostalCode::Skip,
            Some(code) => PostalCode::Known(code.to_owned()),
        }
    }

    fn charge_amount(&self) -> Result<Option<String>, String> {
        let Some(text) = self.text("charge_amount") else { return Ok(None) };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str| (1..=12).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if digits(whole) && digits(fraction) {
            return Ok(Some(text.to_owned()));
        }
        Err(wrong("charge_amount", "an amount such as 29.99", text))
    }

    fn currency(&self) -> Result<String, String> {
        let text = self.text("currency").unwrap_or("usd");
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(text.to_owned());
        }
        Err(wrong("currency", "three letters such as usd", text))
    }

    fn brands(&self) -> Result<Vec<Brand>, String> {
        let text = self.text("valid_card_types").unwrap_or("visa mastercard amex");
        let brands: Option<Vec<Brand>> = words(text).map(Brand::of_word).collect();
        let brands = brands.filter(|brands| !brands.is_empty());
        brands.ok_or_else(|| wrong("valid_card_types", &format!("a list of {}", Brand::words()), text))
    }

    /// Extra fields for the connector.
    fn parameters(&self) -> Result<Vec<Value>, String> {
        let list = self.list("parameters");
        let fits = |item: &Value| item["name"].is_string() && item.get("value").is_some();
        match list.iter().find(|item| !fits(item)) {
            None => Ok(list.to_vec()),
            Some(item) => Err(wrong("parameters", "a list of maps with 'name' and 'value'", item)),
        }
    }
}

/// The words of a list; the documentation separates them by spaces in one place and by commas in another.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',']).filter(|word| !word.is_empty())
}

/// What is wrong with a parameter.
pub(super) fn wrong(name: &str, expected: &str, came: impl Display) -> String {
    format!("parameter '{name}' must be {expected}, not '{}'", mask::foreign(&came.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::super::frames::fields;
    use super::*;
    use serde_json::json;

    fn read(more: Value) -> Result<Terms, String> {
        let mut params = fields(json!({"payment_connector_url": "https://example.com/c"}));
        params.append(&mut fields(more));
        Terms::read(Params(&params))
    }

    #[test]
    fn what_is_not_given_is_as_documented() {
        let terms = read(json!({})).unwrap();
        assert_eq!(
            (terms.timeout, terms.max_attempts, terms.min_postal_code),
            (Duration::from_secs(5), 1, 0)
        );
        assert_eq!((terms.speech, terms.security_code, terms.is_charge()), (false, true, false));
        assert_eq!((terms.token_type.as_str(), terms.currency.as_str()), ("reusable", "usd"));
        assert_eq!(terms.taken, [Brand::Visa, Brand::Mastercard, Brand::Amex]);
        assert_eq!(terms.postal_code, PostalCode::Ask);
    }

    #[test]
    fn what_makes_sense_is_taken() {
        let terms = read(json!({
            "payment_connector_url": "sim:timeout", "valid_card_types": "jcb, diners-club optima", "timeout": "2.5",
            "input": "dtmf speech", "charge_amount": "0.00", "postal_code": "K1A 0B6", "security_code": "false",
            "token_type": "one-time", "parameters": [{"name": "order", "value": 7}],
        }))
        .unwrap();
        assert_eq!(terms.built_in, Some(BuiltIn::Timeout));
        assert_eq!(terms.taken, [Brand::Jcb, Brand::DinersClub, Brand::Optima]);
        assert_eq!(terms.postal_code, PostalCode::Known("K1A 0B6".into()));
        assert!(terms.speech && !terms.is_charge() && !terms.security_code);
        assert!(read(json!({"charge_amount": "10"})).unwrap().is_charge());
        assert_eq!(read(json!({"postal_code": "false"})).unwrap().postal_code, PostalCode::Skip);
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (name, value) in [
            ("payment_connector_url", "sim:perhaps"),
            ("payment_method", "gold"),
            ("token_type", "brass"),
            ("input", "smoke"),
            ("input", ""),
            ("charge_amount", "$5"),
            ("charge_amount", "-1"),
            ("charge_amount", "1."),
            ("charge_amount", "1.2.3"),
            ("max_attempts", "0"),
            ("max_attempts", "2.5"),
            ("timeout", "soon"),
            ("timeout", "0"),
            ("timeout", "inf"),
            ("timeout", "NaN"),
            ("min_postal_code_length", "-1"),
            ("security_code", "yes"),
            ("currency", "dollars"),
            ("valid_card_types", "visa bahncard"),
            ("valid_card_types", " "),
            ("status_url", "ftp://x"),
        ] {
            let why = read(json!({name: value})).err().unwrap();
            assert!(why.starts_with(&format!("parameter '{name}' must be ")), "{why}");
            assert!(why.ends_with(&format!(", not '{value}'")), "{why}");
        }
        assert!(read(json!({"parameters": ["x"]})).is_err());
    }
}
