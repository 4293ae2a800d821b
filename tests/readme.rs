//! Every command and every script in the README does what it says.
//!
//! A block's info string says how it is used: `rhai` is checked and run on a simulated call
//! (`check-only`: only checked; `press=KEYS`: what the caller presses; `file=PATH`: a file for the
//! commands; `test`: a test of scripts), `sh` is run line by line (`exit=N`), and `text,output` is what the last line printed.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use relay_script::cli::exit::ExitCode;
use relay_script::config::TomlFile;
use relay_script::script::api::verbs;
use relay_script::script::check::{Vocabulary, check};
use relay_script::script::compiler::Compiler;
use relay_script::script::sources::InMemory;
use relay_script::script::{depth, engine, sources};
use relay_script::sim::{CallPlan, InboundCall, PlanAction};
use relay_script::testing::Rehearsal;

const README: &str = include_str!("../README.md");

/// Commands that the test does not run, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo test", "it is this test"),
    ("cargo install --path .", "it takes minutes, and changes the machine"),
    ("cargo run --example embed", "tests/embed.rs runs it"),
    ("cargo bench", "it takes minutes"),
    ("relay-script run scripts/pay.rhai", "it goes on until it is interrupted"),
    ("relay-script run scripts/pay.rhai --open", "it goes on until it is interrupted"),
    ("relay-script start scripts/pay.rhai", "it wants credentials"),
    ("relay-script sim", "it goes on until it is interrupted"),
    ("relay-script test scripts --watch", "it goes on until it is interrupted"),
    (
        "relay-script sim --listen 127.0.0.1:4455 --listen-tls 127.0.0.1:4456 --ca-file sim-ca.pem",
        "it goes on until it is interrupted",
    ),
    ("relay-script sim --calls 1000 --live 50 --scenario scenario.json --speed 10", "it waits for a client"),
    (
        "relay-script start sales=sales.rhai support=support.rhai --env-file /etc/relay-script.env",
        "it wants credentials",
    ),
];

struct Block {
    line: usize,
    language: String,
    attributes: Vec<String>,
    text: String,
}

impl Block {
    fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|given| given == attribute)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find_map(|given| given.strip_prefix(name)?.strip_prefix('='))
    }
}

fn blocks() -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for (index, line) in README.lines().enumerate() {
        if let Some(info) = line.strip_prefix("```") {
            open = !open;
            if open {
                let mut words = info.split(',').map(str::to_owned);
                let language = words.next().unwrap_or_default();
                let attributes = words.collect();
                blocks.push(Block { line: index + 1, language, attributes, text: String::new() });
            }
        } else if open {
            let block = blocks.last_mut().unwrap();
            let _ = writeln!(block.text, "{line}");
        }
    }
    assert!(!open, "the last block is not closed");
    blocks
}

fn scripts() -> Vec<Block> {
    blocks().into_iter().filter(|block| block.language == "rhai").collect()
}

#[test]
fn every_block_is_of_a_known_kind() {
    for Block { line, language, attributes, .. } in blocks() {
        let known: &[&str] = match language.as_str() {
            "rhai" => &["check-only", "press", "file", "test"],
            "sh" => &["exit"],
            "text" => &["output"],
            "toml" => &[],
            other => panic!("README.md:{line}: a block of {other:?}"),
        };
        for attribute in attributes {
            let name = attribute.split('=').next().unwrap();
            assert!(known.contains(&name), "README.md:{line}: {attribute}");
        }
    }
}

#[test]
fn the_first_script_is_the_file_that_the_first_command_runs() {
    assert_eq!(scripts()[0].value("file"), Some("scripts/pay.rhai"));
    assert_eq!(scripts()[0].text.trim_end(), include_str!("../scripts/pay.rhai").trim_end());
}

#[test]
fn every_script_passes_the_check() {
    let (compiler, vocabulary) = (Compiler::new(engine::compile_engine(None)), Vocabulary::of_calls());
    for block in scripts().iter().filter(|block| block.value("file").is_none()) {
        let files = InMemory::new([("README.rhai", block.text.as_str())]);
        let report = check(&compiler, &files, Path::new("README.rhai"), &vocabulary);
        let found: Vec<_> =
            report.diagnostics.iter().map(|fault| fault.render(&report.files, false)).collect();
        assert!(found.is_empty(), "README.md:{}\n{}", block.line, found.join("\n"));
    }
}

#[test]
fn every_script_runs_without_a_fault_and_hangs_up() {
    for block in scripts() {
        if block.has("check-only") || block.value("file").is_some() {
            continue;
        }
        let press = block.value("press").map(|keys| PlanAction::Press(keys.to_owned()));
        let plan = CallPlan { actions: press.into_iter().collect(), ..CallPlan::default() };
        let call = InboundCall { plan, ..InboundCall::default() };
        let rehearsed = Rehearsal::of_text(&block.text).call(call).unwrap();
        let faults: Vec<_> = rehearsed.faults().collect();
        assert!(faults.is_empty(), "README.md:{}\n{}", block.line, faults.join("\n"));
        assert_eq!(rehearsed.end_reason(), Some("hangup"), "README.md:{}", block.line);
    }
}

#[test]
fn settings_in_a_file_are_settings() {
    for block in blocks().iter().filter(|block| block.language == "toml") {
        TomlFile::parse(Path::new("relay-script.toml"), &block.text).unwrap();
    }
}

/// A folder with the files that the commands are about.
fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    // Calls that are saved as tests are added to what is there.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("scripts")).unwrap();
    for name in ["ivr.rhai", "voicemail.rhai"] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts").join(name);
        std::fs::copy(script, folder.join("scripts").join(name)).unwrap();
    }
    for block in scripts() {
        if let Some(path) = block.value("file") {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &block.text).unwrap();
        }
    }
    folder
}

fn program(arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relay-script"));
    command.args(words(arguments)).stdin(Stdio::null()).env_clear();
    command
}

/// The words of a line, with double quotes as a shell takes them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

fn arguments(line: &str) -> Option<&str> {
    line.strip_prefix("relay-script ").or_else(|| line.strip_prefix("cargo run --release -- "))
}

fn printed(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

#[test]
fn every_command_does_what_is_shown() {
    let folder = folder();
    let (mut last, mut shown) = (None, 0);
    for block in blocks() {
        match block.language.as_str() {
            "sh" => {
                let expected = block.value("exit").map_or(0, |code| code.parse().unwrap());
                for line in block.text.lines().filter(|line| NOT_RUN.iter().all(|(known, _)| known != line)) {
                    let place = format!("README.md:{}: {line}", block.line);
                    let arguments = arguments(line).unwrap_or_else(|| panic!("{place}: unknown command"));
                    let output = program(arguments).current_dir(&folder).output().unwrap();
                    assert_eq!(output.status.code(), Some(expected), "{place}\n{}", printed(&output));
                    last = Some(output);
                }
            }
            "text" if block.has("output") => {
                assert_eq!(printed(last.as_ref().unwrap()), block.text, "README.md:{}", block.line);
                shown += 1;
            }
            _ => {}
        }
    }
    assert!(shown > 0);
}

#[test]
fn what_is_not_run_is_there_and_its_words_are_understood() {
    for (line, _) in NOT_RUN {
        assert!(README.lines().any(|readme| readme == *line), "{line}");
        if let Some(arguments) = arguments(line) {
            let mut words = words(arguments);
            words.insert(0, "relay-script".into());
            assert!(relay_script::cli::args::Cli::read(words).is_ok(), "{line}");
        }
    }
}

#[test]
fn every_flag_is_in_the_readme() {
    for command in ["run", "start", "call", "test", "check", "sim"] {
        let output = program(&format!("{command} --help")).output().unwrap();
        let help = printed(&output);
        let flags = help.split_whitespace().filter(|word| word.starts_with("--"));
        for flag in flags.filter(|flag| !["--help", "--from", "--to", "--color"].contains(flag)) {
            let flag = flag.trim_end_matches(['.', ',']);
            let known = README.contains(flag) || ["--verbose", "--quiet"].contains(&flag);
            assert!(known, "{command} {flag}");
        }
    }
}

#[test]
fn every_verb_is_named() {
    for verb in verbs::all() {
        let named = README.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == verb.name);
        assert!(named, "{}", verb.name);
    }
}

#[test]
fn limits_and_exit_codes_are_the_real_ones() {
    for row in [
        format!("| a string | {} KiB |", engine::MAX_STRING / 1024),
        format!("| arrays and maps, all elements of one value | {},000 |", engine::MAX_ITEMS / 1000),
        format!("| values inside values | {} levels |", depth::MAX_DEPTH),
        format!("| a script file | {} MiB |", sources::MAX_BYTES >> 20),
        format!("| {} | RELAY refused the credentials |", ExitCode::Refused as u8),
        format!("| {} | RELAY cannot be reached |", ExitCode::Unreachable as u8),
        format!("| {} | the drain timeout cut calls |", ExitCode::CutCalls as u8),
    ] {
        assert!(README.contains(&row), "{row}");
    }
}
