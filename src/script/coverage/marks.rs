//! Puts a mark before each statement, also of blocks inside expressions, and into each arm of a `switch`.
//!
//! Marks stand beside what they mark: no variable moves, and no place changes.

use std::mem;

use rhai::{Expr, Stmt, StmtBlock};

/// Makes the marks of one body after the other.
pub(super) struct Marker<'a> {
    /// Makes the mark for a line.
    pub mark: &'a mut dyn FnMut(usize) -> Stmt,
}

impl Marker<'_> {
    /// The statements with their marks.
    pub fn statements(&mut self, statements: impl IntoIterator<Item = Stmt>) -> Vec<Stmt> {
        let mut marked = Vec::new();
        for mut statement in statements {
            self.inside(&mut statement);
            marked.extend(line_of(&statement).map(|line| (self.mark)(line)));
            marked.push(statement);
        }
        marked
    }

    /// Marks the statements of a block.
    pub fn block(&mut self, block: &mut StmtBlock) {
        if is_closure(block) {
            block.statements_mut().iter_mut().for_each(|statement| self.inside(statement));
            return;
        }
        let statements = mem::take(block.statements_mut());
        *block = StmtBlock::new_with_span(self.statements(statements), block.span());
    }

    fn inside(&mut self, statement: &mut Stmt) {
        match statement {
            Stmt::If(flow, _) | Stmt::While(flow, _) | Stmt::Do(flow, ..) | Stmt::TryCatch(flow, _) => {
                self.expr(&mut flow.expr);
                self.block(&mut flow.body);
                self.block(&mut flow.branch);
            }
            Stmt::For(each, _) => {
                self.expr(&mut each.2.expr);
                self.block(&mut each.2.body);
            }
            Stmt::Switch(switch, _) => {
                self.expr(&mut switch.0);
                for arm in &mut switch.1.expressions {
                    self.expr(&mut arm.lhs);
                    self.arm(&mut arm.rhs);
                }
            }
            Stmt::Var(variable, ..) => self.expr(&mut variable.1),
            Stmt::Assignment(assignment) => {
                self.expr(&mut assignment.1.lhs);
                self.expr(&mut assignment.1.rhs);
            }
            Stmt::FnCall(call, _) => self.all(&mut call.args),
            Stmt::Block(block) => self.block(block),
            Stmt::Expr(expr) => self.expr(expr),
            Stmt::BreakLoop(Some(value), ..) | Stmt::Return(Some(value), ..) => self.expr(value),
            Stmt::Import(import, _) => self.expr(&mut import.0),
            _ => {}
        }
    }

    fn all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e mut Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => self.all(parts),
            Expr::Map(map, _) => self.all(map.0.iter_mut().map(|(_, value)| value)),
            Expr::Stmt(block) => self.block(block),
            Expr::FnCall(call, _) | Expr::MethodCall(call, _) => self.all(&mut call.args),
            Expr::Dot(two, ..) | Expr::Index(two, ..) => self.all([&mut two.lhs, &mut two.rhs]),
            Expr::And(parts, _) | Expr::Or(parts, _) | Expr::Coalesce(parts, _) => self.all(&mut **parts),
            _ => {}
        }
    }

    /// What an arm of a `switch` does: a block, or a value of which we make one.
    fn arm(&mut self, value: &mut Expr) {
        let line = value.start_position().line();
        self.expr(value);
        match (&*value, line) {
            (Expr::Stmt(block), _) if !is_closure(block) => {}
            (_, Some(line)) => {
                let position = value.start_position();
                let statements = [(self.mark)(line), Stmt::Expr(Box::new(mem::take(value)))];
                *value = Expr::Stmt(Box::new(StmtBlock::new(statements, position, position)));
            }
            (_, None) => {}
        }
    }
}

/// A closure that captures variables is written by Rhai's parser as a block of its own making.
fn is_closure(block: &StmtBlock) -> bool {
    block.iter().any(|statement| matches!(statement, Stmt::Share(..)))
}

/// The line on which a statement begins; none for those that only hold others.
fn line_of(statement: &Stmt) -> Option<usize> {
    match statement {
        Stmt::Noop(..) | Stmt::Block(..) | Stmt::Share(..) => None,
        // The place of an assignment is that of its sign.
        Stmt::Assignment(assignment) => assignment.1.lhs.start_position().line(),
        statement => statement.position().line(),
    }
}
