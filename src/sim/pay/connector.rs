//! The payment connector: what it is posted, what its answer means, and the built-in one.
//!
//! Never keeps what it is given.

use super::super::outside::Answer;
use super::mask;
use super::steps::Entered;
use super::terms::{BuiltIn, Terms};
use super::test_cards::{self, CardOutcome, DECLINED};
use serde_json::{Value, json};
use std::time::Duration;

/// How long a connector may take to answer (*assumed*).
pub(in crate::sim) const PATIENCE: Duration = Duration::from_secs(10);

/// How the built-in payment connector answers. It answers for `sim:` URLs, each with its own outcome, and in the
/// place of connectors that are not reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PayOutcome {
    /// As the card's number says; see [`TEST_CARDS`](super::TEST_CARDS).
    #[default]
    ByCard,
    /// It takes every card.
    Approve,
    /// It declines every card.
    Decline,
    /// It declines every card, and says why.
    DeclineWith {
        /// Its `error_code`.
        code: &'static str,
        /// Its `error_message`.
        message: &'static str,
    },
    /// It does not answer in time.
    Timeout,
    /// It answers with the HTTP status 500.
    Error,
    /// It is not asked: the platform fails before, whatever the connector.
    Fail,
}

/// What came of asking a connector.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The card was charged, or made into a token.
    Success { token: Option<String>, confirmation: Option<String> },
    /// The card was declined.
    Declined { code: String, message: String },
    /// The connector did not do its work.
    Broken { code: String, message: String },
    /// The platform failed.
    PlatformFailed,
}

/// The body of the request to the connector. All of its values are texts, as in the documentation.
pub(super) fn body(terms: &Terms, transaction_id: &str, card: &Entered, postal_code: &str) -> String {
    let (month, year) = card.expiration.as_str().split_at_checked(2).unwrap_or_default();
    let mut body = json!({
        "transaction_id": transaction_id,
        "method": "credit-card",
        "cardnumber": card.number.as_str(),
        "cvv": card.security_code.as_str(),
        "expiry_month": month,
        "expiry_year": year,
        "postal_code": postal_code,
        "currency_code": terms.currency,
        "token_type": terms.token_type,
        "description": terms.description.as_deref().unwrap_or_default(),
        "parameters": terms.parameters,
    });
    if let Some(amount) = &terms.charge_amount {
        body["chargeAmount"] = amount.as_str().into();
    }
    body.to_string()
}

/// Reads a connector's answer.
///
/// An `error_code`, or a status from 400 to 499, declines the card; without either, only a 200 with the
/// documented id is a success (*assumed*: SignalWire does not say what else it makes of an answer).
pub(super) fn read(answer: &Answer, is_charge: bool) -> Reply {
    match answer {
        Answer::Response { status, body } => read_response(*status, body, is_charge),
        Answer::Failed(why) => {
            broken("no_connection", format!("no answer from the connector: {}", mask::foreign(why)))
        }
        Answer::TimedOut | Answer::Length(_) => timed_out(),
    }
}

/// The connector took too long.
pub(super) fn timed_out() -> Reply {
    broken("timeout", format!("the connector did not answer within {} s", PATIENCE.as_secs()))
}

fn broken(code: &str, message: String) -> Reply {
    Reply::Broken { code: code.to_owned(), message }
}

fn read_response(status: u16, body: &str, is_charge: bool) -> Reply {
    let json = serde_json::from_str(body).ok().filter(Value::is_object);
    let field = |name: &str| json.as_ref().and_then(|json| word(&json[name]));
    if let Some(code) = field("error_code") {
        return Reply::Declined { code, message: field("error_message").unwrap_or_default() };
    }
    if (400..500).contains(&status) {
        let message = format!("the connector answered with the HTTP status {status} and no error_code");
        return Reply::Declined { code: status.to_string(), message };
    }
    if status != 200 {
        return unexpected(status);
    }
    let wanted = if is_charge { "charge_id" } else { "token_id" };
    let expected = |came: &str| {
        let message = format!(
            "the connector's answer must be a JSON object with '{wanted}' or 'error_code', not {came}"
        );
        broken("invalid_response", message)
    };
    match (&json, field("charge_id"), field("token_id")) {
        (None, ..) => expected(if body.trim().is_empty() { "an empty body" } else { "another text" }),
        (_, confirmation @ Some(_), token) if is_charge => Reply::Success { token, confirmation },
        (_, _, token @ Some(_)) if !is_charge => Reply::Success { token, confirmation: None },
        _ => expected("one without them"),
    }
}

fn unexpected(status: u16) -> Reply {
    let message = format!("the connector answered with the HTTP status {status}, not with 200");
    broken(&status.to_string(), message)
}

/// A text that is not empty, or a number.
fn word(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| mask::foreign(&text))
}

/// The built-in connector's answer, in words for a timeline, and when it comes.
pub(super) struct StandIn {
    pub(super) reply: Reply,
    pub(super) summary: String,
    pub(super) after: Duration,
}

/// Asks the built-in connector. `ids` makes an id for a token, and one for a charge.
pub(super) fn stand_in(
    terms: &Terms,
    usual: PayOutcome,
    number: &str,
    mut ids: impl FnMut() -> String,
) -> StandIn {
    /// The built-in connector answers after this long.
    const THINKING: Duration = Duration::from_secs(1);
    let (reply, what, after) = match outcome(terms.built_in, usual, number) {
        CardOutcome::Approved => {
            let token = Some(format!("tok_{}", ids()));
            let confirmation = terms.is_charge().then(|| format!("conf_{}", &ids()[..8]));
            (Reply::Success { token, confirmation }, "approved".to_owned(), THINKING)
        }
        CardOutcome::Declined { code, message } => {
            let reply = Reply::Declined { code: code.to_owned(), message: message.to_owned() };
            (reply, format!("declined ({code})"), THINKING)
        }
        CardOutcome::TimesOut => (timed_out(), "left without an answer".to_owned(), PATIENCE),
        CardOutcome::Fails => (unexpected(500), "answered with 500".to_owned(), THINKING),
    };
    StandIn { reply, summary: format!("{what} by the built-in connector"), after }
}

fn outcome(built_in: Option<BuiltIn>, usual: PayOutcome, number: &str) -> CardOutcome {
    match (built_in, usual) {
        (Some(BuiltIn::Approve), _) | (None, PayOutcome::Approve) => CardOutcome::Approved,
        (Some(BuiltIn::Decline), _) | (None, PayOutcome::Decline) => DECLINED,
        (None, PayOutcome::DeclineWith { code, message }) => CardOutcome::Declined { code, message },
        (Some(BuiltIn::Timeout), _) | (None, PayOutcome::Timeout) => CardOutcome::TimesOut,
        (Some(BuiltIn::Error), _) | (None, PayOutcome::Error | PayOutcome::Fail) => CardOutcome::Fails,
        (None, PayOutcome::ByCard) => test_cards::outcome(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer::Response { status, body: body.to_owned() }
    }

    #[test]
    fn an_answer_is_read_as_documented() {
        let declined =
            |code: &str, message: &str| Reply::Declined { code: code.into(), message: message.into() };
        let charged = |token: Option<&str>| Reply::Success {
            token: token.map(str::to_owned),
            confirmation: Some("ch_1".into()),
        };
        for (status, body, expected) in [
            (200, r#"{"charge_id":"ch_1","error_code":null,"error_message":null}"#, charged(None)),
            (200, r#"{"charge_id":"ch_1","token_id":"t"}"#, charged(Some("t"))),
            (
                200,
                r#"{"charge_id":null,"error_code":"no","error_message":"not now"}"#,
                declined("no", "not now"),
            ),
            (200, r#"{"charge_id":"ch_1","error_code":7}"#, declined("7", "")),
            (
                402,
                r#"{"error_code":"no","error_message":"not 4242424242424242"}"#,
                declined("no", "not ************4242"),
            ),
            (500, r#"{"error_code":"no"}"#, declined("no", "")),
            (
                402,
                "<html>",
                declined("402", "the connector answered with the HTTP status 402 and no error_code"),
            ),
        ] {
            assert_eq!(read(&answer(status, body), true), expected, "{status} {body}");
        }
        let token = Reply::Success { token: Some("t".into()), confirmation: None };
        assert_eq!(read(&answer(200, r#"{"token_id":"t"}"#), false), token);
    }

    #[test]
    fn an_answer_that_is_none_says_what_was_expected() {
        for (answer, is_charge, expected_code, expected) in [
            (
                answer(200, "thanks"),
                true,
                "invalid_response",
                "with 'charge_id' or 'error_code', not another text",
            ),
            (answer(200, ""), true, "invalid_response", "not an empty body"),
            (answer(200, "[]"), true, "invalid_response", "not another text"),
            (answer(200, r#"{"charge_id":""}"#), true, "invalid_response", "not one without them"),
            (answer(200, r#"{"token_id":"t"}"#), true, "invalid_response", "with 'charge_id'"),
            (answer(200, r#"{"charge_id":"c"}"#), false, "invalid_response", "with 'token_id'"),
            (answer(500, "oops"), true, "500", "the HTTP status 500, not with 200"),
            (answer(302, ""), true, "302", "the HTTP status 302"),
            (Answer::TimedOut, true, "timeout", "did not answer within 10 s"),
            (Answer::Failed("connection refused".into()), true, "no_connection", "connection refused"),
        ] {
            let reply = read(&answer, is_charge);
            let Reply::Broken { code, message } = &reply else { panic!("{answer:?} {reply:?}") };
            assert_eq!(code, expected_code);
            assert!(message.contains(expected), "{message}");
        }
    }
}
