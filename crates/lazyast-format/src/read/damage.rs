//! [`Damage`]: the error of everything that reads columns.

use core::fmt;

/// An archive is damaged: a column has a value that a writer does not write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    what: &'static str,
    at: u32,
    found: Option<u32>,
}

impl Damage {
    /// Says what is wrong, and which row, number or offset shows it.
    pub fn new(what: &'static str, at: u32) -> Self {
        Self { what, at, found: None }
    }

    /// Adds the value that was found.
    #[must_use]
    pub fn found(self, value: u32) -> Self {
        Self { found: Some(value), ..self }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged archive: {} at {}", self.what, self.at)?;
        match self.found {
            Some(found) => write!(f, " (found {found})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Damage {}
