//! "Did you mean": the known word that is closest to a misspelt one.
//!
//! It never guesses wildly: a word that is too far from all known ones has no suggestion.

/// The candidate closest to `word`, if one is close enough. Case, underscores and dashes do not
/// count, so `chargeAmount` finds `charge_amount`.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = plain(word);
    let allowed = match wanted.chars().count() {
        0 | 1 => 0,
        letters => (letters / 3).clamp(1, 4),
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The hint that goes with an unknown word.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(word, candidates).map(|found| format!("did you mean \"{found}\"?"))
}

/// Words longer than this are no misspelling; comparing them would only cost time.
const LONGEST: usize = 64;

fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-')).take(LONGEST).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_find_their_word_and_strangers_find_none() {
        let known = ["answer", "charge_amount", "currency", "play", "pay"];
        for (word, found) in [
            ("anser", Some("answer")),
            ("charge_amout", Some("charge_amount")),
            ("chargeAmount", Some("charge_amount")),
            ("curency", Some("currency")),
            ("plya", Some("play")),
            ("Answer", Some("answer")),
            ("pya", Some("pay")),
            ("volume", None),
            ("xyz", None),
            ("a", None),
            ("", None),
        ] {
            assert_eq!(closest(word, known), found, "{word}");
        }
    }
}
