//! The running interpreter, as far as making nodes depends on it.

pub(crate) mod class;
pub(crate) mod dict_layout;
pub(crate) mod interpreter;
pub(crate) mod objects;
