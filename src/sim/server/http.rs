//! Listening, and which path leads where.
//!
//! It knows nothing of what is done there.

use super::door::Door;
use super::guard::Guard;
use super::tls::{Handshakes, Identity};
use super::{api, live, page, relay, upgrade};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// What is served.
#[derive(Clone, Debug)]
pub struct House {
    /// The way to the desk.
    pub door: Door,
    /// Whether RELAY clients may connect.
    pub relay: bool,
}

/// An address that is listened on.
#[derive(Debug)]
pub struct Entrance {
    listener: TcpListener,
    address: SocketAddr,
}

impl Entrance {
    /// Begins to listen; port 0 is any free port.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves whoever comes, on tasks of the tokio runtime, without TLS.
    pub fn serve(self, house: House) {
        let guard = Guard { secure: false, own: self.address.ip() };
        let listener = self.listener.tap_io(|socket| {
            // Without it, a frame may wait for the acknowledgement of the one before.
            let _ = socket.set_nodelay(true);
        });
        tokio::spawn(async move { axum::serve(listener, router(house, guard)).await });
    }

    /// The same with TLS alone.
    pub fn serve_tls(self, house: House, identity: &Identity) {
        let guard = Guard { secure: true, own: self.address.ip() };
        let listener = Handshakes::of(self.listener, self.address, identity);
        tokio::spawn(async move { axum::serve(listener, router(house, guard)).await });
    }
}

fn router(house: House, guard: Guard) -> Router {
    Router::new()
        .route("/live", get(live::page))
        .route("/calls", get(api::list).post(api::place))
        .route("/calls/{id}", get(api::show).delete(api::hang_up))
        .route("/calls/{id}/actions", post(api::act))
        .route("/messages", post(api::message))
        .route("/recordings/{file}", get(api::recording))
        .fallback(elsewhere)
        .method_not_allowed_fallback(no_such_method)
        .with_state(house)
        .layer(from_fn_with_state(guard, admit))
}

/// Lets a request in, or not; whatever is answered is protected.
async fn admit(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(refusal.status, refusal.why),
    };
    page::protect(response.headers_mut());
    response
}

/// Any other path: a RELAY client's socket, or a file of the page.
async fn elsewhere(State(house): State<House>, request: Request) -> Response {
    if !upgrade::is_wanted(request.headers()) {
        return page::file(request.uri().path());
    }
    if !house.relay {
        return refused(StatusCode::NOT_FOUND, "no RELAY clients are served here; use `relay-script sim`");
    }
    upgrade::accept(request, relay::LONGEST, |socket| relay::serve(socket, house.door))
}

async fn no_such_method() -> Response {
    refused(StatusCode::METHOD_NOT_ALLOWED, "this method is not served here")
}

/// An answer in JSON.
pub(super) fn answer(status: StatusCode, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An error in JSON.
pub(super) fn refused(status: StatusCode, why: &str) -> Response {
    answer(status, json!({"error": why}).to_string())
}
