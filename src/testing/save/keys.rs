//! What the caller pressed and said, test cards in the place of cards.
//!
//! Outside of payments nobody masks what is entered key by key or part by part. What may be a card's number is
//! found by its length; what follows one, or a payment that failed, may be the rest of the card. Neither gets into
//! a test.

use std::ops::Range;
use std::time::Duration;

use super::quoting::quoted;
use super::story::{Story, Taken};
use crate::script::diagnostics::mask_cards;
use crate::sim::{Card, What};
use crate::testing::journal::Happened;

/// As few digits as a card's number has.
const SHORTEST_NUMBER: usize = 12;
/// How many digits the other parts of a card have, each as fewest and most.
const PART: Range<usize> = 3..11;
/// Who types a card when its payment fails may type on for so long.
const TYPES_ON: Duration = Duration::from_secs(10);
/// What is seen of keys while a payment listens.
const MASKED: &str = "****";

/// Something that the caller entered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entered {
    /// The places of its first and its last entry.
    pub first: usize,
    /// See `first`.
    pub last: usize,
    /// How a test has it: a text in quotes, or an expression.
    pub code: String,
    /// The text itself; `None` when it is the part of a card.
    pub plain: Option<String>,
    /// Whether it was spoken.
    pub spoken: bool,
}

/// Everything that the caller entered and that something took, outside of payments.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// In order.
    pub all: Vec<Entered>,
    /// From this place on, digits may be those of a card.
    pub secret: Option<usize>,
}

/// The same before it is known what it is.
struct Raw {
    first: usize,
    last: usize,
    /// What was entered.
    text: String,
    spoken: bool,
    takers: Vec<usize>,
    /// How many texts were spoken to the caller before.
    heard: usize,
    /// Its digits; of a number that was masked, as many zeros.
    digits: String,
    /// Whether it is the mask of a number.
    masked: bool,
}

/// A part of a test card: from which digit on, and how many of how many.
#[derive(Clone)]
struct Slice {
    from: usize,
    count: usize,
    of: usize,
}

/// See the module.
pub(super) fn entries(story: &Story<'_>) -> Entries {
    let raw = collect(story);
    let slices = numbers(&raw);
    let number = slices.iter().position(Option::is_some);
    let paid = story.payments().map(|payment| payment.began).next();
    let secret = number.map(|index| raw[index].first).into_iter().chain(paid).min();
    let all = raw.iter().enumerate().map(|(index, raw)| {
        let follows = number.is_some_and(|number| number < index) || follows_failed_payment(story, raw.first);
        let part = (follows && PART.contains(&raw.digits.len())).then_some(());
        let code = match (&slices[index], part) {
            (Some(slice), _) => Some(around(raw, &slice.code())),
            (None, Some(_)) => Some(around(raw, rest_of_card(&raw.digits))),
            (None, None) => None,
        };
        let plain = code.is_none().then(|| raw.text.clone());
        let code = code.unwrap_or_else(|| quoted(&raw.text));
        Entered { first: raw.first, last: raw.last, code, plain, spoken: raw.spoken }
    });
    Entries { all: all.collect(), secret }
}

fn follows_failed_payment(story: &Story<'_>, place: usize) -> bool {
    story.payments().filter(|payment| payment.outcome("result") != Some("success")).any(|payment| {
        let ended = payment.ended.filter(|ended| *ended < place);
        ended.is_some_and(|ended| story.at(place).saturating_sub(story.at(ended)) <= TYPES_ON)
    })
}

/// Keys that were pressed one after another into the same listeners belong together.
fn collect(story: &Story<'_>) -> Vec<Raw> {
    let mut all: Vec<Raw> = Vec::new();
    let (mut heard, mut open) = (0, false);
    for (place, entry) in story.entries.iter().enumerate() {
        let (text, spoken) = match &entry.what {
            Happened::Seen(What::Pressed { digits }) => (digits, false),
            Happened::Seen(What::Spoke { text }) => (text, true),
            Happened::Seen(What::Heard { .. }) => {
                (heard, open) = (heard + 1, false);
                continue;
            }
            _ => continue,
        };
        let taken = if spoken { Taken::Speech } else { Taken::Keys };
        let takers = story.takers_at(place, taken);
        let pays = story.payments().any(|payment| payment.lives_at(place));
        if text == MASKED || pays || takers.is_empty() {
            continue;
        }
        let masked = !spoken && text.starts_with(MASKED);
        match all.last_mut().filter(|last| open && !spoken && !masked && last.takers == takers) {
            Some(last) => {
                last.last = place;
                last.text.push_str(text);
                last.digits = digits(&last.text);
            }
            None => {
                let (text, digits) =
                    if masked { unmasked(story, &takers) } else { (text.clone(), digits(text)) };
                all.push(Raw { first: place, last: place, text, spoken, takers, heard, digits, masked });
            }
        }
        open = !spoken && !masked;
    }
    all
}

/// The keys that stand for a masked number: as many zeros as it has digits, and what ended it.
fn unmasked(story: &Story<'_>, takers: &[usize]) -> (String, String) {
    let mut collects = story.actions.iter().filter(|action| takers.contains(&action.began));
    let result = collects.find_map(|action| action.result?.pointer("/result/params"));
    let field = |name: &str| result.and_then(|result| result.get(name)?.as_str()).unwrap_or_default();
    let count = Some(digits(field("digits")).len()).filter(|count| *count >= SHORTEST_NUMBER);
    let zeros = "0".repeat(count.unwrap_or(Card::test().number.len()));
    (format!("{zeros}{}", field("terminator")), zeros)
}

/// For each of them its slice of a card's number, if it is one.
fn numbers(raw: &[Raw]) -> Vec<Option<Slice>> {
    let mut slices: Vec<Option<Slice>> = vec![None; raw.len()];
    let mut index = 0;
    while index < raw.len() {
        let Some(count) = number_at(&raw[index..]) else {
            index += 1;
            continue;
        };
        let of = raw[index..index + count].iter().map(|one| one.digits.len()).sum();
        let mut from = 0;
        for one in index..index + count {
            let count = raw[one].digits.len();
            slices[one] = Some(Slice { from, count, of });
            from += count;
        }
        index += count;
    }
    slices
}

/// How many of these, from the first one on, are a card's number together.
fn number_at(raw: &[Raw]) -> Option<usize> {
    let first = raw.first()?;
    if first.masked || first.digits.len() >= SHORTEST_NUMBER {
        return Some(1);
    }
    let same = raw.iter().take_while(|one| one.heard == first.heard && one.spoken == first.spoken);
    let same: Vec<usize> = same.map(|one| one.digits.len()).collect();
    if first.digits.len() == 1 && same.iter().sum::<usize>() >= SHORTEST_NUMBER {
        return Some(same.len());
    }
    let mut joined = String::new();
    for (index, one) in raw.iter().enumerate().take_while(|(_, one)| one.digits.len() >= PART.start) {
        joined.push_str(&one.digits);
        if index > 0 && mask_cards(&joined) != joined {
            return Some(index + 1);
        }
    }
    None
}

impl Slice {
    /// The digits of a test card in their place.
    fn code(&self) -> String {
        let (name, length) = match self.of {
            14 => ("diners_club", 14),
            15 => ("amex", 15),
            _ => ("visa", 16),
        };
        let Self { from, count, of } = self;
        let end = from + count;
        if *from == 0 && count == of && end == length {
            return format!("cards.{name}.number");
        }
        let within = end.min(length).saturating_sub(*from);
        let zeros = "0".repeat(count - within);
        match (within, zeros.is_empty()) {
            (0, _) => quoted(&zeros),
            (_, true) => format!("cards.{name}.number.sub_string({from}, {within})"),
            (_, false) if *from == 0 => format!("cards.{name}.number + {}", quoted(&zeros)),
            (_, false) => {
                format!("cards.{name}.number.sub_string({from}, {within}) + {}", quoted(&zeros))
            }
        }
    }
}

/// What comes after a card's number, by how many digits it has.
fn rest_of_card(digits: &str) -> &'static str {
    let month = digits.get(..2).and_then(|month| month.parse().ok()).unwrap_or(0);
    match digits.len() {
        4 if (1..=12).contains(&month) => "cards.visa.expiry",
        3 => "cards.visa.cvv",
        4 => "cards.amex.cvv",
        _ => "cards.visa.zip",
    }
}

/// A part of a card with the other keys that were pressed before and after it.
fn around(raw: &Raw, code: &str) -> String {
    if raw.spoken {
        return code.to_owned();
    }
    let before: String = raw.text.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let after = raw.text.rfind(|c: char| c.is_ascii_digit()).map_or("", |last| &raw.text[last + 1..]);
    let quoted = |text: &str| (!text.is_empty()).then(|| quoted(text));
    [quoted(&before), Some(code.to_owned()), quoted(after)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" + ")
}

/// The digits of a text, those that are written as words too.
pub(super) fn digits(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .flat_map(|word| match digit(word) {
            Some(digit) => vec![digit],
            None => word.chars().filter(char::is_ascii_digit).collect(),
        })
        .collect()
}

fn digit(word: &str) -> Option<char> {
    const WORDS: [(&str, char); 11] = [
        ("zero", '0'),
        ("oh", '0'),
        ("one", '1'),
        ("two", '2'),
        ("three", '3'),
        ("four", '4'),
        ("five", '5'),
        ("six", '6'),
        ("seven", '7'),
        ("eight", '8'),
        ("nine", '9'),
    ];
    let word = word.to_lowercase();
    WORDS.iter().find(|(name, _)| *name == word).map(|(_, digit)| *digit)
}
