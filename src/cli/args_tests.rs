//! What a command line means.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::config::{Config, Credentials, LogFormat, LogLevel, Sources};
use crate::sim::{Card, CardError, Outside};

fn read(line: &str) -> Result<Cli, Usage> {
    Cli::read(std::iter::once("relay-script").chain(line.split_whitespace()))
}

fn config(line: &str) -> Config {
    let flags = read(line).unwrap().flags();
    Config::load(&Sources { flags, env: &|_| None, env_file: None, toml: None }).unwrap()
}

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn tests_are_looked_for_here_unless_paths_are_given() {
    let Command::Test(args) = read("test").unwrap().command else { panic!() };
    assert_eq!((args.paths, args.seed, args.jobs), (vec![".".into()], 1, None));
    let Command::Test(args) =
        read("test a b.test.rhai --jobs 3 --filter x --seed 9 --update").unwrap().command
    else {
        panic!()
    };
    assert_eq!(args.paths.len(), 2);
    assert_eq!((args.jobs, args.filter.as_deref(), args.seed, args.update), (Some(3), Some("x"), 9, true));
    assert!(read("test --jobs 0").is_err());
}

#[test]
fn every_flag_reaches_its_setting() {
    let given = config(
        "start a.rhai --project p --token t --host localhost:1/x --scheme ws --ca-file ca.pem --context a \
         --context b --max-calls 7 --shards 2 --drain-timeout 3 --max-operations 4 --log-format json -vv",
    );
    assert_eq!(given.credentials, Some(Credentials::Token { project: "p".to_owned(), token: "t".into() }));
    assert_eq!(given.endpoint.to_string(), "ws://localhost:1/x");
    assert_eq!(given.ca_file.as_deref(), Some(Path::new("ca.pem")));
    assert_eq!(given.contexts, ["a", "b"]);
    assert_eq!((given.max_active_calls, given.shards, given.max_operations), (7, 2, 4));
    assert_eq!(given.drain_timeout, Duration::from_secs(3));
    assert_eq!((given.logging.format, given.logging.level), (Some(LogFormat::Json), LogLevel::Trace));

    let given = config("run a.rhai --jwt j --space example --insecure");
    assert_eq!(given.credentials, Some(Credentials::Jwt("j".into())));
    assert_eq!(given.endpoint.to_string(), "wss://example.signalwire.com/");
    assert!(config("run a.rhai --host ws://a.test --insecure").endpoint.to_string().starts_with("ws://"));
}

#[test]
fn verbosity_is_counted() {
    let table = [
        ("-qq", LogLevel::Error),
        ("-q", LogLevel::Warn),
        ("", LogLevel::Info),
        ("-v", LogLevel::Debug),
        ("-v -v", LogLevel::Trace),
        ("-vvvv", LogLevel::Trace),
    ];
    for (flag, level) in table {
        assert_eq!(config(&format!("check a.rhai {flag}")).logging.level, level, "{flag}");
        assert_eq!(config(&format!("{flag} check a.rhai")).logging.level, level, "{flag}");
    }
}

#[test]
fn call_takes_a_caller() {
    let words = [
        "relay-script",
        "call",
        "a.rhai",
        "--from",
        "+1",
        "--to",
        "+2",
        "--context",
        "x",
        "--press",
        "1,wait 2,4#",
        "--hang-up-after",
        "1.5",
        "--json",
        "--pay",
        "decline",
        "--speed",
        "2",
    ];
    let Command::Call(call) = Cli::read(words).unwrap().command else { panic!("not a call") };
    assert_eq!(
        (call.from.as_deref(), call.to.as_deref(), call.context.as_str()),
        (Some("+1"), Some("+2"), "x")
    );
    assert_eq!(call.press, Some("1,wait 2,4#".parse().unwrap()));
    assert_eq!(call.hang_up_after, Some(Duration::from_millis(1500)));
    assert_eq!((call.json, call.pay, call.speed), (true, PayOutcome::Decline, Some(2.0)));

    let Command::Call(call) = read("call a.rhai").unwrap().command else { panic!("not a call") };
    assert_eq!((call.pay, call.speed, call.context.as_str()), (PayOutcome::ByCard, None, "default"));
}

fn card(line: &str) -> Result<Option<Card>, CardError> {
    let Command::Call(call) = read(line).unwrap().command else { panic!("not a call") };
    call.card()
}

#[test]
fn a_caller_has_a_card_unless_told_otherwise() {
    let of = |number: &str, expiry: &str, cvv: &str, zip: &str| {
        let [number, expiry, cvv, zip] = [number, expiry, cvv, zip].map(str::to_owned);
        Some(Card { number, expiry, cvv, zip })
    };
    let visa = "4242424242424242";
    for (flags, expected) in [
        ("", Some(Card::test())),
        ("--press 1", Some(Card::test())),
        ("--no-card", None),
        ("--press 4242424242424242#", None),
        ("--press 4242424242424242# --zip 1", of(visa, "1230", "123", "1")),
        ("--card 4000-0000-0000-0002", of("4000000000000002", "1230", "123", "90210")),
        ("--card 378282246310005", of("378282246310005", "1230", "1234", "90210")),
        ("--card 1 --expiry 01/31 --cvv 9 --zip 12345-6789", of("1", "0131", "9", "123456789")),
        ("--cvv=", of(visa, "1230", "", "90210")),
    ] {
        assert!(card(&format!("call a {flags}")).unwrap() == expected, "{flags}");
    }
}

#[test]
fn only_this_machine_is_reached_unless_told_otherwise() {
    for (line, expected) in [("call a", Outside::ThisMachine), ("call a --allow-remote", Outside::Everything)]
    {
        let Command::Call(call) = read(line).unwrap().command else { panic!("not a call") };
        assert_eq!(call.outside(), expected);
    }
}

#[test]
fn a_card_is_not_shown() {
    let wrong = ["--card 98765432x", "--card 98765432109876543210", "--expiry 9876x", "--expiry 98765"];
    for flags in [&wrong[..], &["--cvv 9876x", "--cvv -98765", "--zip 9876x"]].concat() {
        let read = read(&format!("call a {flags}")).unwrap();
        let Command::Call(call) = &read.command else { panic!("not a call") };
        let shown = format!("{read:?} {:?} {}", call.card(), call.card().unwrap_err());
        assert!(!shown.contains("9876") && shown.contains("expected at most"), "{flags}: {shown}");
    }
    for flags in
        ["--press 98765432e", "--press 1,98765432e", "--card 98765 --card 98765", "--no-card --cvv 98765"]
    {
        let shown = read(&format!("call a {flags}")).unwrap_err().text(false);
        assert!(!shown.contains("9876") && shown.contains("error: "), "{flags}: {shown}");
    }
}

#[test]
fn global_flags_stand_anywhere() {
    for line in ["--color never --config c.toml run a", "run a --config c.toml --color never"] {
        let global = read(line).unwrap().global;
        assert_eq!((global.color, global.config.as_deref()), (ColorArg::Never, Some(Path::new("c.toml"))));
    }
}

#[test]
fn nonsense_is_a_usage_error() {
    let table = [
        ("", "Usage:"),
        ("run", "[CONTEXT=]FILE"),
        ("strat a", "'start'"),
        ("run a --contxt b", "--context"),
        ("run a --watch", "--watch"),
        ("run a --no-page --port 1", "cannot be used with"),
        ("run a --port 65536", "65536"),
        ("run a --speed 0", "expected a number from 0.01 to 10000"),
        ("run a b", "two scripts for all contexts: a and b"),
        ("run x=a x=b", "two scripts for context \"x\""),
        ("run a --space x --host y", "--host"),
        ("run a -v -q", "cannot be used with"),
        ("run a --log-format xml", "text, json"),
        ("call a --press 1x", "invalid value for '--press <STEPS>': step 1: expected keys"),
        ("call a --no-card --card 1", "cannot be used with"),
        ("call a --speed 0", "expected a number from 0.01 to 10000"),
        ("call a --hang-up-after=-1", "expected seconds from 0 to 86400"),
        ("call a --pay perhaps", "by-card, approve, decline, timeout, error"),
        ("check", "FILE"),
    ];
    for (line, part) in table {
        let usage = read(line).unwrap_err();
        assert_eq!(usage.exit(), ExitCode::Usage, "{line}");
        assert!(!usage.was_asked_for() && usage.text(false).contains(part), "{line}: {}", usage.text(false));
    }
}

#[test]
fn help_is_asked_for_and_shows_an_example() {
    for line in ["--help", "run --help", "start -h", "call --help", "check --help"] {
        let usage = read(line).unwrap_err();
        assert_eq!((usage.exit(), usage.was_asked_for()), (ExitCode::Ok, true), "{line}");
        assert!(usage.text(false).contains("Example:\n  "), "{line}: {}", usage.text(false));
    }
    assert_eq!(read("--version").unwrap_err().exit(), ExitCode::Ok);
    assert!(read("run --help").unwrap_err().text(false).contains("SIGNALWIRE_API_TOKEN is safer"));
    assert!(read("run").unwrap_err().text(true).contains('\u{1b}'));
}

#[test]
fn a_token_is_not_shown() {
    let shown = format!("{:?}", read("run a --project p --token PTsecret --jwt PTsecret").unwrap());
    assert!(!shown.contains("PTsecret"), "{shown}");
}
