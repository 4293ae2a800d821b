//! Values of a script as JSON, and back.
//!
//! Writing goes straight into a string. It never follows data deeper than 64 levels, and never
//! drops silently what JSON cannot carry.

use std::fmt::Write as _;

use rhai::Dynamic;

use super::args::ArgError;
use super::place::Place;
use super::view::{View, view};

/// Writes a value as JSON.
///
/// # Errors
/// A function, a handle, a number that is not finite, or data nested more than 64 levels deep; the
/// message names the place in the value.
pub fn write_json(value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    write(&Place::value(), value, out)
}

/// Reads JSON: whole numbers become integers (decimals past 64 bits with sign), others floats, `null`
/// becomes `()`.
///
/// # Errors
/// The text is not JSON, or is nested more than 128 levels deep.
pub fn read_json(text: &str) -> Result<Dynamic, serde_json::Error> {
    serde_json::from_str(text)
}

/// Writes what stands at a place.
pub(super) fn write(at: &Place<'_>, value: &Dynamic, out: &mut String) -> Result<(), ArgError> {
    at.within_depth()?;
    match view(value) {
        View::Unit => out.push_str("null"),
        View::Flag(flag) => out.push_str(if flag { "true" } else { "false" }),
        View::Text(text) => write_string(&text, out),
        View::Char(letter) => write_string(letter.encode_utf8(&mut [0; 4]), out),
        View::List(items) => return write_list(at, &items, out),
        View::Map(map) => return write_map(at, &map, out),
        number if number.number().is_some() => number.write_number(out),
        View::Float(_) => return Err(at.error("is not a finite number, JSON cannot carry it")),
        other => return Err(at.error(&format!("is {}, JSON cannot carry it", other.what()))),
    }
    Ok(())
}

fn write_list(at: &Place<'_>, items: &[Dynamic], out: &mut String) -> Result<(), ArgError> {
    out.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(&at.item(index), item, out)?;
    }
    out.push(']');
    Ok(())
}

/// Writes any map that stands at a place.
pub(super) fn write_map(at: &Place<'_>, map: &rhai::Map, out: &mut String) -> Result<(), ArgError> {
    at.within_depth()?;
    out.push('{');
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write(&at.key(key), value, out)?;
    }
    out.push('}');
    Ok(())
}

/// Writes a string with its quotes, escaping what JSON demands.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= b' ' && byte != b'"' && byte != b'\\' {
            continue;
        }
        // Every escaped byte is ASCII, so both cuts fall between characters.
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            // Writing into a String cannot fail.
            _ => _ = write!(out, "\\u{byte:04x}"),
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rhai::{Engine, Scope};

    fn json(script: &str) -> Result<String, String> {
        let value: Dynamic = Engine::new().eval(script).unwrap();
        let mut out = String::new();
        write_json(&value, &mut out).map(|()| out).map_err(|error| error.message)
    }

    #[test]
    fn values_become_json() {
        for (script, expected) in [
            ("()", "null"),
            ("#{a: [1, 2.5, true, 'x'], b: #{}}", r#"{"a":[1,2.5,true,"x"],"b":{}}"#),
            (r#""q\" b\\ \n\t \u0001 é🙂""#, "\"q\\\" b\\\\ \\n\\t \\u0001 é🙂\""),
            ("parse_decimal(\"29.90\")", "29.90"),
            ("1e300 * 10.0", "1e301"),
            ("let x = 1; let f = || x += 1; f.call(); #{x: x}", r#"{"x":2}"#),
        ] {
            assert_eq!(json(script).as_deref(), Ok(expected), "{script}");
        }
    }

    #[test]
    fn what_json_cannot_carry_is_named() {
        for (script, message) in [
            ("#{a: [1, || 2]}", "value.a[1] is a function, JSON cannot carry it"),
            ("#{a: 0.0 / 0.0}", "value.a is not a finite number, JSON cannot carry it"),
            ("blob(3)", "value is a value of type blob, JSON cannot carry it"),
            ("timestamp()", "value is a value of type timestamp, JSON cannot carry it"),
        ] {
            assert_eq!(json(script).unwrap_err(), message, "{script}");
        }
    }

    #[test]
    fn depth_is_bounded_at_sixty_four_levels() {
        assert!(json("let a = []; for i in 0..64 { a = [a]; } a").is_ok());
        let deep = json("let a = []; for i in 0..65 { a = [a]; } #{k: a}").unwrap_err();
        assert_eq!(deep, "value.k is nested more than 64 levels deep");
    }

    #[test]
    fn a_shared_value_that_is_in_use_is_an_error_and_no_panic() {
        let mut shared = Dynamic::from(5_i64).into_shared();
        let copy = shared.clone();
        let _held = shared.write_lock::<i64>().unwrap();
        let error = write_json(&copy, &mut String::new()).unwrap_err();
        assert_eq!(error.message, "value is a variable that is being changed, JSON cannot carry it");
    }

    #[test]
    fn json_becomes_values() {
        let mut scope = Scope::new();
        let text = r#"{"a":1,"b":1.5,"c":null,"d":[true,"x"],"e":-3,"f":1.0}"#;
        scope.push_dynamic("v", read_json(text).unwrap());
        let script = r#"type_of(v.a) == "i64" && v.b == 1.5 && v.c == () && v.d == [true, "x"]
            && v.e == -3 && type_of(v.f) == "f64""#;
        assert!(Engine::new().eval_with_scope::<bool>(&mut scope, script).unwrap());
        assert!(read_json("{").is_err());
        assert!(read_json(&"[".repeat(1000)).is_err());
    }
}
