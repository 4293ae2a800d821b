//! Puts the words into one Rhai module.
//!
//! It only registers; what a word does stands beside this file.

use std::any::TypeId;
use std::ops::RangeInclusive;
use std::rc::Rc;

use rhai::{Dynamic, FuncRegistration, Module, NativeCallContext, RhaiFunc, Shared};

use super::arguments::Arguments;
use super::engine::Current;
use super::{acting, claims, connector, dialling, far_end, hearing, http, messages, outcomes, paying};
use super::{recording, tables, time, view};
use crate::script::fault::{Answer, fault};
use crate::testing::scene::Scene;

/// What a word does.
pub(super) type Body = fn(&Rc<Scene>, &mut Arguments<'_, '_>) -> Answer;

/// All words.
pub(super) fn words(current: &Current) -> Module {
    let mut module = Module::new();
    let mut registry = Registry { module: &mut module, current: Rc::clone(current) };
    for register in [
        dialling::register,
        hearing::register,
        acting::register,
        outcomes::register,
        recording::register,
        paying::register,
        connector::register,
        view::register,
        messages::register,
        http::register,
        far_end::register,
        claims::register,
        time::register,
        tables::register,
    ] {
        register(&mut registry);
    }
    module
}

pub(super) struct Registry<'m> {
    module: &'m mut Module,
    current: Current,
}

/// How a word is called.
#[derive(Clone, Copy)]
enum Shape {
    Function,
    Method,
    Property,
}

impl Registry<'_> {
    /// A function `name(…)`.
    pub fn function(&mut self, name: &'static str, arguments: RangeInclusive<usize>, body: Body) {
        for count in arguments {
            self.add(name, &vec![TypeId::of::<Dynamic>(); count], Shape::Function, body);
        }
    }

    /// A method `receiver.name(…)`; the receiver is not counted.
    pub fn method<T: 'static>(&mut self, name: &'static str, arguments: RangeInclusive<usize>, body: Body) {
        for count in arguments {
            let mut types = vec![TypeId::of::<T>()];
            types.resize(count + 1, TypeId::of::<Dynamic>());
            self.add(name, &types, Shape::Method, body);
        }
    }

    /// A property `receiver.name`.
    pub fn property<T: 'static>(&mut self, name: &'static str, body: Body) {
        self.add(name, &[TypeId::of::<T>()], Shape::Property, body);
    }

    fn add(&mut self, name: &'static str, types: &[TypeId], shape: Shape, body: Body) {
        let current = Rc::clone(&self.current);
        let function = move |context: Option<NativeCallContext<'_>>, values: &mut [&mut Dynamic]| -> Answer {
            let scene = current.borrow().clone();
            let (Some(scene), Some(context)) = (scene, context) else {
                return Err(fault("internal", "", format!("{name} was used outside of a case"), None));
            };
            body(&scene, &mut Arguments { word: name, context: &context, values })
        };
        let func = Shared::new(function);
        let function = match shape {
            Shape::Function => RhaiFunc::Pure { func, has_context: true, is_pure: true, is_volatile: true },
            Shape::Method | Shape::Property => {
                RhaiFunc::Method { func, has_context: true, is_pure: true, is_volatile: true }
            }
        };
        let registration = match shape {
            Shape::Property => FuncRegistration::new_getter(name),
            Shape::Function | Shape::Method => FuncRegistration::new(name).in_global_namespace(),
        };
        registration.set_into_module_raw(self.module, types, function);
    }
}
