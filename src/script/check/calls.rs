//! Looks at every call, property and name of a body.
//!
//! A thing whose kind is known is held to its vocabulary; of others it is only asked whether any
//! function of that name exists.

use std::collections::BTreeSet;

use rhai::{AST, ASTNode, Expr, FnCallExpr, Position, Stmt, is_valid_identifier};

use super::arguments::{self, error};
use super::names::{Module, Names, exports_of, functions_of};
use super::types::{Link, Types, begins_chain, chain, type_of};
use super::{Thing, Vocabulary};
use crate::script::compiler::HOST_VARIABLES;
use crate::script::diagnostics::{Diagnostic, closest};
use crate::script::program::counted;
use crate::script::sources::{Source, Unit};

/// Methods that every value has.
const UNIVERSAL: &[&str] = &["type_of", "is_shared", "to_string", "to_debug", "print", "debug"];

/// Checks one body.
pub(super) struct Checker<'a> {
    source: &'a Source,
    names: &'a Names<'a>,
    vocabulary: &'a Vocabulary,
    types: &'a Types,
    /// Method calls whose receiver was known.
    judged: BTreeSet<(Option<usize>, Option<usize>)>,
    pub findings: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    pub fn new(
        source: &'a Source,
        names: &'a Names<'a>,
        vocabulary: &'a Vocabulary,
        types: &'a Types,
    ) -> Self {
        Self { source, names, vocabulary, types, judged: BTreeSet::new(), findings: Vec::new() }
    }

    pub fn body(&mut self, body: &AST) {
        body.walk(&mut |path: &[ASTNode]| {
            match path.last() {
                Some(ASTNode::Expr(expr)) => self.expression(path, expr),
                Some(ASTNode::Stmt(Stmt::FnCall(call, position))) => self.function(call, *position),
                Some(ASTNode::Stmt(Stmt::Var(var, ..))) => self.declared(&var.0.name, var.0.pos),
                Some(ASTNode::Stmt(Stmt::For(each, _))) => self.declared(&each.0.name, each.0.pos),
                _ => {}
            }
            true
        });
    }

    fn expression(&mut self, path: &[ASTNode], expr: &Expr) {
        match expr {
            Expr::Dot(..) if begins_chain(path) => self.chain(expr),
            Expr::MethodCall(call, position) => self.unknown_receiver(call, *position),
            Expr::FnCall(call, position) => self.function(call, *position),
            Expr::Variable(variable, _, position) if !variable.2.is_empty() => {
                if variable.2.root() == "global" {
                    self.global_constant(&variable.1, *position);
                } else if let Module::Found(unit) = self.names.module(&variable.2) {
                    self.module_constant(unit, &variable.1, *position);
                }
            }
            _ => {}
        }
    }

    fn report(&mut self, code: &'static str, message: String, at: Position, hint: Option<String>) {
        self.findings.push(error(code, message, at, self.source).hinted(hint));
    }

    fn declared(&mut self, name: &str, at: Position) {
        // Without a vocabulary it is not known what the host answers.
        if HOST_VARIABLES.contains(&name) && !self.vocabulary.methods.is_empty() {
            let message = format!("`{name}` always is the host's; a variable cannot have this name");
            self.report("reserved-name", message, at, Some("choose another name".into()));
        }
    }

    /// Follows `call.play(…).wait()` as long as it is known what each step gives.
    fn chain(&mut self, expr: &Expr) {
        let (root, links) = chain(expr);
        let mut thing = type_of(root, self.types, self.vocabulary);
        for link in links {
            let Some(known) = thing else { return };
            thing = match link {
                Link::Method(call, position) => self.method(known, call, position),
                Link::Property(name, position) => {
                    self.property(known, name, position);
                    None
                }
                Link::Other => None,
            };
        }
    }

    /// A method of a known thing; tells what it gives.
    fn method(&mut self, on: Thing, call: &FnCallExpr, at: Position) -> Option<Thing> {
        let name = call.name.as_str();
        // A thing without vocabulary is not checked.
        self.vocabulary.methods_of(on).next()?;
        self.judged.insert((at.line(), at.position()));
        if let Some(method) = self.vocabulary.method(on, name) {
            self.findings.extend(arguments::faults(method, call, at, self.source));
            return method.gives;
        }
        if UNIVERSAL.contains(&name) || self.names.own.contains_key(name) {
            return None;
        }
        let hint = self.method_hint(on, name);
        let code = if on.method_word() == "verb" { "unknown-verb" } else { "unknown-method" };
        self.report(code, format!("{on} has no {} `{name}`", on.method_word()), at, hint);
        None
    }

    fn method_hint(&self, on: Thing, name: &str) -> Option<String> {
        if self.vocabulary.properties_of(on).any(|property| property == name) {
            return Some(format!("`{name}` is a property: leave out the parentheses"));
        }
        if let Some(meant) = closest(name, self.vocabulary.methods_of(on)) {
            return Some(format!("did you mean `{meant}`?"));
        }
        let elsewhere = self.vocabulary.methods.iter().find(|method| method.name == name)?;
        Some(format!("`{name}` is a {} of {}", elsewhere.on.method_word(), elsewhere.on))
    }

    fn property(&mut self, on: Thing, name: &str, at: Position) {
        let mut known = self.vocabulary.properties_of(on).peekable();
        if known.peek().is_none() || known.any(|property| property == name) {
            return;
        }
        let hint = if self.vocabulary.method(on, name).is_some() {
            Some(format!("`{name}` is a {}: write {name}(…)", on.method_word()))
        } else {
            closest(name, self.vocabulary.properties_of(on)).map(|meant| format!("did you mean `{meant}`?"))
        };
        self.report("unknown-property", format!("{on} has no property `{name}`"), at, hint);
    }

    fn unknown_receiver(&mut self, call: &FnCallExpr, at: Position) {
        let name = call.name.as_str();
        if self.judged.contains(&(at.line(), at.position())) || self.names.is_method_of_something(name) {
            return;
        }
        let hint = self.meant(name, self.vocabulary.methods.iter().map(|method| method.name));
        self.report("unknown-method", format!("nothing has a method `{name}`"), at, hint);
    }

    fn function(&mut self, call: &FnCallExpr, at: Position) {
        let name = call.name.as_str();
        if call.is_operator_call() || !is_valid_identifier(name) {
            return;
        }
        if call.is_qualified() {
            if let Module::Found(unit) = self.names.module(&call.namespace) {
                self.module_function(unit, call, at);
            }
            return;
        }
        if Names::is_built_in(name) {
            return;
        }
        let given = call.args.len();
        let own = self.names.own.get(name);
        let native = self.names.native.get(name);
        let host = self.vocabulary.functions.iter().find(|function| function.name == name);
        if own.into_iter().chain(native).any(|arities| arities.contains(&given))
            || host.is_some_and(|function| function.arguments.contains(&given))
            // `hangup(call)` is another way to write `call.hangup()`.
            || given > 0 && self.vocabulary.methods.iter().any(|method| method.name == name)
        {
            return;
        }
        let takes = match (own.or(native), host) {
            (Some(arities), _) => listed(arities.iter().copied()),
            (None, Some(function)) => arguments::range(&function.arguments),
            (None, None) => return self.unknown_function(name, at),
        };
        self.report("wrong-arguments", format!("`{name}` takes {takes}, got {given}"), at, None);
    }

    fn unknown_function(&mut self, name: &str, at: Position) {
        let verb = self.vocabulary.method(Thing::Call, name).map(|method| method.name);
        let hint = match verb {
            Some(verb) => Some(format!("it is a verb: write call.{verb}(…)")),
            None if self.types.contains_key(name) => {
                Some(format!("a function in a variable is called as {name}.call(…)"))
            }
            None => self.meant(name, self.vocabulary.functions.iter().map(|function| function.name)),
        };
        self.report("unknown-function", format!("unknown function `{name}`"), at, hint);
    }

    /// The closest name of the file and the host, or else of Rhai.
    fn meant<'n>(&'n self, name: &str, host: impl Iterator<Item = &'n str>) -> Option<String> {
        let own = self.names.own.keys().map(String::as_str);
        let native = self.names.native.keys().map(String::as_str).filter(|name| is_valid_identifier(name));
        let meant = closest(name, own.chain(host)).or_else(|| closest(name, native))?;
        Some(format!("did you mean `{meant}`?"))
    }

    fn module_function(&mut self, unit: &Unit, call: &FnCallExpr, at: Position) {
        let (name, given) = (call.name.as_str(), call.args.len());
        let named: Vec<_> = functions_of(unit).filter(|(function, ..)| *function == name).collect();
        if named.iter().any(|(_, arity, private)| *arity == given && !private) {
            return;
        }
        if named.iter().any(|(.., private)| !private) {
            let takes = listed(named.iter().filter(|(.., private)| !private).map(|(_, arity, _)| *arity));
            let message = format!("`{}::{name}` takes {takes}, got {given}", call.namespace.root());
            self.report("wrong-arguments", message, at, None);
        } else if named.is_empty() {
            let public = functions_of(unit).filter(|(.., private)| !private).map(|(name, ..)| name);
            let hint = closest(name, public).map(|meant| format!("did you mean `{meant}`?"));
            self.report(
                "unknown-function",
                format!("{} has no function `{name}`", unit.source.path),
                at,
                hint,
            );
        } else {
            let message = format!("the function `{name}` of {} is private", unit.source.path);
            self.report("unknown-function", message, at, Some("declare it without private".into()));
        }
    }

    fn module_constant(&mut self, unit: &Unit, name: &str, at: Position) {
        let exports = exports_of(unit);
        // `menu::f` without parentheses is a pointer to a function.
        if exports.contains(&name) || functions_of(unit).any(|(function, ..)| function == name) {
            return;
        }
        let declared =
            unit.ast.statements().iter().any(|s| matches!(s, Stmt::Var(var, ..) if var.0.name == name));
        let hint = if declared {
            Some(format!("declare it there with export const {name}"))
        } else {
            closest(name, exports).map(|meant| format!("did you mean `{meant}`?"))
        };
        self.report("unknown-variable", format!("{} exports no `{name}`", unit.source.path), at, hint);
    }

    fn global_constant(&mut self, name: &str, at: Position) {
        if !self.names.has_constant(name) {
            let message = format!("this file has no constant `{name}` at its top level");
            self.report("unknown-variable", message, at, None);
        }
    }
}

/// "1 argument", "1 or 3 arguments".
fn listed(arities: impl Iterator<Item = usize>) -> String {
    let mut arities: Vec<usize> = arities.collect();
    arities.sort_unstable();
    arities.dedup();
    let Some(most) = arities.pop() else { return "other arguments".into() };
    let before: Vec<_> = arities.iter().map(ToString::to_string).collect();
    if before.is_empty() {
        return counted(most, "argument");
    }
    format!("{} or {}", before.join(", "), counted(most, "argument"))
}
