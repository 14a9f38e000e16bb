//! [`OpenError`]: why bytes could not be opened.

use core::fmt;

use crate::layout::{HeaderError, LayoutError};

/// Why bytes could not be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The header is not one of this format and schema.
    Header(HeaderError),
    /// A column lies outside of the bytes, or the bytes are not aligned.
    Layout(LayoutError),
    /// Two lengths that must agree do not.
    Lengths {
        /// The column.
        column: &'static str,
        /// The number of rows in the column.
        found: usize,
        /// The number of rows that another column or the header implies.
        expected: usize,
    },
    /// Node 0 is not a `Module`.
    Root {
        /// The code of its kind, or `None` if there is no node.
        found: Option<u8>,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(error) => error.fmt(f),
            Self::Layout(error) => write!(f, "a column lies outside of the archive: {error}"),
            Self::Lengths { column, found, expected } => {
                write!(f, "column {column} has {found} rows, but {expected} are expected")
            }
            Self::Root { found: Some(code) } => {
                write!(f, "node 0 has the kind {code}, but a Module is expected")
            }
            Self::Root { found: None } => write!(f, "the archive has no node, but a Module is expected"),
        }
    }
}

impl std::error::Error for OpenError {}
