//! What a simulated caller does, as words: `1,wait 2,4242#`, `hear menu,1,say sales`.
//!
//! It times nothing. Keys may be a card number: neither `Debug` nor an error shows them.

use std::str::FromStr;
use std::time::Duration;

use crate::sim::{CallPlan, Card, PlanAction};

/// As few digits as a card number has.
const SHORTEST_CARD: usize = 12;

/// Steps in order. A comma ends a step, so no text has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Press(pub Vec<PlanAction>);

/// A step that is none.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: expected keys (0-9 * # A-D), \"wait SECONDS\", \"hear TEXT\" or \"say TEXT\"")]
pub struct PressError {
    /// Which one, from 1.
    pub step: usize,
}

impl Press {
    /// The plan of a caller who does this. With a card number among the keys they go to payments, and no other
    /// card does.
    pub fn plan(self) -> CallPlan {
        let card = Some(Card::test()).filter(|_| !self.has_card_number());
        CallPlan { actions: self.0, card, ..CallPlan::default() }
    }

    /// Whether the keys of a step are as many as a card number has.
    pub fn has_card_number(&self) -> bool {
        let digits = |keys: &str| keys.chars().filter(char::is_ascii_digit).count();
        self.0.iter().any(|step| matches!(step, PlanAction::Press(keys) if digits(keys) >= SHORTEST_CARD))
    }
}

impl FromStr for Press {
    type Err = PressError;

    fn from_str(text: &str) -> Result<Self, PressError> {
        let steps = text.split(',').enumerate();
        let parsed = steps.map(|(index, step)| parse_step(step).ok_or(PressError { step: index + 1 }));
        parsed.collect::<Result<_, _>>().map(Self)
    }
}

fn parse_step(step: &str) -> Option<PlanAction> {
    let step = step.trim();
    match step.split_once(' ').map(|(word, rest)| (word, rest.trim())) {
        Some(("wait", pause)) => return seconds(pause).map(PlanAction::Wait),
        Some(("hear", text)) => return Some(PlanAction::Hear(text.to_owned())),
        Some(("say", text)) => return Some(PlanAction::Speak(text.to_owned())),
        _ => {}
    }
    let keys: String = step.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let valid = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D');
    (!keys.is_empty() && keys.chars().all(valid)).then_some(PlanAction::Press(keys))
}

/// Seconds from 0 to a day, with or without a fraction.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn steps_are_keys_pauses_and_words() {
        let keys = |text: &str| PlanAction::Press(text.to_owned());
        let wait = |millis| PlanAction::Wait(Duration::from_millis(millis));
        let hear = |text: &str| PlanAction::Hear(text.to_owned());
        let say = |text: &str| PlanAction::Speak(text.to_owned());
        let table = [
            ("1", Ok(vec![keys("1")])),
            ("1,wait 2,4242#", Ok(vec![keys("1"), wait(2000), keys("4242#")])),
            (" 1 , wait  0.5 ,*a", Ok(vec![keys("1"), wait(500), keys("*A")])),
            ("4111 1111 1111 1111#", Ok(vec![keys("4111111111111111#")])),
            ("hear the menu, 1, say  two seats ", Ok(vec![hear("the menu"), keys("1"), say("two seats")])),
            ("", Err(PressError { step: 1 })),
            ("1,,2", Err(PressError { step: 2 })),
            ("1,e", Err(PressError { step: 2 })),
            ("wait", Err(PressError { step: 1 })),
            ("wait -1", Err(PressError { step: 1 })),
            ("wait NaN", Err(PressError { step: 1 })),
            ("wait inf", Err(PressError { step: 1 })),
            ("1,hear ,2", Err(PressError { step: 2 })),
            ("say", Err(PressError { step: 1 })),
            ("hang up", Err(PressError { step: 1 })),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Press>().map(|press| press.0), expected, "{text}");
        }
    }

    #[test]
    fn a_card_number_is_told_from_other_keys() {
        for (text, has) in [
            ("1,wait 2,4242424242424242#", true),
            ("4111 1111 1111 1111", true),
            ("1,wait 2,42424242424#", false),
            ("say 4242424242424242", false),
            ("123456,123456", false),
        ] {
            let press: Press = text.parse().unwrap();
            assert_eq!(press.has_card_number(), has, "{text}");
            assert_eq!(press.plan().card.is_none(), has, "{text}");
        }
    }

    #[test]
    fn keys_are_not_shown() {
        let shown = format!("{:?} {:?}", "4111,wait 1".parse::<Press>(), "4111x".parse::<Press>());
        assert!(!shown.contains("4111"), "{shown}");
    }
}
