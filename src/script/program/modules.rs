//! Evaluates the modules of a program, each after those that it imports, into one resolver that
//! travels inside its ASTs.
//!
//! Only constants are evaluated: [`crate::script::sources`] has refused everything else.

use rhai::module_resolvers::StaticModuleResolver;
use rhai::{AST, Engine, Module, Scope};

use crate::script::compiler::Compiler;
use crate::script::diagnostics::Diagnostic;
use crate::script::sources::Loaded;

/// An AST without statements that carries all modules; combine others into it.
pub(super) fn evaluate(compiler: &Compiler, loaded: &Loaded) -> Result<AST, Box<Diagnostic>> {
    let mut carrier = AST::empty();
    let mut resolver = StaticModuleResolver::new();
    for unit in loaded.units.iter().filter(|unit| loaded.main().is_none_or(|main| main.key != unit.key)) {
        let ast = carry(&carrier, &compiler.finish(unit), &unit.source.path);
        let module = Module::eval_ast_as_new(Scope::new(), &ast, compiler.engine())
            .map_err(|error| Diagnostic::from_error(&error, &unit.source.path, &loaded.sources))?;
        resolver.insert(unit.key.as_str(), module);
        carrier = carrier_of(&resolver, &unit.source.path)?;
    }
    Ok(carrier)
}

/// An AST with the modules of the carrier.
pub(super) fn carry(carrier: &AST, ast: &AST, source: &str) -> AST {
    let mut whole = carrier.clone();
    whole.combine(ast.clone());
    whole.set_source(source);
    whole
}

/// Rhai puts modules into an AST only when it compiles imports of them.
fn carrier_of(resolver: &StaticModuleResolver, file: &str) -> Result<AST, Box<Diagnostic>> {
    let imports: String =
        resolver.paths().enumerate().map(|(i, path)| format!("import \"{path}\" as m{i};")).collect();
    let mut engine = Engine::new_raw();
    engine.set_module_resolver(resolver.clone());
    let mut carrier = engine
        .compile_into_self_contained(&Scope::new(), imports)
        .map_err(|error| Diagnostic::from_error(&error, file, &[]))?;
    carrier.clear_statements();
    Ok(carrier)
}
