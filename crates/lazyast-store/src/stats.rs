//! What a cache holds.

use std::path::{Path, PathBuf};

use crate::Store;
use crate::counts::LookupCounts;
use crate::dir::versions::{size, versions};
use crate::gc::last_use as uses;
use crate::pack::mapped::Packs;

/// What is in the directory of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionStats {
    /// The directory.
    pub path: PathBuf,
    /// Readable packs.
    pub packs: usize,
    /// Archives in them; equal ones of several packs count each.
    pub archives: usize,
    /// Bytes of the packs.
    pub bytes: u64,
    /// Files that should be packs and cannot be read as such.
    pub damaged: usize,
    /// Lists of paths that were opened or warmed.
    pub projects: usize,
    /// Bytes of all files.
    pub all_bytes: u64,
    /// How often archives were found.
    pub counts: LookupCounts,
}

impl VersionStats {
    fn of(version: &Path) -> Self {
        let Packs { whole, damaged, .. } = Packs::read(&version.join("packs"), &[]);
        Self {
            path: version.to_owned(),
            packs: whole.len(),
            archives: whole.iter().map(|pack| pack.len()).sum(),
            bytes: whole.iter().map(|pack| pack.bytes()).sum(),
            damaged,
            projects: uses::files(version).len(),
            all_bytes: size(version),
            counts: LookupCounts::read(version),
        }
    }
}

impl Store {
    /// Looks at what is there.
    pub fn stats(&self) -> VersionStats {
        VersionStats::of(self.directory().version())
    }

    /// The same for other versions' directories in the same cache directory.
    pub fn stats_of_others(&self) -> Vec<VersionStats> {
        let own = self.directory().version();
        versions(self.directory().root())
            .into_iter()
            .filter(|version| version != own)
            .map(|version| VersionStats::of(&version))
            .collect()
    }
}
