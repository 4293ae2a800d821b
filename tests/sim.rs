//! `relay-script sim` as a program, with `relay-script start` as its client: over ws and wss, with its API, as a
//! load, and what it says when it cannot begin.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use regex::Regex;
use serde_json::{Value, json};

/// Nothing takes longer, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const HELLO: &str = "call.answer(); call.say(\"Hello\"); call.hangup();";

fn program(words: &[&str], variables: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay-script"));
    command.args(words).env_clear().envs(variables.iter().cloned());
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

/// A running program; it is killed when the test is over.
struct Running {
    child: Child,
    out: Receiver<String>,
}

impl Running {
    fn start(words: &[&str], variables: &[(String, String)]) -> Self {
        let mut command = program(words, variables);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (tell, out) = channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| tell.send(line)));
        Self { child, out }
    }

    /// The next line of its output that is wanted, as JSON.
    fn until(&self, kind: &str) -> Value {
        loop {
            let line = self.out.recv_timeout(PATIENCE).expect("the line comes in time");
            let value: Value = serde_json::from_str(&line).unwrap();
            if value["kind"] == kind {
                return value;
            }
        }
    }

    fn ended_by(mut self, signal: &str) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that is removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("relay-script-sim-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the simulator says a client's environment must be.
fn environment(listening: &Value) -> Vec<(String, String)> {
    let variables = listening["env"].as_object().unwrap().iter();
    variables.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect()
}

fn ask(listening: &Value, line: &str, body: &Value) -> Value {
    serde_json::from_slice(&fetch(listening, line, body)).unwrap()
}

/// The body of the answer.
fn fetch(listening: &Value, line: &str, body: &Value) -> Vec<u8> {
    let address = listening["http"].as_str().unwrap().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address.replace("localhost", "127.0.0.1")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (body, kind) = (body.to_string(), "Content-Type: application/json\r\nConnection: close");
    let length = body.len();
    write!(stream, "{line} HTTP/1.1\r\nHost: {address}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    answer.split_off(head + 4)
}

/// A text without its UUIDs: they are random, and may end like a security code.
fn without_ids(text: &str) -> String {
    let uuid = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    uuid.replace_all(text, "ID").into_owned()
}

#[test]
fn a_client_pays_over_ws_and_over_wss_and_no_secret_is_taken_down() {
    for scheme in ["ws", "wss"] {
        let folder = Folder::new(scheme);
        let (ca, record) = (folder.path("ca.pem"), folder.path("exchange.ndjson"));
        let mut words =
            vec!["sim", "--listen", "127.0.0.1:0", "--speed", "20", "--json", "--record", &record];
        if scheme == "wss" {
            words.extend(["--listen-tls", "127.0.0.1:0", "--ca-file", &ca]);
        }
        let sim = Running::start(&words, &[]);
        let listening = sim.until("listening");
        let mut variables = environment(&listening);
        assert!(variables.contains(&("SIGNALWIRE_RELAY_SCHEME".into(), scheme.into())), "{variables:?}");
        variables.retain(|(name, _)| name != "SIGNALWIRE_API_TOKEN");
        variables.push(("SIGNALWIRE_API_TOKEN".into(), "planted-token".into()));
        let client = Running::start(&["start", "scripts/pay.rhai"], &variables);

        let card = json!({"number": "4242424242424242", "expiry": "1230", "cvv": "987", "zip": "90210"});
        let placed = ask(&listening, "POST /calls", &json!({"from": "+15551110000", "card": card}));
        let call_id = placed["call_id"].as_str().unwrap();
        assert_eq!(sim.until("ended")["call_id"], call_id);
        let call = ask(&listening, &format!("GET /calls/{call_id}"), &Value::Null);
        assert_eq!((&call["state"], &call["end_reason"]), (&json!("ended"), &json!("hangup")));
        let first = json!({"who": "script", "how": "tts", "text": "We will now collect your payment."});
        for (name, value) in first.as_object().unwrap() {
            assert_eq!(call["transcript"][0][name], *value);
        }
        assert!(call["requests"].to_string().contains("calling.pay"));

        assert_eq!(client.ended_by("-TERM").code(), Some(0));
        assert_eq!(sim.ended_by("-TERM").code(), Some(0));
        let taken_down = std::fs::read_to_string(&record).unwrap();
        assert!(taken_down.lines().count() > 10);
        assert!(taken_down.contains("signalwire.connect") && taken_down.contains("calling.call.receive"));
        for text in [taken_down, call.to_string()].map(|text| without_ids(&text)) {
            for secret in ["planted-token", "4242424242424242", "987\""] {
                assert!(!text.contains(secret), "{secret}");
            }
        }
        if scheme == "wss" {
            let pem = std::fs::read_to_string(&ca).unwrap();
            assert!(pem.starts_with("-----BEGIN CERTIFICATE-----") && !pem.contains("PRIVATE"), "{pem}");
        }
    }
}

#[test]
fn a_recording_can_be_fetched() {
    let folder = Folder::new("recording");
    let script = folder.file(
        "main.rhai",
        "call.answer(); call.record(#{audio: #{format: \"wav\", end_silence_timeout: 1.0}}).wait(); call.hangup();",
    );
    let sim = Running::start(&["sim", "--listen", "127.0.0.1:0", "--speed", "20", "--json"], &[]);
    let listening = sim.until("listening");
    let _client = Running::start(&["start", &script], &environment(&listening));
    let placed = ask(&listening, "POST /calls", &json!({"actions": [{"say": "Please call me back"}]}));
    sim.until("ended");
    let path = format!("GET /calls/{}", placed["call_id"].as_str().unwrap());
    let call = ask(&listening, &path, &Value::Null);
    let events = call["events"].as_array().unwrap();
    let over = |event: &&Value| event["params"]["url"].is_string() && event["params"]["state"] == "finished";
    let url = events.iter().find(over).unwrap()["params"]["url"].as_str().unwrap();
    let path = url.strip_prefix(listening["http"].as_str().unwrap()).unwrap();
    assert!(fetch(&listening, &format!("GET {path}"), &Value::Null).starts_with(b"RIFF"));
    assert!(ask(&listening, "GET /recordings/x.wav", &Value::Null)["error"].is_string());
}

#[test]
fn a_load_is_placed_reported_and_ends() {
    let folder = Folder::new("load");
    let scenario = folder.file("scenario.json", r#"{"context": "sales", "actions": [{"wait": 1}]}"#);
    let words = ["sim", "--listen", "127.0.0.1:0", "--calls", "20", "--live", "5", "--speed", "50", "--json"];
    let mut sim = Running::start(&[&words[..], &["--scenario", &scenario]].concat(), &[]);
    let variables = environment(&sim.until("listening"));
    let script = folder.file("main.rhai", HELLO);
    let _client = Running::start(&["start", &script, "--context", "sales"], &variables);
    let report = sim.until("load");
    let counts = ["placed", "finished", "lost", "live", "errors"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(counts, [20, 20, 0, 0, 0], "{report}");
    assert!(report["calls_per_second"].as_f64().unwrap() > 0.0);
    let reactions = &report["reaction_ms"];
    assert!(reactions["count"].as_u64().unwrap() >= 40, "{report}");
    let times = ["p50", "p90", "p99", "max"].map(|name| reactions[name].as_f64().unwrap());
    assert!(times[0] > 0.0 && times.is_sorted(), "{report}");
    assert_eq!(sim.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_load_whose_calls_are_never_taken_is_exit_1() {
    let folder = Folder::new("lost");
    let words = ["sim", "--listen", "127.0.0.1:0", "--calls", "2", "--speed", "200", "--json"];
    let mut sim = Running::start(&words, &[]);
    let variables = environment(&sim.until("listening"));
    let script = folder.file("main.rhai", "call.pass();");
    let _client = Running::start(&["start", &script], &variables);
    assert_eq!(sim.until("load")["lost"], 2);
    assert_eq!(sim.child.wait().unwrap().code(), Some(1));
}

#[test]
fn only_the_client_that_is_asked_for_gets_in_and_its_token_is_never_shown() {
    let folder = Folder::new("token");
    let script = folder.file("main.rhai", HELLO);
    let token = [("SIGNALWIRE_API_TOKEN".to_owned(), "planted-token".to_owned())];
    let sim = Running::start(&["sim", "--listen", "127.0.0.1:0", "--project", "p", "--json"], &token);
    let listening = sim.until("listening");
    assert!(!listening.to_string().contains("planted"));
    for (token, code) in [("another", Some(4)), ("planted-token", Some(0))] {
        let mut variables = environment(&listening);
        variables.push(("SIGNALWIRE_API_TOKEN".into(), token.into()));
        let mut client = Running::start(&["start", &script], &variables);
        if code == Some(0) {
            ask(&listening, "POST /calls", &json!({}));
            sim.until("ended");
            assert_eq!(client.ended_by("-TERM").code(), code);
        } else {
            assert_eq!(client.child.wait().unwrap().code(), code);
        }
    }
}

#[test]
fn a_second_simulator_takes_a_free_port() {
    let start = || Running::start(&["sim", "--json"], &[]);
    let (first, second) = (start(), start());
    let (first, second) = (first.until("listening"), second.until("listening"));
    assert_ne!(first["http"], second["http"]);
}

#[test]
fn what_cannot_begin_says_why() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let folder = Folder::new("wrong");
    let scenario = folder.file("scenario.json", r#"{"card": 4242424242424242}"#);
    let nowhere = folder.path("none/ca.pem");
    let free = "127.0.0.1:0";
    for (words, code, parts) in [
        (&["--listen", &taken][..], 1, ["cannot listen on 127.0.0.1:", "another program listens there"]),
        (&["--listen", "0.0.0.0:0"], 2, ["other machines could connect", "--allow-remote-clients"]),
        (&["--listen-tls", "[::]:0"], 2, ["other machines could connect", "--allow-remote-clients"]),
        (&["--listen-tls", free, "--ca-file", &nowhere], 1, ["cannot write ", "No such file"]),
        (&["--listen", "4455"], 2, ["--listen", "expected an address and a port"]),
        (&["--live", "3"], 2, ["--calls", ""]),
        (
            &["--calls", "3", "--scenario", &scenario],
            2,
            ["card: expected an object, got a number", "POST /calls"],
        ),
    ] {
        let words = [&["sim"], words].concat();
        let output = program(&words, &[]).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
        assert!(!told.contains("4242"), "{told}");
    }
}
