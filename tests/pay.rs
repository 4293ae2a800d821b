//! Payments through the whole stack: script, client, simulated server, and a real connector on this machine.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use common::{Options, Rig};
use relay_script::sim::PlanAction::{HangUp, Press, Speak, Wait};
use relay_script::sim::{Answer, Asked, CallPlan, Outside, PayOutcome, PlanAction, TEST_CARDS};
use serde_json::{Value, json};

/// How long a test waits for a connector that does not answer.
const REAL_PATIENCE: Duration = Duration::from_millis(300);

/// Requests as they came: path and body.
type Posts = Arc<Mutex<Vec<(String, Value)>>>;

/// A web server of the user's own: a connector under several paths, and a status URL.
struct Web {
    base: String,
    posts: Posts,
}

impl Web {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let posts = Posts::default();
        let noted = posts.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let noted = noted.clone();
                thread::spawn(move || serve(stream.unwrap(), &noted));
            }
        });
        Self { base, posts }
    }

    /// The bodies that were posted to a path that begins like this.
    fn posted(&self, path: &str) -> Vec<Value> {
        let posts = self.posts.lock().unwrap();
        posts.iter().filter(|(to, _)| to.starts_with(path)).map(|(_, body)| body.clone()).collect()
    }

    /// The steps that the status URL was told: `for error_type`.
    fn steps(&self) -> Vec<String> {
        let step = |post: &Value| {
            let word = |name: &str| post["params"][name].as_str().unwrap_or_default().to_owned();
            format!("{} {}", word("for"), word("error_type")).trim_end().to_owned()
        };
        self.posted("/status").iter().map(step).collect()
    }
}

/// Reads one request, notes it, and answers as its path says.
fn serve(mut stream: TcpStream, posts: &Posts) {
    let (path, body) = read(&mut BufReader::new(&stream));
    let card = body["cardnumber"].as_str().unwrap_or_default().to_owned();
    posts.lock().unwrap().push((path.clone(), body));
    let charged = r#"{"charge_id":"ch_77","error_code":null,"error_message":null}"#;
    let token = r#"{"token_id":"tok_77","error_code":null,"error_message":null}"#;
    let declined = r#"{"error_code":"do_not_honor","error_message":"ask your bank"}"#;
    let (status, answer) = match path.as_str() {
        "/connector/token" => (200, token),
        "/connector/text" => (200, "thank you"),
        "/connector/silent" => {
            // Until the other side has had enough.
            let _ = stream.read(&mut [0]);
            return;
        }
        "/connector/picky" if card.starts_with('4') => (402, declined),
        "/connector/charge" | "/connector/picky" => (200, charged),
        _ => (500, "the status is of no interest"),
    };
    let length = answer.len();
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all((head + answer).as_bytes()).unwrap();
}

/// The path and the JSON body of a request; or a response's status line and body.
fn read_message(reader: &mut impl BufRead) -> std::io::Result<(String, String)> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap();
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((first, String::from_utf8(body).unwrap()))
}

fn read(reader: &mut impl BufRead) -> (String, Value) {
    let (first, body) = read_message(reader).unwrap();
    (first.split(' ').nth(1).unwrap().to_owned(), serde_json::from_str(&body).unwrap())
}

/// Makes a request for a call, for real.
fn fetch(what: &Asked) -> Answer {
    let Asked::Post { url, body, timeout } = what else { panic!("{what:?}") };
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let Ok(mut stream) = TcpStream::connect(address) else {
        return Answer::Failed("connection refused".into());
    };
    stream.set_read_timeout(Some(REAL_PATIENCE.min(*timeout))).unwrap();
    let length = body.len();
    write!(stream, "POST /{path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n{body}")
        .unwrap();
    match read_message(&mut BufReader::new(&stream)) {
        Ok((first, body)) => {
            let status = first.split(' ').nth(1).unwrap().parse().unwrap();
            Answer::Response { status, body }
        }
        Err(_) => Answer::TimedOut,
    }
}

/// What came of a call with a payment.
struct Paid {
    web: Web,
    rig: Rig,
    /// The terminal event's parameters.
    event: Value,
}

impl Paid {
    fn heard(&mut self) -> Vec<String> {
        self.rig.heard()
    }
}

/// Runs a script to its end; `BASE` in it is the web server's address. What calls ask of the world is done.
fn run(script: &str, actions: Vec<PlanAction>, outcome: PayOutcome) -> Paid {
    let web = Web::open();
    let options = Options { outside: Outside::ThisMachine, ..Options::default() };
    let mut rig = Rig::with(&[("main.rhai", &script.replace("BASE", &web.base))], options);
    rig.line.peer().set_pay_outcome(outcome);
    rig.dial(CallPlan { actions, card: None, silent: true, ..CallPlan::default() });
    loop {
        let busy = |line: &mut relay_script::testing::Loopback| line.peer().is_asking();
        rig.line.run_until(Duration::from_secs(600), |line| busy(line) || line.shard().live() == 0);
        let asks = rig.line.peer().take_asks();
        if asks.is_empty() {
            break;
        }
        for ask in asks {
            let now = rig.line.now();
            rig.line.peer().outside_answered(now, ask.id, &fetch(&ask.what));
            rig.line.settle();
        }
    }
    let events = rig.line.noted().iter().filter(|frame| !frame.from_client);
    let events = events.map(|frame| serde_json::from_str::<Value>(&frame.text).unwrap());
    let ends: Vec<Value> = events
        .map(|event| event["params"].clone())
        .filter(|event| event["event_type"] == "calling.call.pay")
        .collect();
    assert_eq!(ends.len(), 1, "{ends:?} {:?} {:?}", rig.lines(), rig.heard());
    Paid { web, rig, event: ends[0]["params"].clone() }
}

/// A script that pays and says what came of it.
fn script(options: &str) -> String {
    let amount = if options.contains("charge_amount") { "" } else { r#"charge_amount: "29.99","# };
    format!(
        r#"
        call.answer();
        let action = call.pay(#{{ {amount} status_url: "BASE/status", {options} }});
        let event = action.wait();
        print(`${{event.params.state}} ${{event.params.result}}`);
        call.hangup();
        "#
    )
}

const NUMBER: &str = "Please enter your credit card number";
const DATE: &str =
    "Please enter your credit card's expiration date. 2 digits for the month and 2 digits for the year";
const CODE: &str =
    "Please enter your credit card's security code. It's the 3 digits located on the back of your card";
const ZIP: &str = "Please enter your billing postal code";
const WAIT: &str = "Payment processing. Please wait";
const DONE: &str = "Payment completed. Thank you";
const FAILED: &str = "Payment failed";
const CANCELED: &str = "Payment canceled";

const CHARGE: &str = r#"payment_connector_url: "BASE/connector/charge""#;

/// Keys, one step after another.
fn keys(entries: &[&str]) -> Vec<PlanAction> {
    entries.iter().map(|keys| Press((*keys).to_owned())).collect()
}

fn visa() -> Vec<PlanAction> {
    keys(&["4242424242424242#", "1230#", "123#", "90210#"])
}

/// What a whole entry of a card is told to the status URL.
const STEPS: [&str; 5] =
    ["payment-card-number", "expiration-date", "security-code", "postal-code", "payment-processing"];

fn steps(more: &[&str]) -> Vec<String> {
    STEPS.iter().chain(more).map(|step| (*step).to_owned()).collect()
}

/// One row of the table of outcomes.
struct Row {
    options: String,
    actions: Vec<PlanAction>,
    outcome: PayOutcome,
    heard: &'static [&'static str],
    /// How often the connector was asked.
    asked: usize,
    status: Vec<String>,
    /// `result`, `payment_error`, and the connector's code.
    end: [&'static str; 3],
}

fn row(options: &str, actions: Vec<PlanAction>, heard: &'static [&'static str]) -> Row {
    let end = ["success", "", ""];
    let status = steps(&["payment-completed"]);
    Row { options: options.to_owned(), actions, outcome: PayOutcome::ByCard, heard, asked: 1, status, end }
}

fn check(row: Row) {
    let mut paid = run(&script(&row.options), row.actions, row.outcome);
    let what = format!("{} {}", row.options, paid.event);
    assert_eq!(paid.heard(), row.heard, "{what}");
    assert_eq!(paid.web.posted("/connector").len(), row.asked, "{what}");
    assert_eq!(paid.web.steps(), row.status, "{what}");
    let word = |path: &str| paid.event.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    assert_eq!([word("/result"), word("/payment_error"), word("/connector_error/code")], row.end, "{what}");
    let state = if row.end[0] == "success" { "finished" } else { "error" };
    assert_eq!(paid.rig.lines()[0], format!("print {state} {}", row.end[0]), "{what}");
    assert_eq!(paid.event["state"], state);
}

#[test]
fn every_outcome_is_reached() {
    let whole = &[NUMBER, DATE, CODE, ZIP, WAIT, DONE];
    let refused = &[NUMBER, DATE, CODE, ZIP, WAIT, FAILED];
    let url = |path: &str| format!(r#"payment_connector_url: "{path}""#);
    let broken = |path: &str, error: &'static str, code: &'static str| Row {
        status: steps(&["payment-failed"]),
        end: ["payment-connector-error", error, code],
        ..row(&url(path), visa(), refused)
    };
    check(row(CHARGE, visa(), whole));
    check(row(&(url("BASE/connector/token") + r#", charge_amount: "0""#), visa(), whole));
    check(Row { asked: 0, ..row(&url("https://example.com/pay"), visa(), whole) });
    check(Row { asked: 0, ..row(&url("sim:approve"), visa(), whole) });
    check(Row {
        status: steps(&["payment-failed card-declined"]),
        end: ["payment-connector-error", "card-declined", "do_not_honor"],
        ..row(&url("BASE/connector/picky"), visa(), refused)
    });
    check(broken(
        "BASE/connector/text",
        "the connector's answer must be a JSON object with 'charge_id' or 'error_code', not another text",
        "invalid_response",
    ));
    check(broken("BASE/connector/silent", "the connector did not answer within 10 s", "timeout"));
    check(broken(
        "BASE/connector/lost",
        "the connector answered with the HTTP status 500, not with 200",
        "500",
    ));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    check(Row {
        asked: 0,
        ..broken(
            &format!("http://{closed}/"),
            "no answer from the connector: connection refused",
            "no_connection",
        )
    });
    check(Row { asked: 0, ..broken("sim:timeout", "the connector did not answer within 10 s", "timeout") });
    check(Row {
        outcome: PayOutcome::Fail,
        asked: 0,
        status: steps(&["payment-failed"]),
        end: ["internal-error", "the platform failed", ""],
        ..row(CHARGE, visa(), refused)
    });
    check(Row {
        asked: 0,
        status: vec![STEPS[0].into(), "payment-canceled".into()],
        end: ["caller-interrupted-with-star", "", ""],
        ..row(CHARGE, keys(&["4242424242424242#", "12*"]), &[NUMBER, DATE, CANCELED])
    });
    check(Row {
        asked: 0,
        status: vec!["payment-canceled".into()],
        end: ["caller-hung-up", "", ""],
        ..row(CHARGE, vec![Wait(Duration::from_secs(1)), HangUp], &[NUMBER])
    });
    check(Row {
        asked: 0,
        status: vec![],
        end: [
            "validation-error",
            "parameter 'max_attempts' must be a whole number from 1 to 100, not '500'",
            "",
        ],
        ..row(&format!("{CHARGE}, max_attempts: 500"), vec![], &[])
    });
}

#[test]
fn every_error_type_is_reached() {
    let failed = |options: &str, actions: Vec<PlanAction>, heard, status: &[&str], error| Row {
        asked: 0,
        status: status.iter().map(|step| (*step).to_owned()).collect(),
        end: ["too-many-failed-attempts", error, ""],
        ..row(&format!("{CHARGE}, {options}"), actions, heard)
    };
    let (number, date) = ("4242424242424242#", "1230#");
    for (entry, error) in [
        ("", "timeout"),
        ("#", "input-matching-failed"),
        ("4242424242424241#", "invalid-card-number"),
        ("6011111111111117#", "invalid-card-type"),
    ] {
        let actions = if entry.is_empty() { vec![] } else { keys(&[entry]) };
        let status = [&format!("payment-card-number {error}")[..], &format!("payment-failed {error}")];
        check(failed("", actions, &[NUMBER, FAILED], &status, error));
    }
    check(failed(
        "",
        keys(&[number, "0123#"]),
        &[NUMBER, DATE, FAILED],
        &[STEPS[0], "expiration-date invalid-date", "payment-failed invalid-date"],
        "invalid-date",
    ));
    check(failed(
        "",
        keys(&[number, date, "12#"]),
        &[NUMBER, DATE, CODE, FAILED],
        &[STEPS[0], STEPS[1], "security-code invalid-security-code", "payment-failed invalid-security-code"],
        "invalid-security-code",
    ));
    check(failed(
        "min_postal_code_length: 6",
        keys(&[number, date, "123#", "90210#"]),
        &[NUMBER, DATE, CODE, ZIP, FAILED],
        &[
            STEPS[0],
            STEPS[1],
            STEPS[2],
            "postal-code invalid-postal-code",
            "payment-failed invalid-postal-code",
        ],
        "invalid-postal-code",
    ));
    check(failed(
        r#"extra: #{ input: "speech" }"#,
        vec![Speak("good morning".into())],
        &[NUMBER, FAILED],
        &["payment-card-number input-matching-failed", "payment-failed input-matching-failed"],
        "input-matching-failed",
    ));
}

#[test]
fn a_failed_entry_and_a_declined_card_are_asked_for_again() {
    let prompts = r#"prompts: [
        #{ "for": "payment-card-number", actions: [#{ type: "Say", phrase: "Again" }], error_type: "timeout" },
        #{ "for": "payment-card-number", actions: [#{ type: "Say", phrase: "Another" }], attempts: "3" },
        #{ "for": "payment-failed", actions: [], error_type: "card-declined" },
        #{ "for": "security-code", actions: [#{ type: "Play", phrase: "http://x/c.mp3" }], card_type: "mastercard" },
    ]"#;
    let late = PlanAction::Wait(Duration::from_secs(9));
    let mut actions = vec![late];
    actions.extend(visa());
    actions.extend(keys(&["5555555555554444#", "1230#", "321#", "10115#"]));
    let options = format!(r#"payment_connector_url: "BASE/connector/picky", max_attempts: 3, {prompts}"#);
    let mut status = vec!["payment-card-number timeout".to_owned()];
    status.extend(steps(&["payment-failed card-declined"]));
    status.extend(steps(&["payment-completed"]));
    check(Row {
        asked: 2,
        status,
        ..row(
            &options,
            actions,
            &[NUMBER, "Again", DATE, CODE, ZIP, WAIT, "Another", DATE, "http://x/c.mp3", ZIP, WAIT, DONE],
        )
    });
}

#[test]
fn the_connector_gets_the_card_and_the_script_a_masked_one() {
    let more = r#"description: "two chairs", currency: "EUR", parameters: [#{ name: "order", value: "7" }]"#;
    let mut paid = run(&script(&format!("{CHARGE}, {more}")), visa(), PayOutcome::ByCard);
    let mut body = paid.web.posted("/connector").remove(0);
    assert_eq!(body["transaction_id"].take().as_str().unwrap().len(), 36);
    let expected = json!({
        "transaction_id": null, "method": "credit-card", "cardnumber": "4242424242424242", "cvv": "123",
        "expiry_month": "12", "expiry_year": "30", "postal_code": "90210", "chargeAmount": "29.99",
        "currency_code": "EUR", "token_type": "reusable", "description": "two chairs",
        "parameters": [{"name": "order", "value": "7"}],
    });
    assert_eq!(body, expected);

    let ids = ["call_id", "node_id", "control_id"].map(|name| paid.event[name].clone());
    for (name, expected) in [
        ("payment_confirmation_code", "ch_77"),
        ("payment_card_number", "************4242"),
        ("payment_card_type", "visa"),
        ("payment_card_expiration_date", "1230"),
        ("payment_card_security_code", "***"),
        ("payment_card_postal_code", "90210"),
    ] {
        assert_eq!(paid.event[name], expected, "{name}");
    }
    let status = paid.web.posted("/status").pop().unwrap();
    assert_eq!(status["event_type"], "calling.call.pay");
    let params = json!({
        "status_url": format!("{}/status", paid.web.base), "status_url_method": "POST",
        "for": "payment-completed", "error_type": null, "payment_method": "credit-card",
        "payment_card_number": "************4242", "payment_card_type": "visa", "security_code": "***",
        "expiration_date": "1230", "payment_card_postal_code": "90210",
        "call_id": ids[0], "node_id": ids[1], "control_id": ids[2],
    });
    assert_eq!(status["params"], params);

    paid.heard();
    let seen = format!("{:?}", paid.rig.seen);
    assert!(!seen.contains("4242424242424242") && !seen.contains("\"1230\"") && !seen.contains("\"123\""));
    assert!(seen.contains("Posted") && seen.contains("/connector/charge"), "{seen}");
}

#[test]
fn a_payment_can_be_stopped_and_a_second_one_is_refused() {
    let script = r#"
        call.answer();
        let options = #{ payment_connector_url: "BASE/connector/charge", status_url: "BASE/status" };
        let action = call.pay(options);
        try { call.pay(options); } catch (e) { print(`${e.code} ${e.message}`); }
        action.stop();
        let event = action.wait();
        print(`${event.params.state} ${event.params.result}`);
        call.hangup();
    "#;
    let mut paid = run(script, vec![], PayOutcome::ByCard);
    let lines = paid.rig.lines();
    assert!(lines[0].starts_with("print 409 ") && lines[0].contains("session-in-progress"), "{lines:?}");
    assert_eq!(lines[1..], ["print error relay-pay-stop", "ended hangup"]);
    assert_eq!(paid.heard(), [NUMBER]);
    assert_eq!(paid.web.steps(), ["payment-card-number session-in-progress", "payment-canceled"]);
    assert!(paid.web.posted("/connector").is_empty());
}

#[test]
fn the_readme_lists_the_test_cards() {
    let readme = include_str!("../README.md");
    let table = readme.split_once("| number | brand | outcome |\n|---|---|---|\n").unwrap().1;
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), TEST_CARDS.len());
    for (row, card) in rows.iter().zip(TEST_CARDS) {
        assert!(row.starts_with(&format!("| {} | {} | ", card.number, card.brand)), "{row}");
    }
}
