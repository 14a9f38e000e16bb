//! From the tree of a pattern's text to its program.

mod nodes;

pub(in crate::pattern) use nodes::compile;
