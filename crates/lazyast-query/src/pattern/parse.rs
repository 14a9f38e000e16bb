//! The parser of patterns. The caller gives it, so that this crate depends on no parser.

use std::fmt;

use lazyast_format::Archive;

/// A parser of Python: source text to archive.
pub type ParseFn<'p, B> = dyn Fn(&str) -> Result<Archive<B>, ParseFailure> + 'p;

/// Why a parser did not parse a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseFailure {
    /// What is wrong.
    pub message: String,
    /// Where in the text it is wrong, in bytes; `None` if the message is about the text as a whole.
    pub offset: Option<usize>,
}

impl fmt::Display for ParseFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ParseFailure {}
