//! What is remembered of calls, so that the API can be asked about them.
//!
//! It keeps a bounded number of calls, and of things about each; secrets were masked where they arose, and once
//! more on the way out.

use crate::sim::line::By;
use crate::sim::observe::{How, What};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

/// How many calls are remembered; the oldest is forgotten first.
const CALLS: usize = 1_000;
/// How many things of one kind are remembered of a call.
const THINGS: usize = 2_000;

/// Takes secrets out of a line of JSON, which stays JSON.
pub type Mask = Box<dyn Fn(&str) -> String>;

/// See the module.
pub struct Records {
    calls: BTreeMap<String, Record>,
    order: VecDeque<String>,
    mask: Mask,
}

impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Records({})", self.calls.len())
    }
}

#[derive(Default)]
struct Record {
    from: String,
    to: String,
    began: Duration,
    ended: Option<(String, By)>,
    transcript: Vec<Value>,
    events: Vec<Value>,
    requests: Vec<Value>,
    /// Whether something was too much to be remembered.
    cut: bool,
}

impl Records {
    pub(super) fn new(mask: Mask) -> Self {
        Self { calls: BTreeMap::new(), order: VecDeque::new(), mask }
    }

    /// The calls in the order in which they began, with what `state` says of each.
    pub(super) fn list(&self, state: impl Fn(&str) -> Option<&'static str>) -> String {
        let calls: Vec<Value> = self
            .order
            .iter()
            .filter_map(|id| Some((id, self.calls.get(id)?)))
            .map(|(id, record)| record.head(id, state(id)))
            .collect();
        (self.mask)(&json!({"calls": calls}).to_string())
    }

    /// All that is known of a call, as JSON.
    pub(super) fn call(&self, call_id: &str, state: Option<&'static str>) -> Option<String> {
        let record = self.calls.get(call_id)?;
        let mut told = record.head(call_id, state);
        told["transcript"] = record.transcript.clone().into();
        told["events"] = record.events.clone().into();
        told["requests"] = record.requests.clone().into();
        if record.cut {
            told["cut"] = true.into();
        }
        Some((self.mask)(&told.to_string()))
    }

    pub(super) fn knows(&self, call_id: &str) -> bool {
        self.calls.contains_key(call_id)
    }

    pub(super) fn note(&mut self, at: Duration, call_id: Option<&str>, what: &What) {
        let Some(call_id) = call_id else { return };
        if let What::CallBegan { from, to } = what {
            self.begin(
                call_id,
                Record { from: from.clone(), to: to.clone(), began: at, ..Record::default() },
            );
        }
        if let Some(record) = self.calls.get_mut(call_id) {
            record.note(at, what);
        }
    }

    fn begin(&mut self, call_id: &str, record: Record) {
        if self.order.len() == CALLS
            && let Some(oldest) = self.order.pop_front()
        {
            self.calls.remove(&oldest);
        }
        self.order.push_back(call_id.to_owned());
        self.calls.insert(call_id.to_owned(), record);
    }
}

impl Record {
    fn head(&self, call_id: &str, state: Option<&'static str>) -> Value {
        let (reason, by) = match &self.ended {
            Some((reason, by)) => (Some(reason), Some(party(*by))),
            None => (None, None),
        };
        json!({
            "call_id": call_id, "from": self.from, "to": self.to,
            "state": state.unwrap_or("ended"), "end_reason": reason, "ended_by": by,
        })
    }

    fn note(&mut self, at: Duration, what: &What) {
        let t = seconds(at.saturating_sub(self.began));
        let said = |who: &str, how: &str, text: &str| json!({"t": t, "who": who, "how": how, "text": text});
        let (list, thing) = match what {
            What::Heard { text, how, .. } => (&mut self.transcript, said("script", sound(*how), text)),
            What::Pressed { digits } => (&mut self.transcript, said("caller", "keys", digits)),
            What::Spoke { text } => (&mut self.transcript, said("caller", "speech", text)),
            What::Event { event_type, params, .. } => {
                (&mut self.events, json!({"t": t, "event_type": event_type, "params": params}))
            }
            What::Verb { method, params } => {
                (&mut self.requests, json!({"t": t, "method": method, "params": params}))
            }
            What::Refused { method, code, message } => {
                let refused = json!({"code": code, "message": message});
                (&mut self.requests, json!({"t": t, "method": method, "refused": refused}))
            }
            What::Ended { reason, by } => {
                self.ended = Some((reason.clone(), *by));
                return;
            }
            _ => return,
        };
        if list.len() < THINGS {
            list.push(thing);
        } else {
            self.cut = true;
        }
    }
}

/// Seconds, to the millisecond.
fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

fn party(by: By) -> &'static str {
    match by {
        By::Script => "script",
        By::Caller => "caller",
        By::Server => "server",
    }
}

fn sound(how: How) -> &'static str {
    match how {
        How::Tts => "tts",
        How::Audio => "audio",
        How::Silence => "silence",
        How::Ringtone => "ringtone",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn records() -> Records {
        Records::new(Box::new(|line| line.replace("planted", "***")))
    }

    fn began() -> What {
        What::CallBegan { from: "+1".into(), to: "+2".into() }
    }

    #[test]
    fn a_call_is_told_from_its_beginning_to_its_end() {
        let mut records = records();
        let at = Duration::from_millis;
        records.note(at(1000), Some("c"), &began());
        let hi = What::Heard { text: "Hi planted".into(), how: How::Tts, length: at(500) };
        records.note(at(2500), Some("c"), &hi);
        records.note(at(3000), Some("c"), &What::Pressed { digits: "1".into() });
        records.note(at(3500), Some("c"), &What::Ended { reason: "hangup".into(), by: By::Script });
        records.note(at(4000), Some("other"), &What::Spoke { text: "x".into() });
        let told: Value = serde_json::from_str(&records.call("c", Some("ended")).unwrap()).unwrap();
        assert_eq!(
            told["transcript"],
            json!([
                {"t": 1.5, "who": "script", "how": "tts", "text": "Hi ***"},
                {"t": 2.0, "who": "caller", "how": "keys", "text": "1"},
            ])
        );
        assert_eq!(told["end_reason"], "hangup");
        assert_eq!(told["ended_by"], "script");
        assert!(records.call("other", None).is_none() && !records.knows("other"));
    }

    #[test]
    fn neither_calls_nor_what_happens_on_one_are_remembered_without_end() {
        let mut records = records();
        for call in 0..CALLS + 5 {
            records.note(Duration::ZERO, Some(&call.to_string()), &began());
        }
        assert_eq!(records.calls.len(), CALLS);
        assert!(!records.knows("4") && records.knows("5"));
        for _ in 0..=THINGS {
            records.note(Duration::ZERO, Some("5"), &What::Spoke { text: String::new() });
        }
        let told: Value = serde_json::from_str(&records.call("5", None).unwrap()).unwrap();
        assert_eq!(told["transcript"].as_array().unwrap().len(), THINGS);
        assert_eq!(told["cut"], true);
    }
}
