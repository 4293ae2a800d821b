//! Where an event goes: to its call, its action, the functions and the waits of the script.
//!
//! It decides nothing about new calls; that is the runtime's part.

use std::rc::Rc;

use super::action::ActionCell;
use super::call::CallCell;
use super::dial::Dialled;
use super::event::Event;
use super::host::Host;
use crate::call::CallState;
use crate::relay::message::{self, Head};

fn keep(event: &message::Event<'_>) -> Rc<Event> {
    Rc::new(Event::new(event.event_type, event.frame))
}

impl Host {
    /// Takes an event about a call or a message that is known; false if it is about neither.
    pub fn route(&self, arrival: &message::Event<'_>) -> bool {
        match arrival.event_type {
            "messaging.state" => return self.route_message(arrival),
            "calling.call.dial" => return self.route_dial(arrival),
            "calling.call.state" => self.meet_leg(arrival.head, arrival.frame),
            _ => {}
        }
        let Some(call_id) = arrival.head.call_id.as_deref() else { return false };
        let Some(call) = self.calls.borrow().get(call_id).cloned() else { return false };
        self.route_call(&call, arrival);
        true
    }

    fn route_call(&self, call: &Rc<CallCell>, arrival: &message::Event<'_>) {
        let event_type = arrival.event_type;
        let is_state = event_type == "calling.call.state";
        let head = arrival.head;
        let over =
            is_state && call.hear(head.call_state.as_deref().unwrap_or_default(), head.end_reason.as_deref());
        // The functions that were given for an event come before whoever waits for what it ends.
        if call.is_listened_to(event_type) {
            self.tell_listeners(call, &keep(arrival));
        }
        if let Some(control_id) = arrival.head.control_id.as_deref()
            && let Some(action) = call.action(control_id)
        {
            self.route_action(&action, arrival);
        }
        if is_state {
            call.wake(&self.scheduler);
        }
        if over {
            self.end_call(call);
        }
    }

    fn tell_listeners(&self, call: &CallCell, event: &Rc<Event>) {
        if let Some(run) = call.run() {
            for callback in call.handlers(event.event_type()) {
                run.call_back(callback, Rc::clone(event));
            }
        }
        call.tell_watches(event, &self.scheduler);
    }

    fn route_action(&self, action: &Rc<ActionCell>, arrival: &message::Event<'_>) {
        self.prove(action);
        if action.apply(arrival.event_type, arrival.head, || keep(arrival)) {
            action.call.remove_action(&action.control_id);
            self.complete(action);
        }
    }

    /// An event about an action shows that its request, whose answer was lost, was taken.
    fn prove(&self, action: &ActionCell) {
        let Some(request) = action.request.get() else { return };
        let waiter = self.client.session().prove(request);
        if let Some(waiter) = waiter {
            action.request.set(None);
            self.answer(waiter, Ok("{}"));
        }
    }

    /// An action is over: its functions are called, and those that wait go on.
    fn complete(&self, action: &ActionCell) {
        if let (Some(run), Some(event)) = (action.call.run(), action.ended()) {
            for callback in action.take_callbacks() {
                run.call_back(callback, Rc::clone(&event));
            }
        }
        action.wake(&self.scheduler);
    }

    /// A call is over: so are its actions, and soon its script.
    fn end_call(&self, call: &Rc<CallCell>) {
        let reason = call.end_reason();
        for action in call.take_actions() {
            if action.end("error", || Rc::new(call_ended_event(&action, reason.as_deref()))) {
                self.complete(&action);
            }
        }
        call.wake(&self.scheduler);
        let Some(run) = call.run() else { return };
        if run.call.as_ref().is_some_and(|own| Rc::ptr_eq(own, call)) {
            run.call_over();
        }
    }

    /// Ends a call for a reason of our own: the server has forgotten it.
    pub fn lose_call(&self, call: &Rc<CallCell>, reason: &str) {
        if call.hear("ended", Some(reason)) {
            self.end_call(call);
        }
    }

    fn route_message(&self, arrival: &message::Event<'_>) -> bool {
        let Some(id) = arrival.head.message_id.as_deref() else { return false };
        let Some(message) = self.messages.borrow().get(id).cloned() else { return false };
        let state = arrival.head.message_state.as_deref().unwrap_or_default();
        if message.hear(state, || keep(arrival), &self.scheduler) {
            self.messages.borrow_mut().remove(id);
        }
        true
    }

    /// A leg of a call that is being dialled becomes a call of its own.
    fn meet_leg(&self, head: &Head<'_>, frame: &str) {
        let (Some(tag), Some(id), Some(node)) = (&head.tag, &head.call_id, &head.node_id) else { return };
        let Some(dial) = self.dials.borrow().get(&**tag).cloned() else { return };
        if self.calls.borrow().get(id).is_some() {
            return;
        }
        let leg = Rc::new(CallCell::new(id, node, CallState::Created, frame));
        if dial.abandoned.get() {
            leg.hear(head.call_state.as_deref().unwrap_or_default(), None);
            if leg.state() < CallState::Ending {
                self.hang_up(&leg, "cancel");
            }
            return;
        }
        leg.give_to(Rc::clone(&dial.run));
        self.calls.borrow_mut().insert(Rc::clone(&leg.id), Rc::clone(&leg));
        dial.run.add_leg(Rc::clone(&leg));
        dial.legs.borrow_mut().push(leg);
    }

    fn route_dial(&self, arrival: &message::Event<'_>) -> bool {
        let Some(tag) = arrival.head.tag.as_deref() else { return false };
        let Some(dial) = self.dials.borrow().get(tag).cloned() else { return false };
        let outcome = match arrival.head.dial_state.as_deref() {
            Some("answered") => match self.winner(arrival) {
                Some(call) => Dialled::Answered(call),
                None => Dialled::Failed("the server named no call".into()),
            },
            Some("failed") => Dialled::Failed("nobody answered".into()),
            _ => return true,
        };
        if dial.abandoned.get() {
            self.dials.borrow_mut().remove(tag);
            return true;
        }
        *dial.outcome.borrow_mut() = Some(outcome);
        self.scheduler.wake(dial.token);
        true
    }

    /// The leg that a dial event names as answered.
    fn winner(&self, arrival: &message::Event<'_>) -> Option<Rc<CallCell>> {
        #[derive(serde::Deserialize)]
        struct Frame<'a> {
            #[serde(borrow)]
            params: Params<'a>,
        }
        #[derive(serde::Deserialize)]
        struct Params<'a> {
            #[serde(borrow)]
            params: Dial<'a>,
        }
        #[derive(serde::Deserialize)]
        struct Dial<'a> {
            #[serde(borrow)]
            call: Head<'a>,
        }
        let told: Frame<'_> = serde_json::from_str(arrival.frame).ok()?;
        let mut leg = told.params.params.call;
        if leg.tag.is_none() {
            leg.tag.clone_from(&arrival.head.tag);
        }
        self.meet_leg(&leg, arrival.frame);
        let call = self.calls.borrow().get(leg.call_id.as_deref()?).cloned()?;
        call.hear("answered", None);
        call.wake(&self.scheduler);
        Some(call)
    }
}

/// What an action's wait gives when the call ended first.
fn call_ended_event(action: &ActionCell, end_reason: Option<&str>) -> Event {
    let params = serde_json::json!({
        "call_id": &*action.call.id, "control_id": &*action.control_id,
        "state": "error", "reason": "call_ended", "end_reason": end_reason,
    });
    Event::made(action.kind.event_type(), &params)
}
