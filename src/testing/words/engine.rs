//! The engine that runs test code: one for all cases of a thread, over Rhai's standard functions and
//! the words.
//!
//! It keeps nothing of a case: the words ask for the scene that is being played.

use std::cell::RefCell;
use std::rc::Rc;

use rhai::packages::{Package, StandardPackage};
use rhai::{CallFnOptions, Dynamic, Engine, EvalAltResult, Scope, Shared};

use super::dialling::Caller;
use super::registry::words;
use super::view::CallView;
use super::{connector, failure_of, far_end, http, messages, paying, time};
use crate::script::coroutine::Fiber;
use crate::script::depth::{Sampler, is_too_deep};
use crate::script::engine::set_limits;
use crate::script::fault::{Thrown, fault};
use crate::script::strand::Stop;
use crate::script::wait::terminated;
use crate::testing::scene::Scene;

/// The variables that stand in every test.
pub const VARIABLES: &[&str] = &["call", "cards", "clock", "connector", "far_end", "http", "sms"];

/// The scene that is being played on this thread.
pub(super) type Current = Rc<RefCell<Option<Rc<Scene>>>>;

/// The engine for compiling and checking tests: the same words, none of which ever runs.
#[must_use]
pub fn compile_engine() -> Engine {
    let mut engine = Engine::new();
    engine.register_global_module(Shared::new(words(&Current::default())));
    engine
}

/// Plays test code in scenes, one after another.
pub struct Player {
    engine: Rc<Engine>,
    current: Current,
}

impl Default for Player {
    fn default() -> Self {
        Self::new()
    }
}

impl Player {
    /// A player without a scene.
    #[must_use]
    pub fn new() -> Self {
        let current = Current::default();
        let mut engine = Engine::new_raw();
        engine.register_global_module(StandardPackage::new().as_shared_module());
        engine.register_global_module(Shared::new(words(&current)));
        set_limits(&mut engine);
        name_types(&mut engine);
        watch_operations(&mut engine, &current);
        answer_names(&mut engine, &current);
        keep_prints(&mut engine, &current);
        Self { engine: Rc::new(engine), current }
    }

    /// The coroutine of a test function; what goes wrong in it is noted in the scene.
    ///
    /// # Errors
    /// When no memory can be mapped for its stack.
    pub fn play(&self, scene: &Rc<Scene>, function: &str) -> std::io::Result<Fiber> {
        self.current.replace(Some(Rc::clone(scene)));
        let (engine, scene, function) = (Rc::clone(&self.engine), Rc::clone(scene), function.to_owned());
        Fiber::new(move || {
            let options = CallFnOptions::new().eval_ast(true).rewind_scope(true);
            let tests = Rc::clone(&scene.tests);
            let mut scope = Scope::new();
            let outcome: Result<Dynamic, Thrown> =
                engine.call_fn_with_options(options, &mut scope, tests.main(), &function, ());
            if let Err(error) = outcome
                && !matches!(*error, EvalAltResult::Exit(..))
                && let Some(failure) = failure_of(&scene, &error)
            {
                scene.fail(failure);
            }
        })
    }

    /// The scene is over.
    pub fn leave(&self) {
        self.current.replace(None);
    }
}

/// How handles are called in errors.
fn name_types(engine: &mut Engine) {
    engine
        .register_type_with_name::<Caller>("Caller")
        .register_type_with_name::<CallView>("Call")
        .register_type_with_name::<connector::Connector>("Connector")
        .register_type_with_name::<far_end::Far>("FarEnd")
        .register_type_with_name::<http::Http>("Http")
        .register_type_with_name::<messages::Sms>("Sms")
        .register_type_with_name::<time::Clock>("Clock");
}

fn watch_operations(engine: &mut Engine, current: &Current) {
    let current = Rc::clone(current);
    engine.on_progress(move |_| current.borrow().as_ref()?.tick().map(Into::into));
}

/// Answers the variables of every test, and stops one that builds a value too deep to be dropped.
fn answer_names(engine: &mut Engine, current: &Current) {
    let (current, sampler) = (Rc::clone(current), Sampler::default());
    #[allow(deprecated, reason = "Rhai marks it so because it is volatile; nothing else answers names")]
    engine.on_var(move |name, _, mut context| match context.scope_mut().get(name) {
        Some(value) if sampler.hits() && is_too_deep(value) => Err(terminated(Stop::Deep)),
        None if VARIABLES.contains(&name) => answer(name, current.borrow().as_ref()).map(Some),
        _ => Ok(None),
    });
}

fn answer(name: &str, scene: Option<&Rc<Scene>>) -> Result<Dynamic, Thrown> {
    Ok(match name {
        "cards" => paying::cards(),
        "clock" => Dynamic::from(time::Clock),
        "connector" => Dynamic::from(connector::Connector),
        "far_end" => Dynamic::from(far_end::Far),
        "http" => Dynamic::from(http::Http),
        "sms" => Dynamic::from(messages::Sms),
        _ => {
            let call = scene.and_then(|scene| CallView::last(scene));
            let message = "call: nobody has called yet";
            let hint = Some("let caller = dial(); comes first".to_owned());
            Dynamic::from(call.ok_or_else(|| fault("argument", "", message.to_owned(), hint))?)
        }
    })
}

fn keep_prints(engine: &mut Engine, current: &Current) {
    let print = Rc::clone(current);
    engine.on_print(move |text| tell(&print, text));
    let debug = Rc::clone(current);
    engine.on_debug(move |text, _, _| tell(&debug, text));
}

fn tell(current: &Current, text: &str) {
    if let Some(scene) = &*current.borrow() {
        scene.print(text);
    }
}
