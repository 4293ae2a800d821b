//! What becomes of each frame between client and server, and what is kept of those that crossed.
//!
//! It decides; [`Loopback`](crate::testing::Loopback) carries out. Without a fault every frame passes.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use super::frame::{Glance, Is};
use super::payments::{Doubled, Ledger};
use super::plan::Step;
use super::{Fault, FaultKind};
use crate::relay::{Repeat, Time};
use crate::script::api::verbs;

/// How late a late event is.
const LATENESS: Duration = Duration::from_secs(5);

/// What becomes of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It arrives.
    Pass,
    /// The socket falls, and the frame is lost with it.
    CutBefore,
    /// It arrives, then the socket falls.
    CutAfter,
    /// It arrives twice.
    Twice,
    /// It arrives at this time, or after so many other events.
    Hold {
        /// At the latest.
        until: Time,
        /// Other events that arrive before it.
        others: usize,
    },
    /// It is refused with this code.
    Refuse {
        /// The method of the request.
        method: String,
        /// The code.
        code: &'static str,
    },
    /// It arrives, but its answer is lost.
    LoseAnswer {
        /// The method of the request.
        method: String,
    },
    /// It arrives, and nothing is done about it.
    Ignore {
        /// The method of the request.
        method: String,
    },
    /// It is lost; the event that it acknowledges comes again at this time.
    Swallow {
        /// The event's frame.
        event: String,
        /// When.
        again: Time,
    },
    /// It arrives, then the party on this call hangs up.
    HangUp {
        /// The call.
        call_id: String,
    },
}

/// A wire as the worlds of one case share it.
pub type Shared = Rc<RefCell<Wire>>;

/// See the module.
#[derive(Debug, Default)]
pub struct Wire {
    fault: Option<Fault>,
    /// How many frames crossed, in all worlds of the case.
    count: usize,
    /// How many worlds there were.
    worlds: usize,
    /// The frames that crossed; kept while there is no fault.
    steps: Vec<Step>,
    happened: Option<Step>,
    ledger: Ledger,
    /// The requests that left on the present link and are not answered.
    waiting: Vec<Waiting>,
    /// Those of which nobody knows whether the server got them, and which are never sent again.
    doubtful: Vec<Waiting>,
    /// The events that may have to come again.
    events: Vec<(String, String)>,
}

/// A request that waits for its answer.
#[derive(Clone, Debug)]
struct Waiting {
    id: String,
    control_id: String,
    repeat: Repeat,
    /// When its link fell.
    fell: Time,
}

impl Wire {
    /// A wire with a fault, or with none.
    #[must_use]
    pub fn new(fault: Option<Fault>) -> Self {
        Self { fault, ..Self::default() }
    }

    /// Another world begins: its calls have nothing to do with those of the one before.
    pub fn begin_world(&mut self) {
        self.worlds += 1;
        self.ledger = Ledger::default();
        self.waiting.clear();
    }

    /// A frame crosses: what becomes of it.
    pub fn decide(&mut self, now: Time, from_client: bool, text: &str) -> Deed {
        let frame = Glance::of(text, from_client);
        if from_client {
            self.leaves(&frame);
        }
        let number = self.count;
        self.count += 1;
        let Some(fault) = self.fault else {
            self.steps.push(Step { at: now, world: self.worlds, from_client, frame });
            return Deed::Pass;
        };
        if fault.kind == FaultKind::NoAck && number < fault.at && frame.event().is_some() {
            self.events.push((frame.id, text.to_owned()));
            return Deed::Pass;
        }
        if number != fault.at {
            return Deed::Pass;
        }
        let deed = self.deed(fault.kind, now, &frame, text);
        if deed != Deed::Pass {
            self.happened = Some(Step { at: now, world: self.worlds, from_client, frame });
        }
        deed
    }

    /// What a fault does to a frame; it passes where the fault makes no sense.
    fn deed(&self, kind: FaultKind, now: Time, frame: &Glance, text: &str) -> Deed {
        let hold = |others| Deed::Hold { until: now + LATENESS, others };
        let method = || frame.verb().unwrap_or_default().to_owned();
        let (is_event, is_verb) = (frame.event().is_some(), frame.verb().is_some());
        match kind {
            FaultKind::Drop => Deed::CutBefore,
            FaultKind::DropAfter => Deed::CutAfter,
            FaultKind::Twice if is_event => Deed::Twice,
            FaultKind::Late | FaultKind::Swap if is_event => hold(1),
            FaultKind::Delay if is_event => hold(usize::MAX),
            FaultKind::NoAck if frame.what == Is::Acknowledgement => self.swallow(now, &frame.id),
            FaultKind::Refuse500 if is_verb => Deed::Refuse { method: method(), code: "500" },
            FaultKind::Refuse404 if is_verb => Deed::Refuse { method: method(), code: "404" },
            FaultKind::NoReply if is_verb => Deed::LoseAnswer { method: method() },
            FaultKind::Ignore if is_verb => Deed::Ignore { method: method() },
            FaultKind::HangUp if !frame.call_id.is_empty() && !text.is_empty() => {
                Deed::HangUp { call_id: frame.call_id.clone() }
            }
            _ => Deed::Pass,
        }
    }

    /// The acknowledgement of something else than an event passes.
    fn swallow(&self, now: Time, id: &str) -> Deed {
        match self.events.iter().find(|(event, _)| event == id) {
            Some((_, event)) => Deed::Swallow { event: event.clone(), again: now + LATENESS },
            None => Deed::Pass,
        }
    }

    /// A frame of the client leaves, whether or not it arrives.
    fn leaves(&mut self, frame: &Glance) {
        self.ledger.leaves(frame);
        if let Some(method) = frame.verb() {
            let (id, control_id) = (frame.id.clone(), frame.control_id.clone());
            let repeat = verbs::all().iter().find(|verb| verb.method == method).map(|verb| verb.repeat);
            let repeat = repeat.unwrap_or(Repeat::Safe);
            self.waiting.push(Waiting { id, control_id, repeat, fell: Time::ZERO });
        }
    }

    /// A frame of the client leaves and is lost with the link.
    pub fn loses(&mut self, now: Time, text: &str) {
        self.leaves(&Glance::of(text, true));
        self.falls(now);
    }

    /// The link falls.
    pub fn falls(&mut self, now: Time) {
        let fell = self.waiting.drain(..).filter(|request| request.patience().is_some());
        self.doubtful.extend(fell.map(|request| Waiting { fell: now, ..request }));
    }

    /// A frame of the server arrives. `told`: of the end of a payment, whether the script gets to know of it.
    pub fn arrives(&mut self, now: Time, frame: &Glance, told: bool) {
        self.ledger.arrives(frame, told);
        match &frame.what {
            Is::Answer(_) => self.waiting.retain(|request| request.id != frame.id),
            // An event shows that the server took the request, if it comes soon enough.
            Is::Event(_) if !frame.control_id.is_empty() => self.doubtful.retain(|request| {
                let patience = request.patience().unwrap_or_default();
                request.control_id != frame.control_id || now > request.fell + patience
            }),
            _ => {}
        }
    }

    /// Whether the script could be told `unconfirmed` with good reason: the link fell while the answer to a
    /// request was out that is never sent again, and no event proved in time that the server took it.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        !self.doubtful.is_empty()
    }

    /// What happened twice in this world.
    #[must_use]
    pub(super) fn doubled(&self) -> &[Doubled] {
        self.ledger.doubled()
    }

    /// The frame at which the fault happened; none, if it made no sense there.
    #[must_use]
    pub fn happened(&self) -> Option<&Step> {
        self.happened.as_ref()
    }

    /// The frames that crossed, when there was no fault.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Waiting {
    /// How long the session waits, after a resume, for an event that proves such a request; none for one that it
    /// sends again.
    fn patience(&self) -> Option<Duration> {
        match self.repeat {
            Repeat::Safe | Repeat::Announced => None,
            Repeat::Never => Some(Duration::from_secs(10)),
            Repeat::NeverLate => Some(Duration::from_secs(60)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"id":"e","method":"signalwire.event","params":{"event_type":"calling.call.play","params":{"call_id":"c","control_id":"a","state":"playing"}}}"#;
    const ACK: &str = r#"{"id":"e","result":{}}"#;
    const PLAY: &str = r#"{"id":"1","method":"calling.play","params":{"call_id":"c","control_id":"a"}}"#;
    const PAY: &str = r#"{"id":"2","method":"calling.pay","params":{"call_id":"c","control_id":"a"}}"#;

    /// What becomes of the second of two frames, when this happens to it.
    fn deed(kind: FaultKind, first: (bool, &str), second: (bool, &str)) -> Deed {
        let mut wire = Wire::new(Some(Fault { kind, at: 1 }));
        assert_eq!(wire.decide(Time::ZERO, first.0, first.1), Deed::Pass);
        let deed = wire.decide(Time::ZERO, second.0, second.1);
        assert_eq!(wire.happened().is_some(), deed != Deed::Pass);
        deed
    }

    #[test]
    fn a_fault_happens_to_the_frames_for_which_it_makes_sense() {
        let (event, ack, play) = ((false, EVENT), (true, ACK), (true, PLAY));
        for (kind, frames) in [
            (FaultKind::Drop, [true, true, true]),
            (FaultKind::DropAfter, [true, true, true]),
            (FaultKind::Twice, [true, false, false]),
            (FaultKind::Late, [true, false, false]),
            (FaultKind::Swap, [true, false, false]),
            (FaultKind::Delay, [true, false, false]),
            (FaultKind::NoAck, [false, true, false]),
            (FaultKind::Refuse500, [false, false, true]),
            (FaultKind::Refuse404, [false, false, true]),
            (FaultKind::NoReply, [false, false, true]),
            (FaultKind::Ignore, [false, false, true]),
            (FaultKind::HangUp, [true, false, true]),
        ] {
            let found = [event, ack, play].map(|frame| deed(kind, event, frame) != Deed::Pass);
            assert_eq!(found, frames, "{kind:?}");
        }
        assert_eq!(deed(FaultKind::NoAck, play, ack), Deed::Pass, "nothing was to be acknowledged");
    }

    #[test]
    fn a_request_that_is_never_sent_again_is_in_doubt_until_an_event_proves_it() {
        let s = Time::from_secs;
        for (request, answered, proven, doubt) in [
            (PLAY, false, None, false),
            (PAY, false, None, true),
            (PAY, true, None, false),
            (PAY, false, Some(30), false),
            (PAY, false, Some(90), true),
        ] {
            let mut wire = Wire::new(None);
            wire.decide(s(0), true, request);
            if answered {
                wire.arrives(s(0), &Glance::of(r#"{"id":"2","result":{}}"#, false), false);
            }
            wire.falls(s(1));
            if let Some(at) = proven {
                wire.arrives(s(at), &Glance::of(EVENT, false), false);
            }
            assert_eq!(wire.is_in_doubt(), doubt, "{request} {answered} {proven:?}");
        }
        let mut wire = Wire::new(None);
        wire.loses(s(0), PAY);
        assert!(wire.is_in_doubt());
    }
}
