//! How long a client takes from something that it is told of a call to its next request about that call.
//!
//! It reads no clock: times are passed in. Nothing of a frame but its call is looked at.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;

/// Times are sorted into ranges that are this fine within each power of two.
const FINE: u32 = 64;
const RANGES: usize = 64 * FINE as usize;

/// See the module.
#[derive(Debug)]
pub struct Reactions {
    told: HashMap<String, Duration>,
    /// How often each range of microseconds was met.
    met: Vec<u64>,
    count: u64,
    longest: Duration,
}

/// What is looked at of a frame.
#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<About<'a>>,
    #[serde(borrow)]
    result: Option<About<'a>>,
}

#[derive(Deserialize)]
struct About<'a> {
    #[serde(borrow)]
    call_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    params: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    call_id: Option<Cow<'a, str>>,
}

impl Default for Reactions {
    fn default() -> Self {
        Self { told: HashMap::new(), met: vec![0; RANGES], count: 0, longest: Duration::ZERO }
    }
}

impl Reactions {
    /// A frame crossed a link at `now`, in real time.
    pub fn note(&mut self, now: Duration, from_client: bool, frame: &str) {
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(frame) else { return };
        let is_request = frame.method.is_some();
        let Some(about) = frame.params.or(frame.result) else { return };
        let Some(call_id) = about.call_id.or(about.params.and_then(|event| event.call_id)) else { return };
        if !from_client {
            self.told.insert(call_id.into_owned(), now);
        } else if is_request && let Some(told) = self.told.remove(&*call_id) {
            self.add(now.saturating_sub(told));
        }
    }

    /// A call is over.
    pub fn forget(&mut self, call_id: &str) {
        self.told.remove(call_id);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The time that this part of them (0.0 to 1.0) did not exceed, to 2 %.
    pub fn percentile(&self, part: f64) -> Duration {
        let rank = (part * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        let range = self.met.iter().position(|met| {
            seen += met;
            seen >= rank
        });
        range.map_or(Duration::ZERO, |range| Duration::from_micros(end_of(range)).min(self.longest))
    }

    fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.met[range_of(micros)] += 1;
        self.count += 1;
        self.longest = self.longest.max(time);
    }
}

/// Up to 63 µs one range each; above, 32 ranges for each power of two.
fn range_of(micros: u64) -> usize {
    let shift = (u64::BITS - micros.leading_zeros()).saturating_sub(FINE.ilog2());
    (shift * FINE / 2) as usize + (micros >> shift) as usize
}

/// The largest number in a range.
fn end_of(range: usize) -> u64 {
    let half = (FINE / 2) as usize;
    let shift = (range / half).saturating_sub(1);
    let within = (range - shift * half) as u64;
    ((within + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_narrow_and_without_gaps() {
        for micros in (0..5_000).chain([1 << 20, (1 << 20) - 1, 123_456_789, 1 << 50]) {
            let range = range_of(micros);
            let end = end_of(range);
            assert!(end >= micros && (end - micros) as f64 <= micros as f64 / 32.0, "{micros}: {end}");
            assert_eq!(range_of(end), range);
            assert_eq!(range_of(end + 1), range + 1);
        }
        assert!(range_of(u64::MAX) < RANGES);
    }

    #[test]
    fn a_reaction_is_from_the_last_word_to_the_next_request_of_that_call() {
        let event = |call: &str| {
            format!(
                r#"{{"id":"1","method":"signalwire.event","params":{{"params":{{"call_id":"{call}"}}}}}}"#
            )
        };
        let request =
            |call: &str| format!(r#"{{"id":"2","method":"calling.play","params":{{"call_id":"{call}"}}}}"#);
        let reply = r#"{"id":"2","result":{"code":"200","call_id":"a"}}"#;
        let mut reactions = Reactions::default();
        let at = Duration::from_millis;
        reactions.note(at(0), false, &event("a"));
        reactions.note(at(5), true, r#"{"id":"1","result":{}}"#);
        reactions.note(at(10), true, &request("a"));
        reactions.note(at(11), true, &request("a"));
        reactions.note(at(20), false, reply);
        reactions.note(at(25), false, &event("b"));
        reactions.note(at(50), true, &request("a"));
        reactions.note(at(60), true, "no JSON");
        reactions.forget("b");
        reactions.note(at(70), true, &request("b"));
        assert_eq!(reactions.count(), 2);
        let near = |time: Duration, wanted: Duration| time >= wanted && time < wanted.mul_f64(1.04);
        assert!(near(reactions.percentile(0.5), at(10)));
        assert_eq!(reactions.percentile(1.0), at(30));
        assert_eq!(Reactions::default().percentile(0.5), Duration::ZERO);
    }
}
