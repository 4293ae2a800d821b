//! Values of a test as text: in one line for messages, over several for comparing; and when two are equal.

use std::fmt::Write as _;

use rhai::{Array, Dynamic, ImmutableString, Map};
use rust_decimal::Decimal;

use crate::script::diagnostics::mask_cards;

/// The longest value in a message, in characters.
const SHORT: usize = 80;
/// A value that is longer than this in one line is written over several.
const ONE_LINE: usize = 60;

/// A value in one line, shortened.
pub(super) fn short(value: &Dynamic) -> String {
    let mut text = String::new();
    write(value, None, &mut text);
    let text = mask_cards(&text.replace('\n', "\\n"));
    match text.char_indices().nth(SHORT) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// A value for comparing: text as it is, maps and arrays over several lines where they are long.
pub(super) fn long(value: &Dynamic) -> String {
    if let Some(text) = value.read_lock::<ImmutableString>().filter(|text| text.contains('\n')) {
        return mask_cards(&text);
    }
    let mut text = String::new();
    write(value, None, &mut text);
    if text.chars().count() > ONE_LINE && is_nested(value) {
        text.clear();
        write(value, Some(0), &mut text);
    }
    mask_cards(&text)
}

fn is_nested(value: &Dynamic) -> bool {
    value.read_lock::<Map>().is_some() || value.read_lock::<Array>().is_some()
}

/// Writes a value as Rhai would read it; with `indent`, each item on a line of its own.
fn write(value: &Dynamic, indent: Option<usize>, out: &mut String) {
    if let Some(text) = value.read_lock::<ImmutableString>() {
        let _ = write!(out, "{:?}", text.as_str());
    } else if let Some(map) = value.read_lock::<Map>() {
        let items = map.iter().map(|(key, value)| (Some(key.as_str()), value));
        write_items(("#{", "}"), items, indent, out);
    } else if let Some(array) = value.read_lock::<Array>() {
        write_items(("[", "]"), array.iter().map(|value| (None, value)), indent, out);
    } else if value.is_unit() {
        out.push_str("()");
    } else {
        let _ = write!(out, "{value}");
    }
}

fn write_items<'a>(
    (open, close): (&str, &str),
    items: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Dynamic)>,
    indent: Option<usize>,
    out: &mut String,
) {
    out.push_str(open);
    let indent = indent.filter(|_| items.len() > 0);
    let inner = indent.map(|indent| indent + 2);
    for (index, (key, value)) in items.enumerate() {
        match inner {
            Some(inner) => {
                let _ = write!(out, "\n{:inner$}", "");
            }
            None if index > 0 => out.push_str(", "),
            None => {}
        }
        if let Some(key) = key {
            let _ = write!(out, "{key}: ");
        }
        write(value, inner, out);
        if inner.is_some() {
            out.push(',');
        }
    }
    if let Some(indent) = indent {
        let _ = write!(out, "\n{:indent$}", "");
    }
    out.push_str(close);
}

/// Whether two values are equal, as Rhai's `==` has it, and item by item in arrays and maps.
pub(super) fn same(a: &Dynamic, b: &Dynamic) -> bool {
    if let (Some(a), Some(b)) = (a.read_lock::<Array>(), b.read_lock::<Array>()) {
        return a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b));
    }
    if let (Some(a), Some(b)) = (a.read_lock::<Map>(), b.read_lock::<Map>()) {
        return a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)));
    }
    if let (Ok(a), Ok(b)) = (a.as_float(), b.as_float()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (text(a), text(b)) {
        return a == b;
    }
    match (a.as_bool(), b.as_bool()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a.is_unit() && b.is_unit(),
    }
}

fn text(value: &Dynamic) -> Option<String> {
    let text = value.read_lock::<ImmutableString>().map(|text| text.to_string());
    text.or_else(|| value.as_char().ok().map(String::from))
}

/// A number; whole numbers and decimals are compared exactly.
fn number(value: &Dynamic) -> Option<Decimal> {
    if let Ok(number) = value.as_int() {
        return Some(number.into());
    }
    if let Ok(number) = value.as_float() {
        return Decimal::try_from(number).ok();
    }
    value.read_lock::<Decimal>().map(|number| *number)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rhai::Engine;

    fn value(script: &str) -> Dynamic {
        Engine::new().eval(script).unwrap()
    }

    #[test]
    fn values_are_equal_as_rhai_has_it() {
        for (a, b, equal) in [
            ("1", "1.0", true),
            ("parse_decimal(\"29.90\")", "29.9", true),
            ("'x'", "\"x\"", true),
            ("()", "()", true),
            ("()", "false", false),
            ("[1, #{a: [2]}]", "[1.0, #{a: [2]}]", true),
            ("#{a: 1}", "#{a: 1, b: ()}", false),
            ("[1]", "[1, 2]", false),
            ("true", "1", false),
            ("\"1\"", "1", false),
        ] {
            assert_eq!(same(&value(a), &value(b)), equal, "{a} {b}");
        }
    }

    #[test]
    fn long_values_take_a_line_for_each_item_and_short_ones_are_cut() {
        let map = value(
            "#{number: \"4242424242424242\", list: [1, ()], text: \"a longer text that does not fit\"}",
        );
        assert_eq!(
            long(&map),
            "#{\n  list: [\n    1,\n    (),\n  ],\n  number: \"************4242\",\n  text: \"a longer text \
             that does not fit\",\n}"
        );
        assert_eq!(long(&value("[1, \"x\"]")), "[1, \"x\"]");
        assert_eq!(long(&value("\"two\\nlines\"")), "two\nlines");
        assert_eq!(short(&value("let a = []; a.pad(100, 0); a")).chars().count(), SHORT + 1);
    }
}
