//! [`Discovery`]: the sources under some paths, and what decided that these are the sources.

use std::path::PathBuf;

use lazyast_store::FileFingerprint;

use super::source_file::FileError;

/// A source file with the fingerprint that the directory gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DiscoveredFile {
    pub(crate) path: PathBuf,
    pub(crate) fingerprint: FileFingerprint,
}

/// The result of discovering the sources under some paths.
#[derive(Debug, Default)]
pub(crate) struct Discovery {
    /// The sources, in the order of their paths.
    pub(crate) files: Vec<DiscoveredFile>,
    /// Paths that could not be inspected.
    pub(crate) errors: Vec<(PathBuf, FileError)>,
    /// The directories that contain the sources, as [`ProjectState`](lazyast_store::ProjectState) records them.
    pub(crate) directories: Vec<(PathBuf, FileFingerprint)>,
    /// The ignore files that apply, as [`ProjectState`](lazyast_store::ProjectState) records them: without a
    /// fingerprint if the file does not exist.
    pub(crate) ignore_files: Vec<(PathBuf, Option<FileFingerprint>)>,
    /// Whether any directory was listed. If not, all directories are as they were recorded.
    pub(crate) listed: bool,
}

impl Discovery {
    /// Sorts all lists by path and removes duplicates, which overlapping paths produce.
    pub(crate) fn sort(&mut self) {
        // The list mostly consists of a few sorted runs, which the stable sort merges.
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.files.dedup_by(|one, other| one.path == other.path);
        self.directories.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        self.directories.dedup_by(|one, other| one.0 == other.0);
        self.ignore_files.sort_by(|one, other| one.0.cmp(&other.0));
        self.ignore_files.dedup_by(|one, other| one.0 == other.0);
    }
}
