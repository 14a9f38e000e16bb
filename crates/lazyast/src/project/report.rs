//! How sources are brought into the cache, and what became of them: the types that users see.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use lazyast_format::read::OpenError;
use lazyast_parse::Unsupported;

use super::selection::FileSelection;
use super::source_file::FileError;

/// How sources are brought into the cache.
#[derive(Clone, Debug, Default)]
pub struct WarmOptions {
    /// Number of threads; by default the number of processors.
    pub jobs: Option<usize>,
    /// How a changed source is detected.
    pub change_detection: ChangeDetection,
    /// Which files below the paths are sources.
    pub selection: FileSelection,
}

/// How it is detected that a source has changed since it was read last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeDetection {
    /// By size, timestamps and inode, with one system call per file. A source whose timestamps are too recent to
    /// prove anything is read.
    Stat,
    /// By the hash of the content: every source is read.
    Content,
}

impl Default for ChangeDetection {
    /// [`Content`](Self::Content) if the environment variable `CI` is set, else [`Stat`](Self::Stat): in CI every
    /// checkout gives all files new timestamps, and caches come from other machines.
    fn default() -> Self {
        if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) { Self::Content } else { Self::Stat }
    }
}

/// How many of the sources that must be read have been read.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Files that have been read.
    pub done: usize,
    /// All files that must be read.
    pub total: usize,
}

/// The result of bringing sources into the cache.
#[derive(Debug, Default)]
pub struct WarmReport {
    /// All sources, including those that failed.
    pub files: usize,
    /// Lines of the sources that have an archive.
    pub lines: u64,
    /// Sources that were parsed.
    pub new: usize,
    /// Sources whose archive was in the cache.
    pub cached: usize,
    /// Sources that were not read, because their file state is unchanged.
    pub unread: usize,
    /// Sources without an archive. Empty in the report of a [`Project`](super::Project), which has them itself.
    pub failures: Vec<SourceFailure>,
    /// Bytes of the sources that have an archive.
    pub source_bytes: u64,
    /// Bytes of their archives.
    pub archive_bytes: u64,
    /// Time from the start of discovery to the published pack.
    pub elapsed: Duration,
    /// The error because of which new archives could not be stored.
    pub unwritten: Option<io::Error>,
}

impl WarmReport {
    /// Lines per second, in millions.
    pub fn million_lines_per_second(&self) -> f64 {
        self.lines as f64 / self.elapsed.as_secs_f64() / 1e6
    }
}

/// A source without an archive.
#[derive(Debug)]
pub struct SourceFailure {
    /// The path of the source.
    pub path: PathBuf,
    /// Why it has no archive.
    pub reason: FailureReason,
}

/// Why a source has no archive.
#[derive(Debug)]
#[non_exhaustive]
pub enum FailureReason {
    /// The file could not be read.
    File(FileError),
    /// The parser does not support the source.
    Unsupported(Unsupported),
    /// The parser did not support the source when it was read last, and the source has not changed since. The text is
    /// that of the [`Unsupported`] at that time.
    UnsupportedBefore(String),
    /// The source has an archive, but the Python that was asked for lacks its syntax.
    NewerSyntax {
        /// The minor version of the oldest Python that has the syntax.
        minimum_python: u8,
    },
    /// The archive cannot be opened.
    Damaged(OpenError),
    /// The manifest of a pack says that the source has no archive. The text is the reason in the manifest.
    Exported(String),
    /// The archive in the pack that the project was opened from is damaged, or of another version.
    DamagedInPack,
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Unsupported(reason) => reason.fmt(f),
            Self::UnsupportedBefore(reason) | Self::Exported(reason) => f.write_str(reason),
            Self::NewerSyntax { minimum_python } => write!(f, "has syntax of Python 3.{minimum_python}"),
            Self::Damaged(error) => write!(f, "cannot open the archive: {error}"),
            Self::DamagedInPack => f.write_str("its archive in the pack is damaged or of another version"),
        }
    }
}

impl std::error::Error for FailureReason {}

/// The failures of sources and of paths that could not be inspected, in the order of their paths.
pub(crate) fn sorted_failures(
    sources: impl IntoIterator<Item = SourceFailure>,
    uninspected: impl IntoIterator<Item = (PathBuf, FileError)>,
) -> Vec<SourceFailure> {
    let mut failures: Vec<SourceFailure> = sources.into_iter().collect();
    let uninspected = uninspected.into_iter();
    failures
        .extend(uninspected.map(|(path, error)| SourceFailure { path, reason: FailureReason::File(error) }));
    failures.sort_by(|one, other| one.path.cmp(&other.path));
    failures
}
