//! What scripts can read of handles: properties, `==`, and how they print.

use std::rc::Rc;

use rhai::{Dynamic, FuncRegistration, Module};

use crate::script::action::ActionRef;
use crate::script::call::CallRef;
use crate::script::engine::ScriptRef;
use crate::script::event::EventRef;
use crate::script::message::MessageRef;
use crate::script::task::TaskRef;

/// Registers them.
pub fn register(module: &mut Module) {
    call(module);
    action(module);
    others(module);
    event(module);
    identity(module, |a: &EventRef, b: &EventRef| Rc::ptr_eq(&a.0, &b.0));
    identity(module, |a: &CallRef, b: &CallRef| Rc::ptr_eq(&a.0, &b.0));
    identity(module, |a: &ActionRef, b: &ActionRef| Rc::ptr_eq(&a.0, &b.0));
    identity(module, |a: &TaskRef, b: &TaskRef| Rc::ptr_eq(&a.0, &b.0));
    identity(module, |a: &MessageRef, b: &MessageRef| Rc::ptr_eq(&a.0, &b.0));
    prints(module, |event: &EventRef| format!("{} {}", event.0.event_type(), event.0.params()));
    prints(module, |call: &CallRef| format!("call {} ({})", call.0.id, call.0.state()));
    prints(module, |action: &ActionRef| format!("{:?} {}", action.0.kind, action.0.control_id));
    prints(module, |task: &TaskRef| if task.0.is_done() { "task (done)".into() } else { "task".into() });
    prints(module, |message: &MessageRef| format!("message {} ({})", message.0.id, message.0.state()));
}

fn getter<T: Clone + 'static>(module: &mut Module, name: &str, read: impl Fn(&T) -> Dynamic + 'static) {
    FuncRegistration::new_getter(name)
        .with_purity(true)
        .set_into_module(module, move |handle: &mut T| read(handle));
}

fn word(text: Option<Rc<str>>) -> Dynamic {
    text.map_or(Dynamic::UNIT, |text| Dynamic::from(text.to_string()))
}

fn call(module: &mut Module) {
    getter(module, "id", |c: &CallRef| c.0.id.to_string().into());
    getter(module, "node_id", |c: &CallRef| c.0.node_id.to_string().into());
    getter(module, "state", |c: &CallRef| c.0.state().as_str().into());
    getter(module, "end_reason", |c: &CallRef| word(c.0.end_reason()));
    getter(module, "from", |c: &CallRef| c.0.device_param(&["from_number", "from"]));
    getter(module, "to", |c: &CallRef| c.0.device_param(&["to_number", "to"]));
    getter(module, "headers", |c: &CallRef| c.0.device_param(&["headers"]));
    for name in ["direction", "device", "tag", "context", "segment_id"] {
        getter(module, name, move |c: &CallRef| c.0.field(name));
    }
}

fn action(module: &mut Module) {
    getter(module, "control_id", |a: &ActionRef| a.0.control_id.to_string().into());
    getter(module, "is_done", |a: &ActionRef| a.0.ended().is_some().into());
    getter(module, "completed", |a: &ActionRef| a.0.ended().is_some().into());
    getter(module, "state", |a: &ActionRef| (&*a.0.state()).into());
    getter(module, "result", |a: &ActionRef| a.0.ended().map(|e| e.handle()).unwrap_or_default());
}

fn event(module: &mut Module) {
    getter(module, "event_type", |e: &EventRef| e.0.event_type().into());
    getter(module, "timestamp", |e: &EventRef| e.0.timestamp());
    getter(module, "params", |e: &EventRef| e.0.params());
    FuncRegistration::new_index_getter().with_purity(true).set_into_module(
        module,
        |e: &mut EventRef, name: &str| match name {
            "event_type" => e.0.event_type().into(),
            "timestamp" => e.0.timestamp(),
            "params" => e.0.params(),
            _ => Dynamic::UNIT,
        },
    );
}

fn others(module: &mut Module) {
    getter(module, "is_done", |t: &TaskRef| t.0.is_done().into());
    getter(module, "id", |m: &MessageRef| m.0.id.to_string().into());
    getter(module, "state", |m: &MessageRef| m.0.state().into());
    getter(module, "is_done", |m: &MessageRef| m.0.ended().is_some().into());
    getter(module, "result", |m: &MessageRef| m.0.ended().map(|e| e.handle()).unwrap_or_default());
    getter(module, "version", |s: &ScriptRef| s.version.into());
    getter(module, "file", |s: &ScriptRef| s.file.to_string().into());
}

fn identity<T: Clone + 'static>(module: &mut Module, same: fn(&T, &T) -> bool) {
    FuncRegistration::new("==").set_into_module(module, move |a: &mut T, b: T| same(a, &b));
    FuncRegistration::new("!=").set_into_module(module, move |a: &mut T, b: T| !same(a, &b));
}

fn prints<T: Clone + 'static>(module: &mut Module, text: fn(&T) -> String) {
    for name in ["to_string", "to_debug"] {
        FuncRegistration::new(name)
            .with_purity(true)
            .set_into_module(module, move |handle: &mut T| text(handle));
    }
}
