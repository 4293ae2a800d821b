//! What the virtual party does, what a test asks for, and what can be asked about the peer.
//!
//! Never a frame from the client: those come by `receive`.

use super::caller::{CallPlan, Caller};
use super::card::Entry;
use super::directory::Offer;
use super::effects::Pages;
use super::far::FarEnd;
use super::line::{CallState, Line};
use super::link::LinkId;
use super::message::InboundMessage;
use super::observe::What;
use super::pay::PayOutcome;
use super::peer::Peer;
use super::ringback;
use super::schedule::Slot;
use super::timing;
use serde_json::{Value, json};
use std::time::Duration;

/// A call from the virtual party to the client.
#[derive(Debug, Clone, Default)]
pub struct InboundCall {
    /// The number that calls; an address that begins with `sip:` makes it a SIP call.
    pub from: String,
    /// The number that is called.
    pub to: String,
    /// The context that the call is delivered to.
    pub context: String,
    /// Headers of the device, in order.
    pub headers: Vec<(String, String)>,
    /// The tag that the call carries.
    pub tag: String,
    /// What the virtual party does by itself.
    pub plan: CallPlan,
}

impl InboundCall {
    fn device(&self) -> Value {
        let headers: Vec<Value> =
            self.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        if self.from.starts_with("sip:") {
            return json!({
                "type": "sip", "params": {"from": self.from, "to": self.to, "headers": headers},
            });
        }
        json!({
            "type": "phone",
            "params": {"from_number": self.from, "to_number": self.to, "headers": headers},
        })
    }
}

impl Peer {
    /// The virtual party calls. The call is given to a connected session of its context, or waits for one.
    pub fn dial_in(&mut self, now: Duration, call: InboundCall) -> String {
        let (device, caller) = (call.device(), Caller::new(call.plan));
        let line = Line { context: call.context, tag: call.tag, ..self.new_line(true, device, caller) };
        let call_id = line.ids.call_id.clone();
        self.lines.insert(call_id.clone(), line);
        self.observe(now, Some(&call_id), What::CallBegan { from: call.from, to: call.to });
        self.on_line(now, &call_id, |line, fx| {
            fx.timer(Slot::Unanswered, timing::UNANSWERED);
            line.be_patient(fx);
        });
        self.offer(now, Offer::Call(call_id.clone()));
        call_id
    }

    /// The virtual party presses keys, one right after another. Nobody hears them unless the call is answered.
    pub fn press(&mut self, now: Duration, call_id: &str, digits: &str) {
        self.on_line(now, call_id, |line, fx| line.press(digits, fx));
    }

    /// The virtual party says something; an empty text is a noise that nobody understands.
    pub fn speak(&mut self, now: Duration, call_id: &str, text: &str) {
        self.on_line(now, call_id, |line, fx| line.speak(text, fx));
    }

    /// The virtual party hangs up.
    pub fn hang_up(&mut self, now: Duration, call_id: &str) {
        self.on_line(now, call_id, |line, fx| line.hang_up(fx));
    }

    /// Gives the virtual party another plan; on an answered call it begins at once.
    pub fn set_plan(&mut self, now: Duration, call_id: &str, plan: CallPlan) {
        self.on_line(now, call_id, |line, fx| {
            if line.is_over() {
                return;
            }
            fx.cancel(Slot::Caller);
            fx.cancel(Slot::Card);
            line.caller = Caller::new(plan);
            line.be_patient(fx);
        });
    }

    /// The plan of the parties that the client dials from now on.
    pub fn set_outbound_plan(&mut self, plan: CallPlan) {
        self.outbound_plan = plan;
    }

    /// How parties behave that the client dials, connects or refers to from now on, except at
    /// [`TEST_NUMBERS`](super::TEST_NUMBERS).
    pub fn set_far_end(&mut self, far_end: FarEnd) {
        self.world.far_end = far_end;
    }

    /// How many pages the faxes have that begin from now on; one unless set.
    pub fn set_fax_pages(&mut self, pages: u32) {
        self.world.fax_pages = Pages(pages);
    }

    /// How the built-in payment connector answers from now on.
    pub fn set_pay_outcome(&mut self, outcome: PayOutcome) {
        self.world.pay = outcome;
    }

    /// A message arrives for the client; gives its id. It waits until a session of its context is connected.
    pub fn send_inbound_message(&mut self, now: Duration, message: &InboundMessage) -> String {
        let message_id = self.ids.uuid();
        self.observe(now, None, message.observation(&message_id));
        let params = message.params(&message_id);
        self.offer(now, Offer::Message { context: message.context.clone(), params });
        message_id
    }

    /// The next request with this method fails. A negative code becomes a JSON-RPC error.
    pub fn fail_next(&mut self, method: &str, code: &str, message: &str) {
        self.faults.fail_next(method, code, message);
    }

    /// From now on requests with this method are neither carried out nor answered.
    pub fn mute(&mut self, method: &str) {
        self.faults.mute(method);
    }

    /// From now on requests with this method are carried out, but their replies are lost.
    pub fn lose_replies(&mut self, method: &str) {
        self.faults.lose_replies(method);
    }

    /// Ends [`Peer::mute`] and [`Peer::lose_replies`].
    pub fn unmute(&mut self, method: &str) {
        self.faults.unmute(method);
    }

    /// Forgets every session that has no link: none can be resumed, and their calls are abandoned.
    pub fn forget_sessions(&mut self, now: Duration) {
        let unlinked = self.sessions.iter().filter(|(_, session)| session.link.is_none());
        let forgotten: Vec<u64> = unlinked.map(|(id, _)| *id).collect();
        for session in forgotten {
            self.forget_session(now, session);
        }
    }

    /// The state of a call as the wire names it; `None` when it is unknown or long over.
    #[must_use]
    pub fn call_state(&self, call_id: &str) -> Option<&'static str> {
        self.lines.get(call_id).map(|line| line.state.name())
    }

    /// Why a call ended; `None` while it lives.
    #[must_use]
    pub fn end_reason(&self, call_id: &str) -> Option<&str> {
        self.lines.get(call_id)?.end_reason.as_deref()
    }

    /// The calls that are not over.
    #[must_use]
    pub fn live_calls(&self) -> Vec<&str> {
        let live = self.lines.values().filter(|line| line.state != CallState::Ended);
        live.map(|line| line.ids.call_id.as_str()).collect()
    }

    /// Whether keys that the virtual party presses now would reach something that takes keys, a prompt that they
    /// cut short included.
    #[must_use]
    pub fn takes_keys(&self, call_id: &str) -> bool {
        self.lines.get(call_id).is_some_and(|line| line.takes().keys)
    }

    /// The same for what the virtual party says.
    #[must_use]
    pub fn takes_speech(&self, call_id: &str) -> bool {
        self.lines.get(call_id).is_some_and(|line| line.takes().speech)
    }

    /// The part of a card that a payment waits for on this call, its prompt being over.
    #[must_use]
    pub fn wanted_entry(&self, call_id: &str) -> Option<Entry> {
        self.lines.get(call_id)?.takes().entry
    }

    /// Whether a connected session takes the calls of a context.
    #[must_use]
    pub fn is_served(&self, context: &str) -> bool {
        self.sessions.values().any(|session| session.link.is_some() && session.contexts.contains(context))
    }

    /// The `control_id`s that are live on a call, oldest first.
    #[must_use]
    pub fn live_actions(&self, call_id: &str) -> Vec<&str> {
        let actions = self.lines.get(call_id).map_or(&[][..], |line| &line.actions);
        let heard = actions.iter().filter(|action| action.work.family() != ringback::FAMILY);
        heard.map(|action| action.control_id.as_str()).collect()
    }

    /// The `protocol` of the session that a link carries.
    #[must_use]
    pub fn protocol(&self, link: LinkId) -> Option<&str> {
        let session = self.links.get(&link)?.session?;
        Some(&self.sessions.get(&session)?.protocol)
    }

    /// How many events the session with this `protocol` has not acknowledged.
    #[must_use]
    pub fn unacknowledged(&self, protocol: &str) -> usize {
        let session = self.sessions.values().find(|session| session.protocol == protocol);
        session.map_or(0, |session| session.unacknowledged())
    }
}
