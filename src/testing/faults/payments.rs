//! When a payment is started twice, and when a call is answered twice.
//!
//! # A payment that is started twice
//!
//! A script that asks for a payment must know what became of the one before it on the same call. A payment is
//! *open* from the moment when its request (`calling.pay`) leaves, and is *settled* when the script can know its
//! outcome:
//!
//! - RELAY refused the request, and the refusal arrived: nothing began. So a script may try again after `refused`.
//! - Its last event (`finished` or `error`) arrived, and the script is told: it has the action, as the answer to
//!   the request has arrived; or the verb still waits, so that the event stands in for the answer; or the script
//!   has a function or a wait for events of payments.
//!
//! It stays open when the script was told `unconfirmed`, whatever arrives later: nobody listens. A second request
//! on a call with an open payment is a second start, whether RELAY takes it or not: the script could not know.
//! A script that finds out by other means (it asks its connector) cannot be told from one that does not.
//!
//! A request that leaves twice under one id, or that RELAY gets twice under one `control_id`, is a second start
//! too; that one would be the runtime's.
//!
//! # A call that is answered twice
//!
//! A script asks to answer a call after it was told that the call is answered: by the answer to its request, or by
//! the event of the call's state. What the session sends again after a resume keeps its id, and is the same
//! request.
//!
//! It looks at frames only, and decides nothing about what else a script may do.

use std::collections::HashSet;

use super::frame::{Glance, Is};

/// The request that starts a payment.
pub const PAY: &str = "calling.pay";
/// The request that answers a call.
const ANSWER: &str = "calling.answer";

/// One payment.
#[derive(Debug)]
struct Payment {
    /// The id of its request.
    request: String,
    call_id: String,
    control_id: String,
    /// Whether RELAY's yes arrived.
    begun: bool,
    settled: bool,
}

/// What happened twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubled {
    /// A payment was asked for while another one was open on this call.
    Payment {
        /// The call.
        call_id: String,
    },
    /// One request for a payment left twice.
    Repeated {
        /// The call.
        call_id: String,
    },
    /// A call that is answered was answered.
    Answer {
        /// The call.
        call_id: String,
    },
}

/// The payments and answers of the calls of a world.
#[derive(Debug, Default)]
pub struct Ledger {
    payments: Vec<Payment>,
    /// The requests that answer calls: id, call.
    answers: Vec<(String, String)>,
    /// The calls of which the client was told that they are answered.
    answered: HashSet<String>,
    doubled: Vec<Doubled>,
}

impl Ledger {
    /// A request leaves, whether or not it arrives.
    pub fn leaves(&mut self, frame: &Glance) {
        match frame.method() {
            Some(PAY) => self.pay(frame),
            Some(ANSWER) => {
                let is_new = self.answers.iter().all(|(id, _)| *id != frame.id);
                if is_new && self.answered.contains(&frame.call_id) {
                    self.doubled.push(Doubled::Answer { call_id: frame.call_id.clone() });
                }
                self.answers.push((frame.id.clone(), frame.call_id.clone()));
            }
            _ => {}
        }
    }

    fn pay(&mut self, frame: &Glance) {
        let call_id = frame.call_id.clone();
        let same = |payment: &Payment| payment.request == frame.id || payment.control_id == frame.control_id;
        let on_call = |payment: &&Payment| payment.call_id == frame.call_id;
        if self.payments.iter().filter(on_call).any(same) {
            self.doubled.push(Doubled::Repeated { call_id });
        } else if self.payments.iter().filter(on_call).any(|payment| !payment.settled) {
            self.doubled.push(Doubled::Payment { call_id });
        }
        self.payments.push(Payment {
            request: frame.id.clone(),
            call_id: frame.call_id.clone(),
            control_id: frame.control_id.clone(),
            begun: false,
            settled: false,
        });
    }

    /// A frame of the server arrives. `told`: of an event about a payment, whether the script waits for the answer
    /// to its request, or listens to such events.
    pub fn arrives(&mut self, frame: &Glance, told: bool) {
        match &frame.what {
            Is::Answer(good) => self.answer(&frame.id, *good),
            Is::Event(event_type) if event_type == "calling.call.state" && frame.state == "answered" => {
                self.answered.insert(frame.call_id.clone());
            }
            _ if frame.ends_payment() => {
                let ended = |payment: &&mut Payment| {
                    payment.call_id == frame.call_id && payment.control_id == frame.control_id
                };
                for payment in self.payments.iter_mut().filter(ended) {
                    payment.settled |= payment.begun || told;
                }
            }
            _ => {}
        }
    }

    fn answer(&mut self, id: &str, good: bool) {
        for payment in self.payments.iter_mut().filter(|payment| payment.request == id) {
            payment.begun |= good;
            payment.settled |= !good;
        }
        if good && let Some((_, call_id)) = self.answers.iter().find(|(request, _)| request == id) {
            self.answered.insert(call_id.clone());
        }
    }

    /// What happened twice, in order.
    pub fn doubled(&self) -> &[Doubled] {
        &self.doubled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str, method: &str, control_id: &str) -> Glance {
        let text = format!(
            r#"{{"id":"{id}","method":"{method}","params":{{"call_id":"c","control_id":"{control_id}"}}}}"#
        );
        Glance::of(&text, true)
    }

    fn event(event_type: &str, state: &str) -> Glance {
        let text = format!(
            r#"{{"id":"e","method":"signalwire.event","params":{{"event_type":"{event_type}","params":{{"call_id":"c","control_id":"p1","state":"{state}"}}}}}}"#
        );
        Glance::of(&text, false)
    }

    fn answer(id: &str, code: u16) -> Glance {
        Glance::of(&format!(r#"{{"id":"{id}","result":{{"code":"{code}"}}}}"#), false)
    }

    /// What a second payment is, after the first one and these frames; each with whether the script is told.
    fn second_after(frames: &[(Glance, bool)]) -> Vec<Doubled> {
        let mut ledger = Ledger::default();
        ledger.leaves(&request("1", PAY, "p1"));
        for (frame, told) in frames {
            ledger.arrives(frame, *told);
        }
        ledger.leaves(&request("2", PAY, "p2"));
        ledger.doubled().to_vec()
    }

    #[test]
    fn a_payment_may_follow_one_whose_outcome_is_known() {
        let ends = || event("calling.call.pay", "error");
        for (known, frames) in [
            (false, vec![]),
            (false, vec![(answer("1", 200), false)]),
            (true, vec![(answer("1", 500), false)]),
            (true, vec![(answer("1", 200), false), (ends(), false)]),
            // The answer is lost: the event counts only for one who waits or listens.
            (true, vec![(ends(), true)]),
            (false, vec![(ends(), false)]),
            (false, vec![(answer("1", 200), false), (event("calling.call.pay", "collecting"), true)]),
        ] {
            let expected = if known { vec![] } else { vec![Doubled::Payment { call_id: "c".into() }] };
            assert_eq!(second_after(&frames), expected, "{frames:?}");
        }
    }

    #[test]
    fn a_request_for_a_payment_leaves_once() {
        let mut ledger = Ledger::default();
        ledger.leaves(&request("1", PAY, "p1"));
        ledger.leaves(&request("1", PAY, "p1"));
        assert_eq!(ledger.doubled(), [Doubled::Repeated { call_id: "c".into() }]);
    }

    #[test]
    fn a_call_is_answered_twice_by_one_who_knows() {
        for (times, told) in [(0, None), (1, Some(answer("1", 200))), (0, Some(answer("1", 500)))] {
            let mut ledger = Ledger::default();
            ledger.leaves(&request("1", ANSWER, ""));
            if let Some(told) = told {
                ledger.arrives(&told, false);
            }
            ledger.leaves(&request("1", ANSWER, ""));
            assert_eq!(ledger.doubled(), [], "the session repeats it");
            ledger.leaves(&request("2", ANSWER, ""));
            assert_eq!(ledger.doubled().len(), times);
        }
        let mut ledger = Ledger::default();
        ledger.leaves(&request("1", ANSWER, ""));
        ledger.arrives(&event("calling.call.state", "answered"), false);
        ledger.leaves(&request("2", ANSWER, ""));
        assert_eq!(ledger.doubled(), [Doubled::Answer { call_id: "c".into() }]);
    }
}
