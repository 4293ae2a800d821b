//! The name of a case, from what happened: `test_presses_1_and_is_connected`.
//!
//! It knows nothing of other cases.

/// So many things that happened make a name.
const MOST: usize = 3;
/// The longest word from what was pressed or said, in characters.
const LONGEST: usize = 24;
/// How calls end that nothing else happened on.
const ENDS: [&str; 2] = ["hangs_up", "is_hung_up_on"];

/// A name for a case in which this happened.
pub(super) fn name(deeds: &[String]) -> String {
    let mut deeds: Vec<&str> = deeds.iter().map(String::as_str).collect();
    deeds.dedup();
    if deeds.iter().any(|deed| !ENDS.contains(deed)) {
        deeds.retain(|deed| !ENDS.contains(deed));
    }
    if deeds.len() > MOST {
        deeds.drain(MOST - 1..deeds.len() - 1);
    }
    match deeds.as_slice() {
        [] => "test_calls".to_owned(),
        deeds => format!("test_{}", deeds.join("_and_")),
    }
}

/// Keys or words as a part of a name.
pub(super) fn slug(text: &str) -> String {
    let text = text.replace('*', " star ").replace('#', " pound ").to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if slug.len() + word.len() > LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('_');
        }
        slug.push_str(word);
    }
    if slug.is_empty() { "something".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_happened() {
        for (deeds, expected) in [
            (&["presses_1", "is_connected", "hangs_up"][..], "test_presses_1_and_is_connected"),
            (&["hangs_up"], "test_hangs_up"),
            (&[], "test_calls"),
            (
                &["presses_7", "presses_7", "presses_0", "pays", "is_declined"],
                "test_presses_7_and_presses_0_and_is_declined",
            ),
        ] {
            let deeds: Vec<String> = deeds.iter().map(|deed| (*deed).to_owned()).collect();
            assert_eq!(name(&deeds), expected);
        }
        for (text, expected) in [
            ("1", "1"),
            ("42#", "42_pound"),
            ("*", "star"),
            ("Sales, please!", "sales_please"),
            ("ü", "something"),
            ("a rather long sentence that somebody says", "a_rather_long_sentence"),
        ] {
            assert_eq!(slug(text), expected);
        }
    }
}
