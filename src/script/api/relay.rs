//! `relay.…`: what concerns no call of this script, or makes a new one.

use std::rc::Rc;

use rhai::{Array, Dynamic, ImmutableString, Map};

use super::args::Extras;
use super::invoke::{argument, await_answer, new_slot, write_arguments};
use super::json::{read_json, write_json};
use super::table::{Gives, Verb};
use crate::relay::frame::push_string;
use crate::relay::{RelayError, Repeat};
use crate::script::call::{CallCell, CallRef};
use crate::script::coroutine::off_stack;
use crate::script::dial::{DialCell, Dialled};
use crate::script::fault::{self, Answer, Thrown};
use crate::script::host::{Host, Waiter};
use crate::script::message::{MessageCell, MessageRef};
use crate::script::place::tell_verb;
use crate::script::strand::Strand;
use crate::script::wait::{deadline, strand, wait};

/// How long dialling may take altogether, in seconds, unless the script says otherwise.
const DIAL_LIMIT: f64 = 120.0;

/// `relay.verb(…)`
pub fn relay_verb(host: &Rc<Host>, verb: &'static Verb, args: &mut [&mut Dynamic]) -> Answer {
    let strand = strand(host)?;
    let (body, extras) = off_stack(|| write(verb, args))?;
    match verb.name {
        "dial" => dial(host, &strand, verb, body, &extras),
        "send_message" => send_message(host, &strand, verb, &body),
        _ => subscribe(host, &strand, verb, &body, args),
    }
}

/// The params without their braces.
fn write(verb: &'static Verb, args: &[&mut Dynamic]) -> Result<(String, Extras), Thrown> {
    let mut out = String::new();
    let extras = write_arguments(verb, args, &mut out)?;
    Ok((out, extras))
}

fn object(members: &str) -> String {
    format!("{{{}}}", members.strip_prefix(',').unwrap_or(members))
}

fn ask(host: &Host, strand: &Strand, verb: (&str, String, Repeat), params: &str) -> Result<Box<str>, Thrown> {
    let (name, method, repeat) = verb;
    let slot = new_slot(strand, true);
    tell_verb(host, strand, &method, "");
    host.client.request(host.now(), method, repeat, Waiter::Slot(Rc::clone(&slot)), params);
    await_answer(host, strand, &slot)?.map_err(|error: RelayError| fault::relay(name, &error))
}

fn row(verb: &Verb) -> (&'static str, String, Repeat) {
    (verb.name, verb.method.to_owned(), verb.repeat)
}

/// `relay.dial(devices, options)`: the call that was answered.
fn dial(host: &Rc<Host>, strand: &Rc<Strand>, verb: &Verb, mut body: String, extras: &Extras) -> Answer {
    let tag: Rc<str> = match &extras.tag {
        Some(tag) => tag.as_str().into(),
        None => {
            let tag = host.new_id();
            body.push_str(r#","tag":"#);
            push_string(&mut body, &tag);
            tag
        }
    };
    if host.dials.borrow().contains_key(&tag) {
        let message = format!("dial: the tag \"{tag}\" is in use by a call that is being dialled");
        return Err(fault::fault(fault::ARGUMENT, "", message, None));
    }
    let cell = Rc::new(DialCell::new(Rc::clone(&strand.run), strand.token));
    host.dials.borrow_mut().insert(Rc::clone(&tag), Rc::clone(&cell));
    let outcome = ask(host, strand, row(verb), &object(&body))
        .and_then(|_| await_dial(host, strand, &cell, extras.timeout.unwrap_or(DIAL_LIMIT)));
    let refused = |error: &Thrown| fault::kind_of(error).as_deref() == Some("refused");
    match &outcome {
        // What may still be ringing is hung up when it is heard of.
        Err(error) if !refused(error) => cell.abandon(host),
        _ => drop(host.dials.borrow_mut().remove(&tag)),
    }
    outcome.map(|call| Dynamic::from(CallRef(call)))
}

fn await_dial(host: &Rc<Host>, strand: &Strand, cell: &DialCell, limit: f64) -> Result<Rc<CallCell>, Thrown> {
    let own = strand.run.call.clone().filter(|call| !call.is_over());
    let over = fault::call_ended("dial", "the call of this script ended");
    let found = wait(host, strand, Some(deadline(host, limit)), || {
        if let Some(own) = &own {
            own.await_state(strand.token);
            if own.is_over() {
                return Some(Err(()));
            }
        }
        cell.outcome.borrow().clone().map(Ok)
    })?;
    match found {
        Some(Ok(Dialled::Answered(call))) => Ok(call),
        Some(Ok(Dialled::Failed(why))) => Err(fault::fault("dial_failed", "", format!("dial: {why}"), None)),
        Some(Err(())) => Err(over),
        None => Err(fault::timeout("dial", limit)),
    }
}

/// `relay.send_message(options)`: a handle that hears of the delivery.
fn send_message(host: &Rc<Host>, strand: &Strand, verb: &Verb, body: &str) -> Answer {
    let result = ask(host, strand, row(verb), &object(body))?;
    let told = read_json(&result).unwrap_or_default();
    let id = told.read_lock::<Map>().and_then(|map| map.get("message_id")?.clone().into_string().ok());
    let message = Rc::new(MessageCell::new(&id.unwrap_or_default()));
    host.messages.borrow_mut().insert(Rc::clone(&message.id), Rc::clone(&message));
    Ok(Dynamic::from(MessageRef(message)))
}

/// `relay.receive(contexts)`, `relay.unreceive(contexts)`: now, and after each reconnect.
fn subscribe(
    host: &Rc<Host>,
    strand: &Strand,
    verb: &'static Verb,
    body: &str,
    args: &[&mut Dynamic],
) -> Answer {
    let result = ask(host, strand, row(verb), &object(body))?;
    let contexts = contexts(args);
    match verb.name {
        "receive" => host.client.session().add_contexts(&contexts),
        "unreceive" => host.client.session().remove_contexts(&contexts),
        _ => {}
    }
    match verb.gives {
        Gives::Result => Ok(read_json(&result).unwrap_or_default()),
        _ => Ok(Dynamic::UNIT),
    }
}

/// The contexts that were named; the arguments have been checked.
fn contexts(args: &[&mut Dynamic]) -> Vec<String> {
    fn words(value: &Dynamic) -> Vec<String> {
        if let Some(array) = value.read_lock::<Array>() {
            return array.iter().filter_map(|item| item.clone().into_string().ok()).collect();
        }
        if let Some(map) = value.read_lock::<Map>() {
            return map.get("contexts").map(words).unwrap_or_default();
        }
        value.clone().into_string().into_iter().collect()
    }
    args.get(1).map(|value| words(value)).unwrap_or_default()
}

/// `relay.execute(method, params)`: any request; its result as a map. It is never sent twice.
pub fn execute(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let strand = strand(host)?;
    let method = args.get(1).and_then(|v| v.read_lock::<ImmutableString>().map(|s| s.to_string()));
    let Some(method) = method.filter(|m| m.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)))
    else {
        let message = "execute: the first argument must be a method, such as \"calling.answer\"".into();
        return Err(fault::fault(fault::ARGUMENT, "", message, None));
    };
    let mut params = String::new();
    match args.get(2) {
        Some(value) if value.is_map() => write_json(value, &mut params).map_err(argument)?,
        None => params.push_str("{}"),
        Some(value) => {
            let message = format!("execute: params must be a map, got {}", value.type_name());
            return Err(fault::fault(fault::ARGUMENT, "", message, None));
        }
    }
    let result = ask(host, &strand, ("execute", method, Repeat::Never), &params)?;
    Ok(read_json(&result).unwrap_or_default())
}
