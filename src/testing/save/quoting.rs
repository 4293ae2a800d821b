//! Texts as Rhai reads them.
//!
//! It changes nothing of what they say.

use std::fmt::Write as _;

/// A text in double quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A name as a key of a map, in quotes where it needs them.
pub(super) fn key(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { quoted(name) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rhai_reads_the_same_text() {
        for text in ["plain", "a \"quoted\" \\ one", "two\nlines\tand\r\u{7}\u{1b}", "$ {x} ü 猫", ""] {
            let read: String = crate::script::engine::compile_engine(None).eval(&quoted(text)).unwrap();
            assert_eq!(read, text);
        }
        assert_eq!([key("sales"), key("X-Who"), key("1a")], ["sales", "\"X-Who\"", "\"1a\""]);
    }
}
