//! Selectors: the language of esquery (<https://github.com/estools/esquery>), with CPython's names.
//!
//! The parser is a recursive descent over the text. It builds a [`Condition`](crate::plan::Condition) as it goes;
//! there is no syntax tree of a selector. Nesting is limited, so that the descent needs little stack.
//!
//! - [`lexer`]: reads tokens from the text.
//! - [`attribute`]: parses `[args.length>5]`.
//! - [`position`]: parses the positions of `:nth-child(2n+1)`.
//! - [`parser`]: parses everything else.

mod attribute;
mod lexer;
mod parser;
mod position;

pub(crate) use parser::compile;
