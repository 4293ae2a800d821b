//! "Did you mean": the known word that is closest to a misspelt one.

/// The closest of the known words, if it is close enough to be what was meant.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.chars().count() {
        0 | 1 => 0,
        letters => (letters / 3).clamp(1, 4),
    };
    known
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

fn distance(word: &str, candidate: &str) -> usize {
    if word.eq_ignore_ascii_case(candidate) {
        return 0;
    }
    strsim::damerau_levenshtein(word, candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn only_a_close_word_is_suggested() {
        let known = ["answer", "play", "pay", "hangup", "charge_amount"];
        for (word, meant) in [
            ("anser", Some("answer")),
            ("charge_amout", Some("charge_amount")),
            ("Hangup", Some("hangup")),
            ("pya", Some("pay")),
            ("xyz", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(closest(word, known), meant, "{word}");
        }
    }
}
