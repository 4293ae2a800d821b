//! `test` as a command: coverage, JUnit, `--watch` and the other flags, through the program itself.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lcov::{Reader, Record};
use serde_json::Value;

/// Far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A menu in two files, of which the tests below run a part.
const MENU: &str = r#"import "lib/texts" as texts;
call.answer();
let event = call.prompt_tts(texts::greeting(), #{
    digits: #{ max: 1 }, initial_timeout: 5,
}).wait();
switch event.params.result?.params?.digits {
    "1" => call.say("You pressed 1."),
    "2" => {
        call.say("You pressed 2.");
        call.say(texts::never());
    }
    _ => call.say("You did nothing."),
}
call.hangup();

fn on_end(call, reason) {
    print(`over: ${reason}`);
    if reason == "error" {
        print("an error");
    }
}
"#;

const TEXTS: &str = r#"export const SHOP = "the shop";
fn greeting() { `Welcome to ${global::SHOP}. Press a key.` }
fn never() {
    "This is never said."
}
"#;

const TESTS: &str = r#"fn test_one() { let c = dial(); c.press("1"); c.hears("pressed 1"); c.is_hung_up_on(); }
fn test_nothing() { print("a word"); let c = dial(); c.hears("nothing"); c.is_hung_up_on(); }
"#;

const TWO: &str = r#"
fn test_two() { let c = dial(); c.press("2"); c.hears("pressed 2"); }
"#;

const FAILING: &str = r#"fn test_rows() {
    cases(["1", "2"], |key| { let c = dial(); c.press(key); c.hears("pressed <3> & more"); });
}
"#;

/// A folder of its own for a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("test-reports-{name}")));
        let _ = fs::remove_dir_all(&folder.0);
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay-script"));
        command.arg("test").args(arguments).current_dir(&self.0).env_clear();
        command
    }

    #[track_caller]
    fn test(&self, arguments: &[&str], exit: i32) -> (String, String) {
        let Output { status, stdout, stderr } =
            self.command(arguments).stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(stdout), text(stderr));
        assert_eq!(status.code(), Some(exit), "{arguments:?}\n{out}\n{err}");
        (out, err)
    }
}

fn menu(name: &str, tests: &str) -> Folder {
    Folder::new(name, &[("menu.rhai", MENU), ("lib/texts.rhai", TEXTS), ("menu.test.rhai", tests)])
}

/// Without what differs from run to run.
fn steady(text: &str) -> String {
    text.lines().filter(|line| !line.contains(" passed")).collect::<Vec<_>>().join("\n")
}

#[test]
fn lines_that_no_case_ran_are_listed() {
    let folder = menu("coverage", TESTS);
    let (out, _) = folder.test(&["--coverage"], 0);
    let expected = "\
ok      menu.test.rhai::test_one  (4.0 s)
ok      menu.test.rhai::test_nothing  (9.6 s)
coverage:
  lib/texts.rhai   66.6%  2 of 3 lines
      4  \"This is never said.\"
  menu.rhai        75.0%  9 of 12 lines
      9-10  call.say(\"You pressed 2.\");
        19  print(\"an error\");
  73.3% of 15 lines ran";
    let without_times = |text: &str| {
        let line = |line: &str| line.split("  (").next().unwrap().to_owned();
        steady(text).lines().map(line).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(without_times(&out), without_times(expected), "{out}");
    let (plain, _) = folder.test(&[], 0);
    assert!(out.starts_with(&steady(&plain)), "counting changes nothing:\n{plain}\n{out}");

    // Other cases run other lines, whichever thread runs them.
    folder.write("menu.test.rhai", &format!("{TESTS}{TWO}"));
    for jobs in ["1", "3"] {
        let (out, _) = folder.test(&["--coverage", "--jobs", jobs], 0);
        assert!(out.contains("lib/texts.rhai  100.0%  3 of 3 lines\n"), "{out}");
        assert!(
            out.contains("\n        19  print(\"an error\");\n") || out.contains("\n      19  print"),
            "{out}"
        );
    }
    let (out, _) = folder.test(&["--coverage", "--filter", "test_one", "--json"], 0);
    let covered: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let menu = covered.iter().find(|line| line["file"] == "menu.rhai").unwrap();
    assert_eq!(
        menu.to_string(),
        r#"{"file":"menu.rhai","kind":"coverage","lines":12,"missed":[[9,12],[19,19]],"ran":8}"#
    );
}

#[test]
fn callbacks_tasks_and_messages_are_counted() {
    let script = r#"call.answer();
let action = call.play("say:Hello");
action.on_completed(|event| {
    print(event.params.state);
    if event.params.state == "error" {
        print("never");
    }
});
let task = spawn(|| {
    sleep(1);
    try { throw "x"; } catch {
        print("caught");
    }
});
action.wait();
task.wait();
call.on("calling.call.state", |event| {
    print("over");
});
call.hangup();
print("after");
fn on_message(message) {
    print(message.body);
}
fn on_end(call, reason) {
    print(reason);
}
"#;
    let tests = "fn test_a() { let c = dial(); c.is_hung_up_on(); sms.arrives(#{ body: \"hi\" }); clock.advance(1); }";
    let folder = Folder::new("callbacks", &[("a.rhai", script), ("a.test.rhai", tests)]);
    let (out, _) = folder.test(&["--json", "--coverage"], 0);
    let line = out.lines().find(|line| line.contains("\"coverage\"")).unwrap();
    let data: Value = serde_json::from_str(line).unwrap();
    assert_eq!(data["missed"].to_string(), "[[6,6]]", "{out}");
}

#[test]
fn coverage_is_read_by_an_lcov_reader() {
    let folder = menu("lcov", TESTS);
    folder.test(&["--lcov", "out.info"], 0);
    let written = folder.read("out.info");
    let records: Vec<Record> = Reader::new(written.as_bytes()).collect::<Result<_, _>>().unwrap();
    let shown: Vec<_> = records.iter().map(ToString::to_string).collect();
    assert_eq!(shown.join("\n"), written.trim_end());
    let report = lcov::Report::from_reader(Reader::new(written.as_bytes())).unwrap();
    let section = |file: &str| {
        let mut sections = report.sections.iter();
        sections.find(|(key, _)| key.source_file == Path::new(file)).unwrap().1
    };
    let menu = section("menu.rhai");
    let lines: Vec<_> = menu.lines.iter().map(|(key, value)| (key.line, value.count)).collect();
    assert_eq!(
        lines,
        [
            (1, 2),
            (2, 2),
            (3, 2),
            (6, 2),
            (7, 1),
            (9, 0),
            (10, 0),
            (12, 1),
            (14, 2),
            (17, 2),
            (18, 2),
            (19, 0)
        ]
    );
    let function = &menu.functions.iter().next().unwrap();
    assert_eq!((function.0.name.as_str(), function.1.start_line, function.1.count), ("on_end", Some(16), 2));
    let texts = section("lib/texts.rhai");
    let functions: Vec<_> =
        texts.functions.iter().map(|(key, value)| (key.name.as_str(), value.count)).collect();
    assert_eq!(functions, [("greeting", 2), ("never", 0)]);
}

#[test]
fn results_are_read_by_a_junit_parser() {
    let folder = menu("junit", TESTS);
    folder.write("b.test.rhai", &format!("// script: menu.rhai\n{FAILING}"));
    folder.write("c.test.rhai", "fn test_x() { }");
    folder.test(&["--junit", "out.xml"], 1);
    let read = junit_parser::from_reader(folder.read("out.xml").as_bytes()).unwrap();
    assert_eq!((read.name.as_str(), read.tests, read.failures, read.errors), ("relay-script", 4, 1, 1));
    let names: Vec<_> = read.suites.iter().map(|suite| (suite.name.as_str(), suite.cases.len())).collect();
    assert_eq!(names, [("c.test.rhai", 1), ("b.test.rhai", 1), ("menu.test.rhai", 2)]);
    let broken = read.suites[0].cases[0].status.error_as_ref();
    assert!(broken.text.contains("there is no script c.rhai"), "{broken:?}");
    let case = &read.suites[1].cases[0];
    let failure = case.status.failure_as_ref();
    assert_eq!((case.file.as_deref(), case.line), (Some("b.test.rhai"), Some(2)));
    assert_eq!(failure.failure_type, "not-heard");
    assert!(failure.message.ends_with("(and 1 more)"), "{failure:?}");
    assert!(failure.text.contains("row 2:") && failure.text.contains("caller  presses 2"), "{failure:?}");
    // The parser loses what it takes for white space around signs such as these.
    assert!(folder.read("out.xml").contains("c.hears(&quot;pressed &lt;3&gt; &amp; more&quot;)"));
    let case = &read.suites[2].cases[1];
    assert!(case.status.is_success() && case.time > 0.0);
    assert_eq!((case.original_name.as_str(), case.system_out.as_deref()), ("test_nothing", Some("a word")));
}

#[test]
fn what_cannot_be_written_is_told() {
    let folder = menu("unwritten", TESTS);
    for flag in ["--junit", "--lcov"] {
        let (_, err) = folder.test(&[flag, "no/such/folder/out"], 1);
        assert!(err.contains("cannot write no/such/folder/out"), "{err}");
    }
}

#[test]
fn each_flag_does_what_it_says() {
    let folder = menu("flags", TESTS);
    let out = |arguments: &[&str]| folder.test(arguments, 0).0;
    assert!(!out(&[]).contains("a word"));
    assert!(out(&["--nocapture"]).contains("        a word\n"));
    assert!(out(&["--filter", "test_one"]).contains("1 passed, 1 left out"));
    assert_eq!(steady(&out(&["--jobs", "1"])), steady(&out(&["--jobs", "8"])));
    let lines = out(&["--json"]);
    let kinds: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].clone()).collect();
    assert_eq!(kinds, ["case", "case", "summary"]);

    folder.write("menu.test.rhai", "fn test_id() { dial(); print(call.id); }");
    let [one, again, two] = ["1", "1", "2"].map(|seed| steady(&out(&["--nocapture", "--seed", seed])));
    assert!(one == again && one != two, "{one}\n{two}");

    folder.write(
        "menu.test.rhai",
        "fn test_t() { let c = dial(); c.is_hung_up_on(); expect_transcript(\"t\"); }",
    );
    folder.test(&[], 1);
    out(&["--update"]);
    out(&[]);
    assert!(folder.read("menu.test.snapshots/t.txt").contains("You did nothing."));
    for flag in ["--coverage", "--junit=x", "--lcov=x"] {
        let (_, err) = folder.test(&["--watch", flag], 2);
        assert!(err.contains("cannot be used with"), "{err}");
    }
}

/// `test --watch`, and what it says.
struct Watching {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
}

impl Watching {
    fn new(folder: &Folder) -> Self {
        let mut command = folder.command(&["--watch", "."]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let out: [Box<dyn std::io::Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in out {
            let sender = sender.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let _ = sender.send(line);
                }
            });
        }
        Self { stdin: child.stdin.take().unwrap(), child, lines }
    }

    /// What is said until it waits again, by lines in order of the alphabet: the two outputs come as they may.
    fn round(&self) -> Vec<String> {
        let mut said = Vec::new();
        let (mut counted, mut waits) = (false, false);
        while !(counted && waits) {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("only {said:?}"));
            waits |= line.starts_with("waiting for changes");
            counted |= line.contains(" passed");
            said.push(line.split("  (").next().unwrap().split(" in ").next().unwrap().to_owned());
        }
        said.retain(|line| !line.starts_with("waiting"));
        said.sort();
        said
    }

    fn end(mut self) -> Option<i32> {
        let _ = self.stdin.write_all(b"q\n");
        self.child.wait().unwrap().code()
    }
}

#[test]
fn a_change_runs_what_it_touches_again() {
    let folder = menu("watch", TESTS);
    folder.write("other.rhai", "call.answer(); call.say(\"hi\"); call.hangup();");
    folder.write("other.test.rhai", "fn test_other() { dial().hears(\"hi\"); }");
    let mut watching = Watching::new(&folder);
    let (one, nothing) = ("ok      menu.test.rhai::test_one", "ok      menu.test.rhai::test_nothing");
    let other = "ok      other.test.rhai::test_other";
    assert_eq!(watching.round(), ["3 passed", nothing, one, other]);

    folder.write("lib/texts.rhai", &TEXTS.replace("the shop", "our shop"));
    assert_eq!(watching.round(), ["2 passed", "changed lib/texts.rhai", nothing, one]);
    folder.write("other.rhai", "call.answer(); call.say(\"hi there\"); call.hangup();");
    assert_eq!(watching.round(), ["1 passed", "changed other.rhai", other]);
    // A new test file, in a new folder.
    fs::rename(
        Folder::new("watch-more", &[("x.test.rhai", "// script: ../other.rhai\nfn test_x() { dial(); }")]).0,
        folder.0.join("more"),
    )
    .unwrap();
    assert_eq!(
        watching.round(),
        ["1 passed", "changed more/x.test.rhai", "ok      more/x.test.rhai::test_x"]
    );
    // Broken, and well again.
    folder.write("other.rhai", "call.answer(; ");
    let broken = watching.round();
    assert!(broken.contains(&"0 passed, 2 files that cannot be run".to_owned()), "{broken:?}");
    folder.write("other.rhai", "call.answer(); call.say(\"hi\"); call.hangup();");
    assert_eq!(watching.round()[0], "2 passed");
    watching.stdin.write_all(b"r\n").unwrap();
    assert_eq!(watching.round()[..2], ["4 passed", "ok      menu.test.rhai::test_nothing"]);
    assert_eq!(watching.end(), Some(0));
}
