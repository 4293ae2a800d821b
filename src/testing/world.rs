//! The world of one case: a script under test, callers, and everything that happened so far.
//!
//! It moves only when it is told to, and no further than the next thing that is due. It knows
//! nothing of test code.

use std::rc::Rc;
use std::sync::Arc;

use super::doubles::{Doubles, Request};
use super::faults::Shared;
use super::journal::{Entry, Happened};
use super::simulation::{Simulation, Stage};
use crate::relay::Time;
use crate::runtime::Scripts;
use crate::script::diagnostics::Diagnostic;
use crate::script::engine::Extension;
use crate::script::host::Limits;
use crate::script::library::Library;
use crate::script::sources::Source;
use crate::sim::{Answer, Ask, Asked, By, How, InboundCall, InboundMessage, Outside, What};

/// The context of calls and messages that name none.
pub const CONTEXT: &str = "default";
/// Who calls when nothing else is said.
pub(super) const FROM: &str = "+15551110000";
/// Who is called when nothing else is said.
pub(super) const TO: &str = "+15552220000";
/// So many frames at one point in time are no conversation any more.
const MOST_FRAMES: usize = 10_000;

/// See the module.
pub struct World {
    /// The script's side and the server's side, joined.
    pub simulation: Simulation,
    /// What answers HTTP requests.
    pub doubles: Doubles,
    story: Vec<Entry>,
    /// The files of the script.
    sources: Vec<Source>,
    /// The calls that callers made, in order.
    dialled: Vec<String>,
    /// The faults that the test expects, by their place in the story.
    expected: Vec<usize>,
    endless: bool,
}

/// What a world is made of.
pub struct Setting<'a> {
    /// The script under test.
    pub script: &'a Library,
    /// Functions of a program that it may call.
    pub extension: Option<Rc<Extension>>,
    /// The limits of scripts.
    pub limits: Limits,
    /// Where ids begin.
    pub seed: u64,
    /// What decides what becomes of each frame; without it, all arrive.
    pub wire: Option<Shared>,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending<'a> {
    /// When.
    pub at: Time,
    /// RELAY's word for why.
    pub reason: &'a str,
    /// Who ended it.
    pub by: By,
}

/// An error that the script did not catch.
#[derive(Clone, Copy, Debug)]
pub struct ScriptFault<'a> {
    /// Its place in the story.
    pub index: usize,
    /// When.
    pub at: Time,
    /// What it is.
    pub fault: &'a Diagnostic,
    /// The files of the script.
    pub sources: &'a [Source],
}

impl World {
    /// A world in which nobody has called yet. The same seed gives the same world.
    #[must_use]
    pub fn new(setting: Setting<'_>) -> Self {
        let Setting { script, extension, limits, seed, wire } = setting;
        let stage = Stage {
            scripts: Scripts::one(script.clone()),
            contexts: vec![CONTEXT.to_owned()],
            limits,
            max_calls: usize::MAX,
            seed,
        };
        let simulation = Simulation::over_wire(stage, extension, wire);
        let mut world = Self {
            simulation,
            doubles: Doubles::default(),
            story: Vec::new(),
            sources: script.sources().to_vec(),
            dialled: Vec::new(),
            expected: Vec::new(),
            endless: false,
        };
        world.settle();
        world
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.simulation.now()
    }

    /// When something is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Time> {
        self.simulation.line.next_due().filter(|_| !self.endless)
    }

    /// Moves the clock, and does all that follows at that time.
    pub fn advance_to(&mut self, now: Time) {
        self.simulation.line.move_clock(now);
        self.settle();
    }

    /// Lets everything happen that can happen without time passing.
    pub fn settle(&mut self) {
        let before = self.simulation.line.crossed();
        while !self.endless {
            let moved = self.simulation.line.step();
            let answered = self.answer_asks();
            if !moved && !answered {
                break;
            }
            self.endless = self.simulation.line.crossed() - before > MOST_FRAMES;
        }
        self.story.extend(self.simulation.journal.take());
    }

    /// Whether so much happened at one point in time that it would never end; nothing happens any more.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        self.endless
    }

    fn answer_asks(&mut self) -> bool {
        let asks = self.simulation.line.peer().take_asks();
        let now = self.now();
        for Ask { id, what, .. } in &asks {
            let (method, url, body) = match what {
                Asked::Post { url, body, .. } => ("POST", url, body.as_str()),
                Asked::Length { url } => ("GET", url, ""),
            };
            let reply = self.doubles.request(Request::new(now, method, url, body));
            let answer = match reply {
                Ok(reply) => reply.answer(what),
                Err(_) => Answer::Failed("the test has no answer for this request".to_owned()),
            };
            self.simulation.line.peer().outside_answered(now, *id, &answer);
        }
        !asks.is_empty()
    }

    /// The platform asks for the URLs that have doubles, and for no others.
    pub fn reach_doubles(&mut self) {
        let urls: Arc<[String]> = self.doubles.urls().map(str::to_owned).collect();
        self.simulation.line.peer().set_outside(Outside::Only(urls));
    }

    /// Somebody calls; gives the call's id. What follows happens in the next [`Self::settle`].
    pub fn dial(&mut self, call: InboundCall) -> String {
        let or = |given: String, default: &str| if given.is_empty() { default.to_owned() } else { given };
        let call = InboundCall {
            from: or(call.from, FROM),
            to: or(call.to, TO),
            context: or(call.context, CONTEXT),
            ..call
        };
        self.subscribe(&call.context);
        let now = self.now();
        let call_id = self.simulation.line.peer().dial_in(now, call);
        self.dialled.push(call_id.clone());
        call_id
    }

    /// A message arrives.
    pub fn message(&mut self, message: InboundMessage) {
        let or = |given: String, default: &str| if given.is_empty() { default.to_owned() } else { given };
        let message = InboundMessage {
            from: or(message.from, FROM),
            to: or(message.to, TO),
            context: or(message.context, CONTEXT),
            ..message
        };
        self.subscribe(&message.context);
        let now = self.now();
        self.simulation.line.peer().send_inbound_message(now, &message);
    }

    fn subscribe(&mut self, context: &str) {
        let shard = self.simulation.line.shard();
        let known = shard.host().client.session().contexts().iter().any(|name| name == context);
        if !known {
            shard.subscribe(context);
        }
    }

    /// The files of the script under test.
    #[must_use]
    pub fn script_sources(&self) -> &[Source] {
        &self.sources
    }

    /// Everything that happened, in order.
    #[must_use]
    pub fn story(&self) -> &[Entry] {
        &self.story
    }

    /// What happened on one call, each with its place in the story.
    pub fn of_call<'a>(&'a self, call_id: &'a str) -> impl Iterator<Item = (usize, &'a Entry)> {
        let entries = self.story.iter().enumerate();
        entries.filter(move |(_, entry)| entry.call_id.as_deref() == Some(call_id))
    }

    /// What was spoken on a call, in order: the place in the story, the time, the text.
    pub fn heard<'a>(&'a self, call_id: &'a str) -> impl Iterator<Item = (usize, Time, &'a str)> {
        self.of_call(call_id).filter_map(|(index, entry)| match &entry.what {
            Happened::Seen(What::Heard { text, how: How::Tts, .. }) => Some((index, entry.at, text.as_str())),
            _ => None,
        })
    }

    /// How a call ended; `None` while it lives.
    #[must_use]
    pub fn ending(&self, call_id: &str) -> Option<Ending<'_>> {
        let mut entries = self.story.iter().filter(|entry| entry.call_id.as_deref() == Some(call_id));
        entries.find_map(|entry| match &entry.what {
            Happened::Seen(What::Ended { reason, by }) => Some(Ending { at: entry.at, reason, by: *by }),
            _ => None,
        })
    }

    /// The calls that callers made, in order.
    #[must_use]
    pub fn dialled(&self) -> &[String] {
        &self.dialled
    }

    /// All calls, those that scripts dialled too, as they began.
    pub fn numbered(&self) -> impl Iterator<Item = &str> {
        let began =
            self.story.iter().filter(|entry| matches!(entry.what, Happened::Seen(What::CallBegan { .. })));
        began.filter_map(|entry| entry.call_id.as_deref())
    }

    /// The calls that callers made and that are not over.
    pub fn live(&self) -> impl Iterator<Item = &str> {
        self.dialled.iter().map(String::as_str).filter(|id| self.ending(id).is_none())
    }

    /// The callers hang up where nobody has yet.
    pub fn hang_up_all(&mut self) {
        let live: Vec<String> = self.live().map(str::to_owned).collect();
        let now = self.now();
        for call_id in live {
            self.simulation.line.peer().hang_up(now, &call_id);
        }
    }

    /// The faults of scripts, in order.
    pub fn faults(&self) -> impl Iterator<Item = (Option<&str>, ScriptFault<'_>)> {
        self.story.iter().enumerate().filter_map(|(index, entry)| match &entry.what {
            Happened::Failed { fault, sources } => {
                Some((entry.call_id.as_deref(), ScriptFault { index, at: entry.at, fault, sources }))
            }
            _ => None,
        })
    }

    /// The first fault that nobody expects.
    #[must_use]
    pub fn unexpected_fault(&self) -> Option<ScriptFault<'_>> {
        self.faults().map(|(_, fault)| fault).find(|fault| !self.is_expected(fault))
    }

    /// Whether the test has said that it expects this fault.
    #[must_use]
    pub fn is_expected(&self, fault: &ScriptFault<'_>) -> bool {
        self.expected.contains(&fault.index)
    }

    /// The test expects the fault at this place in the story.
    pub fn expect_fault(&mut self, index: usize) {
        self.expected.push(index);
    }
}
