//! Gives files their marks, and counts what they say.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{AST, ASTNode, Module, ScriptFuncDef, Shared, Stmt, StmtBlock};

use super::marks::Marker;
use super::probe::{Counter, Surgeon, hit};
use super::{Coverage, FileCoverage};
use crate::script::sources::Unit;

/// Counts the statements of the programs that a [`crate::script::compiler::Compiler`] builds.
#[derive(Default)]
pub struct Recorder {
    surgeon: Surgeon,
    files: RefCell<Vec<File>>,
}

/// The marks of one file. A file that several scripts import is marked for each of them.
struct File {
    path: String,
    text: Rc<str>,
    lines: Vec<(usize, Counter)>,
    functions: Vec<(usize, String, Counter)>,
}

impl Recorder {
    /// What ran so far, of all programs that were built.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let mut coverage = Coverage::default();
        for file in &*self.files.borrow() {
            let files = BTreeMap::from([(file.path.clone(), file.coverage())]);
            coverage.add(Coverage { files });
        }
        coverage
    }

    /// The AST of a file with its marks. It is not optimised: what the optimiser leaves out counts too.
    pub(crate) fn mark(&self, unit: &Unit) -> AST {
        let mut lines = Vec::new();
        let mut functions = Vec::new();
        let mut mark = |line: usize| {
            let counter = Counter::default();
            lines.push((line, Rc::clone(&counter)));
            hit(&counter)
        };
        let mut marker = Marker { mark: &mut mark };
        let statements = marker.statements(unit.ast.statements().iter().cloned());
        let mut library = Module::new();
        for function in unit.ast.iter_fn_def() {
            let place = function.body.start_position();
            let mut body = marker.statements(statements_of(function));
            if body.is_empty() {
                library.set_script_fn(Shared::clone(function));
                continue;
            }
            if !function.name.starts_with("anon$") {
                let calls = Counter::default();
                body.insert(0, hit(&calls));
                functions.push((place.line().unwrap_or(0), function.name.to_string(), calls));
            }
            let body = StmtBlock::new(body, place, function.body.end_position());
            library.set_script_fn(self.surgeon.with_body(function, body));
        }
        let (path, text) = (unit.source.path.clone(), Rc::clone(&unit.source.text));
        self.files.borrow_mut().push(File { path, text, lines, functions });
        let mut ast = AST::new(statements, library);
        ast.set_source(unit.ast.source().unwrap_or_default());
        ast
    }
}

impl File {
    fn coverage(&self) -> FileCoverage {
        let mut lines = BTreeMap::new();
        for (line, counter) in &self.lines {
            let most: &mut u64 = lines.entry(*line).or_default();
            *most = counter.get().max(*most);
        }
        let functions =
            self.functions.iter().map(|(line, name, counter)| ((*line, name.clone()), counter.get()));
        FileCoverage { text: self.text.to_string(), lines, functions: functions.collect() }
    }
}

/// The statements of a function's body; Rhai shows them only on a walk.
fn statements_of(function: &Shared<ScriptFuncDef>) -> Vec<Stmt> {
    let mut alone = Module::new();
    alone.set_script_fn(Shared::clone(function));
    let mut statements = Vec::new();
    AST::new([], alone).walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    statements
}
