//! The literal arguments of one verb: how many, which options, which values.
//!
//! What is not literal is left to the verb itself.

use rhai::{Expr, FnCallExpr, Position};

use super::{Complaint, Method};
use crate::script::diagnostics::Diagnostic;
use crate::script::program::counted;
use crate::script::sources::Source;

/// What is wrong with the arguments of a call of `method`.
pub(super) fn faults(method: &Method, call: &FnCallExpr, at: Position, source: &Source) -> Vec<Diagnostic> {
    if !method.arguments.contains(&call.args.len()) {
        let message =
            format!("`{}` takes {}, got {}", method.name, range(&method.arguments), call.args.len());
        let hint = method.checks.as_ref().map(|checks| format!("it is called as {}", checks.signature()));
        return vec![error("wrong-arguments", message, at, source).hinted(hint)];
    }
    let Some(checks) = &method.checks else { return Vec::new() };
    let mut faults = Vec::new();
    let mut options = None;
    for (position, argument) in call.args.iter().enumerate() {
        let last = position + 1 == call.args.len();
        match argument {
            Expr::Map(map, _) if last => {
                let keys: Vec<_> = map.0.iter().map(|(key, _)| key.name.as_str()).collect();
                if !checks.is_argument(position, &keys) {
                    options = Some((position, keys));
                    faults.extend(map.0.iter().filter_map(|(key, value)| {
                        let value = value.get_literal_value(None);
                        let complaint = checks.check_option(&key.name, value.as_ref()).err()?;
                        Some(complain(complaint, key.pos, source))
                    }));
                    continue;
                }
            }
            _ => {}
        }
        if let Some(complaint) =
            argument.get_literal_value(None).and_then(|value| checks.check_argument(position, &value).err())
        {
            faults.push(complain(complaint, argument.start_position(), source));
        }
    }
    let (positional, keys) = match options {
        Some(options) => options,
        // A last argument that is not literal may be the map of options.
        None if call.args.last().is_some_and(|last| last.get_literal_value(None).is_none()) => return faults,
        None => (call.args.len(), Vec::new()),
    };
    faults.extend(checks.missing(positional, &keys).map(|complaint| complain(complaint, at, source)));
    faults
}

pub(super) fn error(code: &'static str, message: String, at: Position, source: &Source) -> Diagnostic {
    Diagnostic::error(code, &source.path, message).at(at, &source.text)
}

fn complain(complaint: Complaint, at: Position, source: &Source) -> Diagnostic {
    error(complaint.code, complaint.message, at, source).hinted(complaint.hint)
}

/// "1 argument", "0 to 2 arguments".
pub(super) fn range(range: &std::ops::RangeInclusive<usize>) -> String {
    match (*range.start(), *range.end()) {
        (least, most) if least == most => counted(least, "argument"),
        (least, most) => format!("{least} to {}", counted(most, "argument")),
    }
}
