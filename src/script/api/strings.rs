//! `replace` in place of Rhai's own, which makes a string of any size before it looks at the size.
//!
//! It does what Rhai's does, and nothing else.

use rhai::{EvalAltResult, FuncRegistration, ImmutableString, Module, Position};

use crate::script::engine::MAX_STRING;
use crate::script::fault::Thrown;

/// Registers it for each of its types.
pub fn register(module: &mut Module) {
    type Text = ImmutableString;
    let name = || FuncRegistration::new("replace");
    name().set_into_module(module, |text: &mut Text, find: Text, new: Text| replace(text, &find, &new));
    name().set_into_module(module, |text: &mut Text, find: Text, new: char| {
        replace(text, &find, new.encode_utf8(&mut [0; 4]))
    });
    name().set_into_module(module, |text: &mut Text, find: char, new: Text| {
        replace(text, find.encode_utf8(&mut [0; 4]), &new)
    });
    name().set_into_module(module, |text: &mut Text, find: char, new: char| {
        replace(text, find.encode_utf8(&mut [0; 4]), new.encode_utf8(&mut [0; 4]))
    });
}

fn replace(text: &mut ImmutableString, find: &str, new: &str) -> Result<(), Thrown> {
    let found = text.matches(find).count();
    let size = (text.len() - found * find.len()).saturating_add(found.saturating_mul(new.len()));
    if size > MAX_STRING {
        let what = "Length of string".to_owned();
        return Err(Box::new(EvalAltResult::ErrorDataTooLarge(what, Position::NONE)));
    }
    if found > 0 {
        *text = text.replace(find, new).into();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rhai::{Engine, Shared};

    #[test]
    fn replace_does_what_it_did() {
        let plain = Engine::new();
        let mut own = Engine::new();
        let mut module = Module::new();
        register(&mut module);
        own.register_global_module(Shared::new(module));
        for call in [
            "\"a\", \"bc\"",
            "\"na\", \"\"",
            "\"\", \"-\"",
            "'a', 'e'",
            "'n', \"é\"",
            "\"an\", 'x'",
            "\"q\", \"x\"",
        ] {
            let script = format!("let s = \"bananaé\"; s.replace({call}); s");
            assert_eq!(
                own.eval::<String>(&script).unwrap(),
                plain.eval::<String>(&script).unwrap(),
                "{call}"
            );
        }
    }
}
