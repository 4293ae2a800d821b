//! The words of `call`.
//!
//! What a card says stays text here, and nothing shows it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::super::press::{Press, seconds};
use super::super::saving::test_file;
use super::hidden::Hidden;
use crate::config::Secret;
use crate::sim::{Card, CardError, CardParts, Outside};

/// `call`.
#[derive(Debug, Args)]
pub struct CallArgs {
    /// The script
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Call from this number
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<String>,
    /// Call this number
    #[arg(long, value_name = "NUMBER")]
    pub to: Option<String>,
    /// Call in this context
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub context: String,
    /// Act step by step: keys, wait SECONDS, hear TEXT, say TEXT
    #[arg(long, value_name = "STEPS", value_parser = Hidden(str::parse::<Press>))]
    pub press: Option<Press>,
    /// The card for payments.
    #[command(flatten)]
    pub card: CardArgs,
    /// Hang up this long after the call began
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub hang_up_after: Option<Duration>,
    /// Let payments end so, whatever card is entered
    #[arg(long, value_enum, value_name = "OUTCOME", default_value_t)]
    pub pay: PayOutcome,
    /// Post to payment connectors and status URLs on other machines too; without it only to this one
    #[arg(long)]
    pub allow_remote: bool,
    /// Run FACTOR times as fast as real time; without it, as fast as possible
    #[arg(long, value_name = "FACTOR", value_parser = parse_speed)]
    pub speed: Option<f64>,
    /// Add the call to TESTFILE as a test case, with test cards in the place of cards
    #[arg(long, value_name = "TESTFILE", value_parser = test_file)]
    pub save_test: Option<PathBuf>,
    /// Print the timeline as JSON, one object a line
    #[arg(long)]
    pub json: bool,
}

/// The card that the caller enters when a payment asks for it.
#[derive(Debug, Default, Args)]
pub struct CardArgs {
    /// Pay with this card [default: a test card that is approved]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    card: Option<Secret>,
    /// Its expiration date [default: 1230]
    #[arg(long, value_name = "MMYY", allow_negative_numbers = true)]
    expiry: Option<Secret>,
    /// Its security code [default: 123, or 1234 with American Express]
    #[arg(long, value_name = "CODE", allow_negative_numbers = true)]
    cvv: Option<Secret>,
    /// The postal code of the billing address [default: 90210]
    #[arg(long, value_name = "CODE", allow_negative_numbers = true)]
    zip: Option<Secret>,
    /// Enter no card: the keys of --press go to payments too
    #[arg(long, conflicts_with_all = ["card", "expiry", "cvv", "zip"])]
    no_card: bool,
}

/// How payments end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum PayOutcome {
    #[default]
    ByCard,
    Approve,
    Decline,
    Timeout,
    Error,
}

impl CallArgs {
    /// The card that the caller enters. None when it is to enter none, and when the keys of `--press` are a card
    /// number and nothing is said of another card.
    pub fn card(&self) -> Result<Option<Card>, CardError> {
        let typed = self.press.as_ref().is_some_and(Press::has_card_number);
        if self.card.no_card || typed && !self.card.is_given() {
            return Ok(None);
        }
        Card::of(self.card.parts()).map(Some)
    }

    /// What payments and recordings may reach by HTTP.
    pub fn outside(&self) -> Outside {
        if self.allow_remote { Outside::Everything } else { Outside::ThisMachine }
    }
}

impl CardArgs {
    fn parts(&self) -> CardParts<'_> {
        CardParts {
            number: self.card.as_ref().map(Secret::expose),
            expiry: self.expiry.as_ref().map(Secret::expose),
            cvv: self.cvv.as_ref().map(Secret::expose),
            zip: self.zip.as_ref().map(Secret::expose),
        }
    }

    fn is_given(&self) -> bool {
        [&self.card, &self.expiry, &self.cvv, &self.zip].iter().any(|part| part.is_some())
    }
}

fn parse_seconds(text: &str) -> Result<Duration, &'static str> {
    seconds(text).ok_or("expected seconds from 0 to 86400")
}

/// A factor of time.
pub fn parse_speed(text: &str) -> Result<f64, &'static str> {
    let factor = text.parse().ok().filter(|factor| (0.01..=10_000.0).contains(factor));
    factor.ok_or("expected a number from 0.01 to 10000")
}
