//! Whole commands, as a user runs them: exit code, output, errors.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder of the test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("relay-script-cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A script in it; gives its path.
    fn script(&self, text: &str) -> String {
        let path = self.0.join("script.rhai");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What a command came to.
#[derive(Debug)]
struct Outcome {
    code: i32,
    out: String,
    err: String,
}

impl Outcome {
    /// Errors without what differs from run to run: folders of tests.
    fn filtered(&self) -> String {
        let folder = std::env::temp_dir().join("relay-script-cli-").display().to_string();
        let mut text = self.err.clone();
        while let Some(at) = text.find(&folder) {
            let end = text[at + folder.len()..].find('/').unwrap() + at + folder.len();
            text.replace_range(at..end, "[folder]");
        }
        text
    }
}

/// The program, in an environment without settings.
fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay-script"));
    command.args(words).env_clear().current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(words: &[&str]) -> Outcome {
    finish(program(words).spawn().unwrap())
}

fn run_with(words: &[&str], variables: &[(&str, &str)]) -> Outcome {
    finish(program(words).envs(variables.iter().copied()).spawn().unwrap())
}

/// Waits for the end of a program that must not take long.
fn finish(mut child: Child) -> Outcome {
    let (out, err) = (all_of(child.stdout.take().unwrap()), all_of(child.stderr.take().unwrap()));
    let texts = out.recv_timeout(PATIENCE).and_then(|out| Ok((out, err.recv_timeout(PATIENCE)?)));
    let Ok((out, err)) = texts else {
        child.kill().unwrap();
        panic!("the program does not end");
    };
    Outcome { code: child.wait().unwrap().code().unwrap(), out, err }
}

fn all_of(mut stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, text) = channel();
    std::thread::spawn(move || {
        let mut all = String::new();
        stream.read_to_string(&mut all).unwrap();
        sender.send(all)
    });
    text
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok())
    });
    lines
}

/// The next line that holds `part`.
fn wait_for(lines: &Receiver<String>, part: &str) -> String {
    loop {
        let line = lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line with {part:?}"));
        if line.contains(part) {
            return line;
        }
    }
}

#[test]
fn call_prints_the_timeline_of_a_payment() {
    let outcome = run(&["call", "scripts/pay.rhai"]);
    let expected = r#"  0.00s  caller  +15551110000 calls +15552220000
  0.00s  script  answer
  0.00s  event   call answered
  0.00s  script  play tts
  0.00s  caller  hears "We will now collect your payment."
  2.36s  event   play finished
  2.36s  script  pay 29.99 USD
  2.36s  caller  hears "Please enter your credit card number"
  5.43s  caller  presses ****
  7.68s  caller  hears "Please enter your credit card's expiration date. 2 digits for the month and 2 digits for the year"
 15.11s  caller  presses ****
 15.56s  caller  hears "Please enter your credit card's security code. It's the 3 digits located on the back of your card"
 22.99s  caller  presses ****
 23.29s  caller  hears "Please enter your billing postal code"
 26.43s  caller  presses ****
 27.18s  caller  hears "Payment processing. Please wait"
 29.39s  pay     posts to https://example.com/payment-connector: approved by the built-in connector
 30.39s  caller  hears "Payment completed. Thank you"
 32.39s  event   pay finished success
 32.39s  script  play tts
 32.39s  caller  hears "Payment processed successfully."
 34.61s  event   play finished
 34.61s  script  hangup
 34.61s  event   call ending hangup
 34.61s  event   call ended hangup
call ended after 34.6 s: hangup (by the script)
"#;
    assert_eq!((outcome.code, outcome.out.as_str(), outcome.err.as_str()), (0, expected, ""));
}

#[test]
fn call_takes_numbers_an_outcome_of_pay_and_a_pace() {
    let words = ["call", "scripts/pay.rhai", "--pay", "decline", "--from", "+1555", "--to", "+1666"];
    let outcome = run(&[&words[..], &["--speed", "1000", "--context", "sales"]].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.out.contains("+1555 calls +1666"), "{}", outcome.out);
    assert!(outcome.out.contains("pay error payment-connector-error"), "{}", outcome.out);
    assert!(outcome.out.contains("hears \"Payment failed. Please try again later.\""), "{}", outcome.out);
}

#[test]
fn call_as_json_is_one_object_a_line() {
    let outcome = run(&["call", "scripts/pay.rhai", "--json"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    let lines: Vec<serde_json::Value> =
        outcome.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"call"), Some(&"outcome")));
    assert!(lines.is_sorted_by_key(|line| line["t"].as_f64().unwrap()));
    assert!(lines.iter().all(|line| line["call_id"] == lines[0]["call_id"]));
    let verbs: Vec<_> =
        lines.iter().filter(|line| line["kind"] == "verb").map(|line| &line["verb"]).collect();
    assert_eq!(verbs, ["answer", "play", "pay", "play", "hangup"]);
    let script = include_str!("../scripts/pay.rhai");
    let shown = lines.iter().filter(|line| line["kind"] == "verb").map(|line| {
        let number = |name: &str| usize::try_from(line["place"][name].as_u64().unwrap()).unwrap();
        assert_eq!(line["place"]["file"], "scripts/pay.rhai");
        let text = script.lines().nth(number("line") - 1).unwrap();
        text[number("column") - 1..].split('(').next().unwrap()
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["answer", "play", "pay", "say", "hangup"]);
    assert!(!kinds.contains(&"waits"), "{kinds:?}");
    let last = lines.last().unwrap();
    assert_eq!(
        (&last["reason"], &last["by"], &last["failed"]),
        (&"hangup".into(), &"script".into(), &false.into())
    );
}

/// A payment in three questions, asked by other means, so that keys are seen.
const CLERK: &str = r##"
    call.answer();
    call.say("The menu: one or two.");
    let key = call.collect(#{ digits: #{ max: 1 } }).wait().params.result.params.digits;
    let word = call.collect(#{ speech: #{} }).wait().params.result.params.text;
    print(`${key} ${word}`);
    call.hangup();
"##;

#[test]
fn a_caller_hears_presses_and_speaks_step_by_step() {
    let folder = Folder::new();
    let outcome = run(&["call", &folder.script(CLERK), "--press", "hear the MENU,2,say sales please"]);
    let expected = "  0.00s  caller  +15551110000 calls +15552220000
  0.00s  script  answer
  0.00s  event   call answered
  0.00s  script  play tts
  0.00s  caller  hears \"The menu: one or two.\"
  1.50s  event   play finished
  1.50s  script  collect digits (max 1)
  2.00s  caller  presses 2
  2.00s  event   collect digit 2
  2.00s  script  collect speech
  2.50s  caller  says \"sales please\"
  4.36s  event   collect speech sales please
  4.36s  script  prints 2 sales please
  4.36s  script  hangup
  4.36s  event   call ending hangup
  4.36s  event   call ended hangup
call ended after 4.4 s: hangup (by the script)
";
    assert_eq!((outcome.code, outcome.out.as_str(), outcome.err.as_str()), (0, expected, ""));

    let script = folder.script("call.answer(); call.wait_for_ended();");
    let outcome = run(&["call", &script, "--press", "hear menu", "--hang-up-after", "70"]);
    assert!(outcome.out.contains(" 60.00s  caller  did not hear \"menu\""), "{}", outcome.out);
    let outcome = run(&["call", &script, "--press", "hear menu", "--hang-up-after", "70", "--json"]);
    assert!(outcome.out.contains(r#""kind":"missed","text":"menu""#), "{}", outcome.out);
}

/// A line of the log without the time that it begins with: a part of a card may stand in its microseconds.
fn without_time(line: &str) -> &str {
    let timed = line.split_once("Z ").filter(|(time, _)| time.len() == "2026-01-01T00:00:00.000000".len());
    timed.map_or(line, |(_, said)| said)
}

#[test]
fn no_part_of_a_card_comes_out() {
    let parts = ["--card", "9876543210987", "--expiry", "8765", "--cvv", "7654", "--zip", "87654321"];
    let folder = Folder::new();
    let script = folder.script(&fs::read_to_string("scripts/pay.rhai").unwrap());
    for more in [&["-vv"][..], &["--json", "-vv"], &["--pay", "decline"], &["--press", "1,2"]] {
        let outcome = run(&[&["call", &script][..], &parts, more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        let logged: Vec<&str> = outcome.err.lines().map(without_time).collect();
        for part in ["9876543210987", "8765", "7654", "87654321"] {
            let shown = outcome.out.contains(part) || logged.iter().any(|line| line.contains(part));
            assert!(!shown, "{part}: {outcome:?}");
        }
    }
    // Nor of one that is wrong, or that stands in the wrong place.
    for (words, part) in [
        (&["--card", "98765432x"][..], "error: --card: expected at most 19 digits, got other characters"),
        (&["--cvv", "98765432"], "error: --cvv: expected at most 4 digits, got 8 digits"),
        (&["--expiry", "9876/54"], "error: --expiry: expected at most 4 digits, as MMYY, got 6 digits"),
        (&["--zip", "98765432-10-9"], "error: --zip: expected at most 10 digits, got 11 digits"),
        (&["--press", "98765432e"], "error: invalid value for '--press <STEPS>': step 1: expected keys"),
        (&["4242424242424242"], "unexpected argument '************4242'"),
    ] {
        let outcome = run(&[&["call", &script], words].concat());
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
        assert!(outcome.err.contains(part) && !outcome.err.contains("98765"), "{}", outcome.err);
    }
}

#[test]
fn the_menu_transfers_asks_again_and_gives_up() {
    for (keys, parts) in [
        ("1", &["connect +15553330001", "the caller talked"][..]),
        ("9,2", &["nothing on 9", "connect +15553330002"]),
        ("0,wait 1,0,0", &["from nine to five", "Goodbye"]),
        ("wait 1", &["attempt 3: no key", "Goodbye"]),
    ] {
        let outcome = run(&["call", "scripts/ivr.rhai", "--press", keys]);
        let told = format!("{}{}", outcome.out, outcome.err);
        assert_eq!(outcome.code, 0, "{keys}: {told}");
        assert!(parts.iter().all(|part| told.contains(part)), "{keys}: {told}");
    }
}

#[test]
fn the_voicemail_records_and_sees_the_end() {
    for (words, part) in [
        (&[][..], "hears \"Thank you. We will call you back.\""),
        (&["--press", "#"], "presses #"),
        (&["--hang-up-after", "8"], "hung up while recording"),
    ] {
        let outcome = run(&[&["call", "scripts/voicemail.rhai"], words].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert!(outcome.out.contains(part), "{}", outcome.out);
        assert!(outcome.out.contains("prints call from +15551110000 ended: hangup"), "{}", outcome.out);
    }
}

#[test]
fn a_script_that_fails_is_exit_1_and_shows_where() {
    let folder = Folder::new();
    let outcome = run(&["call", &folder.script("call.answer();\nlet zero = 0;\nlet x = 1 / zero;\n")]);
    assert_eq!(outcome.code, 1);
    assert!(outcome.out.contains("script  failed at"), "{}", outcome.out);
    assert!(outcome.out.ends_with("error (the script failed)\n"), "{}", outcome.out);
    let shown = outcome.filtered();
    for part in ["[folder]/script.rhai:3:11", "3 | let x = 1 / zero;\n  |           ^"] {
        assert!(shown.contains(part), "{shown}");
    }
}

#[test]
fn a_failing_on_end_is_exit_1_too() {
    let folder = Folder::new();
    let outcome = run(&["call", &folder.script("call.hangup(); fn on_end(call, reason) { throw \"no\"; }")]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
}

#[test]
fn a_script_that_does_not_compile_is_exit_3() {
    let folder = Folder::new();
    let script = folder.script("call.answer();\nlet x = (1 + ;\n");
    for command in ["call", "run"] {
        let outcome = run(&[command, &script]);
        assert_eq!((outcome.code, outcome.out.as_str()), (3, ""), "{command}");
        assert!(outcome.filtered().contains("[folder]/script.rhai:2:14"), "{}", outcome.filtered());
    }
    let outcome = run(&["call", "scripts/nowhere.rhai"]);
    assert_eq!(outcome.code, 3);
    assert!(
        outcome.err.contains("scripts/nowhere.rhai") && outcome.err.contains("no such file"),
        "{outcome:?}"
    );
}

#[test]
fn a_call_that_nobody_ends_is_ended_by_the_caller() {
    let folder = Folder::new();
    let outcome = run(&["call", &folder.script("call.answer();")]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.out.ends_with("call ended after 60.0 s: hangup (by the caller)\n"), "{}", outcome.out);
    assert!(outcome.err.contains("ended without hanging up"), "{}", outcome.err);
    let outcome = run(&["call", "--hang-up-after", "3", &folder.script("call.answer();")]);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    assert!(outcome.out.ends_with("call ended after 3.0 s: hangup (by the caller)\n"), "{}", outcome.out);
}

#[test]
fn a_call_that_waits_for_ever_is_exit_1_and_says_on_what() {
    let folder = Folder::new();
    let script = "call.answer();\ncall.play(\"ring:us\", #{ \"loop\": 0 }).wait();";
    let outcome = run(&["call", &folder.script(script)]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    assert!(outcome.err.contains("within 60 simulated minutes"), "{}", outcome.err);
    assert!(outcome.err.contains("its last verb was play at 0.0 s"), "{}", outcome.err);
}

#[test]
fn the_tests_of_the_shipped_scripts_pass_the_same_way_every_time() {
    let results = |jobs: &str| {
        let outcome = run(&["test", "scripts", "--json", "--jobs", jobs]);
        assert_eq!(outcome.code, 0, "{}{}", outcome.out, outcome.err);
        let lines = outcome.out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let without_time = lines.map(|mut line| {
            assert!(line.as_object_mut().unwrap().remove("duration_ms").is_some());
            line
        });
        without_time.collect::<Vec<_>>()
    };
    let first = results("1");
    assert_eq!(first.last().unwrap()["failed"], 0);
    assert!(first.len() > 10, "{first:?}");
    assert_eq!(results("2"), first);
}

#[test]
fn tests_that_fail_or_are_missing_are_exit_1() {
    let folder = Folder::new();
    folder.script("call.answer();\ncall.say(\"Hello\");\ncall.hangup();");
    let path = folder.0.join("script.test.rhai");
    std::fs::write(
        &path,
        "fn test_a() { dial().hears(\"Hello\"); }\nfn test_b() { print(\"note\"); dial().hears(\"Bye\"); }",
    )
    .unwrap();
    let outcome = run(&["test", path.to_str().unwrap()]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    assert!(
        outcome.out.contains("::test_a  (0.0 s)\nFAILED  ") && outcome.out.contains("        note\n"),
        "{}",
        outcome.out
    );
    assert!(outcome.out.contains("\n1 passed, 1 failed in "), "{}", outcome.out);
    assert!(
        outcome.err.contains("error[not-heard]: ") && outcome.err.contains("hears \"Hello\""),
        "{}",
        outcome.err
    );

    let outcome = run(&["test", path.to_str().unwrap(), "--filter", "test_a"]);
    assert_eq!(outcome.code, 0, "{}", outcome.err);
    for (arguments, code, text) in [
        (&["test", path.to_str().unwrap(), "--filter", "none"][..], 1, "error: no case fits the filter"),
        (&["test", "src/sim"], 1, "error: there are no test files"),
        (&["test", "nowhere"], 2, "error: cannot look for tests in nowhere"),
    ] {
        let outcome = run(arguments);
        assert_eq!(outcome.code, code, "{}", outcome.err);
        assert!(outcome.err.contains(text), "{}", outcome.err);
    }
}

#[test]
fn check_shows_line_caret_and_hint() {
    let folder = Folder::new();
    for (script, expected) in [
        ("call.anser();\n", "error[unknown-verb]: "),
        ("call.answer();\ncall.pay(#{ charge_amout: \"1\" });\n", "unknown option \"charge_amout\""),
        ("let p = #{for: 1};\n", "error[reserved-word]: "),
    ] {
        let outcome = run(&["check", &folder.script(script)]);
        let shown = outcome.filtered();
        assert_eq!((outcome.code, outcome.out.as_str()), (1, ""), "{shown}");
        for part in [expected, "[folder]/script.rhai:", "^", "= hint: ", "checked 1 file: "] {
            assert!(shown.contains(part), "{shown}");
        }
    }
    let shown = run(&["check", &folder.script("call.anser();\n")]).filtered();
    let expected = "\
error[unknown-verb]: `call` has no verb `anser`
 --> [folder]/script.rhai:1:6
  |
1 | call.anser();
  |      ^^^^^
  |
  = hint: did you mean `answer`?
checked 1 file: 1 error
";
    assert_eq!(shown, expected);
}

#[test]
fn check_gives_data_and_passes_good_scripts() {
    let folder = Folder::new();
    let outcome = run(&["check", "--json", &folder.script("call.anser();")]);
    let found: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
    assert_eq!((outcome.code, &found["line"], &found["column"]), (1, &1.into(), &6.into()));
    assert_eq!(outcome.err, "");

    let outcome = run(&["check", "scripts/pay.rhai", "scripts/ivr.rhai", "scripts/voicemail.rhai"]);
    let told = (outcome.code, outcome.out.as_str(), outcome.err.as_str());
    assert_eq!(told, (0, "", "checked 3 files: no problems\n"));
}

#[test]
fn what_makes_no_sense_is_exit_2() {
    type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)], &'a str);
    let table: &[Case<'_>] = &[
        (&["start", "scripts/pay.rhai"], &[], "error: no credentials are set"),
        (
            &["start", "scripts/pay.rhai"],
            &[("SIGNALWIRE_PROJECT_ID", "p")],
            "SIGNALWIRE_API_TOKEN is not set",
        ),
        (&["run", "scripts/pay.rhai"], &[("SIGNALWIRE_API_TOKEN", "t")], "SIGNALWIRE_PROJECT_ID is not set"),
        (&["call"], &[], "<FILE>"),
        (&["cal", "x"], &[], "similar"),
        (&["check", "x", "--env-file", "nowhere.env"], &[], "cannot read nowhere.env"),
    ];
    for (words, variables, part) in table {
        let outcome = run_with(words, variables);
        assert_eq!((outcome.code, outcome.out.as_str()), (2, ""), "{outcome:?}");
        assert!(outcome.err.contains(part), "{}", outcome.err);
    }
    let outcome = run(&["--help"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (0, ""));
    assert!(outcome.out.contains("Usage: relay-script"));
}

#[test]
fn a_closed_port_is_exit_5_and_no_secret_is_shown() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let host = format!("ws://127.0.0.1:{port}");
    let variables = [
        ("SIGNALWIRE_PROJECT_ID", "p"),
        ("SIGNALWIRE_API_TOKEN", "PTplanted0123456789"),
        ("SIGNALWIRE_RELAY_HOST", &host),
    ];
    let outcome = run_with(&["start", "scripts/pay.rhai", "-vv"], &variables);
    assert_eq!(outcome.code, 5, "{}", outcome.err);
    let end = format!(
        "error: RELAY cannot be reached\n  caused by: cannot connect to {host}/\n  caused by: Connection refused"
    );
    assert!(outcome.err.contains(&end), "{}", outcome.err);
    assert!(outcome.err.ends_with("hint: nothing listens there: check host and port\n"), "{}", outcome.err);
    assert!(!outcome.err.contains("planted"), "{}", outcome.err);
    let logged = outcome.err.lines().next().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(logged).unwrap()["message"], "connecting");
}

#[cfg(unix)]
#[test]
fn run_simulates_calls_and_reloads_what_is_saved() {
    let folder = Folder::new();
    let script = folder.script("call.answer(); print(\"old\"); call.hangup();");
    let words = ["run", &script, "--port", "0", "--speed", "2"];
    let mut child = program(&words).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (out, err) = (lines_of(child.stdout.take().unwrap()), lines_of(child.stderr.take().unwrap()));
    let ready = wait_for(&err, "calls are simulated: open http://127.0.0.1:");
    assert!(ready.ends_with(" or press Enter to call"), "{ready}");
    stdin.write_all(b"\n").unwrap();
    wait_for(&out, "#1  script  prints old");
    wait_for(&out, "call #1 ended after 0.0 s: hangup (by the script)");

    folder.script("call.answer(); print(\"new\"); call.hangup();");
    wait_for(&err, "reloaded script.rhai (version 2)");
    stdin.write_all(b"1,wait 1,2#\n").unwrap();
    wait_for(&out, "#2  script  prints new");

    folder.script("call.answer(); print(\"newer;");
    wait_for(&err, "script.rhai:1:");
    wait_for(&err, "script.rhai was not reloaded: version 2 stays in use");
    stdin.write_all(b"\n").unwrap();
    wait_for(&out, "#3  script  prints new");

    for (line, told) in [
        ("?", "o opens the page; r reloads; q quits"),
        ("r", "looking at the scripts again"),
        ("1,x", "step 2: expected keys"),
    ] {
        writeln!(stdin, "{line}").unwrap();
        wait_for(&err, told);
    }
    writeln!(stdin, "q").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn run_serves_its_page_where_it_is_told_to_or_not_at_all() {
    let folder = Folder::new();
    let script = folder.script("call.answer();");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let outcome = run(&["run", &script, "--port", &port]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.err.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", outcome.err);

    let mut child = program(&["run", &script, "--no-page"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let err = lines_of(child.stderr.take().unwrap());
    wait_for(&err, "calls are simulated: press Enter to call");
    stdin.write_all(b"o\n").unwrap();
    wait_for(&err, "no page is served");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
