//! `calling.pay`: a payment with an outcome that is set beforehand.
//!
//! Never keeps a key that was pressed while it listens.

use super::action::{Act, Listens, Work, unknown_command};
use super::frames::Failure;
use super::params::{Params, wrong};
use super::timing;
use serde_json::{Value, json};

/// How payments end when nobody interrupts them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PayOutcome {
    /// The connector takes the card.
    #[default]
    Approve,
    /// The connector declines the card.
    Decline,
    /// The platform fails.
    Error,
}

/// The parameters that are structured; every other one is a text on the wire.
const STRUCTURED: [&str; 2] = ["parameters", "prompts"];

/// The state of a `calling.pay`.
#[derive(Debug)]
pub(super) struct Paying {
    postal_code: String,
    outcome: PayOutcome,
}

impl Paying {
    pub(super) fn parse(params: Params<'_>) -> Result<Self, Failure> {
        let url = params.text("payment_connector_url")?;
        if !["http://", "https://", "sim:"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(wrong("payment_connector_url", "an http or https URL"));
        }
        for (name, value) in params.0 {
            let fits = if STRUCTURED.contains(&name.as_str()) { value.is_array() } else { value.is_string() };
            if !fits {
                let expected = if STRUCTURED.contains(&name.as_str()) { "a list" } else { "a text" };
                return Err(wrong(name, expected));
            }
        }
        // Anything but a yes or a no is a postal code that is known already.
        let known = params.optional_text("postal_code")?.filter(|code| *code != "true");
        let postal_code = known.unwrap_or("90210").replace("false", "");
        Ok(Self { postal_code, outcome: PayOutcome::Approve })
    }

    fn success(&self, act: &mut Act<'_, '_>) -> Value {
        let (token, confirmation) = (act.fx.ids.uuid(), act.fx.ids.uuid());
        json!({
            "state": "finished",
            "result": "success",
            "payment_method": "credit-card",
            "payment_token": format!("tok_{token}"),
            "payment_confirmation_code": format!("conf_{}", &confirmation[..8]),
            "payment_card_number": "************4242",
            "payment_card_type": "visa",
            "payment_card_expiration_date": "1230",
            "payment_card_security_code": "***",
            "payment_card_postal_code": self.postal_code,
        })
    }

    fn fail(act: &mut Act<'_, '_>, result: &str, rest: Value) {
        let mut params = super::frames::fields(rest);
        params.insert("state".into(), "error".into());
        params.insert("result".into(), result.into());
        act.event("calling.call.pay", Value::Object(params));
        act.finish();
    }
}

impl Work for Paying {
    fn family(&self) -> &'static str {
        "calling.pay"
    }

    fn start(&mut self, act: &mut Act<'_, '_>) {
        self.outcome = act.fx.world.pay;
        act.timer(timing::PAYING);
    }

    fn due(&mut self, act: &mut Act<'_, '_>) {
        match self.outcome {
            PayOutcome::Approve => {
                let params = self.success(act);
                act.event("calling.call.pay", params);
                act.finish();
            }
            PayOutcome::Decline => {
                let declined = json!({
                    "payment_error": "card-declined",
                    "payment_error_type": "card-declined",
                    "payment_error_code": "card_declined",
                    "payment_card_number": "************4242",
                    "payment_card_type": "visa",
                    "connector_error": {"code": "card_declined", "message": "the card was declined"},
                });
                Self::fail(act, "payment-connector-error", declined);
            }
            PayOutcome::Error => Self::fail(act, "internal-error", json!({})),
        }
    }

    fn command(&mut self, command: &str, _params: Params<'_>, act: &mut Act<'_, '_>) -> Result<(), Failure> {
        match command {
            "stop" => Self::fail(act, "relay-pay-stop", json!({})),
            _ => return Err(unknown_command(self.family(), command)),
        }
        Ok(())
    }

    fn press(&mut self, key: char, act: &mut Act<'_, '_>) {
        if key == '*' {
            Self::fail(act, "caller-interrupted-with-star", json!({}));
        }
    }

    fn listens(&self) -> Listens {
        Listens { keys: true, ..Listens::default() }
    }
}
