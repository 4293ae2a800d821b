//! Script tests: each word, each kind of failure, and the runner over files.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use relay_script::script::host::Limits;
use relay_script::script::sources::InMemory;
use relay_script::testing::case::{CaseOptions, CaseResult, run_case};
use relay_script::testing::reports::{data, text};
use relay_script::testing::runner::{Outcome, RunOptions, Told, run};
use relay_script::testing::suite::{BrokenSuite, Suite, Workshop, find};
use serde_json::Value;

/// A menu with one key, for most of the tests.
const MENU: &str = r#"call.answer();
call.say("Welcome to the shop.");
let event = call.prompt_tts("Press a key, or say a word.", #{
    digits: #{ max: 1 }, speech: #{ end_silence_timeout: 1 }, initial_timeout: 5,
}).wait();
let result = event.params.result;
switch result?.type {
    "digit" => call.say(`You pressed ${result.params.digits}.`),
    "speech" => call.say(`You said ${result.params.text}.`),
    _ => call.say("You did nothing."),
}
call.hangup();
"#;

fn suite(script: &str, tests: &str) -> Result<Suite, Box<BrokenSuite>> {
    let files = InMemory::new([("s.rhai", script), ("s.test.rhai", tests)]);
    Workshop::new(Rc::new(files)).suite(Path::new("s.test.rhai"))
}

fn results(script: &str, tests: &str) -> Vec<CaseResult> {
    let suite = suite(script, tests).unwrap_or_else(|broken| panic!("{}", text::broken(&broken, false)));
    let options = CaseOptions { seed: 1, ..CaseOptions::default() };
    suite.cases.iter().map(|case| run_case(&suite, case, &options)).collect()
}

/// One case with this body, against this script.
fn result(script: &str, body: &str) -> CaseResult {
    results(script, &format!("fn test_it() {{\n{body}\n}}\n")).remove(0)
}

#[track_caller]
fn passes(script: &str, body: &str) {
    let result = result(script, body);
    assert!(result.passed(), "{}", text::failures(&result, false));
}

/// The failure in full, of a case that fails in this way.
#[track_caller]
fn fails(script: &str, body: &str, kind: &str, message: &str) -> String {
    let result = result(script, body);
    let shown = text::failures(&result, false);
    let [failure] = result.failures.as_slice() else { panic!("expected one failure:\n{shown}") };
    assert_eq!(failure.trouble.kind, kind, "{shown}");
    assert!(failure.trouble.message.contains(message), "{shown}");
    shown
}

#[test]
fn callers_hear_press_speak_and_hang_up() {
    for body in [
        "let c = dial(); c.hears(\"welcome\"); c.hears(\"SHOP\"); c.press(\"1\"); c.hears(\"pressed 1\");
         c.is_hung_up_on();",
        "let c = dial(); c.press(7); c.hears(regex(\"pressed [5-9]\")); c.is_hung_up_on(); assert_eq(call.end_reason, \"hangup\");",
        "let c = dial(); c.says(\"sales\"); c.hears(\"said sales\");",
        "let c = dial(); c.hears(\"Press\"); c.hangs_up(); assert_eq(call.end_reason, \"hangup\"); assert_eq(call.state, \"ended\");",
        "let c = dial(); c.waits(20); assert_eq(clock.now(), 20); assert_eq(c.is_hung_up_on(), \"hangup\");",
        "let c = dial(); clock.advance(1.5); assert_eq(clock.now(), 1.5);",
        "let c = dial(); assert_eq(c.hears(\"press\"), \"Press a key, or say a word.\");",
    ] {
        passes(MENU, body);
    }
}

#[test]
fn a_call_is_seen_with_its_verbs_events_and_texts() {
    passes(
        MENU,
        r#"let c = dial(#{ from: "+15553334444", to: "+15556667777" });
        c.press("1"); c.is_hung_up_on();
        assert_eq(call.from + call.to, "+15553334444+15556667777");
        assert_eq(call.heard, ["Welcome to the shop.", "Press a key, or say a word.", "You pressed 1."]);
        assert_eq(call.verbs.map(|v| v.name), ["answer", "play", "play_and_collect", "play", "hangup"]);
        let collect = call.events.filter(|e| e.name == "collect");
        assert_eq(collect[0].params.result.params.digits, "1");
        assert(collect[0].at > 0);
        assert_eq(c.call.id, call.id);
        assert_eq(call.fault, ());"#,
    );
}

#[test]
fn two_callers_speak_in_turn_each_with_a_call_of_its_own() {
    passes(
        MENU,
        r#"let a = dial(); let b = dial(#{ from: "+15559990000" });
        a.hears("Press"); b.hears("Press");
        a.press("1"); b.press("2");
        b.hears("pressed 2"); a.hears("pressed 1");
        a.is_hung_up_on(); b.is_hung_up_on();
        assert_eq(a.call.heard[2], "You pressed 1.");
        assert_eq(call.heard[2], "You pressed 2.");"#,
    );
}

#[test]
fn contexts_headers_and_messages_reach_the_script() {
    passes(
        r#"call.answer(); call.say(`${call.context} ${call.headers[0].value}`); call.hangup();
        fn on_message(message) {
            relay.send_message(#{ from_number: message.to_number, to_number: message.from_number, body: `got ${message.body}` });
        }"#,
        r#"dial(#{ context: "sales", headers: #{ "X-Who": "me" } }).hears("sales me");
        sms.arrives(#{ from: "+15551230000", to: "+15559870000", context: "texts", body: "hi" });
        clock.advance(2);
        assert_eq(sms.sent.len(), 1);
        assert_eq(sms.sent[0].body, "got hi");
        assert_eq(sms.sent[0].to, "+15551230000");"#,
    );
}

#[test]
fn payments_are_made_and_their_connector_is_seen() {
    let pay = include_str!("../scripts/pay.rhai");
    passes(
        pay,
        r#"let c = dial(); assert_eq(c.pays(#{ card: cards.visa }), "success"); c.hears("successfully");
        assert_eq(connector.received.len(), 1);
        assert_eq(connector.received[0].currency, "USD");"#,
    );
    passes(pay, r#"connector.fails(); let c = dial(); c.pays(cards.amex); c.hears("Payment failed");"#);
    passes(
        pay,
        r#"connector.declines("insufficient_funds"); let c = dial(); c.pays(cards.visa); c.is_hung_up_on();
        let ends = call.events.filter(|e| e.name == "pay" && e.params.state == "error");
        assert_eq(ends[0].params.payment_error_code, "insufficient_funds");"#,
    );
    passes(pay, r#"let c = dial(#{ card: cards.mastercard }); c.hears("successfully");"#);
    passes(pay, r#"connector.times_out(); let c = dial(); c.pays(cards.visa); c.hears("Payment failed");"#);
    fails(pay, "connector.declines(\"insufficient_fund\");", "error", "there is no code");
    fails(pay, r#"let c = dial(); c.pays("4242424242424242");"#, "error", "pays: expected a map");
    fails(MENU, "let c = dial(); c.pays(cards.visa);", "call-over", "no payment began");
}

#[test]
fn a_recording_takes_what_is_said() {
    passes(
        r#"call.answer(); let r = call.record(#{ end_silence_timeout: 2 }).wait(); call.say(r.params.state); call.hangup();"#,
        r#"let c = dial(); let r = c.records("one two three"); assert_eq(r.state, "finished");
        assert(r.url.starts_with("https://")); assert(r.duration > 0); c.hears("finished");"#,
    );
}

#[test]
fn transfers_are_waited_for() {
    let script = r#"call.answer(); call.connect("+15553330001", #{});
        call.wait_for("calling.call.connect", |e| e.params.connect_state != "connecting");
        call.say("back"); call.hangup();"#;
    passes(script, r#"dial().transferred_to("+15553330001");"#);
    let shown = fails(
        script,
        r#"dial().transferred_to("+15553330002");"#,
        "not-transferred",
        "the call was over already",
    );
    assert!(shown.contains("came: the caller got +15553330001"), "{shown}");
    passes(script, r#"far_end.is_busy(); let c = dial(); c.hears("back");"#);
    fails(
        script,
        r#"far_end.rings_out(); dial().transferred_to("+15553330001", 10);"#,
        "not-transferred",
        "10 s",
    );
}

#[test]
fn a_fault_of_the_script_fails_the_case_unless_it_is_expected() {
    let script = "call.answer();\nthrow \"no stock\";";
    let shown =
        fails(script, "let c = dial(); c.hears(\"x\");", "script-fault", "the script failed: no stock");
    assert!(shown.contains("s.rhai:2:1"), "{shown}");
    fails(script, "dial();", "script-fault", "no stock");
    fails(script, "let c = dial(); c.is_hung_up_on();", "script-fault", "no stock");
    passes(
        script,
        r#"let c = dial(); let f = c.expects_fault("stock"); assert_eq(f.line, 2); assert_eq(call.fault.message, "no stock");"#,
    );
    fails(script, "let c = dial(); c.expects_fault(\"other\");", "script-fault", "no stock");
    fails(MENU, "let c = dial(); c.expects_fault(\"x\");", "no-fault", "the script came to its end");
    fails(
        "call.answer(); call.say(\"hi\"); fn on_end(call, reason) { throw \"late\"; }",
        "let c = dial(); c.hears(\"hi\");",
        "script-fault",
        "late",
    );
}

#[test]
fn claims_show_what_differs() {
    passes(MENU, "assert(true); assert(1 < 2, \"order\"); assert_eq([1, #{a: 2.0}], [1.0, #{a: 2}]);");
    fails(MENU, "assert(1 > 2, \"order\");", "assertion", "order");
    fails(MENU, "assert(1);", "error", "assert: expected true or false, got 1");
    let shown = fails(MENU, "assert_eq(1, \"1\");", "assertion", "the two are not equal");
    assert!(shown.contains(" expected: \"1\"\n     came: 1\n"), "{shown}");
    let shown = fails(
        MENU,
        "let a = #{ one: \"a value that is rather long\", two: \"another one that is\", three: 3 };
         let b = a; b.two = \"something else\"; assert_eq(b, a);",
        "assertion",
        "",
    );
    assert!(shown.contains("  -   two: \"another one that is\",\n  +   two: \"something else\","), "{shown}");
}

#[test]
fn wrong_arguments_say_what_was_expected_and_where() {
    for (body, message) in [
        ("dial(#{ form: \"x\" });", "dial: there is no `form`: expected from, to, context, headers, card"),
        ("dial(#{ from: 1 });", "dial: from must be text, got 1"),
        ("dial(#{ card: #{} });", "dial: card must be a card such as cards.visa"),
        ("let c = dial(); c.hears(1);", "hears: expected a part of a spoken text or regex(\"…\"), got 1"),
        ("let c = dial(); c.hears(\"x\", \"y\");", "hears: expected seconds from 0 to 86400, got \"y\""),
        ("regex(\"(\");", "regex: unclosed group"),
        ("let c = dial(); c.press(\"x\");", "press: expected keys such as \"1\" or \"42#\", got the key 'x'"),
        ("call.verbs;", "call: nobody has called yet"),
        ("http.on(\"https://example.com\");", "on: expected a method and a URL"),
        (
            "http.on(\"GET https://example.com\").returns(#{ status: 1000 });",
            "status must be a number from 100 to 599",
        ),
        ("cases([], |row| 1);", "cases: expected at least one row, got none"),
        ("expect_transcript(\"../x\");", "expect_transcript: expected a name of letters"),
    ] {
        let shown = fails(MENU, body, "error", message);
        assert!(shown.contains("s.test.rhai:2:"), "{shown}");
    }
}

#[test]
fn what_does_not_come_is_told_with_what_came_instead() {
    let slow = "call.answer(); sleep(100); call.say(\"late\");";
    fails(slow, "let c = dial(); c.hears(\"late\");", "not-heard", "not spoken within 60 s");
    passes(slow, "let c = dial(); c.hears(\"late\", 120);");
    fails(slow, "let c = dial(); c.press(\"1\");", "nothing-listens", "nothing took keys within 60 s");
    fails(slow, "let c = dial(); c.is_hung_up_on(10);", "not-hung-up-on", "within 10 s");
    fails(MENU, "let c = dial(); c.hangs_up(); c.press(\"1\");", "call-over", "the caller hung up at 0.00 s");
    fails(MENU, "let c = dial(); c.hangs_up(); c.is_hung_up_on();", "not-hung-up-on", "the caller hung up");
    fails(MENU, "dial(); clock.advance(7200);", "limit", "the time of the case is over");
    let shown =
        fails(MENU, "let c = dial(); c.hears(\"Press\"); c.hears(\"Welcome\");", "not-heard", "over already");
    assert!(shown.contains("it was spoken at 0.00 s, before what was heard last"), "{shown}");
}

#[test]
fn test_code_and_scripts_without_end_are_stopped() {
    fails("call.answer(); loop { call.play(\"x\"); }", "dial();", "endless", "without letting time pass");
    let suite = suite("call.answer(); loop { }", "fn test_it() { dial(); }").unwrap();
    let options = CaseOptions { limits: Limits { operations: 10_000 }, ..CaseOptions::default() };
    let result = run_case(&suite, &suite.cases[0], &options);
    assert!(result.failures[0].trouble.message.contains("operations without waiting"), "{result:?}");
    fails(MENU, "fn_without_end();\n}\nfn fn_without_end() { loop { }", "limit", "its budget is used up");
    fails(MENU, "dive(1);\n}\nfn dive(n) { dive(n + 1) + 1", "limit", "");
    fails(MENU, "let a = []; loop { a.push(1); }", "limit", "");
    fails(MENU, "let a = []; loop { a = [a]; }", "limit", "nested more than");
}

#[test]
fn http_is_answered_by_doubles() {
    passes(
        MENU,
        r#"http.on("POST https://example.com/*").returns(#{ status: 402, json: #{ error_code: "x" } });
        dial(); assert_eq(http.requests, []);"#,
    );
    let pay = include_str!("../scripts/pay.rhai");
    passes(
        pay,
        r#"http.on("POST https://example.com/*").returns(#{ json: #{ charge_id: "ch_1" } });
        let c = dial(); assert_eq(c.pays(cards.visa), "success"); c.is_hung_up_on();
        assert_eq(http.requests.len(), 1);
        let asked = http.requests[0];
        assert_eq(asked.url, "https://example.com/payment-connector");
        assert_eq(asked.json.cardnumber, "************4242");
        assert_eq(asked.json.cvv, "***");
        assert_eq(connector.received.len(), 1);"#,
    );
    passes(
        pay,
        r#"http.on("POST https://example.com/*").fails(); let c = dial(); c.pays(cards.visa); c.hears("Payment failed");"#,
    );
    fails(
        pay,
        r#"http.on("GET https://example.com/*"); let c = dial(); c.pays(cards.visa); c.is_hung_up_on();"#,
        "unexpected-request",
        "nobody expected POST https://example.com/payment-connector",
    );
}

#[test]
fn each_row_of_a_table_has_a_world_of_its_own_and_is_named_when_it_fails() {
    let result = result(
        MENU,
        r#"cases([#{ key: "1", text: "pressed 1" }, #{ key: "2", text: "pressed 3" }, #{ key: "3", text: "nothing" }], |row| {
            assert_eq(clock.now(), 0);
            let c = dial();
            c.press(row.key);
            c.hears(row.text);
        });"#,
    );
    let rows: Vec<_> = result.failures.iter().map(|failure| failure.row.clone().unwrap().number).collect();
    assert_eq!(rows, [2, 3]);
    let shown = text::failures(&result, false);
    assert!(shown.contains("row 2: #{key: \"2\", text: \"pressed 3\"}"), "{shown}");
    assert!(shown.contains("nearest: \"You pressed 2.\", spoken at"), "{shown}");
    fails(
        MENU,
        "let c = dial(); cases([1], |row| c.hears(\"Welcome\"));",
        "error",
        "hears: this caller called in another world",
    );
}

#[test]
fn a_failure_tells_the_conversation_the_places_and_the_nearest_text() {
    let shown = fails(
        MENU,
        "    let caller = dial();\n    caller.hears(\"Welcome\");\n    caller.hears(\"Press the key\", 4);",
        "not-heard",
        "",
    );
    let expected = include_str!("data/not-heard.txt");
    assert_eq!(shown, expected, "{shown}");
}

#[test]
fn a_changed_line_of_the_pay_script_is_named_with_the_nearest_text() {
    let script = include_str!("../scripts/pay.rhai").replace("processed successfully", "done successfully");
    let result = results(&script, include_str!("../scripts/pay.test.rhai")).remove(0);
    let shown = text::failures(&result, false);
    assert!(shown.contains("hears \"Payment done successfully.\"  (s.rhai:16)"), "{shown}");
    assert!(shown.contains("nearest: \"Payment done successfully.\", spoken at"), "{shown}");
    assert!(shown.contains("16 |     call.say(\"Payment done successfully.\");"), "{shown}");
}

#[test]
fn test_files_that_cannot_run_say_what_to_do() {
    let broken = |script: &str, tests: &str| match suite(script, tests) {
        Ok(_) => panic!("it runs: {tests}"),
        Err(broken) => text::broken(&broken, false),
    };
    for (tests, message, hint) in [
        ("fn helper() {}", "there are no cases in this file", "each function whose name begins with test_"),
        ("fn test_x(a) {}", "test_x is a case and cannot have parameters", "for a table of cases"),
        ("fn test_x() { }\nfn test_x() { }", "test_x", ""),
        (
            "// script: other.rhai\nfn test_x() {}",
            "there is no script other.rhai",
            "from the folder of the test",
        ),
        ("fn test_x() { asert(true); }", "asert", "did you mean"),
        ("fn test_x() { let c = dial(); c.heers(\"x\"); }", "heers", "hears"),
        ("fn test_x() { caler.hears(1); }", "unknown variable `caler`", ""),
        ("fn test_x() { let = 1; }", "", ""),
    ] {
        let shown = broken(MENU, tests);
        assert!(shown.contains(message) && shown.contains(hint), "{tests}\n{shown}");
    }
    let shown = broken("call.anser();", "fn test_x() {}");
    assert!(shown.contains("s.rhai:1:6") && shown.contains("answer"), "{shown}");
}

/// A folder of its own for a test of files.
fn folder(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("script-tests-{name}"));
    let _ = fs::remove_dir_all(&folder);
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The results of the files in a folder as data, without what differs from run to run.
fn run_all(folder: &Path, options: &RunOptions) -> (Outcome, Vec<Value>) {
    let files = find(&[folder.to_owned()]).unwrap();
    let mut lines = Vec::new();
    let outcome = run(&files, options, |told| match told {
        Told::Begins { .. } | Told::Covered(_) => {}
        Told::Broken(suite) => lines.push(data::broken(suite)),
        Told::Case(result, took) => {
            let mut line = data::case(result, took);
            line.as_object_mut().unwrap().remove("duration_ms").unwrap();
            lines.push(line);
        }
    });
    (outcome, lines)
}

fn options(jobs: usize) -> RunOptions {
    RunOptions { jobs, ..RunOptions::default() }
}

const ONE: &str = "fn test_a() { let c = dial(); c.press(\"1\"); c.is_hung_up_on(); }\nfn test_b() { dial().hears(\"no such\"); }\n";

#[test]
fn results_come_in_order_and_are_the_same_every_time() {
    let folder = folder(
        "order",
        &[
            ("b.rhai", MENU),
            ("b.test.rhai", ONE),
            ("deep/a.rhai", MENU),
            ("deep/a.test.rhai", ONE),
            ("deep/.hidden/x.test.rhai", "broken"),
            ("c.test.rhai", ONE),
        ],
    );
    let (outcome, lines) = run_all(&folder, &options(1));
    assert_eq!(outcome, Outcome { passed: 2, failed: 2, left_out: 0, broken: 1 });
    assert!(!outcome.is_good());
    let names: Vec<_> = lines.iter().map(|line| format!("{} {}", line["kind"], line["name"])).collect();
    assert_eq!(
        names,
        [
            "\"broken\" null",
            "\"case\" \"test_a\"",
            "\"case\" \"test_b\"",
            "\"case\" \"test_a\"",
            "\"case\" \"test_b\"",
        ]
    );
    for jobs in [1, 2, 8] {
        assert_eq!(run_all(&folder, &options(jobs)).1, lines, "{jobs} jobs");
    }
}

#[test]
fn the_filter_takes_files_and_names() {
    let folder = folder("filter", &[("a.rhai", MENU), ("a.test.rhai", ONE)]);
    for (filter, passed, failed, left_out) in [
        ("test_a", 1, 0, 1),
        ("a.test.rhai::test_b", 0, 1, 1),
        ("none", 0, 0, 2),
        ("script-tests-filter", 1, 1, 0),
    ] {
        let options = RunOptions { filter: Some(filter.into()), ..options(2) };
        let (outcome, _) = run_all(&folder, &options);
        assert_eq!(outcome, Outcome { passed, failed, left_out, broken: 0 }, "{filter}");
    }
}

#[test]
fn counting_lines_takes_nothing_from_a_script() {
    let script = "call.answer(); let n = 0; while n < 100 { n = f(n); switch n { 5 => (), _ => 1 } }\nfn f(n) { n + 1 }";
    let test = "fn test_x() { dial(); }";
    let folder = folder("counting", &[("a.rhai", script), ("a.test.rhai", test)]);
    let passes = |operations, coverage| {
        let mut options = RunOptions { coverage, ..options(1) };
        options.case.limits = Limits { operations };
        run_all(&folder, &options).0.is_good()
    };
    let (mut too_few, mut enough) = (0_u64, 100_000);
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        *if passes(middle, false) { &mut enough } else { &mut too_few } = middle;
    }
    assert!((500..5_000).contains(&enough), "{enough}");
    assert!(passes(enough, true));
}

#[test]
fn transcripts_are_recorded_compared_and_updated() {
    let test =
        "fn test_x() { let c = dial(); c.press(\"1\"); c.is_hung_up_on(); expect_transcript(\"one\"); }";
    let folder = folder("transcript", &[("a.rhai", MENU), ("a.test.rhai", test)]);
    let failure = |lines: &[Value]| lines[0]["failures"][0].clone();
    let (_, lines) = run_all(&folder, &options(1));
    assert!(
        failure(&lines)["message"].as_str().unwrap().starts_with("no transcript is recorded in"),
        "{lines:?}"
    );
    let mut update = options(1);
    update.case.update = true;
    assert!(run_all(&folder, &update).0.is_good());
    assert!(run_all(&folder, &options(1)).0.is_good());
    let recorded = fs::read_to_string(folder.join("a.test.snapshots/one.txt")).unwrap();
    assert!(recorded.contains("caller  hears \"You pressed 1.\"\n"), "{recorded}");
    fs::write(folder.join("a.rhai"), MENU.replace("You pressed", "You chose")).unwrap();
    let (_, lines) = run_all(&folder, &options(1));
    let failure = failure(&lines);
    assert_eq!(failure["kind"], "transcript");
    let new = failure["difference"].as_array().unwrap().iter().find(|line| line["change"] == "new").unwrap();
    assert!(new["text"].as_str().unwrap().contains("You chose 1."), "{failure}");
}

#[test]
fn card_numbers_are_in_no_result() {
    let result = result(
        include_str!("../scripts/pay.rhai"),
        "let c = dial(); c.pays(#{ number: \"4111111111111111\", expiry: \"1230\", cvv: \"987\", zip: \"12345\" });
         print(cards.visa); assert_eq(cards.visa, 1);",
    );
    let shown =
        format!("{}{}", text::failures(&result, true), data::case(&result, std::time::Duration::ZERO));
    for secret in ["4111111111111111", "4242424242424242"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
