//! `cases([…], |row| …)`: the same test for each row of a table, each in a fresh world.

use std::rc::Rc;

use rhai::{Dynamic, EvalAltResult};

use super::arguments::Arguments;
use super::registry::Registry;
use super::values::short;
use super::{ROWS_FAILED, failure_of};
use crate::script::callback::Callback;
use crate::script::diagnostics::Diagnostic;
use crate::script::fault::{Answer, fault};
use crate::testing::failure::{Failure, Row};
use crate::testing::scene::Scene;

pub(super) fn register(registry: &mut Registry<'_>) {
    registry.function("cases", 2..=2, cases);
}

fn cases(scene: &Rc<Scene>, arguments: &mut Arguments<'_, '_>) -> Answer {
    let rows = arguments.array(0)?;
    let function = Callback::new(arguments.context, arguments.function(1)?);
    if rows.is_empty() {
        return Err(arguments.error("expected at least one row, got none".to_owned(), None));
    }
    let (count, before) = (rows.len(), scene.failed());
    // What was done before the table belongs to no row.
    end_world(scene, arguments);
    for (index, row) in rows.into_iter().enumerate() {
        scene.set_row(Some(Row { number: index + 1, text: short(&row) }));
        let failed = scene.failed();
        if let Err(error) = function.call(arguments.context.engine(), vec![row]) {
            if matches!(*error, EvalAltResult::ErrorTerminated(..) | EvalAltResult::Exit(..)) {
                return Err(error);
            }
            if let Some(failure) = failure_of(scene, &error) {
                scene.fail(failure);
            }
        }
        if scene.failed() == failed {
            end_world(scene, arguments);
        } else {
            // One failure a row is enough.
            let _ = scene.begin_anew();
        }
    }
    scene.set_row(None);
    match scene.failed() - before {
        0 => Ok(Dynamic::UNIT),
        failed => Err(fault(ROWS_FAILED, "", format!("{failed} of {count} rows failed"), None)),
    }
}

/// Ends the world as at the end of a case, and begins another.
fn end_world(scene: &Rc<Scene>, arguments: &Arguments<'_, '_>) {
    if let Some((trouble, ended)) = scene.begin_anew() {
        let file = scene.tests.file();
        let text = scene.tests.sources().iter().find(|source| source.path == file);
        let place = Diagnostic::error("case", file, trouble.message.clone())
            .at(arguments.context.call_position(), text.map_or("", |source| &source.text));
        scene.fail(Failure::new(trouble, place, scene.tests.sources(), &ended));
    }
}
