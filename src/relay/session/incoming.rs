//! What the session makes of a frame from the server.
//!
//! Pure, as the whole session is.

use std::hash::BuildHasher;

use super::{Ending, MAX_REFUSALS, Phase, REMEMBERED, Received, Session};
use crate::relay::Time;
use crate::relay::error::RelayError;
use crate::relay::frame::{self, Frame, FrameError};
use crate::relay::message::{Connected, Event, Verdict};
use crate::relay::word::Word;

impl<W> Session<W> {
    /// One frame from the server, read into `frame`, which is to be new.
    ///
    /// # Errors
    /// When the text is no frame.
    pub fn receive<'f, 'a>(
        &mut self,
        now: Time,
        text: &'a str,
        frame: &'f mut Frame<'a>,
    ) -> Result<Received<'f, W>, FrameError> {
        self.last_heard = now;
        self.pinged_at = None;
        frame::parse(text, frame)?;
        let frame: &'f Frame<'a> = frame;
        Ok(match (&frame.method, &frame.error, &frame.result) {
            (Some(method), _, _) => self.on_request(method, frame, text),
            (None, Some(error), _) => self.on_answer(now, frame.id(), Err(error)),
            (None, None, Some(verdict)) if !verdict.is_success() => {
                self.on_answer(now, frame.id(), Err(verdict))
            }
            _ => self.on_answer(now, frame.id(), Ok(text)),
        })
    }

    fn on_request<'f>(&mut self, method: &str, frame: &'f Frame<'_>, text: &'f str) -> Received<'f, W> {
        let answer = match method {
            "signalwire.event" | "signalwire.ping" | "signalwire.disconnect" => {
                frame::acknowledgement(frame.id())
            }
            _ => frame::unknown_method(frame.id()),
        };
        self.outbox.push(answer);
        match method {
            "signalwire.event" => self.on_event(frame, text),
            "signalwire.disconnect" => {
                if frame.restart.as_deref() == Some("true") {
                    self.forget();
                }
                Received::Disconnect
            }
            _ => Received::Nothing,
        }
    }

    fn on_event<'f>(&mut self, frame: &'f Frame<'_>, text: &'f str) -> Received<'f, W> {
        if self.was_handled(frame.id()) {
            return Received::Nothing;
        }
        let (Some(event_type), Some(head)) = (&frame.event_type, &frame.head) else {
            return Received::Nothing;
        };
        if &**event_type != "signalwire.authorization.state" {
            return Received::Event(Event { event_type, head, frame: text });
        }
        let Some(state) = &head.authorization_state else { return Received::Nothing };
        self.authorization_state = Some(state.to_string());
        Received::AuthorizationState(state)
    }

    /// Whether an event of this id was handled before; remembers it. An event comes again after a resume, and
    /// whenever its acknowledgement was lost (*assumed*), perhaps when its call is long over.
    fn was_handled(&mut self, id: &str) -> bool {
        // One without an id cannot be told from others.
        if id == "null" {
            return false;
        }
        let mark = self.hasher.hash_one(id);
        if !self.known.insert(mark) {
            return true;
        }
        if self.handled.len() == REMEMBERED
            && let Some(oldest) = self.handled.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.handled.push_back(mark);
        false
    }

    fn on_answer<'f>(
        &mut self,
        now: Time,
        id: &str,
        answer: Result<&'f str, &Verdict<'_>>,
    ) -> Received<'f, W> {
        let Some(id) = frame::own_id(id) else { return Received::Nothing };
        let word = |word: &Option<Word<'_>>| word.as_deref().unwrap_or_default().to_owned();
        if id == self.connect_id && matches!(self.phase, Phase::Connecting { .. }) {
            return match answer {
                Ok(text) => self.on_connected(now, frame::result_text(text)),
                Err(verdict) => self.on_refused(word(&verdict.message)),
            };
        }
        let Some((waiter, method)) = self.pending.answer(id) else { return Received::Nothing };
        let outcome = answer.map_err(|verdict| RelayError::Refused {
            method: method.into_owned(),
            code: word(&verdict.code),
            message: word(&verdict.message),
        });
        Received::Answer { waiter, outcome }
    }

    fn on_connected(&mut self, now: Time, result: &str) -> Received<'static, W> {
        let told: Connected<'_> = serde_json::from_str(result).unwrap_or_default();
        let protocol = told.protocol.map(Word::into_owned);
        let same = self.protocol.is_some() && (protocol.is_none() || self.protocol == protocol);
        let resumed = same && told.session_restored != Some(false);
        self.protocol = protocol.or_else(|| self.protocol.take());
        self.phase = Phase::Live;
        (self.attempt, self.refusals, self.failures) = (0, 0, 0);
        let first = !std::mem::replace(&mut self.ever_live, true);
        if first || resumed {
            let frames = self.pending.resumed(now);
            self.outbox.extend(frames);
        } else {
            self.known.clear();
            self.handled.clear();
            self.lost = self.pending.session_lost();
            self.lost.reverse();
        }
        Received::Connected { resumed, first }
    }

    fn on_refused(&mut self, message: String) -> Received<'static, W> {
        // A session that cannot be resumed is refused as well: the next try asks for a new one.
        if self.protocol.is_some() {
            self.forget();
        } else {
            self.refusals += 1;
        }
        if !self.ever_live && self.refusals >= MAX_REFUSALS {
            self.phase = Phase::Over(Ending::Refused);
        }
        Received::Refused { message }
    }
}
