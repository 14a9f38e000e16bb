//! What a version directory holds.

use std::path::{Path, PathBuf};

use crate::counts::LookupCounts;
use crate::dir::versions::{PACKS, size};
use crate::gc::last_use::project_state_files;
use crate::pack::listing::PackListing;

/// What a version directory holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionStats {
    /// The directory.
    pub path: PathBuf,
    /// Readable packs.
    pub packs: usize,
    /// Archives in the packs. Equal archives of several packs count each.
    pub archives: usize,
    /// Bytes of the packs.
    pub bytes: u64,
    /// Files that are named like packs and cannot be read as such.
    pub damaged: usize,
    /// Project states: lists of paths that were opened or warmed.
    pub projects: usize,
    /// Bytes of all files.
    pub all_bytes: u64,
    /// How often the cache had an archive.
    pub counts: LookupCounts,
}

impl VersionStats {
    /// Reads a version directory.
    pub(crate) fn of(version: &Path) -> Self {
        let PackListing { packs, unreadable, .. } = PackListing::read_with_indexes(&version.join(PACKS));
        Self {
            path: version.to_owned(),
            packs: packs.len(),
            archives: packs.iter().map(|pack| pack.len()).sum(),
            bytes: packs.iter().map(|pack| pack.file_len()).sum(),
            damaged: unreadable,
            projects: project_state_files(version).len(),
            all_bytes: size(version),
            counts: LookupCounts::read(version),
        }
    }
}
