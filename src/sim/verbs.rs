//! The methods about a call: which there are, what each needs, what each does.
//!
//! Never replies: it gives the reply's fields or a refusal, and collects the events.

use super::action;
use super::effects::{Effect, Effects};
use super::frames::{Failure, Fields, fields};
use super::line::{By, CallState, Line};
use super::params::{Params, wrong};
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

/// Methods that are answered and change nothing that can be seen, with the parameter that each needs.
const SILENT: [(&str, Option<&str>); 9] = [
    ("calling.amazon_bedrock", None),
    ("calling.ai_message", None),
    ("calling.ai_hold", None),
    ("calling.ai_unhold", None),
    ("calling.join_room", Some("name")),
    ("calling.leave_room", None),
    ("calling.live_transcribe", Some("action")),
    ("calling.live_translate", Some("action")),
    ("calling.user_event", Some("event")),
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
            "calling.transfer" => self.transfer(params, fx),
            "calling.bind_digit" => self.bindings.bind(params).map(|()| Fields::new()),
            "calling.clear_digit_bindings" => {
                self.bindings.clear(params.optional_text("realm")?);
                Ok(Fields::new())
            }
            _ => self.instant(method, params, fx),
        }
    }

    /// Methods that are done at once, most of them with one event.
    fn instant(&mut self, method: &str, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        match method {
            "calling.hold" => self.event(fx, "calling.call.hold", json!({"state": "hold"})),
            "calling.unhold" => self.event(fx, "calling.call.hold", json!({"state": "unhold"})),
            "calling.denoise" => self.event(fx, "calling.call.denoise", json!({"denoised": true})),
            "calling.denoise.stop" => self.event(fx, "calling.call.denoise", json!({"denoised": false})),
            "calling.echo" => self.echo(params, fx)?,
            "calling.queue.enter" => self.queue(params, "enqueue", fx)?,
            "calling.queue.leave" => self.queue(params, "leave_queue", fx)?,
            "calling.join_conference" => return self.join_conference(params, fx),
            "calling.leave_conference" => self.leave_conference(params, fx)?,
            _ => {
                let known = SILENT.iter().find(|(name, _)| *name == method);
                let (_, needed) =
                    known.ok_or_else(|| Failure::Rpc(-32601, format!("method not found: {method}")))?;
                if let Some(name) = needed
                    && params.get(name).is_none()
                {
                    return Err(Failure::bad(format!("missing required parameter '{name}'")));
                }
            }
        }
        Ok(Fields::new())
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

    fn transfer(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        params.text("dest")?;
        fx.timer(Slot::Transfer, timing::TRANSFERRED);
        Ok(Fields::new())
    }

    fn echo(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let timeout = params.number("timeout")?;
        self.event(fx, "calling.call.echo", json!({"state": "echoing"}));
        if let Some(timeout) = timeout {
            fx.timer(Slot::Echo, timing::seconds(timeout));
        }
        Ok(())
    }

    fn queue(&mut self, params: Params<'_>, status: &str, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let (control_id, name) = (params.text("control_id")?, params.text("queue_name")?);
        let id = params.optional_text("queue_id")?.map_or_else(|| format!("queue-{name}"), str::to_owned);
        let waiting = u8::from(status == "enqueue");
        let queue = json!({
            "control_id": control_id, "status": status, "id": id, "name": name, "position": waiting,
            "size": waiting,
        });
        self.event(fx, "calling.call.queue", queue);
        Ok(())
    }

    fn join_conference(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<Fields, Failure> {
        let name = params.text("name")?.to_owned();
        let id = fx.ids.uuid();
        self.conference_event(fx, &id, &name, "participant-join");
        let reply = fields(json!({"conference_id": id}));
        self.conference = Some((id, name));
        Ok(reply)
    }

    fn leave_conference(&mut self, params: Params<'_>, fx: &mut Effects<'_>) -> Result<(), Failure> {
        let asked = params.text("conference_id")?;
        let (id, name) = self
            .conference
            .take_if(|(id, _)| id == asked)
            .ok_or_else(|| Failure::not_found("the call is not in this conference"))?;
        self.conference_event(fx, &id, &name, "participant-leave");
        Ok(())
    }

    fn conference_event(&self, fx: &mut Effects<'_>, id: &str, name: &str, status: &str) {
        self.event(fx, "calling.conference", json!({"conference_id": id, "name": name, "status": status}));
    }
}

/// Whether a method about a call exists.
pub(super) fn is_known(method: &str) -> bool {
    const OTHERS: [&str; 31] = [
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
    ];
    let command = method.rsplit_once('.').is_some_and(|command| COMMANDS.contains(&command));
    command || OTHERS.contains(&method) || SILENT.iter().any(|(name, _)| *name == method)
}
