//! Lowering: ruff's tree to CPython's nodes, in preorder, children in source order.
//!
//! [`lowering`] has the state and writes nodes; each group of nodes has a file that adds methods to it. The
//! recursion follows the tree and stops at [`MAX_DEPTH`](crate::limits::MAX_DEPTH). The first construct that
//! is not served ends the lowering: everything after it is skipped.

mod expressions;
mod identifiers;
mod interpolated;
mod lowering;
mod module;
mod numbers;
mod operators;
mod parameters;
mod patterns;
mod positions_311;
mod statements;
mod strings;
mod trivia;

pub(crate) use module::module;
