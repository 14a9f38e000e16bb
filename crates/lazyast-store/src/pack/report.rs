//! The result of verifying a pack.

use std::fmt;
use std::path::PathBuf;

use crate::key::SourceKey;
use crate::pack::error::{PackOpenError, PackedArchiveError};
use crate::pack::file::PackFile;
use crate::pack::index::PackIndex;
use crate::pack::manifest::ManifestContent;

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
    /// Number of those that say that another version of lazyast wrote the file or an archive. The others are damage.
    pub other_version_count: usize,
    last_key: Option<SourceKey>,
    /// What the manifest must repeat, by position in the index.
    facts: Vec<Option<ArchiveFacts>>,
}

/// What a manifest repeats of a verified archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ArchiveFacts {
    pub(crate) lines: u32,
    pub(crate) minimum_python: u8,
}

/// A problem of a pack.
#[derive(Debug)]
#[non_exhaustive]
pub enum PackProblem {
    /// The file cannot be opened as a pack.
    File(PackOpenError),
    /// A reserved byte of the header or the footer is not zero (P13).
    Reserved,
    /// An index entry is not greater than the one before it (P12).
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
    /// The manifest says of an archive what its header does not (P16).
    ManifestFile {
        /// The number of the file in the manifest.
        file: usize,
    },
    /// A source is not the one of its archive (P17).
    Source {
        /// Position of the archive in the index.
        position: usize,
    },
}

impl PackProblem {
    /// Whether another version of lazyast wrote the file or the archive. Otherwise, it is damaged.
    pub fn is_other_version(&self) -> bool {
        match self {
            Self::File(error) => error.is_other_version(),
            Self::Archive { error, .. } => error.is_other_version(),
            Self::Reserved | Self::Unsorted { .. } | Self::ManifestFile { .. } | Self::Source { .. } => false,
        }
    }
}

impl PackProblem {
    /// The rule of PACK.md or FORMAT.md, if the file breaks one.
    pub fn rule(&self) -> Option<String> {
        match self {
            Self::File(error) => error.rule().map(str::to_owned),
            Self::Archive { error, .. } => error.rule(),
            Self::Unsorted { .. } => Some("P12".to_owned()),
            Self::Reserved => Some("P13".to_owned()),
            Self::ManifestFile { .. } => Some("P16".to_owned()),
            Self::Source { .. } => Some("P17".to_owned()),
        }
    }
}

impl fmt::Display for PackProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Reserved => write!(f, "a reserved byte of the header or the footer is not zero"),
            Self::Unsorted { position } => write!(f, "entry {position}: the index is not sorted by key"),
            Self::Archive { position, error } => write!(f, "entry {position}: {error}"),
            Self::ManifestFile { file } => {
                write!(
                    f,
                    "file {file} of the manifest: its archive has another minimum Python or number of lines"
                )
            }
            Self::Source { position } => write!(f, "entry {position}: its source is damaged or missing"),
        }
    }
}

impl std::error::Error for PackProblem {}

impl PackReport {
    /// Whether the file or an archive is damaged, and not only of another version.
    pub fn is_damaged(&self) -> bool {
        self.problem_count > self.other_version_count
    }

    /// A report on a file that cannot be opened as a pack.
    pub(crate) fn of_unreadable(path: PathBuf, error: PackOpenError) -> Self {
        let mut report = Self::new(path);
        report.add_problem(PackProblem::File(error));
        report
    }

    fn new(path: PathBuf) -> Self {
        Self {
            path,
            intact: 0,
            problems: Vec::new(),
            problem_count: 0,
            other_version_count: 0,
            last_key: None,
            facts: Vec::new(),
        }
    }

    /// A report on a pack with an index, without results of its archives.
    pub(crate) fn of_index(path: PathBuf, index: &PackIndex) -> Self {
        let mut report = Self::new(path);
        if !index.ends.is_reserved_zero {
            report.add_problem(PackProblem::Reserved);
        }
        report
    }

    /// Adds a problem.
    pub(crate) fn add_problem(&mut self, problem: PackProblem) {
        self.problem_count += 1;
        self.other_version_count += usize::from(problem.is_other_version());
        if self.problems.len() < MAX_LISTED {
            self.problems.push(problem);
        }
    }

    /// Adds the result for the next entry of the index.
    pub(crate) fn add_entry(
        &mut self,
        position: usize,
        key: &SourceKey,
        result: Result<ArchiveFacts, PackedArchiveError>,
    ) {
        if self.last_key.is_some_and(|last| last >= *key) {
            self.add_problem(PackProblem::Unsorted { position });
        }
        self.last_key = Some(*key);
        self.facts.push(result.as_ref().ok().copied());
        match result {
            Ok(_) => self.intact += 1,
            Err(error) => self.add_problem(PackProblem::Archive { position, error }),
        }
    }

    /// Adds the problems of the manifest and the sources (P14 to P17), after the results for all entries.
    pub(crate) fn check_manifest(&mut self, file: &PackFile, index: &PackIndex) {
        let manifest = match index.read_manifest(file) {
            Ok(Some(manifest)) => manifest,
            Ok(None) => return,
            Err(error) => return self.add_problem(PackProblem::File(error)),
        };
        for (file, entry) in manifest.files.iter().enumerate() {
            let ManifestContent::Archive { position, lines, minimum_python } = entry.content else {
                continue;
            };
            let found = self.facts.get(position as usize).copied().flatten();
            if found.is_some_and(|found| found != ArchiveFacts { lines, minimum_python }) {
                self.add_problem(PackProblem::ManifestFile { file });
            }
        }
        for (position, range) in manifest.sources.iter().enumerate() {
            let entry = index.entry(position);
            if entry.and_then(|entry| index.read_source(file, *range, &entry.key)).is_none() {
                self.add_problem(PackProblem::Source { position });
            }
        }
    }
}
