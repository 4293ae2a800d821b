//! The methods about a call: which there are, what each needs, what each does.
//!
//! Never replies: it gives the reply's fields or a refusal, and collects the events.

use super::action;
use super::effects::{Effect, Effects};
use super::frames::{Failure, Fields};
use super::line::{By, CallState, Line, PAY};
use super::live;
use super::params::{Params, wrong};
use super::rules;
use super::schedule::Slot;
use super::timing;
use serde_json::json;

/// Commands on an action: the family and what is asked of it.
const COMMANDS: [(&str, &str); 19] = [
    ("calling.play", "pause"),
    ("calling.play", "resume"),
    ("calling.play", "stop"),
    ("calling.play", "volume"),
    ("calling.record", "pause"),
    ("calling.record", "resume"),
    ("calling.record", "stop"),
    ("calling.play_and_collect", "stop"),
    ("calling.play_and_collect", "volume"),
    ("calling.collect", "stop"),
    ("calling.collect", "start_input_timers"),
    ("calling.detect", "stop"),
    ("calling.pay", "stop"),
    ("calling.send_fax", "stop"),
    ("calling.receive_fax", "stop"),
    ("calling.tap", "stop"),
    ("calling.stream", "stop"),
    ("calling.transcribe", "stop"),
    ("calling.ai", "stop"),
];

/// The reasons with which a client may end a call.
const END_REASONS: [&str; 6] = ["hangup", "cancel", "busy", "noAnswer", "decline", "error"];

impl Line {
    /// Answers a request about this call.
    pub(super) fn request(
        &mut self,
        method: &str,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        if self.is_over() {
            return Err(Failure::Code("410".into(), "the call is over".into()));
        }
        let mut reply = self.dispatch(method, params, fx)?;
        self.settle(fx);
        reply.insert("call_id".into(), self.ids.call_id.as_str().into());
        if let Some(control_id) = params.get("control_id") {
            reply.insert("control_id".into(), control_id.clone());
        }
        Ok(reply)
    }

    pub(super) fn dispatch(
        &mut self,
        method: &str,
        params: Params<'_>,
        fx: &mut Effects<'_>,
    ) -> Result<Fields, Failure> {
        if method == PAY {
            self.discretion.payment_asked();
        }
        rules::check(method, params)?;
        if method == "calling.ai" {
            self.admits_agent()?;
        }
        if let Some(work) = action::make(method, params)? {
            return match params.optional_text("control_id")? {
                None if method == "calling.send_digits" => self.start(work, &fx.ids.uuid(), fx),
                _ => self.start(work, params.text("control_id")?, fx),
            };
        }
        let command = method.rsplit_once('.').filter(|command| COMMANDS.contains(command));
        if let Some(command) = command {
            return self.command(command, params, fx).map(|()| Fields::new());
        }
        match method {
            "calling.answer" => self.answer(params, fx),
            "calling.end" => self.hang_up_by_script(params, fx),
            "calling.pass" => self.pass(fx),
            "calling.connect" => self.connect(params, fx),
            "calling.disconnect" => self.disconnect(fx),
            "calling.refer" => self.start_refer(params, fx),
            "calling.transfer" => self.transfer(fx),
            "calling.join_conference" => self.join_conference(params, fx),
            "calling.amazon_bedrock" => self.start_bedrock(fx),
            "calling.ai_message" => self.tell_agent("message", params, fx),
            "calling.ai_hold" => self.tell_agent("hold", params, fx),
            "calling.ai_unhold" => self.tell_agent("unhold", params, fx),
            _ => self.instant(method, params, fx).map(|()| Fields::new()),
        }
    }

    /// Methods that are done at once, most of them with one event.
    fn instant(&mut self, method: &str, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        match method {
            "calling.hold" => self.event(fx, "calling.call.hold", json!({"state": "hold"})),
            "calling.unhold" => self.event(fx, "calling.call.hold", json!({"state": "unhold"})),
            "calling.denoise" => self.event(fx, "calling.call.denoise", json!({"denoised": true})),
            "calling.denoise.stop" => self.event(fx, "calling.call.denoise", json!({"denoised": false})),
            "calling.echo" => self.echo(params, fx)?,
            "calling.queue.enter" => self.enter_queue(params, fx)?,
            "calling.queue.leave" => self.leave_queue(params, fx)?,
            "calling.leave_conference" => self.leave_conference(params, fx)?,
            "calling.join_room" => fx.gatherings.enter_room(&self.ids.call_id, params.text("name")?)?,
            "calling.leave_room" => fx.gatherings.leave_room(&self.ids.call_id)?,
            "calling.live_transcribe" => live::check(params, &["lang"])?,
            "calling.live_translate" => live::check(params, &["from_lang", "to_lang"])?,
            "calling.user_event" => self.user_event(params, fx),
            "calling.bind_digit" => self.bindings.bind(params)?,
            "calling.clear_digit_bindings" => self.bindings.clear(params.optional_text("realm")?),
            _ => return Err(Failure::Rpc(-32601, format!("method not found: {method}"))),
        }
        Ok(())
    }

    /// An answer to a call that is answered already changes nothing.
    fn answer(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        if !self.inbound {
            return Err(Failure::bad("only an inbound call can be answered"));
        }
        if self.state != CallState::Answered {
            self.longest = params.minutes("max_duration")?;
            self.answered(fx);
        }
        Ok(Fields::new())
    }

    fn hang_up_by_script(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let reason = params.optional_text("reason")?.unwrap_or("hangup");
        if !END_REASONS.contains(&reason) {
            return Err(wrong("reason", "hangup, cancel, busy, noAnswer, decline or error"));
        }
        if let Some(leg) = &mut self.leg {
            leg.given_up = self.state != CallState::Answered;
        }
        self.end(reason, By::Script, fx);
        Ok(Fields::new())
    }

    fn pass(&mut self, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        if !self.inbound || self.state == CallState::Answered {
            return Err(Failure::bad("only an inbound call that is not answered can be passed"));
        }
        fx.list.push(Effect::Offer);
        Ok(Fields::new())
    }

    /// Another application has the call now; it ends there (*assumed*).
    fn transfer(&mut self, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        if self.state != CallState::Answered {
            return Err(Failure::bad("only an answered call can be transferred"));
        }
        fx.timer(Slot::Transfer, timing::TRANSFERRED);
        Ok(Fields::new())
    }

    fn echo(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let timeout = params.number("timeout")?;
        self.event(fx, "calling.call.echo", json!({"state": "echoing"}));
        self.echoes = true;
        match timeout {
            Some(timeout) => fx.timer(Slot::Echo, timing::seconds(timeout)),
            None => fx.cancel(Slot::Echo),
        }
        Ok(())
    }

    pub(super) fn echo_due(&mut self, fx: &mut Effects<'_>) {
        self.echoes = false;
        self.event(fx, "calling.call.echo", json!({"state": "finished"}));
    }

    /// The client's own event comes back to the clients of the call (*assumed*).
    fn user_event(&self, params: Params<'_>, fx: &mut Effects<'_>) {
        let mut given = params.0.clone();
        given.append(&mut self.ids.fields());
        fx.event("calling.user_event", given);
    }
}

/// Whether a method about a call exists.
pub(super) fn is_known(method: &str) -> bool {
    const OTHERS: [&str; 40] = [
        "calling.play",
        "calling.record",
        "calling.collect",
        "calling.play_and_collect",
        "calling.detect",
        "calling.pay",
        "calling.send_fax",
        "calling.receive_fax",
        "calling.tap",
        "calling.stream",
        "calling.transcribe",
        "calling.ai",
        "calling.send_digits",
        "calling.answer",
        "calling.end",
        "calling.pass",
        "calling.connect",
        "calling.disconnect",
        "calling.refer",
        "calling.transfer",
        "calling.bind_digit",
        "calling.clear_digit_bindings",
        "calling.hold",
        "calling.unhold",
        "calling.denoise",
        "calling.denoise.stop",
        "calling.echo",
        "calling.queue.enter",
        "calling.queue.leave",
        "calling.join_conference",
        "calling.leave_conference",
        "calling.amazon_bedrock",
        "calling.ai_message",
        "calling.ai_hold",
        "calling.ai_unhold",
        "calling.join_room",
        "calling.leave_room",
        "calling.live_transcribe",
        "calling.live_translate",
        "calling.user_event",
    ];
    let command = method.rsplit_once('.').is_some_and(|command| COMMANDS.contains(&command));
    command || OTHERS.contains(&method)
}
