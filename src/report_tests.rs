//! What people and programs see.

#![allow(clippy::unwrap_used, clippy::type_complexity)]

use super::*;

const NO_HINT: [&str; 0] = [];

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `act` printed: stdout, stderr.
fn printed(color: bool, quiet: bool, act: impl FnOnce(&Report)) -> (String, String) {
    let (out, err) = (Buffer::default(), Buffer::default());
    let redactor = Redactor::new();
    redactor.add("PTsecret");
    let report = Report::new(Box::new(out.clone()), Box::new(err.clone()), color, quiet, Arc::new(redactor));
    act(&report);
    let text = |buffer: Buffer| String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    (text(out), text(err))
}

#[derive(Debug)]
struct Fault(&'static str, Option<Box<Fault>>);

impl Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn chain(messages: &[&'static str]) -> Fault {
    let mut all = messages.iter().rev();
    let mut fault = Fault(all.next().unwrap(), None);
    for message in all {
        fault = Fault(message, Some(Box::new(fault)));
    }
    fault
}

#[test]
fn an_error_shows_each_cause_once_and_then_its_hints() {
    let table: &[(&[&'static str], &[&str], &str)] = &[
        (&["cannot read a"], &[], "error: cannot read a\n"),
        (
            &["cannot read a", "no such file"],
            &["create it"],
            "error: cannot read a\n  caused by: no such file\n\nhint: create it\n",
        ),
        (
            &["cannot open: refused", "refused", "", "refused", "os error 1"],
            &["one", "two"],
            "error: cannot open: refused\n  caused by: os error 1\n\nhint: one\nhint: two\n",
        ),
    ];
    for (messages, hints, expected) in table {
        let (out, err) = printed(false, true, |report| report.error(&chain(messages), *hints));
        assert_eq!((out.as_str(), err.as_str()), ("", *expected));
    }
}

#[test]
fn each_kind_of_line_has_its_label() {
    let (out, err) = printed(false, false, |report| {
        report.warning(&chain(&["a", "b"]), NO_HINT);
        report.warn("c");
        report.note("d");
        report.status("listening on context default");
        report.status("draining");
        report.drawn("  |\n1 | x\n\n");
        report.line("data").unwrap();
    });
    assert_eq!(
        err,
        "warning: a\n  caused by: b\nwarning: c\nnote: d\nlistening on context default\ndraining\n  |\n1 | x\n"
    );
    assert_eq!(out, "data\n");
}

#[test]
fn quiet_leaves_out_notes_and_status_only() {
    let (out, err) = printed(false, true, |report| {
        report.note("d");
        report.status("listening");
        report.warn("c");
        report.line("data").unwrap();
    });
    assert_eq!((out.as_str(), err.as_str()), ("data\n", "warning: c\n"));
}

#[test]
fn colours_are_around_labels_and_never_on_stdout() {
    let (out, err) = printed(true, false, |report| {
        report.error(&chain(&["a"]), ["h"]);
        report.line("data").unwrap();
    });
    let label = |code, text| format!("\u{1b}[1;{code}m{text}\u{1b}[0m\u{1b}[1m:\u{1b}[0m");
    assert_eq!(err, format!("{} a\n\n{} h\n", label(31, "error"), label(36, "hint")));
    assert_eq!(out, "data\n");
}

#[test]
fn secrets_and_cards_are_masked_on_both_outputs() {
    let (out, err) = printed(false, false, |report| {
        report.error(&chain(&["PTsecret", "4111111111111111"]), ["PTsecret"]);
        report.drawn("PTsecret");
        report.status("PTsecret");
        report.line("PTsecret 4111 1111 1111 1111").unwrap();
        report.json(&serde_json::json!({"a": "PTsecret", "n": 4111111111111111_u64})).unwrap();
    });
    assert!(
        !format!("{out}{err}").contains("PTsecret") && !format!("{out}{err}").contains("4111"),
        "{out}{err}"
    );
    assert_eq!(out, "*** ************1111\n{\"a\":\"***\",\"n\":\"************1111\"}\n");
}

#[test]
fn json_is_one_line_a_value() {
    let (out, _) = printed(false, false, |report| {
        report.json(&serde_json::json!({"text": "two\nlines"})).unwrap();
        report.json(&[1, 2]).unwrap();
    });
    assert_eq!(out, "{\"text\":\"two\\nlines\"}\n[1,2]\n");
}

struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_is_no_error_but_a_full_disk_is() {
    let result = |kind| {
        let failing = || Box::new(Failing(kind));
        let report = Report::new(failing(), failing(), false, false, Arc::new(Redactor::new()));
        report.warn("lost");
        (report.line("a").is_ok(), report.json(&1).is_ok())
    };
    assert_eq!(result(io::ErrorKind::BrokenPipe), (true, true));
    assert_eq!(result(io::ErrorKind::StorageFull), (false, false));
}

#[test]
fn colours_follow_flag_terminal_and_environment() {
    let table: &[(Color, bool, &[(&str, &str)], bool)] = &[
        (Color::Auto, true, &[], true),
        (Color::Auto, false, &[], false),
        (Color::Auto, true, &[("NO_COLOR", "1")], false),
        (Color::Auto, true, &[("NO_COLOR", "")], true),
        (Color::Auto, true, &[("TERM", "dumb")], false),
        (Color::Always, false, &[("NO_COLOR", "1")], true),
        (Color::Never, true, &[], false),
    ];
    for (color, terminal, env, expected) in table {
        let get = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        assert_eq!(color.applies(*terminal, &get), *expected, "{color:?} {terminal} {env:?}");
    }
}
