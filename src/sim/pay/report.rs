//! What a payment tells: its terminal event and its status posts, both with a masked card.
//!
//! Never holds more of a card than they show.

use super::super::action::Act;
use super::super::frames::{Fields, fields};
use super::card::Brand;
use super::mask;
use super::prompts::{ErrorType, Moment};
use serde_json::{Value, json};

/// How a payment ends: SWML's words for `pay_result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    TooManyFailedAttempts,
    ConnectorError,
    CallerInterruptedWithStar,
    RelayPayStop,
    CallerHungUp,
    ValidationError,
    InternalError,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::TooManyFailedAttempts => "too-many-failed-attempts",
            Self::ConnectorError => "payment-connector-error",
            Self::CallerInterruptedWithStar => "caller-interrupted-with-star",
            Self::RelayPayStop => "relay-pay-stop",
            Self::CallerHungUp => "caller-hung-up",
            Self::ValidationError => "validation-error",
            Self::InternalError => "internal-error",
        }
    }
}

/// What of the card may be shown. It has no `Debug`: the expiration date is for the script alone.
#[derive(Default)]
pub(super) struct Shown {
    /// Masked.
    pub(super) number: Option<String>,
    pub(super) brand: Option<Brand>,
    pub(super) expiration: Option<String>,
    /// Whether there is one.
    pub(super) security_code: bool,
    pub(super) postal_code: Option<String>,
}

/// Sends the terminal event and ends the action. Fields that are not known are left out.
pub(super) fn terminal(act: &mut Act<'_, '_>, outcome: Outcome, shown: &Shown, mut rest: Fields) {
    let state = if outcome == Outcome::Success { "finished" } else { "error" };
    let mut params = fields(json!({
        "state": state,
        "result": outcome.word(),
        "payment_method": "credit-card",
        "payment_card_number": shown.number,
        "payment_card_type": shown.brand.map(Brand::word),
        "payment_card_expiration_date": shown.expiration,
        "payment_card_security_code": shown.security_code.then_some(mask::SECURITY_CODE),
        "payment_card_postal_code": shown.postal_code,
    }));
    params.append(&mut rest);
    params.retain(|_, value| !value.is_null());
    act.event("calling.call.pay", Value::Object(params));
    act.finish();
}

/// Posts one step of the payment to `status_url`. When a post is sent is *assumed*: as each step ends, well or
/// not, and as processing, completion, failure or cancellation begins.
pub(super) fn status(
    act: &mut Act<'_, '_>,
    url: &str,
    moment: Moment,
    error: Option<ErrorType>,
    shown: &Shown,
) {
    let step = json!({
        "status_url": url,
        "status_url_method": "POST",
        "for": moment.word(),
        "error_type": error.map(ErrorType::word),
        "payment_method": "credit-card",
        "payment_card_number": shown.number,
        "payment_card_type": shown.brand.map(Brand::word),
        "security_code": shown.security_code.then_some(mask::SECURITY_CODE),
        "expiration_date": shown.expiration,
        "payment_card_postal_code": shown.postal_code,
    });
    act.report(url, "calling.call.pay", step);
}
