//! Calls and messages over HTTP, in JSON.
//!
//! Errors are `{"error": …}`; no card number is ever in an answer.

use super::desk::Room;
use super::http::{House, answer, refused};
use super::wanted::{self, Wrong};
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::timeout;

/// The largest body, in bytes.
const LONGEST: usize = 64 * 1024;
/// How long a body may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// `GET /calls`
pub(super) async fn list(State(house): State<House>) -> Response {
    at_desk(&house, |room| {
        let calls = room.records.list(|call_id| room.peer.call_state(call_id));
        answer(StatusCode::OK, calls)
    })
    .await
}

/// `POST /calls`
pub(super) async fn place(State(house): State<House>, request: Request) -> Response {
    let call = match read(request, wanted::call).await {
        Ok(call) => call,
        Err(response) => return *response,
    };
    at_desk(&house, |room| {
        let call_id = room.peer.dial_in(room.now, call);
        let mut response = answer(StatusCode::CREATED, json!({"call_id": call_id}).to_string());
        if let Ok(place) = HeaderValue::from_str(&format!("/calls/{call_id}")) {
            response.headers_mut().insert(LOCATION, place);
        }
        response
    })
    .await
}

/// `GET /calls/{id}`
pub(super) async fn show(State(house): State<House>, Path(call_id): Path<String>) -> Response {
    at_desk(&house, move |room| about(room, &call_id)).await
}

/// `DELETE /calls/{id}`: the virtual party hangs up.
pub(super) async fn hang_up(State(house): State<House>, Path(call_id): Path<String>) -> Response {
    at_desk(&house, move |room| {
        if !room.records.knows(&call_id) {
            return unknown_call();
        }
        room.peer.hang_up(room.now, &call_id);
        let state = room.peer.call_state(&call_id).unwrap_or("ended");
        answer(StatusCode::OK, json!({"call_id": call_id, "state": state}).to_string())
    })
    .await
}

/// `POST /calls/{id}/actions`: the virtual party drops its plan for another one.
pub(super) async fn act(
    State(house): State<House>,
    Path(call_id): Path<String>,
    request: Request,
) -> Response {
    let plan = match read(request, wanted::plan).await {
        Ok(plan) => plan,
        Err(response) => return *response,
    };
    at_desk(&house, move |room| match room.peer.call_state(&call_id) {
        None => unknown_call(),
        Some("ending" | "ended") => refused(StatusCode::CONFLICT, "the call is over"),
        Some(state) => {
            room.peer.set_plan(room.now, &call_id, plan);
            answer(StatusCode::OK, json!({"call_id": call_id, "state": state}).to_string())
        }
    })
    .await
}

/// `POST /messages`
pub(super) async fn message(State(house): State<House>, request: Request) -> Response {
    let message = match read(request, wanted::message).await {
        Ok(message) => message,
        Err(response) => return *response,
    };
    at_desk(&house, move |room| {
        let message_id = room.peer.send_inbound_message(room.now, &message);
        answer(StatusCode::CREATED, json!({"message_id": message_id}).to_string())
    })
    .await
}

/// `GET /recordings/{id}.wav`
pub(super) async fn recording(State(house): State<House>, Path(file): Path<String>) -> Response {
    at_desk(&house, move |room| {
        let recording = file.strip_suffix(".wav").and_then(|id| room.peer.recording(id));
        let Some(recording) = recording else {
            return refused(StatusCode::NOT_FOUND, "there is no such recording, or it was too long ago");
        };
        let mut response = Response::new(Body::from(recording));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
        response
    })
    .await
}

fn about(room: &Room<'_>, call_id: &str) -> Response {
    match room.records.call(call_id, room.peer.call_state(call_id)) {
        Some(call) => answer(StatusCode::OK, call),
        None => unknown_call(),
    }
}

fn unknown_call() -> Response {
    refused(StatusCode::NOT_FOUND, "no call has this id, or it was too long ago")
}

async fn at_desk(house: &House, wish: impl FnOnce(&mut Room<'_>) -> Response + Send + 'static) -> Response {
    let gone = || refused(StatusCode::SERVICE_UNAVAILABLE, "the simulator is ending");
    house.door.ask(wish).await.unwrap_or_else(gone)
}

/// The body of a request, as what is wanted.
async fn read<T>(request: Request, parse: fn(&Value) -> Result<T, Wrong>) -> Result<T, Box<Response>> {
    let refuse = |status, why: &str| Box::new(refused(status, why));
    // No form and no script of a foreign page can send this type without asking first.
    if !is_json(request.headers()) {
        let why = "expected a body with Content-Type: application/json";
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
    }
    let body = match timeout(PATIENCE, to_bytes(request.into_body(), LONGEST)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return Err(refuse(StatusCode::PAYLOAD_TOO_LARGE, "expected a body of at most 64 KiB")),
        Err(_) => return Err(refuse(StatusCode::REQUEST_TIMEOUT, "the body did not come within 10 s")),
    };
    let value = serde_json::from_slice(&body).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let why = format!("the body is not JSON: see line {line}, column {column}");
        refuse(StatusCode::BAD_REQUEST, &why)
    })?;
    parse(&value).map_err(|why| refuse(StatusCode::BAD_REQUEST, &why))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
