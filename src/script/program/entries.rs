//! The ways into a program: a call, the end of a call, a message.
//!
//! The last two see the imports, constants and functions of the script without running the rest of
//! its top level; nothing of a call may be needed to make those constants.

use std::collections::BTreeSet;

use rhai::{AST, ASTFlags, ASTNode, Expr, Ident, ParseError, Position, Stmt};

use super::modules::carry;
use crate::script::compiler::{Compiler, HOST_VARIABLES};
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::{Loaded, Unit};

/// The functions that the host calls, and their parameters.
const ENTRIES: [(&str, &[&str]); 3] =
    [("on_call", &["call"]), ("on_end", &["call", "reason"]), ("on_message", &["message"])];

pub(super) struct Entries {
    pub main: AST,
    pub end: Option<AST>,
    pub message: Option<AST>,
    pub has_on_call: bool,
}

/// `on_call`, `on_end` and `on_message` with other parameters than they are called with.
pub(crate) fn arity_faults(loaded: &Loaded) -> Vec<Diagnostic> {
    let Some(main) = loaded.main() else { return Vec::new() };
    let wrong = |(name, parameters): &(&str, &[&str])| {
        let arities: Vec<_> = arities(&main.ast, name).collect();
        if arities.is_empty() || arities.contains(&parameters.len()) {
            return None;
        }
        let message = format!(
            "{name} is called with {} ({}), but takes {}",
            counted(parameters.len(), "argument"),
            parameters.join(", "),
            arities[0]
        );
        let hint = format!("write fn {name}({})", parameters.join(", "));
        let place = function_position(&main.source.text, name);
        Some(
            Diagnostic::error("entry-arity", &main.source.path, message)
                .at(place, &main.source.text)
                .hinted(Some(hint)),
        )
    };
    ENTRIES.iter().filter_map(wrong).collect()
}

pub(crate) fn counted(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

fn arities(ast: &AST, name: &str) -> impl Iterator<Item = usize> {
    ast.iter_fn_def().filter(move |function| function.name == name).map(|function| function.params.len())
}

/// Where a function's name stands; the AST does not keep it.
pub(crate) fn function_position(text: &str, name: &str) -> Position {
    let code = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
    for (number, line) in code {
        let Some((at, after)) = line.split_once("fn ").map(|(before, after)| (before.len() + 3, after))
        else {
            continue;
        };
        let rest = after.trim_start();
        if rest.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('(')) {
            let column = line[..at + after.len() - rest.len()].chars().count() + 1;
            if let (Ok(line), Ok(column)) = (u16::try_from(number + 1), u16::try_from(column)) {
                return Position::new(line, column);
            }
        }
    }
    Position::NONE
}

/// The three ASTs of a script.
pub(super) fn derive(
    compiler: &Compiler,
    main: &Unit,
    units: &[Unit],
    carrier: &AST,
) -> Result<Entries, ParseError> {
    let ast = compiler.finish(main);
    let constants = constant_statements(&ast, &busy_functions(units));
    let entry = |name: &str, statements: &[Stmt]| -> Result<Option<AST>, ParseError> {
        let Some((_, parameters)) = ENTRIES.iter().find(|(entry, _)| *entry == name) else { return Ok(None) };
        if !arities(&ast, name).any(|arity| arity == parameters.len()) {
            return Ok(None);
        }
        let call = compiler.parse_entry(&format!("{name}({})", parameters.join(", ")), parameters)?;
        let mut statements = statements.to_vec();
        statements.extend(call.statements().iter().cloned().map(without_position));
        Ok(Some(carry(carrier, &AST::new(statements, ast.shared_lib().clone()), &main.source.path)))
    };
    let with_on_call = entry("on_call", ast.statements())?;
    Ok(Entries {
        has_on_call: with_on_call.is_some(),
        main: with_on_call.unwrap_or_else(|| carry(carrier, &ast, &main.source.path)),
        end: entry("on_end", &constants)?,
        message: entry("on_message", &constants)?,
    })
}

/// The host's own call of an entry is no line of the script.
fn without_position(mut statement: Stmt) -> Stmt {
    statement.set_position(Position::NONE);
    statement
}

/// The imports and constants of a top level. Variables are found by their place on the stack, so
/// what is left out stays as an empty variable.
fn constant_statements(ast: &AST, busy: &BTreeSet<String>) -> Vec<Stmt> {
    let mut left_out: BTreeSet<String> = HOST_VARIABLES.iter().map(ToString::to_string).collect();
    let mut statements = Vec::new();
    for statement in ast.statements() {
        match statement {
            Stmt::Import(..) => statements.push(statement.clone()),
            Stmt::Var(var, flags, position) => {
                let (name, value, place) = &**var;
                if flags.contains(ASTFlags::CONSTANT) && !needs(value, &left_out, busy) {
                    left_out.remove(name.as_str());
                    statements.push(statement.clone());
                } else {
                    left_out.insert(name.name.to_string());
                    let name = Ident { name: name.name.clone(), pos: name.pos };
                    let empty = (name, Expr::Unit(*position), *place);
                    statements.push(Stmt::Var(Box::new(empty), ASTFlags::empty(), *position));
                }
            }
            _ => {}
        }
    }
    statements
}

/// Whether a value needs a variable that is left out, or a function that needs the call.
fn needs(value: &Expr, left_out: &BTreeSet<String>, busy: &BTreeSet<String>) -> bool {
    let mut found = false;
    value.walk(&mut Vec::new(), &mut |path: &[ASTNode]| {
        found |= path.last().is_some_and(|node| uses(node, left_out, busy));
        !found
    });
    found
}

fn uses(node: &ASTNode, variables: &BTreeSet<String>, functions: &BTreeSet<String>) -> bool {
    match node {
        ASTNode::Expr(Expr::Variable(variable, ..)) => {
            variable.2.is_empty() && variables.contains(variable.1.as_str())
        }
        ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _))
        | ASTNode::Stmt(Stmt::FnCall(call, _)) => functions.contains(call.name.as_str()),
        _ => false,
    }
}

/// An AST with one function and no statements. (Rhai's `clone_functions_only_filtered` keeps all.)
pub(crate) fn function_only(ast: &AST, name: &str, arity: usize) -> AST {
    let mut only = ast.clone_functions_only();
    only.retain_functions(|_, _, other, parameters| other == name && parameters == arity);
    only
}

/// The names of functions that use the call, themselves or through others, in any file.
fn busy_functions(units: &[Unit]) -> BTreeSet<String> {
    let host = HOST_VARIABLES.iter().map(ToString::to_string).collect();
    let mut busy = BTreeSet::new();
    loop {
        let before = busy.len();
        for unit in units {
            for function in unit.ast.iter_fn_def() {
                let body = function_only(&unit.ast, &function.name, function.params.len());
                let mut found = false;
                body.walk(&mut |path: &[ASTNode]| {
                    found |= path.last().is_some_and(|node| uses(node, &host, &busy));
                    !found
                });
                if found {
                    busy.insert(function.name.to_string());
                }
            }
        }
        if busy.len() == before {
            return busy;
        }
    }
}
