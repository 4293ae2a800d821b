//! Where a case goes in a test file: at its end, under a name that nothing else there has.
//!
//! It touches no file.

use std::collections::BTreeSet;

use super::Saved;

/// A case with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its name.
    pub name: String,
    /// What is added to the end of the file.
    pub text: String,
    /// The case alone.
    pub case: String,
}

/// Finds the place of a case. `existing`: the text of the file, if there is one; `script`: how a new file names
/// its script, if it has to.
#[must_use]
pub fn place(saved: &Saved, existing: Option<&str>, script: Option<&str>) -> Placed {
    let name = free_name(&saved.name, existing.unwrap_or_default());
    let case = saved.text(&name);
    let before = match (existing.unwrap_or_default(), script) {
        ("", Some(script)) => format!("// script: {script}\n\n"),
        ("", None) => String::new(),
        (text, _) if text.ends_with("\n\n") => String::new(),
        (text, _) if text.ends_with('\n') => "\n".to_owned(),
        _ => "\n\n".to_owned(),
    };
    Placed { name, text: format!("{before}{case}"), case }
}

/// The name, with a number where a function has it already.
fn free_name(name: &str, text: &str) -> String {
    let functions: BTreeSet<&str> = text.split("fn ").skip(1).map(identifier).collect();
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !functions.contains(name.as_str())).unwrap_or_default()
}

fn identifier(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_added_at_the_end_under_a_free_name() {
        let saved = Saved {
            name: "test_pays".into(),
            lines: vec!["let caller = dial();".into(), "caller.hangs_up();".into()],
            script: "pay.rhai".into(),
            trouble: None,
        };
        let body = "() {\n    let caller = dial();\n    caller.hangs_up();\n}\n";
        for (existing, script, name, before) in [
            (None, None, "test_pays", ""),
            (None, Some("../pay.rhai"), "test_pays", "// script: ../pay.rhai\n\n"),
            (Some(""), Some("pay.rhai"), "test_pays", "// script: pay.rhai\n\n"),
            (Some("// Tests.\n"), Some("pay.rhai"), "test_pays", "\n"),
            (Some("fn test_pays() {}"), None, "test_pays_2", "\n\n"),
            (Some("fn test_pays() {}\nfn  test_pays_2 () {}\n\n"), None, "test_pays_3", ""),
            (Some("fn test_pays_all() {}\n"), None, "test_pays", "\n"),
        ] {
            let placed = place(&saved, existing, script);
            assert_eq!(placed.name, name);
            assert_eq!(placed.case, format!("fn {name}{body}"));
            assert_eq!(placed.text, format!("{before}{}", placed.case));
        }
    }
}
