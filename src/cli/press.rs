//! The keys that a simulated caller presses: `1,wait 2,4242#`.
//!
//! It times nothing. Keys may be a card number: neither `Debug` nor an error shows them.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Steps in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Press(pub Vec<PressStep>);

/// One step of a caller.
#[derive(Clone, PartialEq, Eq)]
pub enum PressStep {
    /// Keys of a phone: `0-9 * # A-D`, one after the other.
    Keys(String),
    /// A pause.
    Wait(Duration),
}

impl fmt::Debug for PressStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys(_) => f.write_str("Keys(***)"),
            Self::Wait(pause) => write!(f, "Wait({pause:?})"),
        }
    }
}

/// A step that is neither keys nor a pause.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: expected keys (0-9 * # A-D) or \"wait SECONDS\"")]
pub struct PressError {
    /// Which one, from 1.
    pub step: usize,
}

impl FromStr for Press {
    type Err = PressError;

    fn from_str(text: &str) -> Result<Self, PressError> {
        let steps = text.split(',').enumerate();
        let parsed = steps.map(|(index, step)| parse_step(step).ok_or(PressError { step: index + 1 }));
        parsed.collect::<Result<_, _>>().map(Self)
    }
}

fn parse_step(step: &str) -> Option<PressStep> {
    let step = step.trim();
    if let Some(pause) = step.strip_prefix("wait ") {
        return seconds(pause.trim()).map(PressStep::Wait);
    }
    let keys: String = step.chars().filter(|c| *c != ' ').map(|c| c.to_ascii_uppercase()).collect();
    let valid = |c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D');
    (!keys.is_empty() && keys.chars().all(valid)).then_some(PressStep::Keys(keys))
}

/// Seconds from 0 to a day, with or without a fraction.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (0.0..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_keys_and_pauses() {
        let keys = |text: &str| PressStep::Keys(text.to_owned());
        let wait = |millis| PressStep::Wait(Duration::from_millis(millis));
        let table = [
            ("1", Ok(vec![keys("1")])),
            ("1,wait 2,4242#", Ok(vec![keys("1"), wait(2000), keys("4242#")])),
            (" 1 , wait  0.5 ,*a", Ok(vec![keys("1"), wait(500), keys("*A")])),
            ("4111 1111 1111 1111#", Ok(vec![keys("4111111111111111#")])),
            ("", Err(PressError { step: 1 })),
            ("1,,2", Err(PressError { step: 2 })),
            ("1,e", Err(PressError { step: 2 })),
            ("wait", Err(PressError { step: 1 })),
            ("wait -1", Err(PressError { step: 1 })),
            ("wait NaN", Err(PressError { step: 1 })),
            ("wait inf", Err(PressError { step: 1 })),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Press>().map(|press| press.0), expected, "{text}");
        }
    }

    #[test]
    fn keys_are_not_shown() {
        let shown = format!("{:?} {:?}", "4111,wait 1".parse::<Press>(), "4111x".parse::<Press>());
        assert!(!shown.contains("4111"), "{shown}");
    }
}
