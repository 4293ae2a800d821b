//! The row of `pay`. RELAY wants every scalar as a string; a script may give numbers and flags.

use super::base::{CALL, PRINTED, WEB, at_least, opt, req};
use crate::call::ActionKind::Pay;
use crate::relay::Repeat;
use crate::script::api::table::{Gives, Kind, Param, Verb};

const TEXT_COUNT: Kind = Kind::AsText(&at_least(0));
const TEXT_FLAG: Kind = Kind::AsText(&Kind::Flag);

const CARDS: Kind =
    Kind::Words(&["visa", "mastercard", "amex", "maestro", "discover", "jcb", "diners-club", "optima"]);

const ACTIONS: &[Param] = &[
    req("type", "type", Kind::Choice(&["Say", "Play"]), "speak the phrase, or play the file it names"),
    req("phrase", "phrase", PRINTED, "text, or URL of an audio file"),
];

const PROMPTS: &[Param] = &[
    req("for", "for", STEP, r#"the step that it is for; write the key as "for""#),
    req("actions", "actions", Kind::List(&Kind::Map(ACTIONS)), "what to say or play"),
    opt("attempts", "attempts", PRINTED, "only at these attempts, such as \"1\" or \"2 3\""),
    opt("card_type", "card_type", CARDS, "only for these cards"),
    opt("error_type", "error_type", ERRORS, "only after these errors"),
];

const STEP: Kind = Kind::Choice(&[
    "payment-card-number",
    "expiration-date",
    "security-code",
    "postal-code",
    "payment-processing",
    "payment-completed",
    "payment-failed",
    "payment-canceled",
]);

const ERRORS: Kind = Kind::Words(&[
    "timeout",
    "invalid-card-number",
    "invalid-card-type",
    "invalid-date",
    "invalid-security-code",
    "invalid-postal-code",
    "session-in-progress",
    "input-matching-failed",
    "card-declined",
]);

const OPTIONS: &[Param] = &[
    req(
        "payment_connector_url",
        "payment_connector_url",
        CONNECTOR,
        "gets the card and answers whether it was charged",
    ),
    opt("input_method", "input", Kind::Choice(&["dtmf"]), "how the caller enters; \"dtmf\" unless given"),
    opt("status_url", "status_url", WEB, "gets a report of every step"),
    opt("payment_method", "payment_method", Kind::Choice(&["credit-card"]), "\"credit-card\" unless given"),
    opt("timeout", "timeout", TEXT_COUNT, "longest pause between digits, in seconds; 5 unless given"),
    opt("max_attempts", "max_attempts", Kind::AsText(&at_least(1)), "attempts in all; 1 unless given"),
    opt("security_code", "security_code", TEXT_FLAG, "whether to ask for it; true unless given"),
    opt("postal_code", "postal_code", POSTAL, "whether to ask for it, or the known one; true unless given"),
    opt("min_postal_code_length", "min_postal_code_length", TEXT_COUNT, "0 unless given"),
    opt("token_type", "token_type", Kind::Choice(&["one-time", "reusable"]), "\"reusable\" unless given"),
    opt(
        "charge_amount",
        "charge_amount",
        Kind::AsText(&Kind::Money),
        "what to charge; without it a token is made",
    ),
    opt("currency", "currency", Kind::Currency, "ISO 4217; \"usd\" unless given"),
    opt("language", "language", Kind::Text, "language of the prompts; \"en-US\" unless given"),
    opt("voice", "voice", Kind::Text, "voice of the prompts; \"woman\" unless given"),
    opt("description", "description", PRINTED, "goes to the connector"),
    opt("valid_card_types", "valid_card_types", CARDS, "\"visa mastercard amex\" unless given"),
    opt("parameters", "parameters", Kind::Pairs, "names and values that go to the connector"),
    opt("prompts", "prompts", Kind::List(&Kind::Map(PROMPTS)), "own prompts in place of the usual ones"),
];

/// A URL, or one of the simulator's built-in connectors.
const CONNECTOR: Kind =
    Kind::Either(&[WEB, Kind::Choice(&["sim:approve", "sim:decline", "sim:timeout", "sim:error"])]);

const POSTAL: Kind = Kind::Either(&[TEXT_FLAG, Kind::Text]);

pub(super) const VERBS: &[Verb] = &[Verb {
    name: "pay",
    method: "calling.pay",
    positional: &["payment_connector_url"],
    options: OPTIONS,
    gives: Gives::Action(Pay),
    control_id: true,
    repeat: Repeat::NeverLate,
    doc: "Takes a payment: the caller enters a card, the connector charges it.",
    example: "let action = call.pay(#{ payment_connector_url: \"https://example.com/connector\", \
              charge_amount: \"29.99\", currency: \"USD\" });",
    ..CALL
}];
