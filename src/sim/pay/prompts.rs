//! What the caller hears in a payment, and when: the script's own prompts, or the documented ones.
//!
//! Never plays anything.

use super::super::card::Entry;
use super::super::observe::How;
use super::super::timing;
use super::card::Brand;
use super::terms::{words, wrong};
use serde_json::Value;
use std::time::Duration;

/// When a prompt is heard: the wire's `for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Entry(Entry),
    Processing,
    Completed,
    Failed,
    Canceled,
}

const MOMENTS: [(Moment, &str, &str); 8] = [
    (Moment::Entry(Entry::CardNumber), "payment-card-number", "Please enter your credit card number"),
    (
        Moment::Entry(Entry::ExpirationDate),
        "expiration-date",
        "Please enter your credit card's expiration date. 2 digits for the month and 2 digits for the year",
    ),
    (
        Moment::Entry(Entry::SecurityCode),
        "security-code",
        "Please enter your credit card's security code. It's the 3 digits located on the back of your card",
    ),
    (Moment::Entry(Entry::PostalCode), "postal-code", "Please enter your billing postal code"),
    (Moment::Processing, "payment-processing", "Payment processing. Please wait"),
    (Moment::Completed, "payment-completed", "Payment completed. Thank you"),
    (Moment::Failed, "payment-failed", "Payment failed"),
    (Moment::Canceled, "payment-canceled", "Payment canceled"),
];

/// The security code of an amex stands elsewhere than that of other cards (*assumed*: the text is the documented
/// one with the other number and place).
const FOUR_DIGITS: &str =
    "Please enter your credit card's security code. It's the 4 digits located on the front of your card";

impl Moment {
    fn row(self) -> &'static (Moment, &'static str, &'static str) {
        // Every moment stands in the table; a test sees to it.
        MOMENTS.iter().find(|(moment, ..)| *moment == self).unwrap_or(&MOMENTS[0])
    }

    /// The wire's word for it.
    pub(super) fn word(self) -> &'static str {
        self.row().1
    }
}

/// Why an entry, or the card, was not good: the wire's `error_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ErrorType {
    Timeout,
    CardNumber,
    CardType,
    Date,
    SecurityCode,
    PostalCode,
    SessionInProgress,
    InputMatchingFailed,
    CardDeclined,
}

const ERROR_TYPES: [(ErrorType, &str); 9] = [
    (ErrorType::Timeout, "timeout"),
    (ErrorType::CardNumber, "invalid-card-number"),
    (ErrorType::CardType, "invalid-card-type"),
    (ErrorType::Date, "invalid-date"),
    (ErrorType::SecurityCode, "invalid-security-code"),
    (ErrorType::PostalCode, "invalid-postal-code"),
    (ErrorType::SessionInProgress, "session-in-progress"),
    (ErrorType::InputMatchingFailed, "input-matching-failed"),
    (ErrorType::CardDeclined, "card-declined"),
];

impl ErrorType {
    /// The wire's word for it.
    pub(super) fn word(self) -> &'static str {
        ERROR_TYPES.iter().find(|(error, _)| *error == self).map_or("", |(_, word)| word)
    }

    fn of_word(text: &str) -> Option<Self> {
        ERROR_TYPES.iter().find(|(_, word)| *word == text).map(|(error, _)| *error)
    }
}

/// One thing that is heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sound {
    pub(super) text: String,
    pub(super) how: How,
}

impl Sound {
    /// How long it lasts.
    pub(super) fn length(&self) -> Duration {
        match self.how {
            How::Tts => timing::speech(&self.text),
            _ => timing::AUDIO,
        }
    }
}

/// Where a payment is when it says something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    pub(super) moment: Moment,
    /// Counted from 1.
    pub(super) attempt: u32,
    pub(super) brand: Option<Brand>,
    /// What was wrong before.
    pub(super) error: Option<ErrorType>,
}

/// A prompt of the script. A condition that is not given holds always.
#[derive(Debug)]
pub(super) struct Prompt {
    moment: Moment,
    actions: Vec<Sound>,
    attempts: Vec<u32>,
    brands: Vec<Brand>,
    errors: Vec<ErrorType>,
}

impl Prompt {
    /// How many of its conditions hold; `None` when one does not.
    fn fits(&self, now: &Situation) -> Option<usize> {
        let conditions = [
            (self.attempts.is_empty(), self.attempts.contains(&now.attempt)),
            (self.brands.is_empty(), now.brand.is_some_and(|brand| self.brands.contains(&brand))),
            (self.errors.is_empty(), now.error.is_some_and(|error| self.errors.contains(&error))),
        ];
        let holds = self.moment == now.moment && conditions.iter().all(|(absent, holds)| *absent || *holds);
        holds.then(|| conditions.iter().filter(|(absent, _)| !absent).count())
    }
}

/// What is heard now: the prompt with the most conditions that hold, of several the first (*assumed*); without
/// one, the documented text. Without actions it is silence.
pub(super) fn choose(prompts: &[Prompt], now: &Situation) -> Vec<Sound> {
    let fitting = prompts.iter().filter_map(|prompt| prompt.fits(now).map(|count| (count, prompt)));
    let best = fitting.reduce(|best, next| if next.0 > best.0 { next } else { best });
    if let Some((_, prompt)) = best {
        return prompt.actions.clone();
    }
    let four = now.brand.is_some_and(|brand| brand.security_code() == 4);
    let text = match now.moment {
        Moment::Entry(Entry::SecurityCode) if four => FOUR_DIGITS,
        moment => moment.row().2,
    };
    vec![Sound { text: text.to_owned(), how: How::Tts }]
}

/// Reads `prompts`.
pub(super) fn read(list: &[Value]) -> Result<Vec<Prompt>, String> {
    list.iter().map(read_one).collect()
}

fn read_one(prompt: &Value) -> Result<Prompt, String> {
    let moment = prompt["for"].as_str().unwrap_or_default();
    let known = MOMENTS.iter().find(|(_, word, _)| *word == moment);
    let all = || MOMENTS.map(|(_, word, _)| word).join(", ");
    let (moment, ..) = known.ok_or_else(|| wrong("prompts.for", &format!("one of {}", all()), moment))?;
    let actions = prompt["actions"].as_array();
    let actions = actions.ok_or_else(|| wrong("prompts.actions", "a list", &prompt["actions"]))?;
    Ok(Prompt {
        moment: *moment,
        actions: actions.iter().map(read_action).collect::<Result<_, _>>()?,
        attempts: conditions(prompt, "attempts", "a list of numbers", |word| word.parse().ok())?,
        brands: conditions(prompt, "card_type", &format!("a list of {}", Brand::words()), Brand::of_word)?,
        errors: conditions(prompt, "error_type", "a list of error types", ErrorType::of_word)?,
    })
}

fn read_action(action: &Value) -> Result<Sound, String> {
    let how = match action["type"].as_str() {
        Some("Say") => How::Tts,
        Some("Play") => How::Audio,
        _ => return Err(wrong("prompts.actions.type", "Say or Play", &action["type"])),
    };
    let phrase = action["phrase"].as_str();
    let text = phrase.ok_or_else(|| wrong("prompts.actions.phrase", "a text", &action["phrase"]))?;
    Ok(Sound { text: text.to_owned(), how })
}

/// A list of words in a text; a number stands for itself.
fn conditions<T>(
    prompt: &Value,
    name: &str,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, String> {
    let text = match &prompt[name] {
        Value::Null => return Ok(Vec::new()),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let read: Option<Vec<T>> = words(&text).map(read).collect();
    read.ok_or_else(|| wrong(&format!("prompts.{name}"), expected, text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn said(
        prompts: &Value,
        moment: Moment,
        attempt: u32,
        more: (Option<Brand>, Option<ErrorType>),
    ) -> String {
        let prompts = read(prompts.as_array().unwrap()).unwrap();
        let now = Situation { moment, attempt, brand: more.0, error: more.1 };
        let texts: Vec<String> = choose(&prompts, &now).into_iter().map(|sound| sound.text).collect();
        texts.join("|")
    }

    #[test]
    fn every_moment_has_its_documented_text() {
        for (moment, word, text) in MOMENTS {
            assert_eq!(said(&json!([]), moment, 1, (None, None)), text, "{word}");
            assert_eq!(moment.word(), word);
        }
        let code = Moment::Entry(Entry::SecurityCode);
        assert_eq!(said(&json!([]), code, 1, (Some(Brand::Amex), None)), FOUR_DIGITS);
        assert_eq!(said(&json!([]), code, 1, (Some(Brand::Visa), None)), MOMENTS[2].2);
    }

    #[test]
    fn the_prompt_with_the_most_conditions_that_hold_is_heard() {
        let say = |phrase: &str, more: Value| {
            let mut prompt =
                json!({"for": "payment-card-number", "actions": [{"type": "Say", "phrase": phrase}]});
            prompt.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            prompt
        };
        let prompts = json!([
            say("any", json!({})),
            say("later", json!({"attempts": "2 3"})),
            say("late", json!({"attempts": 3})),
            say("amex", json!({"card_type": "amex,optima"})),
            say("both", json!({"attempts": "2", "error_type": "timeout invalid-card-number"})),
        ]);
        let number = Moment::Entry(Entry::CardNumber);
        for (attempt, brand, error, expected) in [
            (1, None, None, "any"),
            (2, None, None, "later"),
            (3, None, Some(ErrorType::Timeout), "later"),
            (2, None, Some(ErrorType::Timeout), "both"),
            (2, None, Some(ErrorType::CardType), "later"),
            (1, Some(Brand::Amex), None, "amex"),
            (1, Some(Brand::Visa), Some(ErrorType::Timeout), "any"),
        ] {
            assert_eq!(said(&prompts, number, attempt, (brand, error)), expected);
        }
        let other = Moment::Entry(Entry::PostalCode);
        assert_eq!(said(&prompts, other, 1, (None, None)), MOMENTS[3].2);
    }

    #[test]
    fn no_actions_are_silence_and_a_url_is_audio() {
        let silent = json!([{"for": "payment-failed", "actions": []}]);
        assert_eq!(said(&silent, Moment::Failed, 1, (None, None)), "");
        let actions = json!([{"type": "Play", "phrase": "https://example.com/a.mp3"}]);
        let prompts = read(&[json!({"for": "payment-failed", "actions": actions})]).unwrap();
        assert_eq!((prompts[0].actions[0].how, prompts[0].actions[0].length()), (How::Audio, timing::AUDIO));
    }

    #[test]
    fn a_prompt_that_makes_no_sense_is_named() {
        let fine = json!([{"type": "Say", "phrase": "x"}]);
        for (prompt, expected) in [
            (json!({"for": "tea", "actions": fine}), "prompts.for"),
            (json!({"actions": fine}), "prompts.for"),
            (json!({"for": "postal-code"}), "prompts.actions"),
            (
                json!({"for": "postal-code", "actions": [{"type": "Sing", "phrase": "x"}]}),
                "prompts.actions.type",
            ),
            (json!({"for": "postal-code", "actions": [{"type": "Say"}]}), "prompts.actions.phrase"),
            (json!({"for": "postal-code", "actions": fine, "attempts": "first"}), "prompts.attempts"),
            (json!({"for": "postal-code", "actions": fine, "card_type": "gold"}), "prompts.card_type"),
            (json!({"for": "postal-code", "actions": fine, "error_type": "bad"}), "prompts.error_type"),
        ] {
            let why = read(&[prompt]).unwrap_err();
            assert!(why.starts_with(&format!("parameter '{expected}' must be ")), "{why}");
        }
    }
}
