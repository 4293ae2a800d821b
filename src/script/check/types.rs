//! What variables hold, as far as a script's text says it: a call, an action of a kind, or nothing known.
//!
//! It guesses nothing: two different assignments of one name make it unknown.

use std::collections::BTreeMap;

use rhai::{AST, ASTFlags, ASTNode, Expr, FnCallExpr, FnPtr, Position, Stmt};

use super::{Thing, Vocabulary};

/// Variables by name; `None` when what they hold is not known.
pub(super) type Types = BTreeMap<String, Option<Thing>>;

/// One step of `a.b(…).c[d]`.
pub(super) enum Link<'a> {
    Method(&'a FnCallExpr, Position),
    Property(&'a str, Position),
    Other,
}

/// The root and the steps of a chain; the steps end at the first index.
pub(super) fn chain(expr: &Expr) -> (&Expr, Vec<Link<'_>>) {
    let mut links = Vec::new();
    let (root, mut rest) = match expr {
        Expr::Dot(dot, ..) => (&dot.lhs, Some(&dot.rhs)),
        expr => (expr, None),
    };
    while let Some(link) = rest {
        let (head, next) = match link {
            Expr::Dot(dot, ..) => (&dot.lhs, Some(&dot.rhs)),
            Expr::Index(index, ..) => (&index.lhs, None),
            last => (last, None),
        };
        links.push(match head {
            Expr::MethodCall(call, position) => Link::Method(call, *position),
            Expr::Property(property, position) => Link::Property(&property.2, *position),
            _ => Link::Other,
        });
        if matches!(link, Expr::Index(..)) {
            links.push(Link::Other);
        }
        rest = next;
    }
    (root, links)
}

/// Whether the node is the beginning of a chain, not a step inside one.
pub(super) fn begins_chain(path: &[ASTNode]) -> bool {
    let [.., ASTNode::Expr(parent), ASTNode::Expr(node)] = path else { return true };
    match parent {
        Expr::Dot(parent, ..) => !std::ptr::eq(&raw const parent.rhs, &raw const **node),
        Expr::Index(parent, flags, _) => {
            flags.contains(ASTFlags::BREAK) || !std::ptr::eq(&raw const parent.rhs, &raw const **node)
        }
        _ => true,
    }
}

/// What an expression gives.
pub(super) fn type_of(expr: &Expr, types: &Types, vocabulary: &Vocabulary) -> Option<Thing> {
    let (root, links) = chain(expr);
    let Expr::Variable(variable, ..) = root else { return None };
    let name = variable.1.as_str();
    let mut thing = if variable.2.is_empty() {
        Thing::of_variable(name).or_else(|| types.get(name).copied().flatten())
    } else {
        None
    };
    for link in links {
        thing = match link {
            Link::Method(call, _) => vocabulary.method(thing?, &call.name)?.gives,
            Link::Property(..) | Link::Other => None,
        };
    }
    thing
}

/// The types of a body's variables; `given` are those it captured.
pub(super) fn of_body(body: &AST, given: &Types, vocabulary: &Vocabulary) -> Types {
    // A variable may be used above the assignment that makes it unknown: look twice.
    let first = observe_all(body, given, given, vocabulary);
    observe_all(body, &first, given, vocabulary)
}

fn observe_all(body: &AST, before: &Types, given: &Types, vocabulary: &Vocabulary) -> Types {
    let mut types = given.clone();
    let known = |types: &Types| {
        let mut known = types.clone();
        known
            .extend(before.iter().filter(|(_, thing)| thing.is_none()).map(|(name, _)| (name.clone(), None)));
        known
    };
    body.walk(&mut |path: &[ASTNode]| {
        let Some(ASTNode::Stmt(statement)) = path.last() else { return true };
        match statement {
            Stmt::Var(var, ..) => {
                let thing = type_of(&var.1, &known(&types), vocabulary);
                observe(&mut types, &var.0.name, thing);
            }
            Stmt::Assignment(assignment) => {
                if let Expr::Variable(variable, ..) = &assignment.1.lhs {
                    let plain = !assignment.0.is_op_assignment();
                    let thing = type_of(&assignment.1.rhs, &known(&types), vocabulary).filter(|_| plain);
                    observe(&mut types, &variable.1, thing);
                }
            }
            Stmt::For(each, _) => {
                observe(&mut types, &each.0.name, None);
                each.1.iter().for_each(|counter| observe(&mut types, &counter.name, None));
            }
            Stmt::TryCatch(flow, _) => {
                if let Expr::Variable(variable, ..) = &flow.expr {
                    observe(&mut types, &variable.1, None);
                }
            }
            _ => {}
        }
        true
    });
    types
}

fn observe(types: &mut Types, name: &str, thing: Option<Thing>) {
    types
        .entry(name.to_owned())
        .and_modify(|known| *known = known.filter(|known| Some(*known) == thing))
        .or_insert(thing);
}

/// A closure made by a node: its name and the expressions that it captures.
pub(super) fn closure<'a>(node: &'a ASTNode) -> Option<(String, &'a [Expr])> {
    let (function, captured) = match node {
        ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _))
            if call.name == "curry" =>
        {
            call.args.split_first()?
        }
        ASTNode::Expr(expr @ Expr::DynamicConstant(..)) => (*expr, &[][..]),
        _ => return None,
    };
    let Expr::DynamicConstant(value, _) = function else { return None };
    let name = value.read_lock::<FnPtr>()?.fn_name().to_owned();
    name.starts_with("anon$").then_some((name, captured))
}
