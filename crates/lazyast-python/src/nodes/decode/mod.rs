//! Decoding: the `__dict__` of a node, from the columns of its archive.

mod fields;
pub(crate) mod shallow;
pub(crate) mod subtree;
