//! `--calls`: calls placed by the simulator itself, as many at once as asked, and a report of how they went.
//!
//! It reads no clock and prints nothing.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use super::args::LoadArgs;
use super::reactions::Reactions;
use crate::cli::failure::Failure;
use crate::relay::Time;
use crate::sim::server::read_call;
use crate::sim::{CallPlan, InboundCall, Peer, What};

/// How long a caller waits for an answer, in simulated time.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a call may last, in simulated time.
const LONGEST: Duration = Duration::from_secs(900);

/// See the module.
pub struct Load {
    call: InboundCall,
    calls: u64,
    most: usize,
    placed: u64,
    /// The live calls, and whether the client took each.
    live: BTreeMap<String, bool>,
    /// When each call must be over, the earliest first; some are.
    limits: VecDeque<(Time, String)>,
    finished: u64,
    lost: u64,
    refused: BTreeMap<(String, String), u64>,
    /// Fed with every frame.
    pub reactions: Rc<RefCell<Reactions>>,
}

impl Load {
    /// The load that is asked for; none if none is.
    pub fn read(args: &LoadArgs) -> Result<Option<Self>, Failure> {
        let Some(calls) = args.calls else { return Ok(None) };
        let call = match &args.scenario {
            Some(path) => scenario(path).map_err(|why| Failure::Scenario { path: path.clone(), why })?,
            None => read_call(&json!({})).unwrap_or_default(),
        };
        Ok(Some(Self::new(call, calls, args.live)))
    }

    fn new(call: InboundCall, calls: u64, most: usize) -> Self {
        let plan = CallPlan { gives_up_after: Some(PATIENCE), ..call.plan };
        Self {
            call: InboundCall { plan, ..call },
            calls,
            most,
            placed: 0,
            live: BTreeMap::new(),
            limits: VecDeque::new(),
            finished: 0,
            lost: 0,
            refused: BTreeMap::new(),
            reactions: Rc::default(),
        }
    }

    /// The context that the calls go to.
    pub fn context(&self) -> &str {
        &self.call.context
    }

    /// Whether a call was placed.
    pub fn has_begun(&self) -> bool {
        self.placed > 0
    }

    /// Whether it has begun and a further call may be placed now.
    pub fn has_room(&self) -> bool {
        self.has_begun() && self.placed < self.calls && self.live.len() < self.most
    }

    /// Whether all calls were placed, and none is live.
    pub fn is_over(&self) -> bool {
        self.placed == self.calls && self.live.is_empty()
    }

    /// How many calls are live.
    pub fn live(&self) -> usize {
        self.live.len()
    }

    /// When a call is over, whether it ended or not.
    pub fn next_due(&self) -> Option<Time> {
        self.limits.front().map(|(limit, _)| *limit)
    }

    /// Gives up calls that do not end, and places as many as may be live. The first is placed when a client takes
    /// calls of the context.
    pub fn advance(&mut self, now: Time, peer: &mut Peer) {
        while self.next_due().is_some_and(|limit| limit <= now) {
            let Some((_, call_id)) = self.limits.pop_front() else { break };
            if self.live.remove(&call_id).is_some() {
                self.lost += 1;
                peer.hang_up(now, &call_id);
            }
        }
        while self.has_room() || !self.has_begun() && peer.is_served(self.context()) {
            let call_id = peer.dial_in(now, self.call.clone());
            self.placed += 1;
            self.limits.push_back((now + LONGEST, call_id.clone()));
            self.live.insert(call_id, false);
        }
    }

    /// Something happened.
    pub fn see(&mut self, call_id: Option<&str>, what: &What) {
        if let What::Refused { method, code, .. } = what {
            *self.refused.entry((method.clone(), code.clone())).or_default() += 1;
        }
        let Some(call_id) = call_id else { return };
        match what {
            What::Verb { method, .. } if method.starts_with("calling.") && method != "calling.pass" => {
                if let Some(taken) = self.live.get_mut(call_id) {
                    *taken = true;
                }
            }
            What::Ended { reason, .. } => {
                self.reactions.borrow_mut().forget(call_id);
                match self.live.remove(call_id) {
                    Some(true) if reason != "abandoned" => self.finished += 1,
                    Some(_) => self.lost += 1,
                    None => {}
                }
            }
            _ => {}
        }
    }

    /// How it went, `elapsed` after the first call, in real time.
    pub fn report(&self, elapsed: Duration) -> LoadReport {
        let reactions = self.reactions.borrow();
        let percentile = |part| reactions.percentile(part).as_secs_f64() * 1000.0;
        LoadReport {
            placed: self.placed,
            finished: self.finished,
            lost: self.lost,
            live: self.live.len(),
            refused: self.refused.clone(),
            elapsed,
            reactions: reactions.count(),
            percentiles: [0.5, 0.9, 0.99, 1.0].map(percentile),
        }
    }
}

fn scenario(path: &Path) -> Result<InboundCall, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let body: Value = serde_json::from_str(&text)
        .map_err(|error| format!("it is not JSON: see line {}, column {}", error.line(), error.column()))?;
    read_call(&body)
}

/// How a load went.
#[derive(Debug)]
pub struct LoadReport {
    placed: u64,
    finished: u64,
    /// How many calls were never taken, were abandoned, or did not end in time.
    pub lost: u64,
    live: usize,
    refused: BTreeMap<(String, String), u64>,
    elapsed: Duration,
    reactions: u64,
    /// Milliseconds: half of the reactions, 90 %, 99 %, all.
    percentiles: [f64; 4],
}

impl LoadReport {
    fn rate(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 { self.finished as f64 / seconds } else { 0.0 }
    }

    fn errors(&self) -> u64 {
        self.refused.values().sum()
    }

    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let [p50, p90, p99, max] = self.percentiles;
        let (seconds, rate) = (self.elapsed.as_secs_f64(), self.rate());
        let mut lines = vec![
            format!("calls      {} in {seconds:.1} s, {rate:.1} finished a second", self.placed),
            format!("finished   {}", self.finished),
            format!("lost       {}", self.lost),
            format!("errors     {}", self.errors()),
            format!("reactions  p50 {p50:.1} ms, p90 {p90:.1} ms, p99 {p99:.1} ms, max {max:.1} ms"),
        ];
        if self.live > 0 {
            lines.insert(3, format!("live       {}", self.live));
        }
        let refused = self.refused.iter();
        lines.extend(refused.map(|((method, code), count)| format!("           {count} × {method} {code}")));
        lines
    }

    /// As data.
    pub fn json(&self) -> Value {
        let [p50, p90, p99, max] = self.percentiles.map(|ms| (ms * 1000.0).round() / 1000.0);
        let refused = self.refused.iter();
        let refused: Vec<Value> = refused
            .map(|((method, code), count)| json!({"method": method, "code": code, "count": count}))
            .collect();
        json!({
            "kind": "load", "placed": self.placed, "finished": self.finished, "lost": self.lost,
            "live": self.live, "errors": self.errors(), "refused": refused,
            "seconds": self.elapsed.as_secs_f64(), "calls_per_second": self.rate(),
            "reaction_ms": {"count": self.reactions, "p50": p50, "p90": p90, "p99": p99, "max": max},
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::sim::{By, PeerOptions};

    fn ended(reason: &str) -> What {
        What::Ended { reason: reason.into(), by: By::Script }
    }

    fn verb(method: &str) -> What {
        What::Verb { method: method.into(), params: Value::Null }
    }

    /// A load that has begun.
    fn begun(calls: u64, most: usize, peer: &mut Peer) -> Load {
        let mut load = Load::new(read_call(&json!({})).unwrap(), calls, most);
        load.advance(Time::ZERO, peer);
        assert!(!load.has_begun(), "nobody takes the calls yet");
        let link = peer.open(Time::ZERO);
        let params = json!({"authentication": {"project": "p", "token": "t"}, "contexts": ["default"]});
        let connect = json!({"jsonrpc": "2.0", "id": "1", "method": "signalwire.connect", "params": params});
        peer.receive(Time::ZERO, link, &connect.to_string());
        load.advance(Time::ZERO, peer);
        assert!(load.has_begun());
        load
    }

    #[test]
    fn calls_that_are_taken_and_end_are_finished_and_others_are_lost() {
        let mut peer = Peer::new(PeerOptions::default());
        let mut load = begun(4, 3, &mut peer);
        assert_eq!((load.live(), load.placed, load.has_room()), (3, 3, false));
        let calls: Vec<String> = load.live.keys().cloned().collect();
        let see = |load: &mut Load, call: usize, what: What| load.see(Some(&calls[call]), &what);
        see(&mut load, 0, verb("calling.answer"));
        see(&mut load, 0, ended("hangup"));
        see(&mut load, 1, verb("calling.pass"));
        see(&mut load, 1, ended("noAnswer"));
        see(&mut load, 2, verb("calling.answer"));
        see(&mut load, 2, ended("abandoned"));
        let refused =
            What::Refused { method: "calling.play".into(), code: "400".into(), message: String::new() };
        see(&mut load, 0, refused);
        assert!(load.has_room() && !load.is_over());
        load.advance(Time::ZERO, &mut peer);
        assert_eq!(load.live(), 1);

        // The last one never ends by itself.
        assert_eq!(load.next_due(), Some(LONGEST));
        load.advance(LONGEST, &mut peer);
        assert!(load.is_over() && peer.live_calls().len() == 3);
        let report = load.report(Duration::from_secs(2));
        assert_eq!((report.finished, report.lost, report.errors()), (1, 3, 1));
        assert_eq!(report.json()["calls_per_second"], 0.5);
        assert_eq!(
            report.lines(),
            [
                "calls      4 in 2.0 s, 0.5 finished a second",
                "finished   1",
                "lost       3",
                "errors     1",
                "reactions  p50 0.0 ms, p90 0.0 ms, p99 0.0 ms, max 0.0 ms",
                "           1 × calling.play 400",
            ]
        );
    }
}
