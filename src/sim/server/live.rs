//! The socket of a page: what happens goes out, what its user does comes in.
//!
//! Messages are JSON objects with a `type`. It keeps nothing: the feed does.

use super::desk::{Room, SaveWish};
use super::door::Door;
use super::feed::{Feed, PageId, Subscription};
use super::http::House;
use super::upgrade::{self, Socket};
use super::wanted::{self, Wanted, Wrong};
use crate::sim::caller::CallPlan;
use crate::sim::card::Card;
use crate::sim::control::InboundCall;
use crate::sim::pay::{CardOutcome, PayOutcome, TEST_CARDS, TestCard};
use axum::extract::{Request, State};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Error, Message};

/// The largest message of a page, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long a page may take to read what is written to it.
const WRITING: Duration = Duration::from_secs(10);

/// The first message that a page gets, to be kept as `hello`.
#[derive(Debug)]
pub struct Hello<'a> {
    /// `run` (a script answers) or `sim` (a RELAY client does).
    pub mode: &'a str,
    /// The contexts that are known beforehand.
    pub contexts: &'a [String],
    /// Who calls when nothing else is said.
    pub from: &'a str,
    /// Who is called when nothing else is said.
    pub to: &'a str,
    /// How many times as fast as real time the calls run.
    pub speed: f64,
}

impl Hello<'_> {
    /// Has pages told of it, and of how the built-in payment connector answers at first.
    pub fn keep(&self, feed: &mut Feed) {
        feed.keep("hello", self.message());
        feed.keep("connector", json!({"type": "connector", "outcome": OUTCOMES[0].0}).to_string());
    }

    fn message(&self) -> String {
        let cards: Vec<Value> = TEST_CARDS.iter().map(shown).collect();
        let outcomes: Vec<&str> = OUTCOMES.iter().map(|(word, _)| *word).collect();
        let hello = json!({
            "type": "hello", "mode": self.mode, "version": env!("CARGO_PKG_VERSION"), "contexts": self.contexts,
            "from": self.from, "to": self.to, "speed": self.speed, "cards": cards, "outcomes": outcomes,
        });
        hello.to_string()
    }
}

/// `GET /live`
pub(super) async fn page(State(house): State<House>, request: Request) -> Response {
    upgrade::accept(request, LONGEST, |socket| serve(socket, house.door))
}

/// Serves the socket until one side closes it.
async fn serve(mut socket: Socket, door: Door) {
    let subscribed = door.ask(|room| room.feed.subscribe().map(|page| (page, room.now))).await.flatten();
    if let Some((Subscription { page, mut backlog, mut news }, now)) = subscribed {
        // Whatever comes after it happens as it is told.
        backlog.push(json!({"type": "live", "at": now.as_secs_f64()}).to_string().into());
        for message in &backlog {
            if !matches!(timeout(WRITING, socket.feed(Message::text(&**message))).await, Ok(Ok(()))) {
                return;
            }
        }
        if !matches!(timeout(WRITING, socket.flush()).await, Ok(Ok(()))) {
            return;
        }
        loop {
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => {
                        let text = text.as_str().to_owned();
                        if door.ask(move |room| take(room, page, &text)).await.is_none() {
                            break;
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                    Some(Ok(_)) => {}
                },
                message = news.recv() => {
                    let Some(message) = message else { break };
                    if !matches!(timeout(WRITING, write(&mut socket, &message)).await, Ok(Ok(()))) {
                        break;
                    }
                }
            }
        }
    }
    let _ = timeout(WRITING, socket.close(None)).await;
}

async fn write(socket: &mut Socket, message: &str) -> Result<(), Error> {
    socket.send(Message::text(message)).await
}

/// Does what a page wants; what is wrong with it is told to that page alone.
fn take(room: &mut Room<'_>, page: PageId, text: &str) {
    let message: Value = serde_json::from_str(text).unwrap_or_default();
    let reference = message.get("ref").cloned().unwrap_or_default();
    let told = match carry_out(room, page, &message) {
        Ok(None) => return,
        Ok(Some(call_id)) => json!({"type": "dialled", "ref": reference, "call_id": call_id}),
        Err(error) => json!({"type": "failed", "ref": reference, "error": error}),
    };
    room.feed.tell(page, told.to_string());
}

/// The id of the call that was dialled, if one was.
fn carry_out(room: &mut Room<'_>, page: PageId, message: &Value) -> Result<Option<String>, Wrong> {
    let now = room.now;
    match message.get("type").and_then(Value::as_str).unwrap_or_default() {
        "dial" => {
            let wanted = Wanted::new("dial", message, &["type", "ref", "from", "to", "context"])?;
            let call = InboundCall {
                from: wanted.needed("from")?.to_owned(),
                to: wanted.needed("to")?.to_owned(),
                context: wanted.needed("context")?.to_owned(),
                plan: CallPlan::passive(),
                ..InboundCall::default()
            };
            return Ok(Some(room.peer.dial_in(now, call)));
        }
        "press" => {
            let wanted = Wanted::new("press", message, &["type", "ref", "call_id", "digits"])?;
            let keys = wanted::keys(wanted.needed("digits")?)?;
            room.peer.press(now, wanted.needed("call_id")?, &keys);
        }
        "card" => {
            let wanted = Wanted::new("card", message, &["type", "ref", "call_id", "ending"])?;
            let ending = wanted.needed("ending")?;
            let card = test_card(ending).ok_or("card: expected the last four digits of a test card")?;
            let plan = CallPlan { card: Some(card), silent: true, ..CallPlan::default() };
            room.peer.set_plan(now, wanted.needed("call_id")?, plan);
        }
        "say" => {
            let wanted = Wanted::new("say", message, &["type", "ref", "call_id", "text"])?;
            room.peer.speak(now, wanted.needed("call_id")?, wanted.needed("text")?);
        }
        "hang_up" => {
            let wanted = Wanted::new("hang_up", message, &["type", "ref", "call_id"])?;
            room.peer.hang_up(now, wanted.needed("call_id")?);
        }
        "connector" => {
            let wanted = Wanted::new("connector", message, &["type", "ref", "outcome"])?;
            let word = wanted.needed("outcome")?;
            let outcome = outcome(word)?;
            room.peer.set_pay_outcome(outcome);
            room.feed.keep("connector", json!({"type": "connector", "outcome": word}).to_string());
        }
        "message" => {
            let mut message = message.clone();
            if let Value::Object(fields) = &mut message {
                fields.retain(|name, _| name != "type" && name != "ref");
            }
            room.peer.send_inbound_message(now, &wanted::message(&message)?);
        }
        "save_test" => {
            let wanted = Wanted::new("save_test", message, &["type", "ref", "call_id"])?;
            let call_id = wanted.needed("call_id")?.to_owned();
            let saves = room.saves.as_mut().ok_or("save_test: only `relay-script run` saves tests")?;
            let reference = message.get("ref").cloned().unwrap_or_default();
            saves.push(SaveWish { page, reference, call_id });
        }
        _ => {
            let expected = "expected type dial, press, card, say, hang_up, connector, message or save_test";
            return Err(expected.to_owned());
        }
    }
    Ok(None)
}

/// The postal code of the test cards.
const ZIP: &str = "90210";

/// A test card as pages are told of it. Its number is known to everybody.
fn shown(card: &TestCard) -> Value {
    let outcome = match card.outcome {
        CardOutcome::Approved => "approve",
        CardOutcome::Declined { .. } => "decline",
        CardOutcome::TimesOut => "timeout",
        CardOutcome::Fails => "error",
    };
    json!({
        "name": card.name, "brand": card.brand, "number": card.number, "expiry": card.expiry, "cvv": card.cvv,
        "zip": ZIP, "outcome": outcome,
    })
}

/// The test card with these last four digits.
fn test_card(ending: &str) -> Option<Card> {
    let card = TEST_CARDS.iter().find(|card| ending.len() == 4 && card.number.ends_with(ending))?;
    let [number, expiry, cvv, zip] = [card.number, card.expiry, card.cvv, ZIP].map(str::to_owned);
    Some(Card { number, expiry, cvv, zip })
}

/// The words for how the built-in payment connector answers.
const OUTCOMES: [(&str, PayOutcome); 5] = [
    ("card", PayOutcome::ByCard),
    ("approve", PayOutcome::Approve),
    ("decline", PayOutcome::Decline),
    ("timeout", PayOutcome::Timeout),
    ("error", PayOutcome::Error),
];

fn outcome(word: &str) -> Result<PayOutcome, Wrong> {
    let known = OUTCOMES.iter().find(|(known, _)| *known == word).map(|(_, outcome)| *outcome);
    known.ok_or_else(|| format!("connector: expected {}", OUTCOMES.map(|(word, _)| word).join(", ")))
}
