//! Renderings, hints, thrown errors, and positions that no text has.
#![allow(clippy::unwrap_used)]

use rhai::{Dynamic, Engine, EvalAltResult, Map, Position};

use super::*;
use crate::script::compiler::Compiler;
use crate::script::sources::Key;

fn source(text: &str) -> Source {
    Source { path: "a.rhai".into(), text: text.into() }
}

/// The findings of the parser, each as `code line:column message (hint)`.
fn parsed(text: &str) -> Vec<String> {
    let errors = Compiler::default().parse(&Key::of_script("a.rhai".as_ref()), text).errors;
    let one = |error| {
        let found = Diagnostic::from_parse(error, "a.rhai", text, &["call", "amount"]);
        let hint = found.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{} {}:{} {}{hint}", found.code, found.line, found.column, found.message)
    };
    errors.iter().map(one).collect()
}

#[test]
fn syntax_errors_say_what_was_meant() {
    for (text, expected) in [
        (
            "#{a: 1, for: 2}",
            "reserved-word 1:9 `for` is a reserved word and cannot be a bare key (write the key in quotes: \"for\")",
        ),
        (
            "#{ null: 2}",
            "reserved-word 1:4 `null` is a reserved word and cannot be a bare key (write the key in quotes: \"null\")",
        ),
        (
            "let for = 1;",
            "reserved-word 1:5 `for` is a reserved word and cannot be a variable name (choose another name)",
        ),
        ("let null = 1;", "reserved-word 1:5 `null` is a reserved word (the empty value is written ())"),
        ("let a = null;", "reserved-word 1:9 `null` is a reserved word (the empty value is written ())"),
        ("var a = 1;", "reserved-word 1:1 `var` is a reserved word (variables are declared with let)"),
        (
            "call.x.for;",
            "reserved-word 1:8 `for` is a reserved word and cannot be a property name (write [\"for\"] in place of .for)",
        ),
        ("call.pay({a: 1});", "unknown-variable 1:11 unknown variable `a` (a map is written #{ … })"),
        (
            "function f() {}",
            "unknown-variable 1:1 unknown variable `function` (functions are declared with fn)",
        ),
        ("let x = amuont;", "unknown-variable 1:9 unknown variable `amuont` (did you mean `amount`?)"),
        ("m::f();", "unknown-module 1:1 unknown module `m` (import it above this line: import \"m\" as m;)"),
        (
            "if call = 1 {}",
            "syntax 1:9 `=` stands where a comparison was expected (`=` assigns, `==` compares)",
        ),
        (
            "call === 1",
            "syntax 1:6 unexpected `===` ('===' is not a valid operator. This is not JavaScript! Should it be '=='?)",
        ),
        (
            "call.say('hello');",
            "syntax 1:10 single quotes hold exactly one character (write strings in double quotes)",
        ),
        (
            "call.say(\"hello);",
            "syntax 1:10 the string is not closed (close it with the same quote; strings over several lines are written in backticks)",
        ),
        ("call.on(fn(x) {});", "syntax 1:9 unexpected `fn` (a function without a name is written |x| …)"),
        ("let a = 1; a++;", "syntax 1:13 unknown operator `++` (write += 1)"),
        ("if call and call {}", "syntax 1:9 unexpected `and` (and is written &&)"),
        (
            "let a = 1 let b = 2;",
            "syntax 1:11 expected `;` to terminate this statement (put a `;` between statements)",
        ),
        (
            "let a = 1 // one\nlet b = 2;",
            "syntax 1:9 expected `;` to terminate this statement (put a `;` between statements)",
        ),
        (
            "#{a: 1; b: 2}",
            "syntax 1:7 expected `}` to end this object map literal (the items of a map are separated by `,`)",
        ),
        (
            "#{ 5: 1 }",
            "syntax 1:4 expected `}` to end this object map literal (keys are names or strings: write it in quotes)",
        ),
        (
            "#{ a: 1 \"b\": 2 }",
            "syntax 1:9 expected `}` to end this object map literal (put a `,` between the items of a map)",
        ),
        (
            "let a = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
            "syntax 1:29 this is nested too deeply (split it: give parts of it a name with let)",
        ),
    ] {
        assert_eq!(parsed(text), [expected], "{text}");
    }
}

fn thrown(value: Dynamic) -> Diagnostic {
    let error = EvalAltResult::ErrorRuntime(value, Position::new(1, 6));
    Diagnostic::from_error(&error, "a.rhai", &[source("call.pay();")])
}

#[test]
fn thrown_errors_are_shown_as_they_were_meant() {
    let mut map = Map::new();
    map.insert("kind".into(), "invalid".into());
    map.insert("message".into(), "pay: unknown option `charge_amout`".into());
    map.insert("hint".into(), "did you mean `charge_amount`?".into());
    let found = thrown(Dynamic::from_map(map));
    assert_eq!(found.kind.as_deref(), Some("invalid"));
    let shown = found.render(&[source("call.pay();")], false);
    let expected = "\
error[thrown]: pay: unknown option `charge_amout`
 --> a.rhai:1:6
  |
1 | call.pay();
  |      ^^^
  |
  = hint: did you mean `charge_amount`?";
    assert_eq!(shown, expected, "\n{shown}");
    assert_eq!(thrown("no luck".into()).message, "no luck");
    assert_eq!(thrown(Dynamic::from(5_i64)).message, "5");
    assert_eq!(thrown(Dynamic::UNIT).message, "the script threw an error");
    assert_eq!(thrown(Dynamic::from_map(Map::new())).message, "the script threw an error");
}

#[test]
fn rhai_faults_are_lowercase_and_without_their_position() {
    for (text, code, message) in [
        ("let x = 1 / 0;", "runtime", "division by zero: 1 / 0"),
        ("let s = \"a\"; s.nothing(1);", "unknown-function", "no function `nothing` takes (string, integer)"),
        ("throw;", "thrown", "the script threw an error"),
        ("try { [][5] } catch (e) { throw e; }", "thrown", "array index 5 out of bounds: array is empty"),
    ] {
        let error = Engine::new().run(text).unwrap_err();
        let found = Diagnostic::from_error(&error, "a.rhai", &[source(text)]);
        assert_eq!((found.code, found.message.to_lowercase().as_str()), (code, message), "{text}");
    }
}

#[test]
fn a_diagnostic_is_one_line_of_json() {
    let found = Diagnostic::error("unknown-verb", "a.rhai", "`call` has no verb `x`\ny")
        .at(Position::new(1, 6), "call.xyz()")
        .hinted(Some("h"));
    assert_eq!(
        found.to_json(),
        "{\"severity\":\"error\",\"code\":\"unknown-verb\",\"message\":\"`call` has no verb `x`\\ny\",\
         \"file\":\"a.rhai\",\"line\":1,\"column\":6,\"length\":3,\"hint\":\"h\",\"stack\":[]}"
    );
}

#[test]
fn card_numbers_are_masked_in_message_and_excerpt() {
    let text = "call.send_digits(\"4242424242424242\", x, y)";
    let found =
        Diagnostic::error("thrown", "a.rhai", "bad digits 4242424242424242").at(Position::new(1, 38), text);
    let shown = [found.render(&[source(text)], false), found.to_json(), found.to_string()].join("\n");
    assert!(!shown.contains("4242424242424242") && shown.contains("************4242"), "{shown}");
    assert!(shown.contains("\n  |                                      ^"), "{shown}");
}

#[test]
fn no_position_and_no_text_makes_the_renderer_fail() {
    let long = format!("let s = \"{}\"; call.anser();", "ü".repeat(20_000));
    let texts =
        ["", "\n", "\r\n", "\tcall.x();\r\n\tb", "ünï😀 = \u{200b}\u{1b}[31m \0", "日本\u{202e}語", &long];
    let places = [0, 1, 2, 3, 7, 100, 65_535, usize::MAX];
    for text in texts {
        for line in places {
            for column in places {
                for length in [0, 1, 9, usize::MAX] {
                    let mut found = Diagnostic::error("syntax", "a.rhai", "m\n\u{1b}[0m");
                    (found.line, found.column, found.length) = (line, column, length);
                    let plain = found.render(&[source(text)], false);
                    assert!(plain.starts_with("error[syntax]: m") && plain.len() < 4_000, "{plain}");
                    assert!(!plain.contains('\u{1b}'), "{plain:?}");
                }
            }
        }
    }
    let found = Diagnostic::error("syntax", "other.rhai", "m").at(Position::NONE, "");
    assert_eq!(found.render(&[], false), "error[syntax]: m\n--> other.rhai");
    assert!(found.render(&[], true).contains('\u{1b}'));
}

#[test]
fn an_excerpt_is_the_line_of_a_place() {
    let sources = [source("call.answer();\n  call.say(\"4111111111111111\");")];
    for (line, column, expected) in [
        (2, 8, &["--> a.rhai:2:8", "2 |   call.say(\"************1111\");", "  |        ^^^"][..]),
        (9, 1, &["--> a.rhai:9:1"]),
        (0, 0, &["--> a.rhai"]),
    ] {
        let drawn = excerpt(&sources, &Place { file: "a.rhai".into(), line, column });
        assert!(expected.iter().all(|part| drawn.contains(part)), "{drawn}");
        assert!(!drawn.contains("note"), "{drawn}");
    }
}
