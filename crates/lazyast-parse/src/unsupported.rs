//! Why our parser does not serve a source.

use std::fmt;

use ruff_text_size::TextSize;

/// Our parser does not serve this source.
///
/// That does not make the source wrong: only the interpreter's own parser decides, and it accepts some
/// sources that are unsupported here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// Our parser finds a syntax error.
    #[non_exhaustive]
    Syntax {
        /// Ruff's own message.
        message: String,
        /// Where the error starts, in bytes of the text.
        offset: u32,
        /// The line, from 1.
        line: u32,
        /// The column in bytes, from 0.
        column: u32,
    },
    /// The bytes cannot be decoded as the source declares, or only Python's own codecs can decode them.
    Encoding(String),
    /// Something is nested or chained deeper than every interpreter is certain to accept.
    #[non_exhaustive]
    Depth {
        /// What is too deep, as the subject of a sentence: "brackets are nested".
        subject: &'static str,
        /// The deepest that is served.
        limit: u32,
    },
    /// The source or its tree is too large for 32-bit offsets.
    #[non_exhaustive]
    Size {
        /// Length of the source in bytes.
        bytes: u64,
    },
    /// The source has this construct, for which only the interpreter is certain to be right.
    Construct(&'static str),
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax { message, line, column, .. } => {
                write!(f, "syntax error at line {line}, column {column}: {message}")
            }
            Self::Encoding(message) => write!(f, "cannot be decoded: {message}"),
            Self::Depth { subject, limit } => write!(f, "{subject} deeper than {limit}"),
            Self::Size { bytes } => write!(f, "{bytes} bytes are more than an archive can hold"),
            Self::Construct(construct) => write!(f, "not served: {construct}"),
        }
    }
}

impl std::error::Error for Unsupported {}

/// A syntax error with its line and column.
pub(crate) fn syntax_error(text: &str, message: String, offset: TextSize) -> Unsupported {
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
