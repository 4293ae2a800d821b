//! The functions that a file may call: its own, Rhai's, the host's, and those of its modules.
//!
//! It only lists names; what is done with an unknown one is decided elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rhai::{ASTFlags, ASTNode, Expr, FnAccess, Namespace, Stmt};

use super::Vocabulary;
use crate::script::compiler::Compiler;
use crate::script::sources::Unit;

/// What Rhai itself understands without a function of that name.
const BUILT_IN: &[&str] =
    &["print", "debug", "type_of", "Fn", "call", "curry", "is_shared", "is_def_var", "is_def_fn", "eval"];

/// Numbers of parameters, by function name.
type Arities = BTreeMap<String, BTreeSet<usize>>;

/// The names that one file may use.
pub(super) struct Names<'a> {
    unit: &'a Unit,
    units: &'a [Unit],
    /// Functions of the file.
    pub own: Arities,
    /// Functions of Rhai and of the embedder.
    pub native: Arities,
    /// Words that may be keys of maps, and so name functions kept in maps.
    words: BTreeSet<String>,
    methods: BTreeSet<&'static str>,
}

/// What stands behind `a::b::`.
pub(super) enum Module<'a> {
    Found(&'a Unit),
    /// A file that does not parse, or was imported elsewhere.
    Unknown,
}

impl<'a> Names<'a> {
    pub fn new(compiler: &Compiler, vocabulary: &Vocabulary, unit: &'a Unit, units: &'a [Unit]) -> Self {
        let native = compiler.engine().collect_fn_metadata(
            None,
            |info| Some((info.metadata.name.to_string(), info.metadata.num_params)),
            true,
        );
        let own = unit.ast.iter_fn_def().map(|function| (function.name.to_string(), function.params.len()));
        Self {
            unit,
            units,
            own: arities(own),
            native: arities(native),
            words: units.iter().flat_map(words).collect(),
            methods: vocabulary.methods.iter().map(|method| method.name).collect(),
        }
    }

    /// Whether anything at all is called by this name with a dot before it.
    pub fn is_method_of_something(&self, name: &str) -> bool {
        BUILT_IN.contains(&name)
            || self.methods.contains(name)
            || self.own.contains_key(name)
            || self.native.contains_key(name)
            || self.words.contains(name)
    }

    pub fn is_built_in(name: &str) -> bool {
        BUILT_IN.contains(&name)
    }

    /// The file behind a namespace of this file.
    pub fn module(&self, namespace: &Namespace) -> Module<'a> {
        let mut unit = self.unit;
        for part in &namespace.path {
            let mut keys = unit.imports.iter().filter(|import| import.alias == part.name.as_str());
            let (Some(import), None) = (keys.next(), keys.next()) else { return Module::Unknown };
            let Some(found) = self.units.iter().find(|unit| unit.key == import.key) else {
                return Module::Unknown;
            };
            unit = found;
        }
        Module::Found(unit)
    }

    /// Whether the file has a constant of this name at its top level.
    pub fn has_constant(&self, name: &str) -> bool {
        self.unit.ast.statements().iter().any(
            |statement| matches!(statement, Stmt::Var(var, flags, _) if flags.contains(ASTFlags::CONSTANT) && var.0.name == name),
        )
    }
}

fn arities(functions: impl IntoIterator<Item = (String, usize)>) -> Arities {
    let mut arities = Arities::new();
    for (name, arity) in functions {
        arities.entry(name).or_default().insert(arity);
    }
    arities
}

/// The functions of a module that others may call, and whether each is private.
pub(super) fn functions_of(unit: &Unit) -> impl Iterator<Item = (&str, usize, bool)> {
    let named = unit.ast.iter_fn_def().filter(|function| !function.name.starts_with("anon$"));
    named.map(|f| (f.name.as_str(), f.params.len(), f.access == FnAccess::Private))
}

/// The constants of a module that others may read.
pub(super) fn exports_of(unit: &Unit) -> Vec<&str> {
    unit.ast
        .statements()
        .iter()
        .filter_map(|statement| match statement {
            Stmt::Var(var, flags, _) if flags.contains(ASTFlags::EXPORTED) => Some(var.0.name.as_str()),
            Stmt::Export(export, _) if export.1.name.is_empty() => Some(export.0.name.as_str()),
            Stmt::Export(export, _) => Some(export.1.name.as_str()),
            _ => None,
        })
        .collect()
}

/// Everything in a file that may name a function kept in a map: keys, properties, strings.
fn words(unit: &Unit) -> Vec<String> {
    let mut words = Vec::new();
    unit.ast.walk(&mut |path: &[ASTNode]| {
        match path.last() {
            Some(ASTNode::Expr(Expr::Map(map, _))) => {
                words.extend(map.0.iter().map(|(key, _)| key.name.to_string()));
            }
            Some(ASTNode::Expr(Expr::Property(property, _))) => words.push(property.2.to_string()),
            Some(ASTNode::Expr(Expr::StringConstant(text, _))) => words.push(text.to_string()),
            _ => {}
        }
        true
    });
    words
}
