//! Puts the host's functions into one Rhai module.
//!
//! It only registers; what a function does stands beside this file.

use std::any::TypeId;
use std::rc::{Rc, Weak};

use rhai::{Dynamic, FnPtr, FuncRegistration, Module, NativeCallContext, RhaiFunc, Shared};

use super::table::{Receiver, Verb};
use super::{events, handles, invoke, relay, strings, verbs, waits};
use crate::script::action::ActionRef;
use crate::script::call::CallRef;
use crate::script::engine::RelayRef;
use crate::script::fault::{Answer, fault};
use crate::script::host::Host;
use crate::script::message::MessageRef;
use crate::script::place;
use crate::script::task::TaskRef;

/// Everything that scripts can call. With a host that is gone (or never was), each function fails;
/// that is enough for compiling and checking.
pub fn module(host: Weak<Host>) -> Module {
    let mut module = Module::new();
    let mut registry = Registry { module: &mut module, host };
    for verb in verbs::all().iter().copied() {
        match verb.receiver {
            Receiver::Call => registry.call_verb(verb),
            Receiver::Relay => registry.relay_verb(verb),
            Receiver::Action => {}
        }
    }
    registry.action_verbs();
    registry.waits();
    registry.events();
    handles::register(&mut module);
    strings::register(&mut module);
    module
}

/// What a function of the host gets: the host, Rhai's context, and the arguments, of which the first
/// is the receiver where there is one.
type Body = dyn Fn(&Rc<Host>, &NativeCallContext<'_>, &mut [&mut Dynamic]) -> Answer;

struct Registry<'m> {
    module: &'m mut Module,
    host: Weak<Host>,
}

impl Registry<'_> {
    fn add(&mut self, name: &'static str, types: &[TypeId], is_method: bool, body: Rc<Body>) {
        let host = self.host.clone();
        let function = move |context: Option<NativeCallContext<'_>>, args: &mut [&mut Dynamic]| -> Answer {
            let (Some(host), Some(context)) = (host.upgrade(), context) else {
                return Err(fault("internal", "", "the host is gone".into(), None));
            };
            if host.wants_places {
                return place::noted(&host, name, &context, || body(&host, &context, args));
            }
            body(&host, &context, args)
        };
        let func = Shared::new(function);
        let rhai_func = if is_method {
            RhaiFunc::Method { func, has_context: true, is_pure: true, is_volatile: true }
        } else {
            RhaiFunc::Pure { func, has_context: true, is_pure: true, is_volatile: true }
        };
        FuncRegistration::new(name).set_into_module_raw(self.module, types, rhai_func);
    }

    /// Registers `receiver.name(…)` for each number of arguments up to `most`, of any type.
    fn method<T: 'static>(&mut self, name: &'static str, most: usize, body: Rc<Body>) {
        for count in 0..=most {
            let mut types = vec![TypeId::of::<T>()];
            types.resize(count + 1, TypeId::of::<Dynamic>());
            self.add(name, &types, true, Rc::clone(&body));
        }
    }

    fn call_verb(&mut self, verb: &'static Verb) {
        let body = move |host: &Rc<Host>, context: &NativeCallContext<'_>, args: &mut [&mut Dynamic]| {
            invoke::call_verb(host, context, verb, args)
        };
        self.method::<CallRef>(verb.name, *verb.arity().end(), Rc::new(body));
    }

    fn relay_verb(&mut self, verb: &'static Verb) {
        let body = move |host: &Rc<Host>, _: &NativeCallContext<'_>, args: &mut [&mut Dynamic]| {
            relay::relay_verb(host, verb, args)
        };
        self.method::<RelayRef>(verb.name, *verb.arity().end(), Rc::new(body));
    }

    /// One function a name: which row it is depends on the kind of the action.
    fn action_verbs(&mut self) {
        let mut names: Vec<(&'static str, usize)> = Vec::new();
        for verb in verbs::all().iter().filter(|v| v.receiver == Receiver::Action) {
            let most = *verb.arity().end();
            match names.iter_mut().find(|(name, _)| *name == verb.name) {
                Some((_, known)) => *known = most.max(*known),
                None => names.push((verb.name, most)),
            }
        }
        for (name, most) in names {
            let body = move |host: &Rc<Host>, _: &NativeCallContext<'_>, args: &mut [&mut Dynamic]| {
                invoke::action_verb(host, name, args)
            };
            self.method::<ActionRef>(name, most, Rc::new(body));
        }
    }

    fn waits(&mut self) {
        self.method::<ActionRef>("wait", 1, Rc::new(|host, _, args| waits::wait_action(host, args)));
        self.method::<TaskRef>("wait", 1, Rc::new(|host, _, args| waits::wait_task(host, args)));
        self.method::<MessageRef>("wait", 1, Rc::new(|host, _, args| waits::wait_message(host, args)));
        self.method::<RelayRef>("execute", 2, Rc::new(|host, _, args| relay::execute(host, args)));
        let any = TypeId::of::<Dynamic>();
        for types in [&[any][..], &[any, any]] {
            self.add("wait_any", types, false, Rc::new(|host, _, args| waits::wait_any(host, args)));
            self.add("wait_all", types, false, Rc::new(|host, _, args| waits::wait_all(host, args)));
        }
        // Rhai's own `sleep`, which would stop the whole thread, is typed: each of its types is taken.
        for seconds in [any, TypeId::of::<rhai::INT>(), TypeId::of::<rhai::FLOAT>()] {
            self.add("sleep", &[seconds], false, Rc::new(|host, _, args| waits::sleep(host, args)));
        }
        let function = TypeId::of::<FnPtr>();
        self.add("spawn", &[function], false, Rc::new(waits::spawn));
    }

    fn events(&mut self) {
        self.method::<CallRef>("on", 2, Rc::new(events::on));
        self.method::<CallRef>("wait_for", 3, Rc::new(events::wait_for));
        self.method::<ActionRef>("on_completed", 1, Rc::new(events::on_completed));
        for (name, state) in events::STATES {
            let state = *state;
            self.method::<CallRef>(
                name,
                1,
                Rc::new(move |host, _, args| events::wait_for_state(host, state, args)),
            );
        }
    }
}
