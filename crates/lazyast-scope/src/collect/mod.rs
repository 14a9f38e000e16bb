//! The first pass: scopes, facts and occurrences.
//!
//! It walks the rows of the tree in preorder with a stack of [`frames`](frame), one for each ancestor of the current
//! node. The frame of the parent and the field say in which scope a node is evaluated: the default of a parameter in the
//! scope around the function, its body in that of the function.

mod collector;
mod frame;
mod node;
mod private;

pub(crate) use collector::{Collected, collect};
