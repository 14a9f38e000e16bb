//! Why a source is left to the interpreter.

use std::fmt;

/// Our parser does not serve this source. Whether it is an error is for the interpreter's own parser to
/// say: it may well accept what is refused here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// Our parser finds a syntax error.
    Syntax {
        /// The parser's own message.
        message: String,
        /// Where it starts, in bytes of the text.
        offset: u32,
        /// The line, from 1.
        line: u32,
        /// The column in bytes, from 0.
        column: u32,
    },
    /// The bytes cannot be decoded as the source says they should be.
    Encoding(String),
    /// Something is nested or chained deeper than is certain to be accepted by every interpreter.
    Depth {
        /// What is too deep.
        what: &'static str,
        /// The deepest that is served.
        limit: u32,
    },
    /// The source or its tree is too large for 32-bit offsets.
    Size {
        /// Length of the source in bytes.
        bytes: u64,
    },
    /// Syntax or a detail of it that only the interpreter gets right.
    Construct(&'static str),
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, line, column, .. } => {
                write!(f, "syntax error at line {line}, column {column}: {message}")
            }
            Self::Encoding(message) => write!(f, "cannot be decoded: {message}"),
            Self::Depth { what, limit } => write!(f, "{what} deeper than {limit}"),
            Self::Size { bytes } => write!(f, "{bytes} bytes are more than an archive can hold"),
            Self::Construct(what) => write!(f, "not served: {what}"),
        }
    }
}

impl std::error::Error for Unsupported {}

/// A syntax error with its line and column.
pub(crate) fn syntax(text: &str, message: String, offset: ruff_text_size::TextSize) -> Unsupported {
    let before = &text.as_bytes()[..offset.to_usize().min(text.len())];
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    Unsupported::Syntax {
        message,
        offset: before.len() as u32,
        line: line as u32,
        column: (before.len() - line_start) as u32,
    }
}
