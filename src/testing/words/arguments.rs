//! The arguments of a word, and the errors that say what was expected and what came.

use std::time::Duration;

use rhai::{Array, Dynamic, FnPtr, ImmutableString, Map, NativeCallContext};

use super::values::short;
use crate::script::fault::{ARGUMENT, Thrown, fault};
use crate::script::suggest::did_you_mean;

/// The longest time that a word takes, in seconds (a day).
const LONGEST: f64 = 86_400.0;

/// See the module.
pub(super) struct Arguments<'a, 'b> {
    /// The word, as tests write it.
    pub word: &'static str,
    /// Rhai's context.
    pub context: &'a NativeCallContext<'a>,
    /// The values; the first one is the receiver where there is one.
    pub values: &'a mut [&'b mut Dynamic],
}

impl Arguments<'_, '_> {
    /// The receiver.
    pub fn receiver<T: Clone + 'static>(&self) -> Result<T, Thrown> {
        let value = self.values.first().and_then(|value| value.read_lock::<T>().map(|value| value.clone()));
        value.ok_or_else(|| self.error("was called on something else".to_owned(), None))
    }

    /// Whether there is a value at this place.
    pub fn has(&self, index: usize) -> bool {
        index < self.values.len()
    }

    /// The value at this place.
    pub fn value(&self, index: usize) -> Dynamic {
        self.values.get(index).map(|value| value.flatten_clone()).unwrap_or_default()
    }

    /// An error about the arguments.
    pub fn error(&self, problem: String, hint: Option<String>) -> Thrown {
        fault(ARGUMENT, "", format!("{}: {problem}", self.word), hint)
    }

    fn expected(&self, what: &str, came: &Dynamic) -> Thrown {
        self.error(format!("expected {what}, got {}", short(came)), None)
    }

    /// A text.
    pub fn text(&self, index: usize, what: &str) -> Result<String, Thrown> {
        let value = self.value(index);
        let text = value.read_lock::<ImmutableString>().map(|text| text.to_string());
        text.ok_or_else(|| self.expected(what, &value))
    }

    /// Keys: a text of them, or a whole number.
    pub fn keys(&self, index: usize) -> Result<String, Thrown> {
        const EXPECTED: &str = "keys such as \"1\" or \"42#\"";
        let value = self.value(index);
        let keys = match value.as_int() {
            Ok(number) if number >= 0 => number.to_string(),
            _ => self.text(index, EXPECTED)?,
        };
        let stranger = keys.chars().find(|key| !"0123456789*#ABCDabcd".contains(*key));
        match stranger {
            Some(key) => Err(self.error(format!("expected {EXPECTED}, got the key '{key}'"), None)),
            None if keys.is_empty() => Err(self.error(format!("expected {EXPECTED}, got none"), None)),
            None => Ok(keys),
        }
    }

    /// Seconds; `otherwise` when there is no such argument.
    pub fn seconds(&self, index: usize, otherwise: Duration) -> Result<Duration, Thrown> {
        if !self.has(index) {
            return Ok(otherwise);
        }
        let value = self.value(index);
        #[allow(clippy::cast_precision_loss, reason = "a day has fewer seconds than that")]
        let seconds = value.as_int().map(|seconds| seconds as f64).or_else(|_| value.as_float());
        match seconds {
            Ok(seconds) if (0.0..=LONGEST).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
            _ => Err(self.expected("seconds from 0 to 86400", &value)),
        }
    }

    /// A map with no keys but these.
    pub fn map(&self, index: usize, keys: &[&str]) -> Result<Fields, Thrown> {
        let value = self.value(index);
        let map = value.read_lock::<Map>().map(|map| map.clone());
        let map = map.ok_or_else(|| self.expected("a map", &value))?;
        if let Some(stranger) = map.keys().find(|key| !keys.contains(&key.as_str())) {
            let problem = format!("there is no `{stranger}`: expected {}", keys.join(", "));
            return Err(self.error(problem, did_you_mean(stranger, keys.iter().copied())));
        }
        Ok(Fields { word: self.word, map })
    }

    /// An array.
    pub fn array(&self, index: usize) -> Result<Array, Thrown> {
        let value = self.value(index);
        let array = value.read_lock::<Array>().map(|array| array.clone());
        array.ok_or_else(|| self.expected("an array", &value))
    }

    /// A function.
    pub fn function(&self, index: usize) -> Result<FnPtr, Thrown> {
        let value = self.value(index);
        let function = value.read_lock::<FnPtr>().map(|function| function.clone());
        function.ok_or_else(|| self.expected("a function such as |row| …", &value))
    }
}

/// The fields of a map that was given.
pub(super) struct Fields {
    word: &'static str,
    /// The map.
    pub map: Map,
}

impl Fields {
    /// A text; empty when it is not given.
    pub fn text(&self, name: &str) -> Result<String, Thrown> {
        let Some(value) = self.map.get(name) else { return Ok(String::new()) };
        let text = value.read_lock::<ImmutableString>().map(|text| text.to_string());
        text.ok_or_else(|| self.expected(name, "text", value))
    }

    /// A value that is not of the kind that was expected.
    pub fn expected(&self, name: &str, what: &str, came: &Dynamic) -> Thrown {
        let message = format!("{}: {name} must be {what}, got {}", self.word, short(came));
        fault(ARGUMENT, "", message, None)
    }
}
