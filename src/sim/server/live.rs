//! The socket of a page: what happens goes out, what its user does comes in.
//!
//! Messages are JSON objects with a `type`. It keeps nothing: the feed does.

use super::desk::Room;
use super::door::Door;
use super::feed::{PageId, Subscription};
use super::http::House;
use super::upgrade::{self, Socket};
use super::wanted::{self, Wanted, Wrong};
use crate::sim::caller::CallPlan;
use crate::sim::card::Card;
use crate::sim::control::InboundCall;
use crate::sim::paying::PayOutcome;
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
}

impl Hello<'_> {
    /// As JSON.
    #[must_use]
    pub fn message(&self) -> String {
        let card = Card::test();
        let cards = json!([{
            "name": "Visa, approved", "number": card.number, "expiry": card.expiry, "cvv": card.cvv,
            "zip": card.zip, "outcome": "approve",
        }]);
        let hello = json!({
            "type": "hello", "mode": self.mode, "version": env!("CARGO_PKG_VERSION"), "contexts": self.contexts,
            "from": self.from, "to": self.to, "cards": cards, "outcomes": OUTCOMES,
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
    let subscribed = door.ask(|room| room.feed.subscribe()).await.flatten();
    if let Some(Subscription { page, backlog, mut news }) = subscribed {
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
    let told = match carry_out(room, &message) {
        Ok(None) => return,
        Ok(Some(call_id)) => json!({"type": "dialled", "ref": reference, "call_id": call_id}),
        Err(error) => json!({"type": "failed", "ref": reference, "error": error}),
    };
    room.feed.tell(page, told.to_string());
}

/// The id of the call that was dialled, if one was.
fn carry_out(room: &mut Room<'_>, message: &Value) -> Result<Option<String>, Wrong> {
    let now = room.now;
    match message.get("type").and_then(Value::as_str).unwrap_or_default() {
        "dial" => {
            let wanted = Wanted::new("dial", message, &["type", "ref", "from", "to", "context"])?;
            let call = InboundCall {
                from: wanted.needed("from")?.to_owned(),
                to: wanted.needed("to")?.to_owned(),
                context: wanted.needed("context")?.to_owned(),
                plan: CallPlan { silent: true, ..CallPlan::default() },
                ..InboundCall::default()
            };
            return Ok(Some(room.peer.dial_in(now, call)));
        }
        "press" => {
            let wanted = Wanted::new("press", message, &["type", "ref", "call_id", "digits"])?;
            let keys = wanted::keys(wanted.needed("digits")?)?;
            room.peer.press(now, wanted.needed("call_id")?, &keys);
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
            let outcome =
                outcome(word).ok_or_else(|| format!("connector: expected {}", OUTCOMES.join(", ")))?;
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
        _ => return Err("expected type dial, press, say, hang_up, connector or message".to_owned()),
    }
    Ok(None)
}

/// The words for how payments end.
const OUTCOMES: [&str; 3] = ["approve", "decline", "error"];

fn outcome(word: &str) -> Option<PayOutcome> {
    Some(match word {
        "approve" => PayOutcome::Approve,
        "decline" => PayOutcome::Decline,
        "error" => PayOutcome::Error,
        _ => return None,
    })
}
