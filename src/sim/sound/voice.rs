//! A murmur that stands for speech: one hum a syllable, a gap between words.
//!
//! Never the words themselves: only how many syllables each has.

use super::tones;

/// How many words a murmur tells apart; a longer speech repeats them.
const MOST_WORDS: usize = 500;
/// The part of a syllable's time that the gap between words takes.
const GAP: f32 = 0.6;

/// Speech without its words: the syllables of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sim) struct Murmur(Vec<u8>);

impl Murmur {
    pub(in crate::sim) fn of(text: &str) -> Self {
        let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric));
        Self(words.take(MOST_WORDS).map(syllables).collect())
    }

    /// The level at a sample of so many in all.
    pub(super) fn level(&self, at: usize, whole: usize) -> f32 {
        // No gap follows the last word.
        let time: f32 = self.0.iter().map(|syllables| f32::from(*syllables) + GAP).sum::<f32>() - GAP;
        if whole == 0 {
            return 0.0;
        }
        let mut rest = at as f32 / whole as f32 * time;
        for (number, syllables) in self.0.iter().enumerate() {
            let spoken = f32::from(*syllables);
            if rest < spoken {
                return hum(at, number + rest as usize, rest.fract());
            }
            rest -= spoken + GAP;
            if rest < 0.0 {
                return 0.0;
            }
        }
        0.0
    }
}

/// One syllable: a low note with overtones that swells and fades; the note changes from one to the next.
fn hum(at: usize, number: usize, part: f32) -> f32 {
    const NOTES: [f32; 5] = [120.0, 135.0, 128.0, 150.0, 112.0];
    let note = NOTES[number % NOTES.len()];
    let swell = (part * std::f32::consts::PI).sin();
    let voice = [1.0, 2.0, 3.0, 5.0].map(|overtone| tones::sine(at, note * overtone) / overtone);
    swell * voice.iter().sum::<f32>() / 2.1
}

/// Groups of vowels, at least one; a digit is one more.
fn syllables(word: &str) -> u8 {
    let mut count = 0_u8;
    let mut in_vowel = false;
    for letter in word.chars().flat_map(char::to_lowercase) {
        let vowel = !letter.is_ascii() && letter.is_alphabetic() || "aeiouy".contains(letter);
        count = count.saturating_add(u8::from(vowel && !in_vowel || letter.is_numeric()));
        in_vowel = vowel;
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_syllables_of_their_vowels() {
        for (text, expected) in [
            ("Hello, world", vec![2, 1]),
            ("Nobody can take your call", vec![3, 1, 2, 1, 1]),
            ("42 – pssst", vec![2, 1]),
            ("...", vec![]),
        ] {
            assert_eq!(Murmur::of(text).0, expected, "{text}");
        }
        assert_eq!(Murmur::of(&"word ".repeat(9999)).0.len(), MOST_WORDS);
    }

    #[test]
    fn a_murmur_swells_in_its_syllables_and_is_silent_between_words() {
        let murmur = Murmur::of("one two");
        let loudest = |range: std::ops::Range<usize>| {
            range.map(|at| murmur.level(at, 8000).abs()).fold(0.0_f32, f32::max)
        };
        // "one" has two groups of vowels, "two" one: 3 syllables and a gap of 0.6 in 8000 samples.
        let (first, gap) = ((2.0 / 3.6 * 8000.0) as usize, (0.6 / 3.6 * 8000.0) as usize);
        assert!(loudest(0..first) > 0.3);
        assert!(loudest(first + 5..first + gap - 5) == 0.0);
        assert!(loudest(first + gap..8000) > 0.3);
        assert!(loudest(0..8000) <= 1.0);
    }
}
