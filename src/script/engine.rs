//! The engine that runs scripts: one for all calls of a shard, over Rhai's standard functions and
//! the host's verbs.
//!
//! It keeps nothing of a call: which call a verb is about comes from the handle `call`, which is
//! answered anew for the strand that runs.

use std::rc::{Rc, Weak};

use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine, Module, Shared};

use super::action::ActionRef;
use super::api;
use super::call::CallRef;
use super::coroutine::{self, Pause};
use super::coverage;
use super::depth::{Sampler, is_too_deep};
use super::event::EventRef;
use super::fault::{Thrown, fault};
use super::host::Host;
use super::message::MessageRef;
use super::scheduler::Scheduler;
use super::strand::{Stop, Tick};
use super::task::TaskRef;
use super::wait::terminated;

/// The longest string of a script, in bytes.
pub const MAX_STRING: usize = 512 * 1024;
/// The most elements of arrays and maps together, in one value.
pub const MAX_ITEMS: usize = 10_000;

/// `relay` in a script.
#[derive(Clone)]
pub struct RelayRef;

/// `script` in a script.
#[derive(Clone)]
pub struct ScriptRef {
    /// Its number among the versions.
    pub version: i64,
    /// The file.
    pub file: Rc<str>,
}

/// Adds functions of an embedder to the engine that compiles scripts and to the one that runs them.
pub type Extension = dyn Fn(&mut Module);

thread_local! {
    /// Rhai's standard functions; to make them takes longer than a short call.
    static STANDARD: Shared<Module> = StandardPackage::new().as_shared_module();
}

/// Gives `host` its engine.
pub fn install(host: &Rc<Host>, extension: Option<&Extension>) {
    let mut engine = Engine::new_raw();
    engine.register_global_module(STANDARD.with(Shared::clone));
    name_types(&mut engine);
    engine.register_global_module(Shared::new(api::module(Rc::downgrade(host))));
    if let Some(extend) = extension {
        let mut module = Module::new();
        extend(&mut module);
        engine.register_global_module(Shared::new(module));
    }
    coverage::accept(&mut engine);
    set_limits(&mut engine);
    watch_operations(&mut engine, Rc::clone(&host.scheduler), host.limits.operations);
    resolve_names(&mut engine, Rc::downgrade(host));
    route_prints(&mut engine, &Rc::downgrade(host));
    host.set_engine(engine);
}

/// The engine for compiling and checking: the same functions, none of which ever runs.
pub fn compile_engine(extension: Option<&Extension>) -> Engine {
    let mut engine = Engine::new();
    name_types(&mut engine);
    engine.register_global_module(Shared::new(api::module(Weak::new())));
    if let Some(extend) = extension {
        let mut module = Module::new();
        extend(&mut module);
        engine.register_global_module(Shared::new(module));
    }
    engine
}

fn name_types(engine: &mut Engine) {
    engine
        .register_type_with_name::<CallRef>("Call")
        .register_type_with_name::<ActionRef>("Action")
        .register_type_with_name::<TaskRef>("Task")
        .register_type_with_name::<EventRef>("Event")
        .register_type_with_name::<MessageRef>("Message")
        .register_type_with_name::<RelayRef>("Relay")
        .register_type_with_name::<ScriptRef>("Script");
}

/// The limits of the language. Debug and release builds of Rhai have different defaults, so each is set.
pub fn set_limits(engine: &mut Engine) {
    engine
        .set_max_call_levels(256)
        .set_max_expr_depths(64, 32)
        .set_max_operations(0)
        .set_max_variables(10_000)
        .set_max_functions(2_000)
        .set_max_modules(1_000)
        .set_max_string_size(MAX_STRING)
        .set_max_array_size(MAX_ITEMS)
        .set_max_map_size(MAX_ITEMS)
        .set_fail_on_invalid_map_property(false)
        .set_strict_variables(false)
        .disable_symbol("eval");
}

/// At each operation: the stack, the budget, the time slice.
fn watch_operations(engine: &mut Engine, scheduler: Rc<Scheduler>, budget: u64) {
    engine.on_progress(move |_| {
        let tick = scheduler.with_current(|strand| strand.tick(budget, scheduler.meters()))?;
        if let Tick::Slice = tick {
            coroutine::suspend(Pause::Slice);
        }
        match tick {
            Tick::Go => None,
            _ => scheduler.with_current(|strand| strand.stopped().map(|why| why.message().into())).flatten(),
        }
    });
}

/// Answers `call`, `relay` and `script` everywhere, and takes handles out of shared variables.
///
/// A closure makes the variables that it captures shared, and a shared value is locked while a
/// method of it runs. Handles wait inside their methods, so they are replaced by plain clones;
/// other values stay shared.
fn resolve_names(engine: &mut Engine, host: Weak<Host>) {
    let sampler = Sampler::default();
    #[allow(deprecated, reason = "Rhai marks it so because it is volatile; nothing else answers names")]
    engine.on_var(move |name, _, mut context| {
        let scope = context.scope_mut();
        let Some(value) = scope.get(name) else { return answer(&host, name) };
        if sampler.hits() && is_too_deep(value) {
            return Err(stop_deep(&host));
        }
        if !value.is_shared() {
            return Ok(None);
        }
        let Some(plain) = plain(value) else { return Ok(None) };
        match scope.get_mut(name) {
            Some(place) => *place = plain,
            None => return Ok(Some(plain)),
        }
        Ok(None)
    });
}

/// A script cannot catch this: with every try the value would grow.
fn stop_deep(host: &Weak<Host>) -> Thrown {
    if let Some(host) = host.upgrade() {
        host.scheduler.with_current(|strand| strand.stop(Stop::Deep));
    }
    terminated(Stop::Deep)
}

fn plain(value: &Dynamic) -> Option<Dynamic> {
    fn of<T: Clone + 'static>(value: &Dynamic) -> Option<Dynamic> {
        value.read_lock::<T>().map(|handle| Dynamic::from(handle.clone()))
    }
    of::<ActionRef>(value)
        .or_else(|| of::<CallRef>(value))
        .or_else(|| of::<TaskRef>(value))
        .or_else(|| of::<MessageRef>(value))
}

fn answer(host: &Weak<Host>, name: &str) -> Result<Option<Dynamic>, Thrown> {
    match name {
        "call" => call_handle(host).map(Some),
        "relay" => Ok(Some(Dynamic::from(RelayRef))),
        "script" => Ok(script_handle(host)),
        _ => Ok(None),
    }
}

fn call_handle(host: &Weak<Host>) -> Result<Dynamic, Thrown> {
    let call = host.upgrade().and_then(|host| host.scheduler.with_current(|s| s.run.call.clone()).flatten());
    match call {
        Some(call) => Ok(Dynamic::from(CallRef(call))),
        None => Err(fault("no_call", "", "there is no call here: on_message runs without one".into(), None)),
    }
}

fn script_handle(host: &Weak<Host>) -> Option<Dynamic> {
    host.upgrade()?.scheduler.with_current(|strand| {
        let program = &strand.run.program;
        let version = i64::try_from(program.version()).unwrap_or(i64::MAX);
        Dynamic::from(ScriptRef { version, file: program.file().into() })
    })
}

fn route_prints(engine: &mut Engine, host: &Weak<Host>) {
    let print = host.clone();
    engine.on_print(move |text| tell(&print, text, false));
    let debug = host.clone();
    engine.on_debug(move |text, _, _| tell(&debug, text, true));
}

fn tell(host: &Weak<Host>, text: &str, is_debug: bool) {
    let Some(host) = host.upgrade() else { return };
    let strand = host.scheduler.current();
    let call_id = strand.as_ref().map_or("", |s| s.run.call_id());
    host.observer.printed(call_id, text, is_debug);
}
