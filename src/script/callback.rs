//! A script's function that the host keeps and calls later.

use rhai::{Dynamic, Engine, FnPtr, NativeCallContext};

use super::fault::Thrown;

/// A function pointer with all that it needs: the script's functions, its imports, its constants.
#[derive(Clone)]
#[allow(deprecated, reason = "Rhai marks this type so because it is volatile, not because it is going")]
pub struct Callback {
    function: FnPtr,
    store: rhai::NativeCallContextStore,
}

impl Callback {
    /// Keeps `function` for later.
    #[allow(deprecated)]
    pub fn new(context: &NativeCallContext<'_>, function: FnPtr) -> Self {
        let mut store = context.store_data();
        // It begins on a stack of its own, however deep the function was that hands it over.
        store.global.level = 0;
        Self { function, store }
    }

    /// Calls it. Arguments that it does not take are left off the end.
    #[allow(deprecated)]
    pub fn call(&self, engine: &Engine, mut args: Vec<Dynamic>) -> Result<Dynamic, Thrown> {
        if let Some(wanted) = self.arity() {
            args.truncate(wanted);
        }
        let context = self.store.create_context(engine);
        self.function.call_raw(&context, None, args)
    }

    /// How many arguments it takes, where that can be found out.
    #[allow(deprecated)]
    fn arity(&self) -> Option<usize> {
        let name = self.function.fn_name();
        let curried = self.function.curry().len();
        let global = &self.store.global;
        let functions = global.lib.iter().flat_map(|module| module.iter_script_fn_info());
        let counts =
            functions.filter(|(_, _, fn_name, ..)| *fn_name == name).map(|(_, _, _, count, _)| count);
        counts.max().map(|count| count.saturating_sub(curried))
    }
}
