//! What became of one source: the types that the steps of an update exchange.

use lazyast_store::{ArchiveLocation, FileState, SourceKey};

use super::report::FailureReason;
use crate::archive::ArchiveBytes;

/// What became of a source, and the state that is to be recorded for its file.
pub(crate) struct SourceOutcome {
    pub(crate) result: Result<ArchivedSource, FailureReason>,
    /// `None` where the recorded state holds.
    pub(crate) state: Option<FileState>,
}

/// A source that has an archive.
pub(crate) struct ArchivedSource {
    /// The archive, if the caller keeps archives.
    pub(crate) archive: Option<ArchiveHandle>,
    /// The minor version of the oldest Python that has the source's syntax.
    pub(crate) minimum_python: u8,
    pub(crate) lines: u32,
    pub(crate) source_bytes: u64,
    pub(crate) archive_bytes: u64,
    /// Whether the source was parsed for this outcome.
    pub(crate) is_new: bool,
}

/// An archive, or its location in a pack. An archive at a location is checked when it is opened.
#[derive(Clone, Debug)]
pub(crate) enum ArchiveHandle {
    Bytes(ArchiveBytes),
    Location(ArchiveLocation, SourceKey),
    /// In a pack without a cache. There is no file to fall back to.
    Exported(ArchiveLocation),
}
