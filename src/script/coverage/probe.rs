//! What marks are made of: expressions that only engines which [`accept`] them can evaluate, and that no
//! text can express.
//!
//! They keep what they need themselves; an engine keeps nothing of them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rhai::{
    CustomExpr, Dynamic, Engine, EvalContext, Expr, Expression, Position, ScriptFuncDef, Stmt, StmtBlock,
    Token,
};

use crate::script::fault::Answer;

/// The key under which engines know the marks. No token is written like this.
const KEY: &str = "a mark of coverage";
/// What stands for a body while a function is parsed.
const STAND_IN: &str = "body";

/// Counts how often something ran.
pub(super) type Counter = Rc<Cell<u64>>;

/// Says that the statement after it runs.
#[derive(Clone)]
struct Hit(Counter);

/// The body of a function: Rhai takes one only from its parser.
#[derive(Clone)]
struct Body(Rc<Expr>);

/// Lets an engine evaluate marks. With none in its scripts, it costs nothing.
pub(crate) fn accept(engine: &mut Engine) {
    // It fails only for builds of Rhai without its parser.
    let _ = engine.register_custom_syntax_handler(KEY, false, evaluate);
}

fn evaluate(
    context: &mut EvalContext<'_, '_, '_, '_, '_, '_>,
    _: &[Expression<'_>],
    mark: &Dynamic,
) -> Answer {
    if let Some(Hit(counter)) = mark.read_lock::<Hit>().as_deref() {
        counter.set(counter.get() + 1);
        return Ok(Dynamic::UNIT);
    }
    match mark.read_lock::<Body>().as_deref() {
        Some(Body(body)) => context.eval_expression_tree(&Expression::from(&**body)),
        None => Ok(Dynamic::UNIT),
    }
}

/// The statement that counts.
pub(super) fn hit(counter: &Counter) -> Stmt {
    let mark = CustomExpr {
        inputs: <_>::default(),
        tokens: std::iter::once(KEY.into()).collect(),
        state: Dynamic::from(Hit(Rc::clone(counter))),
        scope_may_be_changed: false,
        self_terminated: true,
    };
    Stmt::Expr(Box::new(Expr::Custom(Box::new(mark), Position::NONE)))
}

/// Gives functions other bodies.
pub(super) struct Surgeon {
    parser: Engine,
    next: Rc<RefCell<Dynamic>>,
}

impl Default for Surgeon {
    fn default() -> Self {
        let next = Rc::new(RefCell::new(Dynamic::UNIT));
        let mut parser = Engine::new_raw();
        #[allow(deprecated, reason = "Rhai marks it so because it is volatile")]
        parser.on_parse_token(|token, _, _| match token {
            Token::Identifier(name) if *name == STAND_IN => Token::Custom(Box::new(KEY.into())),
            token => token,
        });
        let body = Rc::clone(&next);
        let parse = move |_: &[_], _: &str, state: &mut Dynamic| {
            *state = body.take();
            Ok(None)
        };
        parser.register_custom_syntax_with_state_raw(KEY, parse, false, evaluate);
        Self { parser, next }
    }
}

impl Surgeon {
    /// The same function with this body. Places in it, names, parameters and access stay.
    pub(super) fn with_body(&self, function: &ScriptFuncDef, body: StmtBlock) -> ScriptFuncDef {
        *self.next.borrow_mut() = Dynamic::from(Body(Rc::new(Expr::Stmt(Box::new(body)))));
        let parsed = self.parser.compile(format!("fn f() {{ {STAND_IN} }}"));
        let mut function = function.clone();
        if let Ok(parsed) = parsed
            && let Some(donor) = parsed.iter_fn_def().next()
        {
            function.body = donor.body.clone();
        }
        function
    }
}
