//! Which faults can happen in a case: those that make sense at the frames of a run without a fault.
//!
//! It runs nothing.

use std::collections::HashSet;
use std::fmt;

use super::frame::{Glance, Is};
use super::{Fault, FaultKind};
use crate::relay::Time;

/// A frame that crossed.
#[derive(Clone, Debug)]
pub struct Step {
    /// When, in its world.
    pub at: Time,
    /// Which world it was, from 1: each row of a table has one of its own.
    pub world: usize,
    /// Whether the client sent it.
    pub from_client: bool,
    pub(super) frame: Glance,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Glance { what, state, .. } = &self.frame;
        match what {
            Is::Request(method) => write!(f, "request {method}")?,
            Is::Event(event_type) if state.is_empty() => write!(f, "event {event_type}")?,
            Is::Event(event_type) => write!(f, "event {event_type} {state}")?,
            Is::Answer(true) => f.write_str("answer to a request")?,
            Is::Answer(false) => f.write_str("refusal of a request")?,
            Is::Acknowledgement => f.write_str("acknowledgement of an event")?,
            Is::Other => f.write_str("ping")?,
        }
        write!(f, ", {:.2} s", self.at.as_secs_f64())
    }
}

/// All faults that make sense at these frames, frame by frame.
#[must_use]
pub fn plan(steps: &[Step]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut over: HashSet<(usize, &str)> = HashSet::new();
    for (at, step) in steps.iter().enumerate() {
        let frame = &step.frame;
        let mut add = |kind| faults.push(Fault { kind, at });
        add(FaultKind::Drop);
        add(FaultKind::DropAfter);
        match &frame.what {
            Is::Event(event_type) => {
                add(FaultKind::Twice);
                add(FaultKind::Delay);
                match next_event(&steps[at + 1..], step.world) {
                    Some(next) if is_swap(step, next) => add(FaultKind::Swap),
                    Some(_) => add(FaultKind::Late),
                    None => {}
                }
                if event_type == "calling.call.state" && frame.state == "ended" {
                    over.insert((step.world, &frame.call_id));
                }
            }
            Is::Acknowledgement if acknowledges(steps, at) => add(FaultKind::NoAck),
            _ if frame.verb().is_some() => {
                add(FaultKind::Refuse500);
                add(FaultKind::Refuse404);
                add(FaultKind::NoReply);
                add(FaultKind::Ignore);
            }
            _ => {}
        }
        let is_live = !frame.call_id.is_empty() && !over.contains(&(step.world, frame.call_id.as_str()));
        if is_live {
            add(FaultKind::HangUp);
        }
    }
    faults
}

/// The next event of the same world.
fn next_event(steps: &[Step], world: usize) -> Option<&Step> {
    steps.iter().take_while(|step| step.world == world).find(|step| step.frame.event().is_some())
}

/// Whether two events that follow each other could as well come in the other order.
fn is_swap(one: &Step, next: &Step) -> bool {
    let (a, b) = (&one.frame.call_id, &next.frame.call_id);
    one.at == next.at && a != b && !a.is_empty() && !b.is_empty()
}

/// Whether the acknowledgement there is that of an event, and not of a ping.
fn acknowledges(steps: &[Step], at: usize) -> bool {
    let id = &steps[at].frame.id;
    steps[..at].iter().rev().any(|step| step.frame.event().is_some() && step.frame.id == *id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(seconds: u64, from_client: bool, text: &str) -> Step {
        let at = Time::from_secs(seconds);
        Step { at, world: 1, from_client, frame: Glance::of(text, from_client) }
    }

    fn event(seconds: u64, call: &str, state: &str) -> Step {
        let text = format!(
            r#"{{"id":"e{call}","method":"signalwire.event","params":{{"event_type":"calling.call.state","params":{{"call_id":"{call}","call_state":"{state}"}}}}}}"#
        );
        step(seconds, false, &text)
    }

    #[test]
    fn each_frame_has_the_faults_that_make_sense_there() {
        let steps = [
            event(0, "a", "ringing"),
            event(0, "b", "ringing"),
            step(0, true, r#"{"id":"ea","result":{}}"#),
            step(0, true, r#"{"id":"1","method":"calling.answer","params":{"call_id":"a"}}"#),
            step(0, true, r#"{"id":"2","method":"signalwire.receive","params":{}}"#),
            step(0, true, r#"{"id":"ping","result":{}}"#),
            event(1, "a", "ended"),
            event(2, "a", "ended"),
        ];
        let words = |at: usize| -> Vec<&str> {
            plan(&steps).iter().filter(|fault| fault.at == at).map(|fault| fault.kind.word()).collect()
        };
        let requests = ["drop", "drop-after", "refuse-500", "refuse-404", "no-reply", "ignore", "hangup"];
        for (at, expected) in [
            &["drop", "drop-after", "twice", "delay", "swap", "hangup"][..],
            &["drop", "drop-after", "twice", "delay", "late", "hangup"],
            &["drop", "drop-after", "no-ack"],
            &requests,
            &["drop", "drop-after"],
            &["drop", "drop-after"],
            &["drop", "drop-after", "twice", "delay", "late"],
            &["drop", "drop-after", "twice", "delay"],
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(words(at), expected, "frame {at}");
        }
    }
}
