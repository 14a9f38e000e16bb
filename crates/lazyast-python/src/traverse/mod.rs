//! Traversals that materialise the nodes they are asked for, and no others.

pub(crate) mod ancestors;
pub(crate) mod visitor;
pub(crate) mod walk;
