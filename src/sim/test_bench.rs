//! A client of the peer for tests: it connects, asks, acknowledges, and lets time pass.
//!
//! Never sleeps: time is a number.
#![allow(clippy::unwrap_used)]

use super::{CallPlan, InboundCall, LinkId, Observation, Peer, PeerOptions, What};
use serde_json::{Value, json};
use std::time::Duration;

pub(super) fn secs(seconds: f64) -> Duration {
    Duration::from_millis((seconds * 1000.0).round() as u64)
}

pub(super) struct Bench {
    pub(super) peer: Peer,
    pub(super) now: Duration,
    pub(super) link: LinkId,
    pub(super) call: String,
    /// Whether events are acknowledged as they come.
    pub(super) acks: bool,
    /// Every frame that came, in order.
    pub(super) frames: Vec<(LinkId, Value)>,
    pub(super) seen: Vec<Observation>,
    asked: u64,
}

impl Bench {
    /// A peer with one open link and nothing on it.
    pub(super) fn unconnected(options: PeerOptions) -> Self {
        let mut peer = Peer::new(options);
        let link = peer.open(Duration::ZERO);
        Self {
            peer,
            now: Duration::ZERO,
            link,
            call: String::new(),
            acks: true,
            frames: Vec::new(),
            seen: Vec::new(),
            asked: 0,
        }
    }

    /// A peer with a connected client.
    pub(super) fn connected() -> Self {
        let mut bench = Self::unconnected(PeerOptions::default());
        bench.connect(json!({}));
        bench
    }

    /// A connected client with a ringing call.
    pub(super) fn ringing(call: InboundCall) -> Self {
        let mut bench = Self::connected();
        let (from, to) = ("+15551230001".into(), "+15551230002".into());
        let call = InboundCall { from, to, context: "default".into(), ..call };
        bench.call = bench.peer.dial_in(bench.now, call);
        bench.pump();
        bench
    }

    /// A connected client with an answered call; what happened so far is forgotten.
    pub(super) fn answered() -> Self {
        let mut bench = Self::ringing(InboundCall::default());
        assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
        bench.seen.clear();
        bench.frames.clear();
        bench
    }

    /// The same with a peer and a virtual party of the test's own.
    pub(super) fn answered_with(options: PeerOptions, plan: CallPlan) -> Self {
        let mut bench = Self::unconnected(options);
        bench.connect(json!({}));
        let call = InboundCall { context: "default".into(), plan, ..InboundCall::default() };
        bench.call = bench.peer.dial_in(bench.now, call);
        bench.pump();
        assert_eq!(bench.about("calling.answer", json!({}))["code"], "200");
        bench.seen.clear();
        bench.frames.clear();
        bench
    }

    pub(super) fn connect(&mut self, more: Value) -> Value {
        let mut params = json!({
            "version": {"major": 2, "minor": 0, "revision": 0},
            "authentication": {"project": "p", "token": "t"},
            "contexts": ["default"], "event_acks": true,
        });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.ask("signalwire.connect", params)
    }

    /// Sends a request; gives its result or its error, or null when no reply came.
    pub(super) fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = format!("ask-{}", self.asked);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let reply = self.frames.iter().find(|(_, frame)| frame["id"] == id.as_str());
        let Some((_, reply)) = reply else { return Value::Null };
        if reply["result"].is_null() { reply["error"].clone() } else { reply["result"].clone() }
    }

    /// Asks for something about the call.
    pub(super) fn about(&mut self, method: &str, params: Value) -> Value {
        let mut full = json!({"node_id": "node-sim", "call_id": self.call});
        full.as_object_mut().unwrap().extend(params.as_object().unwrap().clone());
        self.ask(method, full)
    }

    pub(super) fn send(&mut self, frame: &Value) {
        self.peer.receive(self.now, self.link, &frame.to_string());
        self.pump();
    }

    /// Takes what the peer wrote, and acknowledges events.
    pub(super) fn pump(&mut self) {
        self.seen.extend(self.peer.take_observations());
        for (link, frame) in self.peer.take_frames() {
            let frame: Value = serde_json::from_str(&frame).unwrap();
            if self.acks && frame["method"] == "signalwire.event" {
                let ack = json!({"jsonrpc": "2.0", "id": frame["id"], "result": {}});
                self.peer.receive(self.now, link, &ack.to_string());
            }
            self.frames.push((link, frame));
        }
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: f64) {
        self.now += secs(seconds);
        self.peer.advance(self.now);
        self.pump();
    }

    pub(super) fn press(&mut self, digits: &str) {
        self.peer.press(self.now, &self.call, digits);
        self.pump();
    }

    pub(super) fn speak(&mut self, text: &str) {
        self.peer.speak(self.now, &self.call, text);
        self.pump();
    }

    pub(super) fn hang_up(&mut self) {
        self.peer.hang_up(self.now, &self.call);
        self.pump();
    }

    /// The events so far, each as `seconds type summary`, without `calling.` and `call.`.
    pub(super) fn events(&self) -> Vec<String> {
        let line = |seen: &Observation| {
            let What::Event { event_type, summary, .. } = &seen.what else { return None };
            let short = event_type.trim_start_matches("calling.").trim_start_matches("call.");
            Some(format!("{:.1} {short} {summary}", seen.at.as_secs_f64()).trim_end().to_owned())
        };
        self.seen.iter().filter_map(line).collect()
    }

    /// The parameters of the last event of a type.
    pub(super) fn last(&self, event_type: &str) -> Value {
        let events = self.frames.iter().rev().map(|(_, frame)| &frame["params"]);
        let found = events.into_iter().find(|event| event["event_type"] == event_type);
        found.unwrap_or_else(|| panic!("no {event_type}"))["params"].clone()
    }
}
