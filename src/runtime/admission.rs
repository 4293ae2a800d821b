//! Whether a new call is taken, and which script it gets.

use std::cell::RefCell;
use std::rc::Rc;

use super::Shard;
use crate::call::CallState;
use crate::relay::message::Event;
use crate::script::call::CallCell;
use crate::script::library::{Library, Outcome};
use crate::script::program::Program;
use crate::script::run::Run;

/// The scripts of a shard: one for each context that has its own, and one for the rest.
#[derive(Default)]
pub struct Scripts {
    by_context: Vec<(String, RefCell<Library>)>,
    rest: Option<RefCell<Library>>,
}

impl Scripts {
    /// One script for all contexts.
    pub fn one(library: Library) -> Self {
        Self { by_context: Vec::new(), rest: Some(RefCell::new(library)) }
    }

    /// Adds a script: for `context`, or for the contexts that have none.
    pub fn add(&mut self, context: Option<String>, library: Library) {
        match context {
            Some(context) => self.by_context.push((context, RefCell::new(library))),
            None => self.rest = Some(RefCell::new(library)),
        }
    }

    /// The newest good version of the script for `context`.
    pub fn for_context(&self, context: &str) -> Option<Rc<Program>> {
        let own = self.by_context.iter().find(|(name, _)| name == context).map(|(_, library)| library);
        own.or(self.rest.as_ref())?.borrow().newest()
    }

    /// All of them.
    pub fn libraries(&self) -> impl Iterator<Item = &RefCell<Library>> {
        self.by_context.iter().map(|(_, library)| library).chain(&self.rest)
    }

    /// Reads every script again and hands each outcome to `told`.
    pub fn reload(&self, mut told: impl FnMut(&Library, Outcome)) {
        for library in self.libraries() {
            let outcome = library.borrow_mut().reload();
            told(&library.borrow(), outcome);
        }
    }
}

impl Shard {
    /// An inbound call: it gets the newest program, or is passed on.
    pub(super) fn admit(&self, event: &Event<'_>) {
        let head = event.head;
        let (Some(call_id), Some(node_id)) = (head.call_id.as_deref(), head.node_id.as_deref()) else {
            tracing::warn!("an inbound call without call_id or node_id was ignored");
            return;
        };
        if self.host.calls.borrow().get(call_id).is_some() {
            return;
        }
        let call = Rc::new(CallCell::new(call_id, node_id, CallState::Created, event.frame));
        call.hear(head.call_state.as_deref().unwrap_or("ringing"), None);
        match self.program_for(head.context.as_deref().unwrap_or_default()) {
            Ok(program) => {
                self.host.calls.borrow_mut().insert(Rc::clone(&call.id), Rc::clone(&call));
                Run::of_call(&self.host, program, call);
            }
            Err(why) => {
                tracing::warn!(call_id, why, "an inbound call was passed on");
                self.host.request_about(&call, "calling.pass", "");
            }
        }
    }

    fn program_for(&self, context: &str) -> Result<Rc<Program>, &'static str> {
        if self.draining.get() {
            return Err("draining");
        }
        if self.host.calls.borrow().len() >= self.max_calls {
            return Err("RELAY_MAX_ACTIVE_CALLS is reached");
        }
        self.scripts.for_context(context).ok_or("no script for its context")
    }
}
