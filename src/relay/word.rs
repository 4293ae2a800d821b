//! A JSON value read as a word: borrowed where it is a plain string.
//!
//! Serde's own `Option<Cow<str>>` always copies; this does not, and it forgives other types.

use std::borrow::Cow;
use std::ops::Deref;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Text that may also come as a number (`code` is `"200"`, sometimes `200`). A value of any other
/// type is read as the empty word, so that one odd field does not lose a whole event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word<'a>(Cow<'a, str>);

impl Word<'_> {
    /// The word as a text of its own.
    pub fn into_owned(self) -> String {
        self.0.into_owned()
    }
}

impl Deref for Word<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor)
    }
}

struct WordVisitor;

impl<'de> Visitor<'de> for WordVisitor {
    type Value = Word<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a word")
    }
    fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Borrowed(v)))
    }
    fn visit_str<E>(self, v: &str) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(v.to_owned())))
    }
    fn visit_i64<E>(self, v: i64) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(v.to_string())))
    }
    fn visit_u64<E>(self, v: u64) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(v.to_string())))
    }
    fn visit_f64<E>(self, v: f64) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Owned(v.to_string())))
    }
    fn visit_bool<E>(self, v: bool) -> Result<Word<'de>, E> {
        Ok(Word(Cow::Borrowed(if v { "true" } else { "false" })))
    }
    fn visit_unit<E>(self) -> Result<Word<'de>, E> {
        Ok(Word::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Word<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Word<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word::default())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_are_borrowed_and_odd_types_are_forgiven() {
        for (json, word, borrowed) in [
            (r#""finished""#, "finished", true),
            (r#""a\nb""#, "a\nb", false),
            ("200", "200", false),
            ("-3", "-3", false),
            (r#"{"a":[1]}"#, "", false),
            ("true", "true", true),
            ("null", "", false),
        ] {
            let read: Word<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((&*read, matches!(read.0, Cow::Borrowed(_))), (word, borrowed), "{json}");
        }
    }
}
