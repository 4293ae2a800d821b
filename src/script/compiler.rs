//! The engine that parses scripts: which words are names, which variables exist, how deep code may nest.
//!
//! It never runs a call's script; of modules it evaluates only constants, within a budget.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use rhai::{AST, Engine, OptimizationLevel, ParseError, ParseErrorType, Position, Scope, Token};

use super::coverage::{Recorder, accept};
use super::sources::{Key, PathFault, Unit};

/// The variables that the host answers in every script.
pub const HOST_VARIABLES: [&str; 3] = ["call", "relay", "script"];

/// Words that Rhai reserves but does not use: scripts may use them as names, properties and keys.
const GIVEN_BACK: &[&str] = &[
    "call",
    "spawn",
    "default",
    "new",
    "go",
    "match",
    "case",
    "package",
    "public",
    "protected",
    "shared",
    "static",
    "sync",
    "thread",
    "use",
    "with",
];

/// Operations that the constants of one module may take.
const MODULE_BUDGET: u64 = 1_000_000;
/// More misspelt variables than this in one file are not told apart from a wrong file.
const MAX_UNKNOWN_VARIABLES: usize = 50;

/// An engine with Rhai's standard functions, ready to become a [`Compiler`].
///
/// An embedder registers its own functions here too, so that they are known to `check`.
#[must_use]
pub fn compile_engine() -> Engine {
    Engine::new()
}

/// Turns text into ASTs that a running engine can share.
pub struct Compiler {
    engine: Engine,
    lens: Rc<Lens>,
    variables: &'static [&'static str],
    recorder: Option<Rc<Recorder>>,
}

/// What one file's text gave.
pub(crate) struct Parsed {
    /// The AST, unless the syntax is wrong.
    pub ast: Option<AST>,
    /// Misspelt variables, and at the end what stopped the parser.
    pub errors: Vec<ParseError>,
    /// Imports whose path cannot name a file.
    pub faults: Vec<(Position, String, PathFault)>,
}

impl Default for Compiler {
    fn default() -> Self {
        Self::new(compile_engine())
    }
}

impl Compiler {
    /// A compiler over an engine that holds the functions scripts may call.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self::with_variables(engine, &HOST_VARIABLES)
    }

    /// The same for scripts of another kind, in which the host answers other variables.
    #[must_use]
    pub fn with_variables(mut engine: Engine, variables: &'static [&'static str]) -> Self {
        let lens = Rc::new(Lens::default());
        let tokens = Rc::clone(&lens);
        // Marked deprecated by Rhai only because it may change; nothing else gives `call` back.
        #[allow(deprecated)]
        engine.on_parse_token(move |token, position, _| tokens.see(token, position));
        engine
            .set_strict_variables(true)
            .set_optimization_level(OptimizationLevel::None)
            .set_max_expr_depths(64, 32)
            .set_max_call_levels(32)
            .set_max_operations(MODULE_BUDGET)
            .set_max_string_size(1 << 20)
            .set_max_array_size(100_000)
            .set_max_map_size(100_000)
            .set_max_functions(2_000)
            .set_max_modules(1_000)
            .disable_symbol("eval")
            // Each `f.curry(f)` doubles what it holds; closures do the same work safely.
            .disable_symbol("curry");
        Self { engine, lens, variables, recorder: None }
    }

    /// The same compiler; what its programs run is counted from here on.
    #[must_use]
    pub fn recorded(mut self, recorder: Rc<Recorder>) -> Self {
        accept(&mut self.engine);
        self.recorder = Some(recorder);
        self
    }

    /// The engine itself.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The variables that the host answers in every script.
    pub(crate) fn variables(&self) -> &'static [&'static str] {
        self.variables
    }

    /// Parses one file. A misspelt variable does not hide what comes after it.
    pub(crate) fn parse(&self, key: &Key, text: &str) -> Parsed {
        let mut scope = self.host_scope(&[]);
        let mut errors: Vec<ParseError> = Vec::new();
        let ast = loop {
            self.lens.begin(key);
            let error = match self.engine.compile_with_scope(&scope, text) {
                Ok(ast) => break Some(ast),
                Err(error) => error,
            };
            let name = match error.err_type() {
                ParseErrorType::VariableUndefined(name) => Some(name.clone()),
                _ => None,
            };
            // What follows a stray word on its line is rarely a second fault.
            if !errors.iter().any(|earlier| name.is_none() && same_line(earlier, &error)) {
                errors.push(error);
            }
            match name {
                Some(name) if errors.len() < MAX_UNKNOWN_VARIABLES && !scope.contains(&name) => {
                    scope.push(name, ());
                }
                _ => break None,
            }
        };
        Parsed { ast, errors, faults: self.lens.faults.take() }
    }

    /// Parses a statement of the host's own, with further variables that will exist.
    pub(crate) fn parse_entry(&self, statement: &str, variables: &[&str]) -> Result<AST, ParseError> {
        self.lens.begin(&Key::of_script("".as_ref()));
        self.engine.compile_with_scope(&self.host_scope(variables), statement)
    }

    /// What runs of a file: without its dead code and with its constants folded, or with marks.
    pub(crate) fn finish(&self, unit: &Unit) -> AST {
        if let Some(recorder) = &self.recorder {
            return recorder.mark(unit);
        }
        let ast = unit.ast.clone();
        let mut ast = self.engine.optimize_ast(&self.host_scope(&[]), ast, OptimizationLevel::Simple);
        ast.set_source(unit.ast.source().unwrap_or_default());
        ast
    }

    /// Placeholders, as variables: constants would be inlined.
    fn host_scope(&self, more: &[&str]) -> Scope<'static> {
        let mut scope = Scope::new();
        for name in self.variables.iter().chain(more) {
            scope.push(*name, ());
        }
        scope
    }
}

fn same_line(a: &ParseError, b: &ParseError) -> bool {
    a.position().line() == b.position().line()
}

/// Sees every token on its way to the parser: gives words back, and names imported files from the
/// root, so that one path means one file in every AST.
#[derive(Default)]
struct Lens {
    file: RefCell<Option<Key>>,
    after_import: Cell<bool>,
    faults: RefCell<Vec<(Position, String, PathFault)>>,
}

impl Lens {
    fn begin(&self, key: &Key) {
        self.file.replace(Some(key.clone()));
        self.after_import.set(false);
        self.faults.take();
    }

    fn see(&self, token: Token, position: Position) -> Token {
        let path_follows = self.after_import.replace(matches!(token, Token::Import));
        match token {
            Token::Reserved(word) if GIVEN_BACK.contains(&word.as_str()) => Token::Identifier(word),
            Token::StringConstant(path) if path_follows => Token::StringConstant(match self.key(&path) {
                Ok(key) => Box::new(key.as_str().into()),
                Err(fault) => {
                    self.faults.borrow_mut().push((position, path.to_string(), fault));
                    path
                }
            }),
            token => token,
        }
    }

    fn key(&self, written: &str) -> Result<Key, PathFault> {
        self.file.borrow().as_ref().ok_or(PathFault::Empty)?.import(written)
    }
}
