//! `wait` of actions, tasks and messages, `wait_any`, `wait_all`, `sleep` and `spawn`.

use std::rc::Rc;

use rhai::{Array, Dynamic, FnPtr, NativeCallContext};

use super::invoke::receiver;
use crate::relay::Time;
use crate::script::action::{ActionCell, ActionRef};
use crate::script::call::CallRef;
use crate::script::callback::Callback;
use crate::script::fault::{self, Answer, Thrown};
use crate::script::host::Host;
use crate::script::message::MessageRef;
use crate::script::run::Run;
use crate::script::strand::{Role, Strand};
use crate::script::task::{TaskCell, TaskRef};
use crate::script::wait::{deadline, strand, wait};

/// Reads a number of seconds.
pub fn seconds(what: &str, value: &Dynamic) -> Result<f64, Thrown> {
    let number = value
        .as_float()
        .ok()
        .or_else(|| value.as_int().ok().map(|n| n as f64))
        .or_else(|| value.as_decimal().ok().and_then(|d| d.to_string().parse().ok()));
    match number {
        Some(n) if n.is_finite() && n >= 0.0 => Ok(n),
        _ => {
            let message = format!("{what}: expected a number of seconds from 0, got {}", value.type_name());
            Err(fault::fault(fault::ARGUMENT, "", message, None))
        }
    }
}

fn limit(what: &str, value: Option<&&mut Dynamic>) -> Result<Option<f64>, Thrown> {
    value.filter(|v| !v.is_unit()).map(|v| seconds(what, v)).transpose()
}

/// `action.wait()`, `action.wait(seconds)`
pub fn wait_action(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let action = receiver::<ActionRef>(args)?.0;
    let limit = limit("wait", args.get(1))?;
    let strand = strand(host)?;
    until_ended(host, &strand, "wait", &action, limit)
}

/// Waits for an action's terminal event, and gives it.
pub fn until_ended(
    host: &Host,
    strand: &Strand,
    what: &str,
    action: &ActionCell,
    limit: Option<f64>,
) -> Answer {
    action.await_end(strand.token);
    let found = wait(host, strand, limit.map(|s| deadline(host, s)), || action.ended())?;
    match (found, limit) {
        (Some(event), _) => Ok(event.handle()),
        (None, limit) => Err(fault::timeout(what, limit.unwrap_or_default())),
    }
}

/// `task.wait()`, `task.wait(seconds)`: its value, or the error that it threw.
pub fn wait_task(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let task = receiver::<TaskRef>(args)?.0;
    let limit = limit("wait", args.get(1))?;
    let strand = strand(host)?;
    task.await_end(strand.token);
    let found = wait(host, &strand, limit.map(|s| deadline(host, s)), || task.outcome())?;
    match found {
        Some(Ok(value)) => Ok(value),
        Some(Err(thrown)) => Err(rethrown(thrown)),
        None => Err(fault::timeout("wait", limit.unwrap_or_default())),
    }
}

fn rethrown(value: Dynamic) -> Thrown {
    Box::new(rhai::EvalAltResult::ErrorRuntime(value, rhai::Position::NONE))
}

/// `message.wait()`, `message.wait(seconds)`: the event of its final state.
pub fn wait_message(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let message = receiver::<MessageRef>(args)?.0;
    let limit = limit("wait", args.get(1))?;
    let strand = strand(host)?;
    message.await_end(strand.token);
    let found = wait(host, &strand, limit.map(|s| deadline(host, s)), || message.ended())?;
    found.map(|event| event.handle()).ok_or_else(|| fault::timeout("wait", limit.unwrap_or_default()))
}

/// Something that ends.
enum Thing {
    Action(ActionRef),
    Task(TaskRef),
    Message(MessageRef),
    Call(CallRef),
}

impl Thing {
    fn of(value: &Dynamic) -> Option<Self> {
        fn get<T: Clone + 'static>(value: &Dynamic) -> Option<T> {
            value.read_lock::<T>().map(|handle| handle.clone())
        }
        get(value)
            .map(Self::Action)
            .or_else(|| get(value).map(Self::Task))
            .or_else(|| get(value).map(Self::Message))
            .or_else(|| get(value).map(Self::Call))
    }

    fn is_done(&self) -> bool {
        match self {
            Self::Action(action) => action.0.ended().is_some(),
            Self::Task(task) => task.0.is_done(),
            Self::Message(message) => message.0.ended().is_some(),
            Self::Call(call) => call.0.is_over(),
        }
    }

    fn listen(&self, strand: &Strand) {
        match self {
            Self::Action(action) => action.0.await_end(strand.token),
            Self::Task(task) => task.0.await_end(strand.token),
            Self::Message(message) => message.0.await_end(strand.token),
            Self::Call(call) => call.0.await_state(strand.token),
        }
    }

    fn result(&self) -> Answer {
        match self {
            Self::Action(action) => Ok(action.0.ended().map(|e| e.handle()).unwrap_or_default()),
            Self::Message(message) => Ok(message.0.ended().map(|e| e.handle()).unwrap_or_default()),
            Self::Call(call) => {
                Ok(call.0.end_reason().map(|r| Dynamic::from(r.to_string())).unwrap_or_default())
            }
            Self::Task(task) => match task.0.outcome() {
                Some(Err(thrown)) => Err(rethrown(thrown)),
                Some(Ok(value)) => Ok(value),
                None => Ok(Dynamic::UNIT),
            },
        }
    }
}

fn things(what: &str, value: &Dynamic) -> Result<Vec<(Dynamic, Thing)>, Thrown> {
    let wrong = |came: &str| {
        let message = format!("{what}: expected an array of actions, tasks, messages or calls, got {came}");
        fault::fault(fault::ARGUMENT, "", message, None)
    };
    let Some(array) = value.read_lock::<Array>() else { return Err(wrong(value.type_name())) };
    if array.is_empty() {
        return Err(wrong("an empty array"));
    }
    let items = array.iter().map(|item| match Thing::of(item) {
        Some(thing) => Ok((item.flatten_clone(), thing)),
        None => Err(wrong(&format!("one with {}", item.type_name()))),
    });
    items.collect()
}

/// `wait_any([a, b])`: the one that ended first.
pub fn wait_any(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let (mut things, limit) = (things("wait_any", args[0])?, limit("wait_any", args.get(1))?);
    let found = wait_for_things(host, limit, &things, |things| things.iter().position(|(_, t)| t.is_done()))?;
    match found {
        Some(index) => Ok(things.swap_remove(index).0),
        None => Err(fault::timeout("wait_any", limit.unwrap_or_default())),
    }
}

/// `wait_all([a, b])`: what each of them gave, in the order of the array.
pub fn wait_all(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let (things, limit) = (things("wait_all", args[0])?, limit("wait_all", args.get(1))?);
    let all = |things: &[(Dynamic, Thing)]| things.iter().all(|(_, t)| t.is_done()).then_some(());
    match wait_for_things(host, limit, &things, all)? {
        Some(()) => Ok(things.iter().map(|(_, t)| t.result()).collect::<Result<Array, _>>()?.into()),
        None => Err(fault::timeout("wait_all", limit.unwrap_or_default())),
    }
}

fn wait_for_things<T>(
    host: &Rc<Host>,
    limit: Option<f64>,
    things: &[(Dynamic, Thing)],
    look: impl Fn(&[(Dynamic, Thing)]) -> Option<T>,
) -> Result<Option<T>, Thrown> {
    let strand = strand(host)?;
    wait(host, &strand, limit.map(|s| deadline(host, s)), || {
        // A call forgets its waiters at each change of state, so they are told anew.
        things.iter().for_each(|(_, thing)| thing.listen(&strand));
        look(things)
    })
}

/// `sleep(seconds)`. When the call ends it is over: it throws `call_ended`.
pub fn sleep(host: &Rc<Host>, args: &mut [&mut Dynamic]) -> Answer {
    let seconds = seconds("sleep", args[0])?;
    let strand = strand(host)?;
    let until: Time = deadline(host, seconds);
    let call = strand.run.call.clone().filter(|_| !strand.run.is_ending());
    let ended = wait(host, &strand, Some(until), || {
        let call = call.as_ref()?;
        call.await_state(strand.token);
        call.is_over().then(|| call.end_reason())
    })?;
    match ended {
        Some(reason) => {
            strand.try_in_vain();
            Err(fault::call_ended("sleep", reason.as_deref().unwrap_or("unknown")))
        }
        None => Ok(Dynamic::UNIT),
    }
}

/// `spawn(fn)`: runs it beside the rest, and gives a task.
pub fn spawn(host: &Rc<Host>, context: &NativeCallContext<'_>, args: &mut [&mut Dynamic]) -> Answer {
    let strand = strand(host)?;
    let callback = Callback::new(context, receiver::<FnPtr>(args)?);
    let task = Rc::new(TaskCell::default());
    let role = Role::Task(Rc::clone(&task));
    strand.run.spawn(role, move |run: &Run| callback.call(run.host.engine(), Vec::new()));
    Ok(Dynamic::from(TaskRef(task)))
}
