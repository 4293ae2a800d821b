//! What a script sees: one table of verbs, and the Rhai functions made from it.

pub mod table;
