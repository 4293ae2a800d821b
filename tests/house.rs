//! The rules of the house: who may know whom, and what stands in one place only.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A source file: its path below `src`, its text, and the text without its tests.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.ends_with("test_bench.rs")
    }

    /// The first folder or file: `relay` for `relay/session.rs`, `config` for `config.rs`.
    fn room(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                found.push(Source { path: name, text, code });
            }
        }
    }
    assert!(found.len() > 100);
    found
}

/// The code of a file, comments left out.
fn code(source: &Source) -> impl Iterator<Item = &str> {
    source.code.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// The files, tests left out, whose code has one of these words and whose path begins with none of `allowed`.
fn users(words: &[&str], allowed: &[&str]) -> BTreeSet<String> {
    let sources = sources();
    let strangers = sources.iter().filter(|s| !s.is_test() && !allowed.iter().any(|a| s.path.starts_with(a)));
    let using = strangers.filter(|s| code(s).any(|line| words.iter().any(|word| line.contains(word))));
    using.map(|s| s.path.clone()).collect()
}

#[track_caller]
fn nobody(words: &[&str], allowed: &[&str]) {
    assert_eq!(users(words, allowed), BTreeSet::new(), "{words:?} belongs to {allowed:?}");
}

/// Who may use whom, downwards only. Rooms that are not named here use no other.
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "config", "log", "redact", "relay", "report", "runtime", "script", "shutdown", "sim", "testing",
            "watch",
        ],
    ),
    ("log", &["config", "redact"]),
    ("report", &["redact"]),
    ("testing", &["relay", "runtime", "script", "sim"]),
    ("runtime", &["call", "relay", "script"]),
    ("script", &["call", "relay", "redact"]),
    ("call", &["relay"]),
];

#[test]
fn each_room_uses_only_those_below_it() {
    for source in sources().iter().filter(|source| source.room() != "lib") {
        let room = source.room();
        let below = MAY_USE.iter().find(|(name, _)| *name == room).map_or(&[][..], |(_, below)| below);
        for line in code(source) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let known = used == room || below.contains(&used.as_str()) || used.is_empty();
                assert!(known, "{} uses {used}: {line}", source.path);
            }
        }
    }
}

#[test]
fn foreign_crates_stay_in_their_rooms() {
    // The exceptions hand an embedder's functions, or a script's values, through.
    // The words of tests are an API for scripts of their own kind.
    nobody(
        &["rhai::", "use rhai"],
        &["script/", "runtime.rs", "lib.rs", "testing/rehearsal.rs", "testing/words"],
    );
    nobody(&["regex::"], &["testing/words/hearing.rs"]);
    nobody(&["similar::"], &["testing/difference.rs"]);
    nobody(&["quick_junit"], &["testing/reports/junit.rs"]);
    nobody(&["tungstenite"], &["relay/link.rs", "sim/server"]);
    nobody(&["clap::", "clap("], &["cli/"]);
    nobody(&["corosensei"], &["script/coroutine.rs"]);
    nobody(&["notify::"], &["watch"]);
    nobody(&["dotenvy", "toml::"], &["config"]);
    nobody(&["annotate_snippets"], &["script/diagnostics"]);
    nobody(&["libc::"], &["cli/", "shutdown.rs"]);
}

#[test]
fn the_pure_rooms_know_no_clock_no_files_and_no_runtime() {
    let impure = [
        "Instant::now",
        "SystemTime",
        "tokio",
        "std::fs",
        "net::Tcp",
        "net::Udp",
        "net::ToSocket",
        "std::thread",
        "std::env",
        "fs::",
    ];
    let pure =
        ["relay/session.rs", "relay/pending.rs", "relay/frame.rs", "relay/message.rs", "relay/backoff.rs"];
    for source in sources() {
        let is_pure = pure.contains(&source.path.as_str())
            || source.room() == "call"
            || source.room() == "sim" && !source.path.starts_with("sim/server");
        if is_pure && !source.is_test() {
            for line in code(&source) {
                assert!(!impure.iter().any(|word| line.contains(word)), "{}: {line}", source.path);
            }
        }
    }
}

#[test]
fn unsafe_code_stands_in_one_file_and_output_in_another() {
    nobody(&["unsafe "], &["script/coroutine.rs"]);
    nobody(&["println!", "eprintln!", "print!(", "eprint!(", "dbg!("], &["report.rs"]);
    nobody(&["stdout().write", "stderr().write", "stdout().lock", "stderr().lock"], &["report.rs", "log.rs"]);
    nobody(&["process::exit"], &["main.rs", "cli/"]);
}

#[test]
fn there_is_one_fake_server() {
    nobody(&["\"session_restored\""], &["sim/directory.rs"]);
}

#[test]
fn every_file_says_what_it_is_for_and_none_is_too_long() {
    for source in sources() {
        let is_tests = source.is_test();
        assert!(is_tests || source.text.starts_with("//!"), "{} does not begin with //!", source.path);
        let lines = source.text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines", source.path);
    }
}

#[test]
fn no_file_is_named_after_nothing() {
    for source in sources() {
        let empty = ["manager", "helper", "util", "common", "misc"];
        assert!(!empty.iter().any(|name| source.path.contains(name)), "{}", source.path);
    }
}
