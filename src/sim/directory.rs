//! Sessions and who gets what: connect and resume, contexts, calls and messages that wait for a session.
//!
//! Never changes a call beyond whom it belongs to.

use super::frames::{Failure, Fields, fields};
use super::line::By;
use super::link::LinkId;
use super::params::{Params, wrong};
use super::peer::Peer;
use super::session::Session;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

/// How many sessions without a link are kept for their clients to come back.
const MOST_UNLINKED: usize = 256;

/// How many messages wait for a session of their context.
const MOST_WAITING: usize = 1000;

/// Something for whichever session is subscribed to its context.
#[derive(Debug)]
pub(super) enum Offer {
    Call(String),
    Message { context: String, params: Fields },
}

impl Offer {
    pub(super) fn is_call(&self, call_id: &str) -> bool {
        matches!(self, Self::Call(offered) if offered == call_id)
    }
}

impl Peer {
    /// `signalwire.connect`: gives a session to the link and the reply's fields.
    pub(super) fn connect(
        &mut self,
        now: Duration,
        link: LinkId,
        params: Params<'_>,
    ) -> Result<Fields, Failure> {
        let project = self.check_credentials(params)?;
        let contexts = context_names(params)?;
        let wanted = params.optional_text("protocol")?;
        let authorization = params.optional_text("authorization_state")?;
        let found = self.sessions.iter().find(|(_, session)| {
            let named = Some(session.protocol.as_str()) == wanted && session.project == project;
            named && session.admits(authorization)
        });
        let restored = found.map(|(id, _)| *id);
        let session_id = restored.unwrap_or_else(|| self.new_session(now, project));
        let Some(session) = self.sessions.get_mut(&session_id) else {
            return Err(Failure::Rpc(-32603, "the session is gone".into()));
        };
        session.acks = params.flag("event_acks", false)?;
        session.contexts.extend(contexts);
        let reply = fields(json!({
            "protocol": session.protocol,
            "identity": session.identity,
            "session_restored": restored.is_some(),
            "authorization": {
                "project_id": session.project, "scopes": ["calling", "messaging", "tasking"],
            },
            "ice_servers": [],
        }));
        let before = session.link.replace(link);
        if let Some(open) = self.links.get_mut(&link) {
            open.session = Some(session_id);
        }
        // A client that comes back before its old socket fell has the session on the new one alone.
        if let Some(before) = before.filter(|before| *before != link) {
            if let Some(open) = self.links.get_mut(&before) {
                open.session = None;
            }
            self.drop_link(now, before);
        }
        Ok(reply)
    }

    /// What follows the reply to a connect: the authorization state, then what was missed.
    pub(super) fn after_connect(&mut self, now: Duration, link: LinkId) {
        let Some(session_id) = self.links.get(&link).and_then(|open| open.session) else { return };
        let state = self.ids.uuid();
        let Some(session) = self.sessions.get_mut(&session_id) else { return };
        session.authorize(&state);
        let missed = session.redeliver();
        let params = fields(json!({"authorization_state": state}));
        self.send_event(now, session_id, "signalwire.authorization.state", params);
        for frame in missed {
            self.write(link, frame);
        }
        if let Some(every) = self.options.ping_every {
            self.plan_ping(now + every, link);
        }
        self.offer_waiting(now);
    }

    fn check_credentials(&self, params: Params<'_>) -> Result<String, Failure> {
        let refusal = || Failure::Rpc(-32002, "Authentication failed".into());
        let authentication = params.object("authentication").map_err(|_| refusal())?;
        let text = |name: &str| authentication.text(name).ok();
        let (project, secret) = match text("jwt_token") {
            Some(token) => (self.options.project.as_deref().unwrap_or("sim-project"), token),
            None => (text("project").ok_or_else(refusal)?, text("token").ok_or_else(refusal)?),
        };
        let fits = |expected: &Option<String>, given: &str| {
            expected.as_deref().is_none_or(|expected| expected == given)
        };
        if fits(&self.options.project, project) && fits(&self.options.token, secret) {
            Ok(project.to_owned())
        } else {
            Err(refusal())
        }
    }

    fn new_session(&mut self, now: Duration, project: String) -> u64 {
        self.forget_the_oldest(now);
        self.begun += 1;
        let id = self.begun;
        let protocol = format!("signalwire_sim_{}", self.ids.uuid());
        let identity = format!("{}@sim", self.ids.uuid());
        self.sessions.insert(id, Session::new(protocol, identity, project));
        id
    }

    /// Forgets the oldest session without a link when there are too many of them.
    fn forget_the_oldest(&mut self, now: Duration) {
        let mut unlinked = self.sessions.iter().filter(|(_, session)| session.link.is_none());
        let oldest = unlinked.next().map(|(id, _)| *id);
        if let Some(oldest) = oldest.filter(|_| unlinked.count() >= MOST_UNLINKED) {
            self.forget_session(now, oldest);
        }
    }

    /// `signalwire.receive` and `signalwire.unreceive`.
    pub(super) fn subscribe(
        &mut self,
        session_id: u64,
        params: Params<'_>,
        on: bool,
    ) -> Result<Fields, Failure> {
        params.list("contexts")?;
        let names = context_names(params)?;
        if let Some(session) = self.sessions.get_mut(&session_id) {
            if on {
                session.contexts.extend(names);
            } else {
                session.contexts.retain(|name| !names.contains(name));
            }
        }
        Ok(Fields::new())
    }

    /// The connected session of a context that was given the least, outside of some.
    fn session_for(&self, context: &str, without: &BTreeSet<u64>) -> Option<u64> {
        self.sessions
            .iter()
            .filter(|(id, session)| {
                session.link.is_some() && session.contexts.contains(context) && !without.contains(id)
            })
            .min_by_key(|(_, session)| session.given)
            .map(|(id, _)| *id)
    }

    /// Gives an offer to a session, or lets it wait for one.
    pub(super) fn offer(&mut self, now: Duration, offer: Offer) {
        let nobody = BTreeSet::new();
        let session = match &offer {
            Offer::Message { context, .. } => self.session_for(context, &nobody),
            Offer::Call(call_id) => {
                let Some(line) = self.lines.get(call_id) else { return };
                self.session_for(&line.context, &line.passed)
            }
        };
        let Some(session_id) = session else { return self.let_wait(offer) };
        if let Some(session) = self.sessions.get_mut(&session_id) {
            session.given += 1;
        }
        match offer {
            Offer::Message { params, .. } => self.send_event(now, session_id, "messaging.receive", params),
            Offer::Call(call_id) => self.give_call(now, &call_id, session_id),
        }
    }

    /// Nobody is there yet. Of too many messages the oldest is lost; calls end by themselves.
    fn let_wait(&mut self, offer: Offer) {
        self.waiting.push_back(offer);
        let is_message = |offer: &Offer| matches!(offer, Offer::Message { .. });
        if self.waiting.iter().filter(|offer| is_message(offer)).count() > MOST_WAITING
            && let Some(oldest) = self.waiting.iter().position(is_message)
        {
            self.waiting.remove(oldest);
        }
    }

    fn give_call(&mut self, now: Duration, call_id: &str, session_id: u64) {
        let Some(session) = self.sessions.get(&session_id) else { return };
        let Some(line) = self.lines.get_mut(call_id) else { return };
        line.session = Some(session_id);
        let mut params = line.ids.fields();
        params.append(&mut fields(json!({
            "project_id": session.project,
            "segment_id": line.ids.segment_id,
            "context": line.context,
            "protocol": session.protocol,
            "tag": line.tag,
            "direction": "inbound",
            "call_state": line.state.name(),
            "device": line.device,
        })));
        self.send_event(now, session_id, "calling.call.receive", params);
    }

    /// A context has a new session: what waits is offered again.
    pub(super) fn offer_waiting(&mut self, now: Duration) {
        for offer in std::mem::take(&mut self.waiting) {
            self.offer(now, offer);
        }
    }

    /// A session passed a call: the next one gets it; with no other, nobody answers.
    pub(super) fn pass_on(&mut self, now: Duration, call_id: &str) {
        let Some(line) = self.lines.get_mut(call_id) else { return };
        line.passed.extend(line.session.take());
        let (context, passed) = (line.context.clone(), line.passed.clone());
        if self.session_for(&context, &passed).is_some() {
            self.offer(now, Offer::Call(call_id.to_owned()));
        } else {
            self.on_line(now, call_id, |line, fx| line.end("noAnswer", By::Server, fx));
        }
    }

    /// Forgets a session: it cannot be resumed, and its calls are abandoned.
    pub(super) fn forget_session(&mut self, now: Duration, session_id: u64) {
        if let Some(session) = self.sessions.remove(&session_id)
            && let Some(link) = session.link
        {
            self.drop_link(now, link);
        }
        self.attempts.retain(|_, attempt| !attempt.is_of(session_id));
        let calls: Vec<String> = self
            .lines
            .values()
            .filter(|line| line.session == Some(session_id) && !line.is_over())
            .map(|line| line.ids.call_id.clone())
            .collect();
        for call_id in calls {
            self.on_line(now, &call_id, |line, fx| line.end("abandoned", By::Server, fx));
        }
    }
}

/// The names under `contexts`, if there are any.
fn context_names(params: Params<'_>) -> Result<Vec<String>, Failure> {
    let shape = || wrong("contexts", "a list of names");
    let Some(names) = params.get("contexts") else { return Ok(Vec::new()) };
    let names = names.as_array().ok_or_else(shape)?;
    names.iter().map(|name| name.as_str().map(str::to_owned).ok_or_else(shape)).collect()
}
