//! Takes secrets and card numbers out of whatever is about to be printed or logged.
//!
//! Works on text alone, never panics on any, and allocates nothing when there is nothing to take
//! out. It prints nothing itself.

mod card;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use card::is_card_number;
pub use card::mask;

/// Shorter secrets are not registered: masking them would blot out ordinary words.
pub const SHORTEST_SECRET: usize = 4;

/// How many short-lived secrets are remembered.
const SHORT_LIVED: usize = 512;

/// Masks registered secrets as `***`, and card numbers as [`mask`] does. Shared between threads;
/// secrets can be added at any time.
#[derive(Default)]
pub struct Redactor {
    known: RwLock<Known>,
}

impl Redactor {
    /// One that knows no secrets yet; it masks card numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a secret for good: a token.
    pub fn add(&self, secret: &str) {
        self.change(|known| {
            let new = !known.lasting.iter().any(|other| other == secret);
            if new {
                known.lasting.push(secret.to_owned());
            }
            new
        });
    }

    /// Registers a secret that will be replaced by others: an authorization state. The newest 512
    /// are remembered.
    pub fn add_short_lived(&self, secret: &str) {
        self.change(|known| {
            let new = !known.short_lived.iter().any(|other| other == secret);
            if new {
                known.short_lived.push_back(secret.to_owned());
            }
            if known.short_lived.len() > SHORT_LIVED {
                known.short_lived.pop_front();
            }
            new
        });
    }

    fn change(&self, change: impl FnOnce(&mut Known) -> bool) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if change(&mut known) {
            known.index();
        }
    }

    /// The text without secrets and card numbers.
    pub fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.mask_secrets(text) {
            Cow::Borrowed(text) => mask(text),
            Cow::Owned(text) => match mask(&text) {
                Cow::Borrowed(_) => Cow::Owned(text),
                Cow::Owned(masked) => Cow::Owned(masked),
            },
        }
    }

    /// The same for a line of JSON, which stays JSON: a number that must go becomes a text, and
    /// numbers that begin with 1 or have a fraction (times, durations) stay.
    pub fn mask_json<'a>(&self, line: &'a str) -> Cow<'a, str> {
        if let Cow::Borrowed(_) = self.mask(line) {
            return Cow::Borrowed(line);
        }
        let mut masked = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(quote) = rest.find('"') {
            let (structure, string) = rest.split_at(quote + 1);
            let (string, after) = string.split_at(string_end(string));
            self.push_structure(&mut masked, structure);
            masked.push_str(&self.mask(string));
            let closing = usize::from(after.starts_with('"'));
            masked.push_str(&after[..closing]);
            rest = &after[closing..];
        }
        self.push_structure(&mut masked, rest);
        Cow::Owned(masked)
    }

    /// Copies the part of a JSON line that is not inside a string.
    fn push_structure(&self, masked: &mut String, structure: &str) {
        let in_number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let mut rest = structure;
        while !rest.is_empty() {
            let (word, after) = rest.split_at(rest.find(|c| !in_number(c)).unwrap_or(rest.len()));
            let next = after.chars().next().map_or(0, char::len_utf8);
            if is_card_number(word) {
                masked.push_str(&format!("\"{}\"", mask(word)));
            } else if let Cow::Owned(secret) = self.mask_secrets(word) {
                masked.push_str(&format!("\"{secret}\""));
            } else {
                masked.push_str(word);
            }
            masked.push_str(&after[..next]);
            rest = &after[next..];
        }
    }

    fn mask_secrets<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut masked = String::new();
        let mut copied = 0;
        while let Some((at, len)) = known.find(text, copied) {
            masked.push_str(&text[copied..at]);
            masked.push_str("***");
            copied = at + len;
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        masked.push_str(&text[copied..]);
        Cow::Owned(masked)
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redactor")
    }
}

/// How many bytes of a JSON string stand before its closing quote.
fn string_end(string: &str) -> usize {
    let mut escaped = false;
    let closing = string.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    closing.unwrap_or(string.len())
}

/// The secrets, and every form in which they may stand in a text, the longest first.
struct Known {
    lasting: Vec<String>,
    short_lived: VecDeque<String>,
    forms: Vec<String>,
    /// The bytes with which a form begins: most positions of a text are passed over by this alone.
    begins: [bool; 256],
}

impl Default for Known {
    fn default() -> Self {
        Self { lasting: Vec::new(), short_lived: VecDeque::new(), forms: Vec::new(), begins: [false; 256] }
    }
}

impl Known {
    fn index(&mut self) {
        self.forms = self.lasting.iter().chain(&self.short_lived).flat_map(|secret| forms(secret)).collect();
        self.forms.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        self.forms.dedup();
        self.begins = [false; 256];
        for first in self.forms.iter().filter_map(|form| form.bytes().next()) {
            self.begins[usize::from(first)] = true;
        }
    }

    /// Position and length of the first form at or after `from`.
    fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        if self.forms.is_empty() {
            return None;
        }
        let bytes = text.as_bytes();
        (from..bytes.len()).filter(|at| self.begins[usize::from(bytes[*at])]).find_map(|at| {
            let form = self.forms.iter().find(|form| bytes[at..].starts_with(form.as_bytes()))?;
            Some((at, form.len()))
        })
    }
}

/// A secret as it is, inside JSON (with and without an escaped `/`), and as `{:?}` writes it.
fn forms(secret: &str) -> Vec<String> {
    if secret.len() < SHORTEST_SECRET {
        return Vec::new();
    }
    let quoted = serde_json::Value::from(secret).to_string();
    let json = quoted[1..quoted.len() - 1].to_owned();
    let slashed = json.replace('/', "\\/");
    vec![secret.to_owned(), json, slashed, secret.escape_debug().to_string()]
}
