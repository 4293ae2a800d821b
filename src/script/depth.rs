//! How deeply a value is nested. Dropping or copying a value recurses through it, and a stack that
//! overflows there kills the process; so a script that builds such a value is stopped in time.
//!
//! Values grow through variables: one access makes a value a few dozen levels deeper at most. It is
//! enough to look at every sixteenth access or so, at random; the stack holds thousands of levels.

use std::cell::Cell;

use rhai::{Array, Dynamic, FnPtr, Map};

/// The deepest value that a script may build. (JSON that comes in stops at 128.)
pub const MAX_DEPTH: usize = 256;
/// One access in so many is looked at.
const ONE_IN: u64 = 16;

/// Decides which accesses are looked at.
pub struct Sampler(Cell<u64>);

impl Default for Sampler {
    fn default() -> Self {
        Self(Cell::new(0x9e37_79b9_7f4a_7c15))
    }
}

impl Sampler {
    /// Whether to look at this access. (Marsaglia's xorshift.)
    #[inline]
    pub fn hits(&self) -> bool {
        let mut x = self.0.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.0.set(x);
        x.is_multiple_of(ONE_IN)
    }
}

/// Whether `value` is nested more deeply than [`MAX_DEPTH`].
pub fn is_too_deep(value: &Dynamic) -> bool {
    is_deeper_than(value, MAX_DEPTH)
}

fn is_deeper_than(value: &Dynamic, levels: usize) -> bool {
    if levels == 0 {
        return true;
    }
    let deeper = |inner: &Dynamic| is_deeper_than(inner, levels - 1);
    if let Some(array) = value.read_lock::<Array>() {
        return array.iter().any(deeper);
    }
    if let Some(map) = value.read_lock::<Map>() {
        return map.values().any(deeper);
    }
    value.read_lock::<FnPtr>().is_some_and(|function| function.curry().iter().any(deeper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(levels: usize, wrap: fn(Dynamic) -> Dynamic) -> Dynamic {
        (0..levels).fold(Dynamic::UNIT, |inner, _| wrap(inner))
    }

    #[test]
    fn depth_is_counted_through_arrays_maps_and_captured_values() {
        let array = |inner| Dynamic::from_array(vec![Dynamic::UNIT, inner]);
        let map = |inner| Dynamic::from_map(Map::from([("a".into(), inner)]));
        for wrap in [array as fn(Dynamic) -> Dynamic, map] {
            assert!(!is_too_deep(&nested(MAX_DEPTH - 1, wrap)));
            assert!(is_too_deep(&nested(MAX_DEPTH, wrap)));
        }
    }

    #[test]
    fn about_one_access_in_sixteen_is_looked_at() {
        let sampler = Sampler::default();
        let hits = (0..16_000).filter(|_| sampler.hits()).count();
        assert!((500..2_000).contains(&hits), "{hits}");
    }
}
