//! Carries out a row of the table: checks the arguments, sends the request, waits for the answer,
//! and hands the script what the row gives.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::{Dynamic, NativeCallContext};

use super::args::{ArgError, Extras, write_params};
use super::json::read_json;
use super::table::{Gives, Verb};
use super::{verbs, waits};
use crate::call::ActionKind;
use crate::relay::RelayError;
use crate::relay::frame::push_string;
use crate::script::action::{ActionCell, ActionRef};
use crate::script::call::{CallCell, CallRef};
use crate::script::callback::Callback;
use crate::script::coroutine::off_stack;
use crate::script::fault::{self, Answer, Thrown};
use crate::script::host::{Host, Slot, Waiter, push_ids};
use crate::script::place::tell_verb;
use crate::script::strand::Strand;
use crate::script::wait::{strand, terminated, wait};

/// No row of the table takes more.
const MOST_ARGUMENTS: usize = 8;

/// A request that is on its way.
struct Sent {
    slot: Rc<Slot>,
    action: Option<Rc<ActionCell>>,
    extras: Extras,
}

/// `call.verb(…)`
pub fn call_verb(
    host: &Rc<Host>,
    context: &NativeCallContext<'_>,
    verb: &'static Verb,
    args: &mut [&mut Dynamic],
) -> Answer {
    let call = receiver::<CallRef>(args)?.0;
    let strand = strand(host)?;
    if call.is_over() {
        return refuse(&strand, verb, &call);
    }
    let mut sent = off_stack(|| begin(host, &strand, verb, &call, args))?;
    if let (Some(action), Some(function)) = (&sent.action, sent.extras.on_completed.take()) {
        action.on_completed(Callback::new(context, function));
    }
    let outcome = await_answer(host, &strand, &sent.slot)?;
    if let Some(action) = &sent.action {
        action.request.set(None);
    }
    match outcome {
        Ok(result) => give(host, &strand, verb, sent, &result),
        Err(error) => failed(host, verb, &call, sent.action.as_deref(), &error),
    }
}

/// A verb on a call that is over; to hang up once more is harmless.
fn refuse(strand: &Strand, verb: &Verb, call: &CallCell) -> Answer {
    strand.try_in_vain();
    if let Some(why) = strand.stopped() {
        return Err(terminated(why));
    }
    if verb.method == "calling.end" {
        return Ok(Dynamic::UNIT);
    }
    Err(fault::call_ended(verb.name, call.end_reason().as_deref().unwrap_or("unknown")))
}

fn begin(
    host: &Rc<Host>,
    strand: &Strand,
    verb: &'static Verb,
    call: &Rc<CallCell>,
    args: &[&mut Dynamic],
) -> Result<Sent, Thrown> {
    let mut params = host.take_scratch();
    push_ids(&mut params, call);
    let extras = write_arguments(verb, args, &mut params)?;
    let kind = kind_of(verb);
    let action = match verb.control_id {
        true => add_control_id(host, &mut params, &extras, call, kind),
        false => None,
    };
    params.push('}');
    let slot = new_slot(strand, matches!(verb.gives, Gives::Result));
    let waiter = Waiter::Slot(Rc::clone(&slot));
    tell_verb(host, strand, verb.method, &call.id);
    let id = host.client.request(host.now(), verb.method, verb.repeat, waiter, &params);
    if let Some(action) = &action {
        action.request.set(Some(id));
    }
    host.put_scratch(params);
    Ok(Sent { slot, action, extras })
}

/// Checks the arguments, the receiver left out, and writes them as params.
pub fn write_arguments(
    verb: &'static Verb,
    args: &[&mut Dynamic],
    out: &mut String,
) -> Result<Extras, Thrown> {
    let unit = Dynamic::UNIT;
    let mut rest = [&unit; MOST_ARGUMENTS];
    let count = args.len().saturating_sub(1).min(MOST_ARGUMENTS);
    for (place, arg) in rest.iter_mut().zip(args.iter().skip(1)) {
        *place = arg;
    }
    write_params(verb, &rest[..count], out).map_err(argument)
}

fn kind_of(verb: &Verb) -> Option<ActionKind> {
    match verb.gives {
        Gives::Action(kind) | Gives::Event(kind) => Some(kind),
        _ => None,
    }
}

fn add_control_id(
    host: &Host,
    params: &mut String,
    extras: &Extras,
    call: &Rc<CallCell>,
    kind: Option<ActionKind>,
) -> Option<Rc<ActionCell>> {
    let control_id: Rc<str> = match &extras.control_id {
        Some(id) => id.as_str().into(),
        None => host.new_id(),
    };
    params.push_str(r#","control_id":"#);
    push_string(params, &control_id);
    let action = Rc::new(ActionCell::new(kind?, control_id, Rc::clone(call)));
    call.add_action(Rc::clone(&action));
    Some(action)
}

fn give(host: &Rc<Host>, strand: &Rc<Strand>, verb: &Verb, sent: Sent, result: &str) -> Answer {
    match (verb.gives, sent.action) {
        (Gives::Action(_), Some(action)) => Ok(Dynamic::from(ActionRef(action))),
        (Gives::Event(_), Some(action)) => {
            waits::until_ended(host, strand, verb.name, &action, sent.extras.timeout)
        }
        (Gives::Result, _) => Ok(read_json(result).unwrap_or_default()),
        _ => Ok(Dynamic::UNIT),
    }
}

/// The error of a request that failed; or, for a hangup of a call that the server has forgotten, none.
fn failed(
    host: &Host,
    verb: &Verb,
    call: &Rc<CallCell>,
    action: Option<&ActionCell>,
    error: &RelayError,
) -> Answer {
    // An action that may be running after all is kept, so that its events still find it.
    if let Some(action) = action
        && !matches!(error, RelayError::Unconfirmed { .. })
    {
        call.remove_action(&action.control_id);
    }
    if is_gone(error) {
        host.lose_call(call, "not_found");
        if verb.method == "calling.end" {
            return Ok(Dynamic::UNIT);
        }
        return Err(fault::call_ended(verb.name, call.end_reason().as_deref().unwrap_or("not_found")));
    }
    if let RelayError::SessionLost { .. } = error {
        host.lose_call(call, "session_lost");
    }
    Err(fault::relay(verb.name, error))
}

/// RELAY says `404` or `410` of a call that it does not have (any more).
fn is_gone(error: &RelayError) -> bool {
    matches!(error.code(), Some("404" | "410"))
}

/// `action.verb(…)`
pub fn action_verb(host: &Rc<Host>, name: &str, args: &mut [&mut Dynamic]) -> Answer {
    let action = receiver::<ActionRef>(args)?.0;
    let Some(verb) = verbs::action_verb(action.kind, name) else {
        let message = format!("{name}: an action of kind {:?} has no such method", action.kind);
        return Err(fault::fault(fault::ARGUMENT, "", message, None));
    };
    let strand = strand(host)?;
    if action.ended().is_some() {
        return after_the_end(&strand, &action, name);
    }
    let slot = off_stack(|| begin_on_action(host, &strand, verb, &action, args))?;
    match await_answer(host, &strand, &slot)? {
        Ok(_) => Ok(Dynamic::UNIT),
        Err(error) if is_gone(&error) && action.ended().is_some() => Ok(Dynamic::UNIT),
        Err(error) => Err(fault::relay(name, &error)),
    }
}

/// To stop what is over is harmless; anything else comes too late.
fn after_the_end(strand: &Strand, action: &ActionCell, name: &str) -> Answer {
    if action.call.is_over() {
        strand.try_in_vain();
        if let Some(why) = strand.stopped() {
            return Err(terminated(why));
        }
    }
    match name {
        "stop" => Ok(Dynamic::UNIT),
        _ if action.call.is_over() => {
            Err(fault::call_ended(name, action.call.end_reason().as_deref().unwrap_or("unknown")))
        }
        _ => Err(fault::fault("action_ended", "", format!("{name}: the action is over"), None)),
    }
}

fn begin_on_action(
    host: &Host,
    strand: &Strand,
    verb: &'static Verb,
    action: &ActionCell,
    args: &[&mut Dynamic],
) -> Result<Rc<Slot>, Thrown> {
    let mut params = host.take_scratch();
    push_ids(&mut params, &action.call);
    params.push_str(r#","control_id":"#);
    push_string(&mut params, &action.control_id);
    write_arguments(verb, args, &mut params)?;
    params.push('}');
    let slot = new_slot(strand, false);
    tell_verb(host, strand, verb.method, &action.call.id);
    host.client.request(host.now(), verb.method, verb.repeat, Waiter::Slot(Rc::clone(&slot)), &params);
    host.put_scratch(params);
    Ok(slot)
}

/// Waits for the answer; it comes in any case, if only as a failure.
pub fn await_answer(
    host: &Host,
    strand: &Strand,
    slot: &Slot,
) -> Result<Result<Box<str>, RelayError>, Thrown> {
    let answer = wait(host, strand, None, || slot.outcome.take())?;
    // Without a deadline a wait ends by what it waits for.
    answer.ok_or_else(|| fault::fault("internal", "", "a wait without a limit timed out".into(), None))
}

/// A place for the answer to a request of this strand.
pub fn new_slot(strand: &Strand, wants_result: bool) -> Rc<Slot> {
    Rc::new(Slot { token: strand.token, wants_result, outcome: RefCell::default() })
}

/// The error for wrong arguments.
pub fn argument(error: ArgError) -> Thrown {
    fault::fault(fault::ARGUMENT, "", error.message, error.hint)
}

/// The handle that a method was called on.
pub fn receiver<T: Clone + 'static>(args: &[&mut Dynamic]) -> Result<T, Thrown> {
    let handle = args.first().and_then(|first| first.read_lock::<T>().map(|handle| handle.clone()));
    handle.ok_or_else(|| fault::fault("internal", "", "a method was called on nothing".into(), None))
}
