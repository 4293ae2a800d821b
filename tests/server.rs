//! Who is let into the simulator's server, and what it serves: over real sockets, in plain HTTP.
#![allow(clippy::unwrap_used)]

mod socket;

use std::io::{Read, Write};
use std::net::TcpStream;

use futures_util::{SinkExt, StreamExt};
use relay_script::sim::{PeerOptions, What};
use serde_json::{Value, json};
use socket::{PATIENCE, Server};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// The status and body of an answer; the body of a socket that opened is empty.
fn exchange(server: &Server, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        answer.push(byte[0]);
    }
    let head = String::from_utf8(answer).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.to_ascii_lowercase();
    let length = length.split_once("content-length: ").map_or("0", |(_, rest)| rest.lines().next().unwrap());
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (status, String::from_utf8(body).unwrap())
}

fn request(server: &Server, line: &str, headers: &str, body: &str) -> (u16, String) {
    let port = server.port;
    let headers = headers.replace("PORT", &port.to_string());
    let length = body.len();
    exchange(server, &format!("{line} HTTP/1.1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"))
}

fn ask(server: &Server, line: &str, body: &Value) -> (u16, Value) {
    let headers = "Host: localhost:PORT\r\nContent-Type: application/json\r\n";
    let (status, body) = request(server, line, headers, &body.to_string());
    (status, serde_json::from_str(&body).unwrap())
}

const SOCKET: &str = "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[test]
fn only_this_servers_own_pages_and_clients_get_in() {
    let server = Server::start(PeerOptions::default());
    let own = "Host: localhost:PORT\r\n";
    let ways = [
        ("GET /", false),
        ("GET /page.js", false),
        ("GET /calls", false),
        ("GET /live", true),
        ("GET /", true),
        ("GET /api/relay/ws", true),
    ];
    for (line, upgrades) in ways {
        for (headers, is_let_in) in [
            (own.to_owned(), true),
            ("Host: 127.0.0.1:PORT\r\n".to_owned(), true),
            ("Host: [::1]:PORT\r\n".to_owned(), true),
            (format!("{own}Origin: http://localhost:PORT\r\n"), true),
            (format!("{own}Origin: http://evil.example\r\n"), false),
            (format!("{own}Origin: http://localhost:3000\r\n"), false),
            (format!("{own}Origin: https://localhost:PORT\r\n"), false),
            (format!("{own}Origin: null\r\n"), false),
            ("Host: evil.example:PORT\r\n".to_owned(), false),
            ("Host: evil.example:PORT\r\nOrigin: http://evil.example:PORT\r\n".to_owned(), false),
            (String::new(), false),
        ] {
            let headers = if upgrades { format!("{headers}{SOCKET}") } else { headers };
            let (status, body) = request(&server, line, &headers, "");
            let good = if upgrades { 101 } else { 200 };
            assert_eq!(status == good, is_let_in, "{line}\n{headers}{status} {body}");
            assert!(is_let_in || [400, 403, 421].contains(&status), "{status}");
        }
    }
    for (headers, is_let_in) in
        [(own, true), ("Host: localhost:PORT\r\nOrigin: http://evil.example\r\n", false)]
    {
        let headers = format!("{headers}Content-Type: application/json\r\n");
        let (status, _) = request(&server, "POST /calls", &headers, "{}");
        assert_eq!(status, if is_let_in { 201 } else { 403 });
    }
    // A form of a foreign page would come with another type.
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let (status, _) = request(&server, "POST /calls", &format!("{own}Content-Type: {kind}\r\n"), "{}");
        assert_eq!(status, 415);
    }
}

#[test]
fn a_call_is_placed_asked_about_and_ended() {
    let mut server = Server::start(PeerOptions::default());
    let (status, placed) = ask(
        &server,
        "POST /calls",
        &json!({"from": "+1555", "card": {"number": "4242424242424242", "expiry": "1230", "cvv": "987", "zip": "90210"}}),
    );
    assert_eq!(status, 201);
    let call_id = placed["call_id"].as_str().unwrap();
    server.until(|what| matches!(what, What::CallBegan { .. }));
    let path = format!("/calls/{call_id}");
    let (status, call) = ask(&server, &format!("GET {path}"), &Value::Null);
    assert_eq!((status, &call["state"], &call["from"]), (200, &json!("ringing"), &json!("+1555")));
    assert!(!call.to_string().contains("4242"));
    assert_eq!(ask(&server, "GET /calls", &Value::Null).1["calls"][0]["call_id"], call_id);

    let (status, _) = ask(&server, &format!("POST {path}/actions"), &json!({"actions": [{"press": "1"}]}));
    assert_eq!(status, 200);
    assert_eq!(ask(&server, &format!("DELETE {path}"), &Value::Null).1["state"], "ended");
    let (_, call) = ask(&server, &format!("GET {path}"), &Value::Null);
    assert_eq!((&call["end_reason"], &call["ended_by"]), (&json!("cancel"), &json!("caller")));
    assert_eq!(ask(&server, &format!("POST {path}/actions"), &json!({})).0, 409);

    let (status, sent) = ask(&server, "POST /messages", &json!({"body": "Hi"}));
    assert_eq!(status, 201);
    assert!(sent["message_id"].is_string());
}

#[test]
fn what_is_wrong_is_said_in_json() {
    let server = Server::start(PeerOptions::default());
    for (line, body, status, error) in [
        ("GET /calls/x", json!(null), 404, "no call has this id, or it was too long ago"),
        ("DELETE /calls/x", json!(null), 404, "no call has this id, or it was too long ago"),
        ("PUT /calls", json!(null), 405, "this method is not served here"),
        ("GET /nowhere", json!(null), 404, "there is nothing here"),
        ("GET /../Cargo.toml", json!(null), 404, "there is nothing here"),
        ("GET /live", json!(null), 426, "a WebSocket is served here"),
        ("POST /calls", json!({"to": 2}), 400, "call: field \"to\": expected a text, came a number"),
        ("POST /calls", json!("x".repeat(70_000)), 413, "expected a body of at most 64 KiB"),
    ] {
        assert_eq!(ask(&server, line, &body), (status, json!({"error": error})), "{line}");
    }
    let headers = "Host: localhost:PORT\r\nContent-Type: application/json; charset=utf-8\r\n";
    let (status, error) = request(&server, "POST /calls", headers, "{\"card\": 4242424242424242");
    assert_eq!(
        (status, error.as_str()),
        (400, "{\"error\":\"the body is not JSON: see line 1, column 25\"}")
    );
}

/// A page's socket.
struct Page {
    socket: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Page {
    async fn open(server: &Server) -> Self {
        let url = format!("ws://localhost:{}/live", server.port);
        Self { socket: connect_async(url).await.unwrap().0 }
    }

    async fn say(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message of this type.
    async fn until(&mut self, kind: &str) -> Value {
        loop {
            let message = timeout(PATIENCE, self.socket.next()).await.unwrap().unwrap().unwrap();
            let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
            if message["type"] == kind {
                return message;
            }
        }
    }
}

#[tokio::test]
async fn a_page_hears_what_is_kept_and_does_what_its_user_does() {
    let mut server = Server::start(PeerOptions::default());
    server.ask(|room| room.feed.keep("hello", r#"{"type":"hello"}"#));
    let mut page = Page::open(&server).await;
    page.until("hello").await;
    page.say(json!({"type": "dial", "ref": 7, "from": "+1", "to": "+2", "context": "default"})).await;
    let dialled = page.until("dialled").await;
    assert_eq!(dialled["ref"], 7);
    let call_id = dialled["call_id"].as_str().unwrap().to_owned();
    server.until(|what| matches!(what, What::CallBegan { .. }));

    for (wrong, error) in [
        (json!({"type": "dial", "ref": 8, "from": "+1"}), "dial: missing field \"to\", a text"),
        (
            json!({"type": "press", "ref": 8, "call_id": "x", "digits": "?"}),
            "expected keys of a phone (0-9 * # A-D)",
        ),
        (
            json!({"type": "save_test", "ref": 8, "call_id": "x"}),
            "save_test: only `relay-script run` saves tests",
        ),
        (
            json!({"type": "fly", "ref": 8}),
            "expected type dial, press, card, say, hang_up, connector, message or save_test",
        ),
    ] {
        page.say(wrong).await;
        assert_eq!(page.until("failed").await, json!({"type": "failed", "ref": 8, "error": error}));
    }

    let mut other = Page::open(&server).await;
    page.say(json!({"type": "connector", "outcome": "decline"})).await;
    assert_eq!(other.until("connector").await["outcome"], "decline");
    page.say(json!({"type": "message", "from": "+1", "to": "+2", "context": "default", "body": "Hi"})).await;
    server.until(|what| matches!(what, What::Message { body, .. } if body == "Hi"));
    page.say(json!({"type": "hang_up", "call_id": call_id})).await;
    server.until(|what| matches!(what, What::Ended { .. }));
}

#[tokio::test]
async fn a_client_that_sends_no_json_hears_so_and_one_that_goes_is_forgotten() {
    let mut server = Server::start(PeerOptions::default());
    let url = format!("ws://127.0.0.1:{}/api/relay/ws", server.port);
    let (mut socket, _) = connect_async(url).await.unwrap();
    socket.send(Message::text("no JSON")).await.unwrap();
    let answer = timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap();
    assert!(answer.to_text().unwrap().contains("-32700"));
    let connect = json!({"jsonrpc": "2.0", "id": "1", "method": "signalwire.connect", "params": {
        "authentication": {"project": "p", "token": "t"}, "contexts": ["default"],
    }});
    socket.send(Message::text(connect.to_string())).await.unwrap();
    server.until(|what| matches!(what, What::Verb { method, .. } if method == "signalwire.connect"));
    assert!(server.ask(|room| room.peer.is_served("default") && !room.peer.is_served("other")));
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    assert!(!server.ask(|room| room.peer.is_served("default")));
}
