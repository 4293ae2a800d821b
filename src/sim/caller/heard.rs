//! What the virtual party heard since it acted last.
//!
//! Never forgets by itself: it is told when.

/// The spoken texts, oldest first, as they are compared.
#[derive(Debug, Default)]
pub(super) struct Heard(Vec<String>);

impl Heard {
    pub(super) fn add(&mut self, text: &str) {
        self.0.push(plain(text));
    }

    /// Whether a text contains `wanted`; that text and those before it are heard then, and count no more.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let wanted = plain(wanted);
        let Some(at) = self.0.iter().position(|text| text.contains(&wanted)) else { return false };
        self.0.drain(..=at);
        true
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// A text in lower case, with single spaces.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_compared_without_case_and_spacing() {
        for (spoken, wanted, heard) in [
            ("Press 1 for sales.", "press 1", true),
            ("Press  1\n for sales.", " PRESS 1 for ", true),
            ("ÜBER uns", "über", true),
            ("Press 1", "press 2", false),
            ("Press 1", "press1", false),
            ("anything", "", true),
        ] {
            let mut all = Heard::default();
            all.add(spoken);
            assert_eq!(all.take(wanted), heard, "{spoken} / {wanted}");
        }
        assert!(!Heard::default().take(""), "nothing was spoken");
    }

    #[test]
    fn a_text_is_heard_once_and_so_are_those_before_it() {
        let mut all = Heard::default();
        ["first", "second", "third"].iter().for_each(|text| all.add(text));
        assert!(all.take("second"));
        assert!(!all.take("first") && !all.take("second"));
        assert!(all.take("third"));
        all.add("fourth");
        all.forget();
        assert!(!all.take("fourth"));
    }
}
