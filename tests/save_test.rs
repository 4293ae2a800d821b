//! Calls that are saved as tests: `call --save-test` on all shipped scripts, and the tests pass.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of the test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("relay-script-save-{}-{count}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// A folder with the shipped scripts, without their tests.
    fn with_scripts() -> Self {
        let folder = Self::new();
        for name in ["ivr.rhai", "pay.rhai", "voicemail.rhai"] {
            fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name), folder.0.join(name))
                .unwrap();
        }
        folder
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn run(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay-script"));
        command.args(words).env_clear().current_dir(&self.0).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs a command that ends with this exit code; what it said.
    #[track_caller]
    fn runs(&self, words: &[&str], code: i32) -> String {
        let output = self.run(words);
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_eq!(output.status.code(), Some(code), "{words:?}\n{said}");
        said
    }

    /// A call that is saved: it passes at once, `check` finds nothing, and it is the only new thing in the file.
    #[track_caller]
    fn saves(&self, file: &str, words: &[&str]) -> String {
        let before = fs::read_to_string(self.0.join(file)).unwrap_or_default();
        let words = [&["call"], words, &["--save-test", file]].concat();
        let said = self.runs(&words, 0);
        assert!(said.contains(&format!("run it: relay-script test {file}")), "{said}");
        assert!(!said.contains("does not pass"), "{words:?}\n{said}\n{}", self.read(file));
        let after = self.read(file);
        assert!(after.starts_with(&before));
        let checked = self.runs(&["check", file], 0);
        assert!(checked.contains("no problems"), "{checked}");
        after[before.len()..].to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn conversations_with_all_shipped_scripts_become_tests_that_pass() {
    let folder = Folder::with_scripts();
    let visa = "4111111111111111";
    let conversations: &[(&str, &[&[&str]])] = &[
        (
            "ivr",
            &[
                &["--press", "1"],
                &["--press", "7,0,2", "--from", "+15553334444", "--context", "shop"],
                &["--press", "wait 11,2"],
                &["--press", "hear support,1", "--hang-up-after", "8"],
                &[],
            ],
        ),
        (
            "voicemail",
            &[
                &[],
                &["--press", "hear beep,say Please call me back.,wait 2,say It is urgent."],
                &["--press", "hear beep,say Call me,#"],
                &["--hang-up-after", "3"],
                &["--hang-up-after", "9"],
            ],
        ),
        (
            "pay",
            &[
                &[],
                &["--card", visa],
                &["--card", "5105105105105100", "--pay", "decline"],
                &["--card", "4000000000009995"],
                &["--pay", "timeout"],
                &["--pay", "error"],
                &["--expiry", "0120"],
                &["--card", "4111111111111112"],
                &["--no-card", "--press", "hear credit,*"],
                &["--press", "hear credit,4111111111111111#,hear expiration,*"],
                &["--press", "hear credit,4111111111111111#,1229#,987#,hear postal,*"],
                &["--no-card"],
                &["--card", visa, "--hang-up-after", "1"],
                &["--card", visa, "--hang-up-after", "5"],
                &["--card", visa, "--hang-up-after", "13"],
            ],
        ),
    ];
    let mut count = 0;
    for (script, calls) in conversations {
        let (script, test) = (format!("{script}.rhai"), format!("{script}.test.rhai"));
        for words in *calls {
            let added = folder.saves(&test, &[&[script.as_str()], *words].concat());
            for digits in ["4111", "1111", "5105", "5100", "1229", "987"] {
                assert!(!added.contains(digits), "{words:?}\n{added}");
            }
            count += 1;
        }
    }
    let said = folder.runs(&["test", "."], 0);
    assert!(said.contains(&format!("{count} passed")), "{said}");
}

#[test]
fn what_a_caller_says_becomes_a_test() {
    let folder = Folder::new();
    folder.write("lib/words.rhai", "fn thanks(what) { `You want ${what}. Somebody will call you.` }\n");
    folder.write(
        "order.rhai",
        r##"import "lib/words" as words;
call.answer();
let result = call.prompt_tts("What would you like?", #{ speech: #{}, digits: #{ max: 4, terminators: "#" } })
    .wait().params.result;
if result?.type == "speech" { call.say(words::thanks(result.params.text)); }
if result?.type == "digit" { call.say(`Number ${result.params.digits}.`); }
call.hangup();
"##,
    );
    let added = folder.saves("order.test.rhai", &["order.rhai", "--press", "say two \"red\" shoes"]);
    assert!(added.contains("caller.says(\"two \\\"red\\\" shoes\");"), "{added}");
    assert!(added.contains("caller.hears(\"You want two \\\"red\\\" shoes"), "{added}");
    let added = folder.saves("order.test.rhai", &["order.rhai", "--press", "42#"]);
    assert!(added.contains("fn test_presses_42_pound()"), "{added}");
    assert!(added.contains("caller.hears(\"Number 42\");"), "{added}");
    assert!(folder.runs(&["test", "."], 0).contains("2 passed"));
}

#[test]
fn a_test_elsewhere_names_its_script_and_cases_never_share_a_name() {
    let folder = Folder::with_scripts();
    folder.write("tests/keep.txt", "");
    let first = folder.saves("tests/calls.test.rhai", &["ivr.rhai", "--press", "1"]);
    assert!(
        first.starts_with("// script: ../ivr.rhai\n\nfn test_presses_1_and_is_connected() {\n"),
        "{first}"
    );
    let second = folder.saves("tests/calls.test.rhai", &["ivr.rhai", "--press", "1"]);
    assert!(second.starts_with("\nfn test_presses_1_and_is_connected_2() {\n"), "{second}");
    assert!(folder.runs(&["test", "tests"], 0).contains("2 passed"));

    let before = folder.read("tests/calls.test.rhai");
    let said = folder.runs(&["call", "pay.rhai", "--save-test", "tests/calls.test.rhai"], 2);
    assert!(said.contains("error: tests/calls.test.rhai tests ivr.rhai, not pay.rhai"), "{said}");
    assert_eq!(folder.read("tests/calls.test.rhai"), before);
    let said = folder.runs(&["call", "pay.rhai", "--save-test", "pay.rhai"], 2);
    assert!(said.contains("expected the name of a test file, NAME.test.rhai"), "{said}");
    let said = folder.runs(&["call", "pay.rhai", "--save-test", "nowhere/pay.test.rhai"], 1);
    assert!(said.contains("error: cannot write nowhere/pay.test.rhai"), "{said}");
}

#[test]
fn a_case_that_cannot_pass_is_told_of() {
    let folder = Folder::new();
    // The number may be a card's, so the test has another one.
    folder.write(
        "account.rhai",
        r#"call.answer();
let result = call.prompt_tts("Your account number?", #{ digits: #{ max: 12 } }).wait().params.result;
if result.params.digits == "123456789012" { call.say("Welcome back."); } else { call.say("Nobody has that."); }
call.hangup();
"#,
    );
    let words = ["call", "account.rhai", "--press", "123456789012", "--save-test", "account.test.rhai"];
    let said = folder.runs(&words, 0);
    assert!(said.contains("warning: test_enters_a_card does not pass as it stands: hears: "), "{said}");
    let written = folder.read("account.test.rhai");
    assert!(written.contains("caller.press(cards.visa.number.sub_string(0, 12));"), "{written}");
    folder.runs(&["test", "account.test.rhai"], 1);
}
