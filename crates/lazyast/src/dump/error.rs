//! [`DumpError`]: why a tree cannot be printed.

use std::fmt;
use std::io;

use lazyast_format::Damage;
use lazyast_table::constant_text::{IntegerError, MAX_DIGITS};

/// Why a tree cannot be printed.
#[derive(Debug)]
#[non_exhaustive]
pub enum DumpError {
    /// The output could not be written.
    Io(io::Error),
    /// The archive is damaged.
    Damage(Damage),
    /// An integer has more decimal digits than Python prints (`sys.get_int_max_str_digits()`).
    IntegerDigits {
        /// The number of its digits; a lower bound if there are far too many.
        found: usize,
    },
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Damage(damage) => damage.fmt(f),
            Self::IntegerDigits { found } => {
                write!(f, "an integer has {found} digits; Python prints at most {MAX_DIGITS}")
            }
        }
    }
}

impl std::error::Error for DumpError {}

impl From<Damage> for DumpError {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl From<IntegerError> for DumpError {
    fn from(error: IntegerError) -> Self {
        match error {
            IntegerError::Damage(damage) => Self::Damage(damage),
            IntegerError::Digits { found } => Self::IntegerDigits { found },
        }
    }
}

impl From<io::Error> for DumpError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
