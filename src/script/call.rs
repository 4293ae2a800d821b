//! A call as scripts hold it: the handle `call`, and what `relay.dial` gives back.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use rhai::{Dynamic, Map};

use super::action::ActionCell;
use super::callback::Callback;
use super::event::Event;
use super::run::Run;
use super::scheduler::{Scheduler, Token};
use super::waiters::Waiters;
use crate::call::CallState;

/// What is kept of a call.
pub struct CallCell {
    /// RELAY's id of the call.
    pub id: Rc<str>,
    /// RELAY's node that holds it.
    pub node_id: Rc<str>,
    /// The event that told of it.
    born: Event,
    state: Cell<CallState>,
    end_reason: RefCell<Option<Rc<str>>>,
    actions: RefCell<Vec<Rc<ActionCell>>>,
    handlers: RefCell<Vec<(Rc<str>, Callback)>>,
    watches: RefCell<Vec<Rc<Watch>>>,
    waiters: Waiters,
    run: RefCell<Option<Rc<Run>>>,
}

/// A script's handle to a call.
#[derive(Clone)]
pub struct CallRef(pub Rc<CallCell>);

/// Somebody waits for events of a type.
pub struct Watch {
    /// Of which type.
    pub event_type: Rc<str>,
    /// Who.
    pub token: Token,
    /// What came and was not looked at yet.
    pub events: RefCell<VecDeque<Rc<Event>>>,
}

impl CallCell {
    /// A call as an event told of it.
    pub fn new(id: &str, node_id: &str, state: CallState, frame: &str) -> Self {
        Self {
            id: id.into(),
            node_id: node_id.into(),
            born: Event::of_params(frame),
            state: Cell::new(state),
            end_reason: RefCell::default(),
            actions: RefCell::default(),
            handlers: RefCell::default(),
            watches: RefCell::default(),
            waiters: Waiters::default(),
            run: RefCell::default(),
        }
    }

    /// Where it stands.
    pub fn state(&self) -> CallState {
        self.state.get()
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.state.get() == CallState::Ended
    }

    /// Why it ended: RELAY's word (`hangup`, `busy` …), or `session_lost`.
    pub fn end_reason(&self) -> Option<Rc<str>> {
        self.end_reason.borrow().clone()
    }

    /// Hears of a state; true when it is over by that, the first time.
    pub fn hear(&self, word: &str, end_reason: Option<&str>) -> bool {
        let before = self.state.get();
        let after = before.after(word);
        self.state.set(after);
        if let Some(reason) = end_reason
            && after >= CallState::Ending
            && before != CallState::Ended
        {
            *self.end_reason.borrow_mut() = Some(reason.into());
        }
        after == CallState::Ended && before != CallState::Ended
    }

    /// The run that handles it.
    pub fn run(&self) -> Option<Rc<Run>> {
        self.run.borrow().clone()
    }

    /// Gives it to a run.
    pub fn give_to(&self, run: Rc<Run>) {
        *self.run.borrow_mut() = Some(run);
    }

    /// Adds an action that is about to be started.
    pub fn add_action(&self, action: Rc<ActionCell>) {
        self.actions.borrow_mut().push(action);
    }

    /// The live action of this id.
    pub fn action(&self, control_id: &str) -> Option<Rc<ActionCell>> {
        self.actions.borrow().iter().find(|a| &*a.control_id == control_id).cloned()
    }

    /// Forgets an action that is over or never began.
    pub fn remove_action(&self, control_id: &str) {
        self.actions.borrow_mut().retain(|a| &*a.control_id != control_id);
    }

    /// All live actions; they are forgotten.
    pub fn take_actions(&self) -> Vec<Rc<ActionCell>> {
        self.actions.take()
    }

    /// Keeps a function to be called at each event of a type; false if `most` are kept already.
    pub fn add_handler(&self, event_type: Rc<str>, callback: Callback, most: usize) -> bool {
        let mut handlers = self.handlers.borrow_mut();
        let fits = handlers.len() < most;
        if fits {
            handlers.push((event_type, callback));
        }
        fits
    }

    /// The functions to be called at an event of this type.
    pub fn handlers(&self, event_type: &str) -> Vec<Callback> {
        let handlers = self.handlers.borrow();
        handlers
            .iter()
            .filter(|(wanted, _)| &**wanted == event_type)
            .map(|(_, callback)| callback.clone())
            .collect()
    }

    /// Notes that somebody waits for events.
    pub fn add_watch(&self, watch: Rc<Watch>) {
        self.watches.borrow_mut().push(watch);
    }

    /// Ends such a wait.
    pub fn remove_watch(&self, watch: &Rc<Watch>) {
        self.watches.borrow_mut().retain(|w| !Rc::ptr_eq(w, watch));
    }

    /// Whether anybody waits for events of this type, or has a function for them.
    pub fn is_listened_to(&self, event_type: &str) -> bool {
        self.watches.borrow().iter().any(|w| &*w.event_type == event_type)
            || self.handlers.borrow().iter().any(|(wanted, _)| &**wanted == event_type)
    }

    /// Hands an event to those that wait for it.
    pub fn tell_watches(&self, event: &Rc<Event>, scheduler: &Scheduler) {
        for watch in self.watches.borrow().iter().filter(|w| &*w.event_type == event.event_type()) {
            watch.events.borrow_mut().push_back(Rc::clone(event));
            scheduler.wake(watch.token);
        }
    }

    /// Notes that `token` waits for a change of state.
    pub fn await_state(&self, token: Token) {
        self.waiters.add(token);
    }

    /// Wakes those that wait for a change of state, and at the end those that wait for an event.
    pub fn wake(&self, scheduler: &Scheduler) {
        self.waiters.wake(scheduler);
        if self.is_over() {
            for watch in self.watches.borrow().iter() {
                scheduler.wake(watch.token);
            }
        }
    }

    /// Lets go of everything that a script left with it; breaks the circles that closures make.
    pub fn release(&self) {
        self.handlers.take();
        self.watches.take();
        self.run.take();
        for action in self.take_actions() {
            action.take_callbacks();
        }
    }

    /// A field of the event that told of it, as a script sees it.
    pub fn field(&self, name: &str) -> Dynamic {
        let born = self.born.params();
        born.read_lock::<Map>().and_then(|map| map.get(name).cloned()).unwrap_or_default()
    }

    /// A field of its device's params: `from_number` or `from`, `headers` …
    pub fn device_param(&self, names: &[&str]) -> Dynamic {
        let device = self.field("device");
        let Some(device) = device.read_lock::<Map>() else { return Dynamic::UNIT };
        let params = device.get("params").and_then(|p| p.read_lock::<Map>());
        let Some(params) = params else { return Dynamic::UNIT };
        names.iter().find_map(|name| params.get(*name).cloned()).unwrap_or_default()
    }
}
