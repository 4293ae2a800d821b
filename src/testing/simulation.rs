//! Scripts on simulated calls, with a journal of what happens.
//!
//! It has no clock and prints nothing.

use std::rc::Rc;

use super::faults::Shared;
use super::journal::Journal;
use super::loopback::Loopback;
use crate::relay::Time;
use crate::relay::session::Login;
use crate::runtime::{Scripts, Setup, Shard};
use crate::script::engine::Extension;
use crate::script::host::Limits;
use crate::sim::{Answer, AskId, InboundCall, Peer, PeerOptions};

/// How a simulation is set up.
pub struct Stage {
    /// The scripts.
    pub scripts: Scripts,
    /// The contexts whose calls they take.
    pub contexts: Vec<String>,
    /// The limits of scripts.
    pub limits: Limits,
    /// How many calls may be live at once.
    pub max_calls: usize,
    /// Where all ids begin: the same seed gives the same run.
    pub seed: u64,
}

/// See the module.
pub struct Simulation {
    /// The shard and the peer, joined.
    pub line: Loopback,
    /// What happens.
    pub journal: Rc<Journal>,
}

impl Simulation {
    /// A simulation that is connected and has no calls yet.
    pub fn new(stage: Stage) -> Self {
        Self::extended(stage, None)
    }

    /// The same, on a peer of this kind; its seed is that of the stage.
    pub fn on_peer(stage: Stage, options: PeerOptions) -> Self {
        Self::build(stage, None, options, None)
    }

    /// The same, over a wire that decides what becomes of each frame.
    pub fn over_wire(stage: Stage, wire: Option<Shared>) -> Self {
        Self::build(stage, None, PeerOptions::default(), wire)
    }

    /// The same, with functions of an embedder.
    pub fn extended(stage: Stage, extension: Option<Rc<Extension>>) -> Self {
        Self::build(stage, extension, PeerOptions::default(), None)
    }

    fn build(
        stage: Stage,
        extension: Option<Rc<Extension>>,
        options: PeerOptions,
        wire: Option<Shared>,
    ) -> Self {
        let journal = Rc::new(Journal::default());
        let login = Login {
            authentication: r#"{"project":"simulated","token":"simulated"}"#.to_owned(),
            contexts: stage.contexts,
        };
        let setup = Setup {
            login,
            limits: stage.limits,
            max_calls: stage.max_calls,
            seed: stage.seed,
            observer: Rc::<Journal>::clone(&journal),
            extension,
            on_secret: None,
        };
        let peer = Peer::new(PeerOptions { seed: stage.seed, ..options });
        let seen = Rc::clone(&journal);
        let mut line = Loopback::new(Shard::new(setup, stage.scripts), peer)
            .watched(move |now, observations| seen.see(now, observations))
            .over_wire(wire);
        line.settle();
        Self { line, journal }
    }

    /// Somebody calls; gives the call's id.
    pub fn dial(&mut self, call: InboundCall) -> String {
        let now = self.line.now();
        let call_id = self.line.peer().dial_in(now, call);
        self.line.settle();
        call_id
    }

    /// The caller hangs up.
    pub fn hang_up(&mut self, call_id: &str) {
        let now = self.line.now();
        self.line.peer().hang_up(now, call_id);
        self.line.settle();
    }

    /// Answers what a call asked of the world outside ([`Peer::take_asks`]).
    pub fn answer(&mut self, id: AskId, answer: &Answer) {
        let now = self.line.now();
        self.line.peer().outside_answered(now, id, answer);
        self.line.settle();
    }

    /// Whether the script of this call has come to its end while the call lives on.
    pub fn is_idle(&self, call_id: &str) -> bool {
        let call = self.line.shard().host().calls.borrow().get(call_id).cloned();
        call.and_then(|call| call.run()).is_some_and(|run| run.is_idle())
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.line.now()
    }
}
