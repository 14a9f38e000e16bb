//! Traversals that materialise only the nodes they need.

pub(crate) mod ancestors;
pub(crate) mod of_ast;
pub(crate) mod visitor;
mod visits;
pub(crate) mod walk;
