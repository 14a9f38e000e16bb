//! Selectors: esquery's language (<https://github.com/estools/esquery>), with CPython's names.
//!
//! - [`lexer`]: text to tokens.
//! - [`parser`]: tokens to a condition.

mod lexer;
mod parser;

pub(crate) use parser::compile;
