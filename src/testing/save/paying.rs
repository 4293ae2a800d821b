//! Payments in a saved test: a test card in the place of the card, and a connector that answers as the real one
//! did.
//!
//! Of the card are known its brand, its last four digits and what became of it. None of its digits is written:
//! the last four only find the test card that was used, if it was one.

use std::collections::BTreeSet;

use super::quoting::quoted;
use super::story::{Action, Story};
use super::walk::{Walk, card};
use crate::sim::{CardOutcome, How, TEST_CARDS, TestCard, What};
use crate::testing::journal::Happened;

/// What the connectors of the case answer from here on.
#[derive(Default)]
pub(super) struct Connectors {
    /// The line that was written last for the platform's own.
    said: Option<String>,
    /// The URLs that have doubles.
    doubled: BTreeSet<String>,
}

/// What became of a card.
#[derive(PartialEq, Eq)]
enum Became<'a> {
    Approved,
    Declined { code: &'a str, message: &'a str },
    TimedOut,
    Failed,
}

/// The parts of a card, as a test has them, and what of the result tells that it was taken.
const PARTS: [(&str, &str); 4] = [
    ("number", "payment_card_number"),
    ("expiry", "payment_card_expiration_date"),
    ("cvv", "payment_card_security_code"),
    ("zip", "payment_card_postal_code"),
];

impl<'a> Walk<'_, 'a> {
    /// A payment begins; one without an end of its own leaves nothing to tell.
    pub fn pay(&mut self, payment: &Action<'a>) {
        let Some(ended) = payment.ended else { return };
        match payment.outcome("result").unwrap_or_default() {
            "success" => self.by_card(payment, "pays"),
            "payment-connector-error" => {
                let declined = matches!(became(payment), Became::Declined { .. });
                self.by_card(payment, if declined { "is_declined" } else { "cannot_pay" });
            }
            "validation-error" => self.by_card(payment, "cannot_pay"),
            "too-many-failed-attempts" => self.in_vain(payment),
            "caller-interrupted-with-star" => {
                let parts = taken(payment);
                let all = asked(payment).len();
                // Of one that is cancelled while it is processed, the last part is left out.
                self.enter(payment, parts.min(all.saturating_sub(1)));
                self.lines.push("caller.press(\"*\");".to_owned());
                self.deeds.push("cancels_the_payment".to_owned());
            }
            "caller-hung-up" => {
                self.enter(payment, taken(payment));
                self.deeds.push("hangs_up_while_paying".to_owned());
            }
            _ => {
                self.enter(payment, taken(payment));
                self.deeds.push("does_not_pay".to_owned());
            }
        }
        self.told = ended + 1;
        self.sync = ended;
    }

    /// The card is entered as it is asked for.
    fn by_card(&mut self, payment: &Action<'a>, deed: &str) {
        let used = self.choose(payment);
        self.deeds.push(deed.to_owned());
        if self.is_next(payment) {
            let result = payment.outcome("result").unwrap_or_default();
            self.lines.push(format!("assert_eq(caller.pays({}), {});", card(used), quoted(result)));
            self.eye = payment.began + 1;
        } else {
            self.enter_parts(used, &asked(payment));
        }
    }

    /// The test card for what became of the real one; the connector is told first where it has to be.
    fn choose(&mut self, payment: &Action<'a>) -> &'static TestCard {
        let (became, usual) = (became(payment), usual_card(payment));
        let url = payment.params["payment_connector_url"].as_str().unwrap_or_default();
        let same = TEST_CARDS.iter().find(|card| is_same(card, payment) && became.is_of(card.outcome));
        if url.starts_with("sim:") {
            return same.unwrap_or(usual);
        }
        if let Some(double) = self.double(url, &became) {
            self.lines.push(double);
            return usual;
        }
        if self.connectors.said.is_none() {
            if let Some(same) = same {
                return same;
            }
            if became == Became::Approved {
                return usual;
            }
        }
        let line = became.line();
        if self.connectors.said.as_ref() != Some(&line) {
            self.lines.push(line.clone());
            self.connectors.said = Some(line);
        }
        usual
    }

    /// A double in the place of a connector whose answer the platform's own never gives.
    fn double(&mut self, url: &str, became: &Became<'_>) -> Option<String> {
        let url = url.split(['?', '#']).next().unwrap_or_default();
        let reachable = url.starts_with("http") && !url.contains("****@");
        if !reachable || !self.connectors.doubled.contains(url) && became.is_known() {
            return None;
        }
        self.connectors.doubled.insert(url.to_owned());
        let answer = match became {
            Became::Approved => "returns(#{ json: #{ charge_id: \"1\", token_id: \"1\" } })".to_owned(),
            Became::TimedOut => "times_out()".to_owned(),
            Became::Failed => "returns(#{ status: 500 })".to_owned(),
            Became::Declined { code: "no_connection", .. } => "fails()".to_owned(),
            Became::Declined { code: "invalid_response", .. } => "returns(#{ status: 200 })".to_owned(),
            Became::Declined { code, .. } if code.len() == 3 && code.parse::<u16>().is_ok() => {
                format!("returns(#{{ status: {code} }})")
            }
            Became::Declined { code, message } => {
                // What a stranger says may have digits of the card in it.
                let message = quoted(&message.replace(|c: char| c.is_ascii_digit(), "0"));
                let code = quoted(code);
                format!("returns(#{{ json: #{{ error_code: {code}, error_message: {message} }} }})")
            }
        };
        Some(format!("http.on({}).{answer};", quoted(&format!("POST {url}*"))))
    }

    /// What was entered was never good.
    fn in_vain(&mut self, payment: &Action<'a>) {
        self.deeds.push("fails_to_pay".to_owned());
        let untaken = TEST_CARDS.iter().find(|card| {
            card.outcome == CardOutcome::Approved && !brands(payment).any(|brand| brand == card.brand)
        });
        let wrong = match (payment.outcome("payment_error").unwrap_or_default(), untaken) {
            ("timeout", _) => return self.enter(payment, taken(payment)),
            ("input-matching-failed", _) => {
                self.enter(payment, taken(payment));
                let attempts = payment.params["max_attempts"].as_str().and_then(|it| it.parse().ok());
                let press = "caller.press(\"#\");".to_owned();
                self.lines.extend(std::iter::repeat_n(press, attempts.unwrap_or(1)));
                return;
            }
            ("invalid-card-type", Some(untaken)) => {
                self.lines.push(format!("let card = {};", card(untaken)));
                None
            }
            ("invalid-date", _) => Some(("expiry", "0120")),
            ("invalid-security-code", _) => Some(("cvv", "1")),
            ("invalid-postal-code", _) => Some(("zip", "1")),
            _ => Some(("number", "4242424242424241")),
        };
        if let Some((part, wrong)) = wrong {
            self.lines.push(format!("let card = {};", card(usual_card(payment))));
            self.lines.push(format!("card.{part} = {};", quoted(wrong)));
        }
        if self.is_next(payment) {
            self.lines.push("assert_eq(caller.pays(card), \"too-many-failed-attempts\");".to_owned());
            self.eye = payment.began + 1;
        } else {
            self.lines.push("caller.press(card.number + \"#\");".to_owned());
        }
    }

    /// Enters the first parts of a card. Without any, the test waits until the payment has begun.
    fn enter(&mut self, payment: &Action<'a>, count: usize) {
        let parts = asked(payment);
        if count > 0 {
            return self.enter_parts(usual_card(payment), &parts[..count.min(parts.len())]);
        }
        let ended = payment.ended.unwrap_or(usize::MAX);
        let prompt = first_prompt(self.story, payment.began, ended);
        match prompt.and_then(|place| Some((place, self.hearing.listen(place)?))) {
            Some((place, part)) => self.hears(place, &part),
            None => self.wait(payment.began),
        }
    }

    fn enter_parts(&mut self, card_used: &TestCard, parts: &[&str]) {
        for part in parts {
            self.lines.push(format!("caller.press({}.{part} + \"#\");", card(card_used)));
        }
    }
}

/// The first text that is spoken between two places.
fn first_prompt(story: &Story<'_>, began: usize, ended: usize) -> Option<usize> {
    let spoken = |place: &usize| {
        matches!(story.entries[*place].what, Happened::Seen(What::Heard { how: How::Tts, .. }))
    };
    (began..ended.min(story.entries.len())).find(spoken)
}

/// The parts of a card that a payment asks for, in order.
fn asked(payment: &Action<'_>) -> Vec<&'static str> {
    let text = |name: &str| payment.params[name].as_str();
    let asks = |part: &str| match part {
        "cvv" => text("security_code") != Some("false"),
        "zip" => matches!(text("postal_code"), None | Some("true")),
        _ => true,
    };
    PARTS.iter().map(|(part, _)| *part).filter(|part| asks(part)).collect()
}

/// How many of them were taken, as its end tells.
fn taken(payment: &Action<'_>) -> usize {
    let asked = asked(payment);
    let told = PARTS.iter().filter(|(part, _)| asked.contains(part));
    told.take_while(|(_, field)| payment.result.is_some_and(|result| result.get(*field).is_some())).count()
}

/// The brands that a payment takes.
fn brands<'a>(payment: &Action<'a>) -> impl Iterator<Item = &'a str> + use<'a> {
    let given = payment.params["valid_card_types"].as_str().unwrap_or("visa mastercard amex");
    given.split([' ', ',']).filter(|brand| !brand.is_empty())
}

/// A good test card of the brand that was used; of another one that is taken, if nobody knows.
fn usual_card(payment: &Action<'_>) -> &'static TestCard {
    let known = payment.outcome("payment_card_type");
    let wanted = known.into_iter().chain(brands(payment)).map(|brand| match brand {
        // Their numbers are those of an amex.
        "optima" => "amex",
        brand => brand,
    });
    let good = || TEST_CARDS.iter().filter(|card| card.outcome == CardOutcome::Approved);
    let mut of_brands = wanted.filter_map(|brand| good().find(|card| card.brand == brand));
    of_brands.next().unwrap_or(&TEST_CARDS[0])
}

/// Whether a test card may be the one that was used.
fn is_same(card: &TestCard, payment: &Action<'_>) -> bool {
    let number = payment.outcome("payment_card_number").unwrap_or_default();
    let last = number.trim_start_matches('*');
    payment.outcome("payment_card_type") == Some(card.brand)
        && !last.is_empty()
        && card.number.ends_with(last)
}

fn became<'a>(payment: &Action<'a>) -> Became<'a> {
    if payment.outcome("result") != Some("payment-connector-error") {
        return Became::Approved;
    }
    let field = |name: &str| payment.result.and_then(|it| it["connector_error"][name].as_str());
    match (field("code").unwrap_or_default(), field("message").unwrap_or_default()) {
        ("timeout", _) => Became::TimedOut,
        ("500", _) => Became::Failed,
        (code, message) => Became::Declined { code, message },
    }
}

impl Became<'_> {
    fn is_of(&self, outcome: CardOutcome) -> bool {
        match (self, outcome) {
            (Self::Approved, CardOutcome::Approved)
            | (Self::TimedOut, CardOutcome::TimesOut)
            | (Self::Failed, CardOutcome::Fails) => true,
            (Self::Declined { code, message }, CardOutcome::Declined { code: known, message: says }) => {
                *code == known && *message == says
            }
            _ => false,
        }
    }

    /// Whether the platform's own connector can answer so.
    fn is_known(&self) -> bool {
        TEST_CARDS.iter().any(|card| self.is_of(card.outcome))
    }

    /// How the platform's own connector is told to.
    fn line(&self) -> String {
        match self {
            Self::Approved => "connector.approves();".to_owned(),
            Self::TimedOut => "connector.times_out();".to_owned(),
            Self::Failed => "connector.fails();".to_owned(),
            Self::Declined { code, .. } if *code != "card_declined" && self.is_known() => {
                format!("connector.declines({});", quoted(code))
            }
            Self::Declined { .. } => "connector.declines();".to_owned(),
        }
    }
}
