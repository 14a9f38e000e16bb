//! [`CommandError`]: how a command ends when it does not succeed, and its exit code.

use std::io;

use lazyast::CacheDirectoryError;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// The reader of the output has closed it. This is not an error: `head` does so.
    ClosedPipe,
    /// A search found no hits.
    NoHits,
    /// What the exit code is about was printed already: another program ran in place of this one, or rules have findings.
    Exited { code: u8 },
    /// An error that is reported to the user.
    Reported {
        message: String,
        /// What the user can do about it.
        hint: Option<String>,
        code: u8,
    },
}

impl CommandError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Reported { message: message.into(), hint: None, code: 1 }
    }

    /// How a command ends that has printed what its exit code is about.
    pub(crate) fn of_exit_code(code: u8) -> Result<(), Self> {
        if code == 0 { Ok(()) } else { Err(Self::Exited { code }) }
    }

    /// Whether the error is one that is reported to the user.
    pub(crate) fn is_reported(&self) -> bool {
        matches!(self, Self::Reported { .. })
    }

    /// Adds a `hint:` line.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Reported { message, code, .. } => Self::Reported { message, hint: Some(hint.into()), code },
            other => other,
        }
    }

    /// Gives the error the exit code of files that are intact and of another version: 3.
    pub(crate) fn of_other_version(self) -> Self {
        match self {
            Self::Reported { message, hint, .. } => Self::Reported { message, hint, code: 3 },
            other => other,
        }
    }

    /// Gives the error the exit code of failed searches: for `grep` and for these, 1 means "no hits".
    pub(crate) fn in_search(self) -> Self {
        match self {
            Self::Reported { message, hint, .. } => Self::Reported { message, hint, code: 2 },
            other => other,
        }
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::new(error.to_string()),
        }
    }
}

impl From<CacheDirectoryError> for CommandError {
    fn from(error: CacheDirectoryError) -> Self {
        Self::new(error.to_string())
    }
}
