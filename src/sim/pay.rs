//! `calling.pay`: the card is asked for part by part, checked, and handed to the payment connector.
//!
//! | file | what it is for |
//! |---|---|
//! | `flow` | the payment itself: where it is, and what happens next |
//! | `terms` | the request's parameters |
//! | `steps`, `card` | which entry comes next; whether one is good |
//! | `prompts` | what the caller hears |
//! | `connector`, `test_cards` | the connector's side, and the built-in one |
//! | `report` | the terminal event and the status posts |
//! | `digits`, `mask` | card data while it is held, and what may be seen of it |
//!
//! Card data stays in here until it is posted, and is overwritten then. It reaches no event, observation or
//! `Debug`.

mod card;
mod connector;
#[cfg(test)]
mod connector_tests;
mod digits;
mod flow;
mod mask;
mod prompts;
mod report;
mod steps;
mod terms;
mod test_cards;
#[cfg(test)]
mod tests;

pub(super) use connector::PATIENCE;
pub use connector::PayOutcome;
pub(super) use digits::has_digits;
pub use test_cards::{CardOutcome, TEST_CARDS, TestCard};

use super::action::{Act, Work, unknown_command};
use super::frames::{Failure, fields};
use super::params::{Params, wrong};
use flow::Paying;
use report::{Outcome, Shown};
use serde_json::json;
use terms::Terms;

/// The parameters that are structured; every other one is a text on the wire.
const STRUCTURED: [&str; 2] = ["parameters", "prompts"];

/// Makes the action. A request whose parameters have the wrong types is refused; one whose values make no sense
/// is accepted, and ends with `validation-error`.
pub(super) fn parse(params: Params<'_>) -> Result<Box<dyn Work>, Failure> {
    let url = params.text("payment_connector_url")?;
    if !["http://", "https://", "sim:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(wrong("payment_connector_url", "an http or https URL"));
    }
    for (name, value) in params.0 {
        let structured = STRUCTURED.contains(&name.as_str());
        let fits = if structured { value.is_array() } else { value.is_string() };
        if !fits {
            return Err(wrong(name, if structured { "a list" } else { "a text" }));
        }
    }
    Ok(match Terms::read(params) {
        Ok(terms) => Box::new(Paying::new(terms)),
        Err(why) => Box::new(Senseless(why)),
    })
}

/// A payment whose parameters make no sense; why, in words.
#[derive(Debug)]
struct Senseless(String);

impl Work for Senseless {
    fn family(&self) -> &'static str {
        "calling.pay"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        let why = fields(json!({"payment_error": self.0}));
        report::terminal(act, Outcome::ValidationError, &Shown::default(), why);
    }

    fn due(&mut self, _act: &mut Act<'_, '_>) {}

    fn command(&mut self, command: &str, _: Params<'_>, _: &mut Act<'_, '_>) -> Result<(), Failure> {
        Err(unknown_command(self.family(), command))
    }
}
