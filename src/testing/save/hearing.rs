//! Which part of a spoken text a test listens for: short, the same in every run, and heard there first.
//!
//! Words that stand in the script's files are the same in every run, so are those that the caller entered. From
//! the place on where digits may be those of a card, no digit is repeated.

use std::collections::BTreeSet;

use super::keys::{Entries, digits};
use super::story::Story;
use crate::sim::What;
use crate::testing::journal::Happened;

/// The longest part, in characters.
const LONGEST: usize = 48;
/// A part of so many words says enough.
const ENOUGH: usize = 4;

/// See the module.
pub(super) struct Hearing<'a> {
    /// What was spoken, in order, each with its place.
    spoken: Vec<(usize, &'a str)>,
    /// The words that are the same in every run, in lower case.
    known: BTreeSet<String>,
    secret: usize,
    /// How far the test has listened: which text, and how far in it.
    ear: (usize, usize),
}

impl<'a> Hearing<'a> {
    pub fn new(story: &Story<'a>, entered: &Entries) -> Self {
        let mut known = BTreeSet::new();
        let mut learn = |text: &str| known.extend(parts(text).map(str::to_lowercase));
        story.sources.iter().for_each(|source| learn(&source.text));
        entered.all.iter().filter_map(|one| one.plain.as_deref()).for_each(&mut learn);
        for entry in &story.entries {
            if let Happened::Seen(What::CallBegan { from, to }) = &entry.what {
                learn(from);
                learn(to);
            }
        }
        let secret = entered.secret.unwrap_or(usize::MAX);
        Self { spoken: story.spoken().collect(), known, secret, ear: (0, 0) }
    }

    /// The part by which the text at this place is known; nothing when no part of it is fit for a test, or the
    /// test would take another text for it.
    pub fn listen(&mut self, place: usize) -> Option<String> {
        let index = self.spoken.iter().position(|(at, _)| *at == place)?;
        let text = self.spoken[index].1;
        for part in self.candidates(place, text) {
            if let Some((found, end)) = self.first(part)
                && found == index
            {
                self.ear = (found, end);
                return Some(part.to_owned());
            }
        }
        None
    }

    /// Where a test hears a part first: in which text, and where it ends.
    fn first(&self, part: &str) -> Option<(usize, usize)> {
        let part = part.to_lowercase();
        let (from, offset) = self.ear;
        self.spoken.iter().enumerate().skip(from).find_map(|(index, (_, text))| {
            let offset = if index == from { offset } else { 0 };
            let at = text.to_lowercase().get(offset..)?.find(&part)?;
            Some((index, offset + at + part.len()))
        })
    }

    /// The parts of a text that a test could listen for, the best one first.
    fn candidates<'t>(&self, place: usize, text: &'t str) -> Vec<&'t str> {
        let known = |word: &str| parts(word).all(|part| self.known.contains(&part.to_lowercase()));
        let good = |word: &str| known(word) && self.may_be_told(place, word);
        let plain = |word: &str| digits(word).is_empty();
        let (good, plain) = (Ranked::of(text, &good), Ranked::of(text, &plain));
        [good.strong, plain.strong, good.weak, plain.weak].concat()
    }

    fn may_be_told(&self, place: usize, word: &str) -> bool {
        place < self.secret || digits(word).is_empty()
    }
}

/// A part of any text by which it can be known, without digits: of a message of a fault.
pub(super) fn plain_part(text: &str) -> Option<&str> {
    let Ranked { strong, weak } = Ranked::of(text, &|word: &str| digits(word).is_empty());
    strong.into_iter().chain(weak).next()
}

/// The parts of a text that are made of good words, the best ones first.
#[derive(Debug, PartialEq, Eq)]
struct Ranked<'t> {
    /// All of it if it is short, and the clauses that say enough.
    strong: Vec<&'t str>,
    /// The other clauses.
    weak: Vec<&'t str>,
}

impl<'t> Ranked<'t> {
    fn of(text: &'t str, good: &dyn Fn(&str) -> bool) -> Self {
        let whole = trimmed(text);
        let is_short = whole.chars().count() <= LONGEST && !whole.contains(['\n', '<']);
        let whole =
            Some(whole).filter(|whole| is_short && !whole.is_empty() && whole.split_whitespace().all(good));
        let clauses = runs(text, good).map(shortened).filter(|clause| !clause.is_empty());
        let says_enough = |clause: &&str| clause.split_whitespace().count() >= ENOUGH;
        let (clauses, mut weak): (Vec<_>, Vec<_>) = clauses.partition(says_enough);
        weak.retain(|clause| clause.chars().filter(|c| c.is_alphanumeric()).count() > 1);
        weak.sort_by_key(|clause| std::cmp::Reverse(clause.chars().count()));
        Self { strong: whole.into_iter().chain(clauses).collect(), weak }
    }
}

/// The runs of good words between ends of clauses and lines.
fn runs<'t>(text: &'t str, good: &dyn Fn(&str) -> bool) -> impl Iterator<Item = &'t str> {
    let mut found = Vec::new();
    let mut begin = None;
    let mut end = 0;
    for (at, word) in words(text) {
        let alone = text.get(end..at) != Some(" ");
        let fits = good(word) && !word.contains(['<', '>']);
        if (alone || !fits)
            && let Some(begin) = begin.take()
        {
            found.push(trimmed(&text[begin..end]));
        }
        end = at + word.len();
        if !fits {
            continue;
        }
        let begin_here = *begin.get_or_insert(at);
        if word.ends_with(['.', '!', '?', ';', ':', ',']) {
            found.push(trimmed(&text[begin_here..end]));
            begin = None;
        }
    }
    found.extend(begin.map(|begin| trimmed(&text[begin..end])));
    found.into_iter().filter(|run| !run.is_empty())
}

/// Without the signs around it.
fn trimmed(text: &str) -> &str {
    let text = text.trim().trim_end_matches(['.', '!', '?', ';', ':', ',', '…']);
    text.trim_start_matches(['.', ',', ';', ':']).trim()
}

/// As many words of it as fit.
fn shortened(text: &str) -> &str {
    let mut end = 0;
    for (at, word) in words(text) {
        let after = at + word.len();
        if end > 0 && text[..after].chars().count() > LONGEST {
            break;
        }
        end = after;
    }
    trimmed(&text[..end])
}

/// The words of a text between its spaces, each with where it begins.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let words = text.split(char::is_whitespace).map(move |word| {
        let began = at;
        at += word.len() + text[at + word.len()..].chars().next().map_or(0, char::len_utf8);
        (began, word)
    });
    words.filter(|(_, word)| !word.is_empty())
}

/// The words and numbers in a text.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_part_is_short_and_says_enough() {
        for (text, expected) in [
            ("Payment failed. Please try again later.", Some("Payment failed. Please try again later")),
            (
                "Press 1 for sales, 2 for support, or 0 for our opening hours.",
                Some("or 0 for our opening hours"),
            ),
            ("Your code is conf_1a2b.", Some("Your code is")),
            (
                "Nobody can take your call right now. Please leave a message.",
                Some("Nobody can take your call right now"),
            ),
            ("4242", None),
            ("", None),
            ("<speak>Hello <break time=\"1s\"/> you there</speak>", Some("you")),
            ("one line\nand another one", Some("and another")),
            (
                "a clause that goes on and on without any sign of an end anywhere in it",
                Some("a clause that goes on and on without any sign of"),
            ),
        ] {
            let good = |word: &str| digits(word).is_empty() || word == "0";
            let Ranked { strong, weak } = Ranked::of(text, &good);
            assert_eq!(strong.into_iter().chain(weak).next(), expected, "{text}");
        }
    }
}
