//! The result of verifying a pack.

use std::fmt;
use std::path::PathBuf;

use crate::key::SourceKey;
use crate::pack::error::{PackOpenError, PackedArchiveError};

/// Problems of a file that a report lists; the others are only counted.
const MAX_LISTED: usize = 100;

/// The result of verifying a pack, or a file that should be one.
#[derive(Debug)]
pub struct PackReport {
    /// The file.
    pub path: PathBuf,
    /// Number of intact archives.
    pub intact: usize,
    /// The first 100 problems of the file and its archives.
    pub problems: Vec<PackProblem>,
    /// Number of all problems.
    pub problem_count: usize,
    last_key: Option<SourceKey>,
}

/// A problem of a pack.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackProblem {
    /// The file cannot be opened as a pack.
    File(PackOpenError),
    /// An index entry is not greater than the one before it.
    Unsorted {
        /// Position of the entry in the index.
        position: usize,
    },
    /// An archive is invalid.
    Archive {
        /// Position of its entry in the index.
        position: usize,
        /// The problem.
        error: PackedArchiveError,
    },
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Unsorted { position } => write!(f, "entry {position}: the index is not sorted by key"),
            Self::Archive { position, error } => write!(f, "entry {position}: {error}"),
        }
    }
}

impl std::error::Error for PackProblem {}

impl PackReport {
    /// A report without results.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, intact: 0, problems: Vec::new(), problem_count: 0, last_key: None }
    }

    /// Adds a problem.
    pub(crate) fn add_problem(&mut self, problem: PackProblem) {
        self.problem_count += 1;
        if self.problems.len() < MAX_LISTED {
            self.problems.push(problem);
        }
    }

    /// Adds the result for the next entry of the index.
    pub(crate) fn add_entry(
        &mut self,
        position: usize,
        key: &SourceKey,
        result: Result<(), PackedArchiveError>,
    ) {
        if self.last_key.is_some_and(|last| last >= *key) {
            self.add_problem(PackProblem::Unsorted { position });
        }
        self.last_key = Some(*key);
        match result {
            Ok(()) => self.intact += 1,
            Err(error) => self.add_problem(PackProblem::Archive { position, error }),
        }
    }
}
