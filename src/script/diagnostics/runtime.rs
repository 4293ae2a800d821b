//! Run-time faults: where they happened, through which calls, and what the verb or script said.
//!
//! It never decides what becomes of a call: an error is only described.

use rhai::{Dynamic, EvalAltResult, ImmutableString, Map, ParseError, Position};

use super::parse::lowercase;
use super::{Diagnostic, Frame};
use crate::script::sources::Source;

impl Diagnostic {
    /// What stopped a script that began in `file`.
    #[must_use]
    pub fn from_error(error: &EvalAltResult, file: &str, sources: &[Source]) -> Self {
        let (fault, file, stack) = innermost(error, file);
        let text = sources.iter().find(|source| source.path == file).map_or("", |source| &*source.text);
        if let EvalAltResult::ErrorParsing(kind, position) = fault {
            let error = ParseError(Box::new(kind.clone()), *position);
            return Self { stack, ..Self::from_parse(&error, &file, text, &[]) };
        }
        let Words { code, message, hint, kind } = words(fault);
        let described = Self::error(code, &file, message).at(fault.position(), text).hinted(hint);
        Self { kind, stack, ..described }
    }
}

/// Unwraps calls and modules: each outer position is a call site, the innermost error is the fault.
fn innermost<'a>(error: &'a EvalAltResult, file: &str) -> (&'a EvalAltResult, String, Vec<Frame>) {
    let (mut error, mut file, mut stack) = (error, file.to_owned(), Vec::new());
    loop {
        match error {
            EvalAltResult::ErrorInFunctionCall(function, source, inner, position) => {
                stack.push(frame(function, &file, *position));
                if !source.is_empty() {
                    file.clone_from(source);
                }
                error = inner;
            }
            EvalAltResult::ErrorInModule(module, inner, _) => {
                if !module.is_empty() {
                    file.clone_from(module);
                }
                error = inner;
            }
            fault => {
                stack.reverse();
                return (fault, file, stack);
            }
        }
    }
}

fn frame(function: &str, file: &str, position: Position) -> Frame {
    let function = if function.starts_with("anon$") { "closure".into() } else { format!("`{function}`") };
    let line = position.line().unwrap_or(0);
    let column = if line == 0 { 0 } else { position.position().unwrap_or(1) };
    Frame { function, file: file.to_owned(), line, column }
}

struct Words {
    code: &'static str,
    message: String,
    hint: Option<String>,
    kind: Option<String>,
}

fn words(fault: &EvalAltResult) -> Words {
    let plain = |code, message| Words { code, message, hint: None, kind: None };
    match fault {
        EvalAltResult::ErrorRuntime(value, _) => thrown("thrown", value, "the script threw an error"),
        EvalAltResult::ErrorTerminated(value, _) => thrown("terminated", value, "the script was ended"),
        EvalAltResult::ErrorVariableNotFound(name, _) => {
            plain("unknown-variable", format!("unknown variable `{name}`"))
        }
        EvalAltResult::ErrorFunctionNotFound(signature, _) => unknown_function(signature),
        EvalAltResult::ErrorModuleNotFound(name, _) => {
            plain("import-not-found", format!("cannot find the module \"{name}\""))
        }
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorTooManyModules(_)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorDataTooLarge(..) => plain("limit", without_position(fault)),
        _ => plain("runtime", without_position(fault)),
    }
}

fn unknown_function(signature: &str) -> Words {
    let (name, arguments) = signature.split_once(" (").unwrap_or((signature, ")"));
    let given = arguments
        .trim_end_matches(')')
        .replace("&str | ImmutableString | String", "string")
        .replace("i64", "integer")
        .replace("f64", "float");
    let (message, hint) = match given.as_str() {
        "" => (format!("no function `{name}` takes no arguments"), None),
        given => (
            format!("no function `{name}` takes ({given})"),
            given
                .split(", ")
                .any(|kind| kind == "()")
                .then(|| "an argument is (), the empty value".to_owned()),
        ),
    };
    Words { code: "unknown-function", message, hint, kind: None }
}

/// What was thrown: text, or a map with `message` and perhaps `kind`, `code`, `hint`.
fn thrown(code: &'static str, value: &Dynamic, otherwise: &str) -> Words {
    if let Some(map) = value.read_lock::<Map>() {
        let text = |key: &str| map.get(key).map(Dynamic::to_string).filter(|text| !text.is_empty());
        let message = text("message").or_else(|| text("error")).or_else(|| text("code"));
        let message = message.map_or_else(|| otherwise.to_owned(), |message| lowercase(&message));
        return Words { code, message, hint: text("hint"), kind: text("kind") };
    }
    let message = match value.read_lock::<ImmutableString>() {
        Some(text) if !text.is_empty() => text.to_string(),
        None if !value.is_unit() => value.to_string(),
        _ => otherwise.to_owned(),
    };
    Words { code, message, hint: None, kind: None }
}

fn without_position(fault: &EvalAltResult) -> String {
    let text = fault.to_string();
    let position = format!(" ({})", fault.position());
    lowercase(text.strip_suffix(&position).unwrap_or(&text))
}
