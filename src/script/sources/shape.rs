//! What a parsed file is made of: its imports, the names it declares, and whether it may be a module.
//!
//! It reads ASTs; it never changes or runs them.

use rhai::{AST, ASTFlags, ASTNode, Expr, Position, Stmt};

use super::{Import, Key, Source};
use crate::script::compiler::HOST_VARIABLES;
use crate::script::diagnostics::Diagnostic;

/// All imports of a file, in functions and blocks too; `faulty` ones were reported already.
pub(super) fn imports(
    ast: &AST,
    key: &Key,
    faulty: &[Position],
    source: &Source,
) -> (Vec<Import>, Vec<Diagnostic>) {
    let (mut imports, mut findings) = (Vec::new(), Vec::new());
    ast.walk(&mut |path: &[ASTNode]| {
        let Some(ASTNode::Stmt(Stmt::Import(import, _))) = path.last() else { return true };
        let (path, alias) = &**import;
        let position = path.start_position();
        match path {
            // The compiler has put the path from the root here: it has no `./` any more.
            Expr::StringConstant(path, _) if !faulty.contains(&position) => {
                if let Ok(key) = key.import(path) {
                    imports.push(Import { alias: alias.name.to_string(), key, position });
                }
            }
            Expr::StringConstant(..) => {}
            _ => findings.push(
                Diagnostic::error("import-path", &source.path, "an import path must be a plain string")
                    .at(position, &source.text),
            ),
        }
        true
    });
    (imports, findings)
}

/// The names of variables, parameters and functions anywhere in a file.
pub(super) fn declared_names(ast: &AST) -> Vec<String> {
    let mut names = Vec::new();
    ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Var(var, ..))) => names.push(var.0.name.to_string()),
            Some(ASTNode::Stmt(Stmt::For(each, _))) => {
                names.push(each.0.name.to_string());
                names.extend(each.1.as_ref().map(|counter| counter.name.to_string()));
            }
            _ => {}
        }
        true
    });
    for function in ast.iter_fn_def() {
        names.extend(function.params.iter().map(ToString::to_string));
        if !function.name.starts_with("anon$") {
            names.push(function.name.to_string());
        }
    }
    names
}

/// The words after `as`, for a text that does not parse.
pub(super) fn aliases_in_text(text: &str) -> Vec<&str> {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    let mut aliases = Vec::new();
    while let Some(word) = words.next() {
        if word == "as" {
            aliases.extend(words.next());
        }
    }
    aliases
}

/// What a file that others import must not hold at its top level.
pub(super) fn module_faults(ast: &AST, source: &Source) -> Vec<Diagnostic> {
    ast.statements().iter().filter_map(|statement| module_fault(statement, source)).collect()
}

fn module_fault(statement: &Stmt, source: &Source) -> Option<Diagnostic> {
    let error = |message: &str, position, hint: &str| {
        let error = Diagnostic::error("module-statement", &source.path, message).at(position, &source.text);
        Some(error.hinted(Some(hint)))
    };
    match statement {
        Stmt::Import(..) | Stmt::Export(..) | Stmt::Noop(_) => None,
        Stmt::Var(var, flags, _) if flags.contains(ASTFlags::CONSTANT) => {
            let (name, position) = host_variable(&var.1)?;
            let message = format!("a module's constants cannot use `{name}`");
            error(&message, position, "put it into a function")
        }
        Stmt::Var(_, _, position) => error(
            "a module's top level cannot declare variables",
            *position,
            "declare it with const, or inside a function",
        ),
        statement => error(
            "a module's top level holds only imports, constants and functions",
            start_of(statement),
            "put it into a function and call that from the script",
        ),
    }
}

/// Where a statement begins; an assignment's own position is that of its sign.
fn start_of(statement: &Stmt) -> Position {
    match statement {
        Stmt::Assignment(assignment) => assignment.1.lhs.start_position(),
        statement => statement.position(),
    }
}

/// The first use of a variable that the host answers only during a call.
pub(crate) fn host_variable(expr: &Expr) -> Option<(String, Position)> {
    let mut found = None;
    expr.walk(&mut Vec::new(), &mut |path: &[ASTNode]| {
        if let Some(ASTNode::Expr(Expr::Variable(variable, _, position))) = path.last()
            && variable.2.is_empty()
            && HOST_VARIABLES.contains(&variable.1.as_str())
        {
            found = Some((variable.1.to_string(), *position));
        }
        found.is_none()
    });
    found
}
