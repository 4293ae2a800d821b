//! `call.on`, `call.wait_for` and its short forms, `action.on_completed`.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::{Dynamic, FnPtr, ImmutableString, NativeCallContext};

use super::args::closest;
use super::invoke::receiver;
use super::waits::seconds;
use crate::call::CallState;
use crate::script::action::ActionRef;
use crate::script::call::{CallCell, CallRef, Watch};
use crate::script::callback::Callback;
use crate::script::event::Event;
use crate::script::fault::{self, Answer, Thrown};
use crate::script::host::Host;
use crate::script::wait::{deadline, strand, wait};

/// `wait_for_…` and the state that each waits for.
pub const STATES: &[(&str, CallState)] = &[
    ("wait_for_ringing", CallState::Ringing),
    ("wait_for_answered", CallState::Answered),
    ("wait_for_ending", CallState::Ending),
    ("wait_for_ended", CallState::Ended),
];

/// The events that a call can have, without `calling.call.`; a script may use either form.
const KNOWN: &[&str] = &[
    "state",
    "play",
    "record",
    "collect",
    "detect",
    "pay",
    "fax",
    "tap",
    "stream",
    "transcribe",
    "ai",
    "connect",
    "send_digits",
    "refer",
    "denoise",
    "hold",
    "echo",
    "queue",
];

/// The full name of an event: `play` is `calling.call.play`. Names of the wire are taken as they are.
fn event_type(what: &str, value: Option<&&mut Dynamic>) -> Result<Rc<str>, Thrown> {
    let name = value.and_then(|v| v.read_lock::<ImmutableString>().map(|s| s.clone()));
    let Some(name) = name else {
        let message =
            format!("{what}: the first argument must be the type of an event, such as \"calling.call.pay\"");
        return Err(fault::fault(fault::ARGUMENT, "", message, None));
    };
    let short = name.strip_prefix("calling.call.").unwrap_or(&name);
    if KNOWN.contains(&short) {
        return Ok(format!("calling.call.{short}").into());
    }
    let near = closest(short, KNOWN.iter().copied());
    if name.starts_with("calling.") && near.is_none() {
        return Ok(name.as_str().into());
    }
    let message = format!("{what}: there is no event \"{name}\"");
    Err(fault::fault(
        fault::ARGUMENT,
        "",
        message,
        near.map(|n| format!("did you mean \"calling.call.{n}\"?")),
    ))
}

fn function(what: &str, value: Option<&&mut Dynamic>) -> Result<FnPtr, Thrown> {
    let found = value.and_then(|v| v.read_lock::<FnPtr>().map(|f| f.clone()));
    found.ok_or_else(|| {
        let message = format!("{what}: expected a function, such as |event| print(event.params.state)");
        fault::fault(fault::ARGUMENT, "", message, None)
    })
}

/// How many functions may be kept for the events of a call, and for the end of an action.
const MAX_FUNCTIONS: usize = 256;

fn crowded(what: &str) -> Thrown {
    let message = format!("{what}: {MAX_FUNCTIONS} functions are kept already");
    fault::fault(fault::ARGUMENT, "", message, None)
}

/// `call.on(event_type, fn)`
pub fn on(_: &Rc<Host>, context: &NativeCallContext<'_>, args: &mut [&mut Dynamic]) -> Answer {
    let call = receiver::<CallRef>(args)?.0;
    let event_type = event_type("on", args.get(1))?;
    let callback = Callback::new(context, function("on", args.get(2))?);
    if !call.add_handler(event_type, callback, MAX_FUNCTIONS) {
        return Err(crowded("on"));
    }
    Ok(Dynamic::UNIT)
}

/// `action.on_completed(fn)`; of an action that is over it is called at once.
pub fn on_completed(_: &Rc<Host>, context: &NativeCallContext<'_>, args: &mut [&mut Dynamic]) -> Answer {
    let action = receiver::<ActionRef>(args)?.0;
    let callback = Callback::new(context, function("on_completed", args.get(1))?);
    if action.callbacks() >= MAX_FUNCTIONS {
        return Err(crowded("on_completed"));
    }
    if let Some((callback, event)) = action.on_completed(callback)
        && let Some(run) = action.call.run()
    {
        run.call_back(callback, event);
    }
    Ok(Dynamic::UNIT)
}

/// `call.wait_for(event_type)`, with a predicate, a limit in seconds, or both.
pub fn wait_for(host: &Rc<Host>, context: &NativeCallContext<'_>, args: &mut [&mut Dynamic]) -> Answer {
    let call = receiver::<CallRef>(args)?.0;
    let strand = strand(host)?;
    let event_type = event_type("wait_for", args.get(1))?;
    let (predicate, limit) = match (args.get(2), args.get(3)) {
        (Some(second), None) if !second.is_fnptr() => (None, Some(seconds("wait_for", second)?)),
        (second, third) => {
            let predicate =
                second.filter(|v| !v.is_unit()).map(|v| function("wait_for", Some(v))).transpose()?;
            (predicate, third.map(|v| seconds("wait_for", v)).transpose()?)
        }
    };
    let predicate = predicate.map(|f| Callback::new(context, f));
    let watch = Rc::new(Watch { event_type, token: strand.token, events: RefCell::default() });
    call.add_watch(Rc::clone(&watch));
    let found = next_match(host, &call, &watch, predicate.as_ref(), limit);
    call.remove_watch(&watch);
    found
}

fn next_match(
    host: &Rc<Host>,
    call: &CallCell,
    watch: &Watch,
    predicate: Option<&Callback>,
    limit: Option<f64>,
) -> Answer {
    let strand = strand(host)?;
    let until = limit.map(|s| deadline(host, s));
    loop {
        let next = wait(host, &strand, until, || match watch.events.borrow_mut().pop_front() {
            Some(event) => Some(Some(event)),
            None => call.is_over().then_some(None),
        })?;
        match next {
            None => return Err(fault::timeout("wait_for", limit.unwrap_or_default())),
            Some(None) => {
                strand.try_in_vain();
                return Err(fault::call_ended("wait_for", call.end_reason().as_deref().unwrap_or("unknown")));
            }
            Some(Some(event)) => {
                let value = event.handle();
                if accepts(host, predicate, &value)? {
                    return Ok(value);
                }
            }
        }
    }
}

fn accepts(host: &Host, predicate: Option<&Callback>, value: &Dynamic) -> Result<bool, Thrown> {
    let Some(predicate) = predicate else { return Ok(true) };
    let answer = predicate.call(host.engine(), vec![value.clone()])?;
    answer.as_bool().map_err(|came| {
        let message = format!("wait_for: the predicate must give true or false, it gave {came}");
        fault::fault(fault::ARGUMENT, "", message, None)
    })
}

/// `call.wait_for_answered()` and its like: waits until the call is at least there. Gives the event
/// of the state it is in.
pub fn wait_for_state(host: &Rc<Host>, state: CallState, args: &mut [&mut Dynamic]) -> Answer {
    let call = receiver::<CallRef>(args)?.0;
    let what = format!("wait_for_{state}");
    let limit = args.get(1).map(|v| seconds(&what, v)).transpose()?;
    let strand = strand(host)?;
    let reached = wait(host, &strand, limit.map(|s| deadline(host, s)), || {
        call.await_state(strand.token);
        let now = call.state();
        // A call that ended without being answered will never be.
        (now >= state).then_some(now == state || now != CallState::Ended)
    })?;
    match reached {
        Some(true) => Ok(Rc::new(state_event(&call)).handle()),
        Some(false) => Err(fault::call_ended(&what, call.end_reason().as_deref().unwrap_or("unknown"))),
        None => Err(fault::timeout(&what, limit.unwrap_or_default())),
    }
}

fn state_event(call: &CallCell) -> Event {
    let params = serde_json::json!({
        "call_id": &*call.id, "node_id": &*call.node_id,
        "call_state": call.state().as_str(), "end_reason": call.end_reason().as_deref(),
    });
    Event::made("calling.call.state", &params)
}
