//! Takes a file apart: its top level, its functions, and each closure after the body that makes it,
//! with what is known of the variables in each.
//!
//! It judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{AST, ASTNode, Expr, Stmt};

use super::Vocabulary;
use super::types::{self, Types};
use crate::script::program::function_only;

/// Statements that share their variables.
pub(super) struct Body {
    /// The statements alone.
    pub ast: AST,
    /// What the variables hold.
    pub types: Types,
}

/// All bodies of a file.
pub(super) fn bodies(ast: &AST, vocabulary: &Vocabulary) -> Vec<Body> {
    let mut taker =
        Taker { ast, vocabulary, reassigned: BTreeSet::new(), taken: BTreeSet::new(), bodies: Vec::new() };
    taker.reassigned = taker.assigned_in_closures();
    taker.body(ast.clone_statements_only(), &Types::new());
    for function in ast.iter_fn_def().filter(|function| !function.name.starts_with("anon$")) {
        let parameters = function.params.iter().map(|name| (name.to_string(), None)).collect();
        taker.body(function_only(ast, &function.name, function.params.len()), &parameters);
    }
    for function in ast.iter_fn_def().filter(|function| function.name.starts_with("anon$")) {
        taker.closure(&function.name, &[], &Types::new());
    }
    taker.bodies
}

struct Taker<'a> {
    ast: &'a AST,
    vocabulary: &'a Vocabulary,
    reassigned: BTreeSet<String>,
    taken: BTreeSet<String>,
    bodies: Vec<Body>,
}

impl Taker<'_> {
    fn body(&mut self, body: AST, given: &Types) {
        let mut types = types::of_body(&body, given, self.vocabulary);
        for (name, thing) in &mut types {
            if self.reassigned.contains(name) {
                *thing = None;
            }
        }
        let mut closures = BTreeMap::new();
        body.walk(&mut |path: &[ASTNode]| {
            if let Some((name, captured)) = path.last().and_then(types::closure) {
                // The node that names its captures comes before the bare one inside it.
                closures.entry(name).or_insert_with(|| captured.to_vec());
            }
            true
        });
        self.bodies.push(Body { ast: body, types: types.clone() });
        for (name, captured) in closures {
            self.closure(&name, &captured, &types);
        }
    }

    fn closure(&mut self, name: &str, captured: &[Expr], outer: &Types) {
        if !self.taken.insert(name.to_owned()) {
            return;
        }
        let Some(function) = self.ast.iter_fn_def().find(|function| function.name == name) else { return };
        let things = captured.iter().map(|expr| types::type_of(expr, outer, self.vocabulary));
        let things = things.chain(std::iter::repeat(None));
        let given = function.params.iter().map(ToString::to_string).zip(things).collect();
        self.body(function_only(self.ast, name, function.params.len()), &given);
    }

    /// Variables that a closure may change while others hold them.
    fn assigned_in_closures(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let mut closures = self.ast.clone_functions_only();
        closures.retain_functions(|_, _, name, _| name.starts_with("anon$"));
        closures.walk(&mut |path: &[ASTNode]| {
            if let Some(ASTNode::Stmt(Stmt::Assignment(assignment))) = path.last()
                && let Expr::Variable(variable, ..) = &assignment.1.lhs
            {
                names.insert(variable.1.to_string());
            }
            true
        });
        names
    }
}
