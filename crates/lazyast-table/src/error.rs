//! [`SpecError`] and [`TableError`]: why a table cannot be made.

use core::fmt;

use arrow_schema::ArrowError;
use lazyast_format::Damage;

/// Why there is no such table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SpecError {
    /// There is no relation with the name.
    Relation {
        /// The name that was given.
        found: String,
        /// The names that exist.
        expected: Vec<&'static str>,
    },
    /// The relation has no column with the name.
    Column {
        /// The relation.
        relation: &'static str,
        /// The name that was given.
        found: String,
        /// The names that exist.
        expected: Vec<&'static str>,
    },
    /// A column was chosen twice.
    Repeated {
        /// The column.
        column: &'static str,
    },
    /// There is no kind of node, and no class of kinds, with the name.
    Kind {
        /// The name that was given.
        found: String,
    },
    /// The relation has rows of other things than nodes, or nodes without names, so that rows cannot be chosen so.
    Filter {
        /// The relation.
        relation: &'static str,
        /// What was chosen by.
        by: &'static str,
    },
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Relation { found, expected } => {
                write!(f, "there is no table {found:?}; the tables are {}", expected.join(", "))
            }
            Self::Column { relation, found, expected } => {
                write!(f, "{relation} has no column {found:?}; it has {}", expected.join(", "))
            }
            Self::Repeated { column } => write!(f, "the column {column} is chosen twice"),
            Self::Kind { found } => {
                write!(f, "there is no node class {found:?}; names are those of `ast`, such as Call or stmt")
            }
            Self::Filter { relation, by } => write!(f, "rows of {relation} cannot be chosen by {by}"),
        }
    }
}

impl std::error::Error for SpecError {}

/// Why rows could not be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum TableError {
    /// The archive is damaged.
    Damage(Damage),
    /// The strings of a batch have more than 2^31 bytes.
    TooLong,
    /// Arrow rejects the columns.
    Arrow(ArrowError),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::TooLong => write!(f, "the strings of one column of a batch have more than 2 GiB"),
            Self::Arrow(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for TableError {}

impl From<Damage> for TableError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<ArrowError> for TableError {
    fn from(error: ArrowError) -> Self {
        Self::Arrow(error)
    }
}
