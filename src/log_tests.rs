//! What a log looks like, and what never gets into it.

#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use super::*;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn options(level: LogLevel) -> LogOptions {
    LogOptions { format: LogFormat::Text, level, directives: None, color: false }
}

fn redactor() -> Arc<Redactor> {
    let redactor = Redactor::new();
    redactor.add("PTsecret");
    Arc::new(redactor)
}

/// The text that `act` logs.
fn logged(options: &LogOptions, act: impl FnOnce()) -> String {
    let sink = Sink::default();
    let made = sink.clone();
    let subscriber = subscriber(options, redactor(), move || made.clone()).unwrap();
    tracing::subscriber::with_default(subscriber, act);
    sink.text()
}

fn say_everything() {
    tracing::error!("own error");
    tracing::warn!("own warn");
    tracing::info!("own info");
    tracing::debug!("own debug");
    tracing::trace!("own trace");
    tracing::error!(target: "other", "other error");
    tracing::warn!(target: "other", "other warn");
    tracing::info!(target: "other", "other info");
}

#[test]
fn the_level_is_for_this_crate_and_others_are_quieter() {
    let table: &[(LogLevel, &[&str], &[&str])] = &[
        (LogLevel::Error, &["own error", "other error"], &["own warn", "other warn"]),
        (LogLevel::Warn, &["own warn", "other warn"], &["own info", "other info"]),
        (LogLevel::Info, &["own info", "other warn"], &["own debug", "other info"]),
        (LogLevel::Debug, &["own debug"], &["own trace", "other info"]),
        (LogLevel::Trace, &["own trace"], &["other info"]),
    ];
    for (level, there, missing) in table {
        let text = logged(&options(*level), say_everything);
        assert!(there.iter().all(|part| text.contains(part)), "{level:?}: {text}");
        assert!(!missing.iter().any(|part| text.contains(part)), "{level:?}: {text}");
    }
}

#[test]
fn directives_replace_the_level() {
    let directives = Some("relay_script=error,other=info".to_owned());
    let text = logged(&LogOptions { directives, ..options(LogLevel::Trace) }, say_everything);
    assert!(text.contains("other info") && !text.contains("own warn"), "{text}");
}

#[test]
fn senseless_directives_are_an_error_with_their_text() {
    let directives = Some("relay_script=loudly".to_owned());
    let result = subscriber(&LogOptions { directives, ..options(LogLevel::Info) }, redactor(), Sink::default);
    let error = result.err().unwrap();
    assert_eq!(
        error.to_string(),
        "RUST_LOG: expected directives like relay_script=debug, got \"relay_script=loudly\""
    );
}

/// A log without its times: any four digits may stand in their microseconds.
fn without_times(text: &str) -> String {
    regex::Regex::new(r"\d{4}-\d\d-\d\dT[\d:.]+Z").unwrap().replace_all(text, "TIME").into_owned()
}

#[test]
fn no_secret_passes_in_message_field_or_span() {
    for format in [LogFormat::Text, LogFormat::Json] {
        for color in [false, true] {
            let text = logged(&LogOptions { format, color, ..options(LogLevel::Trace) }, || {
                let _span = tracing::info_span!("call", token = "PTsecret").entered();
                tracing::info!(card = "4111 1111 1111 1111", number = 4111111111111111_u64, "it is PTsecret");
                tracing::trace!("{:?}", Some("PTsecret 4111111111111111"));
            });
            assert!(!text.contains("PTsecret") && !without_times(&text).contains("4111"), "{text}");
            assert!(text.contains("************1111") && text.contains("***"), "{text}");
        }
    }
}

#[test]
fn json_lines_hold_message_and_fields_at_the_top() {
    let options = LogOptions { format: LogFormat::Json, ..options(LogLevel::Info) };
    let text = logged(&options, || {
        let _span = tracing::info_span!("call", call_id = "c1").entered();
        tracing::info!(version = 3, card = 4111111111111111_u64, "call answered");
    });
    let line: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(line["message"], "call answered");
    assert_eq!((&line["version"], &line["card"]), (&3.into(), &"************1111".into()));
    assert_eq!((&line["level"], &line["span"]["call_id"]), (&"INFO".into(), &"c1".into()));
}

#[test]
fn text_lines_are_coloured_only_when_asked() {
    let plain = logged(&options(LogLevel::Info), || tracing::info!(version = 3, "call answered"));
    assert!(plain.ends_with("call answered version=3\n") && !plain.contains('\u{1b}'), "{plain:?}");
    let colored = LogOptions { color: true, ..options(LogLevel::Info) };
    assert!(logged(&colored, || tracing::info!("call answered")).contains('\u{1b}'));
}

#[test]
fn a_line_written_in_pieces_is_masked_whole() {
    let sink = Sink::default();
    let redactor = redactor();
    let mut writer = LineWriter { redactor: &redactor, json: false, sink: sink.clone(), held: Vec::new() };
    for piece in ["a PTse", "cret b\nPT", "secret\n", "4111111", "111111111"] {
        writer.write_all(piece.as_bytes()).unwrap();
    }
    assert_eq!(sink.text(), "a *** b\n***\n");
    drop(writer);
    assert_eq!(sink.text(), "a *** b\n***\n************1111");
}

/// The one test that sets the process-wide panic hook.
#[test]
fn a_panic_shows_its_place_and_only_a_fixed_text() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(log_panic));
    let panicked = |panic: fn()| logged(&options(LogLevel::Info), || drop(std::panic::catch_unwind(panic)));
    let fixed = panicked(|| panic!("a fixed text"));
    let formatted = panicked(|| panic!("the pin is {}", std::hint::black_box(1234)));
    std::panic::set_hook(before);
    assert!(fixed.contains("log_tests.rs:") && fixed.contains("a fixed text"), "{fixed}");
    assert!(formatted.contains("log_tests.rs:") && formatted.contains("(not shown)"), "{formatted}");
    assert!(!without_times(&formatted).contains("1234"), "{formatted}");
}
