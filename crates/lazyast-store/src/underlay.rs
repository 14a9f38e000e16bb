//! Caches below the one that is written: read, searched last, and never changed.
//!
//! A container's layer or a shared installation brings trees along in a cache directory that is not writable. It is named
//! by who runs the program, never by a configuration file of a checkout, which could bring planted trees.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::SourceKey;
use crate::dir::cache_directory::{CacheDirectory, CacheDirectoryError};
use crate::pack::mapped::{ArchiveLocation, MappedArchive, Pack, Packs};

/// The environment variable that names cache directories below, separated as in `PATH`.
pub(crate) const VARIABLE: &str = "LAZYAST_CACHE_LOWER";

/// The directories that the environment names.
pub fn from_environment() -> Vec<PathBuf> {
    let value = std::env::var_os(VARIABLE).unwrap_or_default();
    std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// The packs of caches that are only read. Any number of threads read them at once.
#[derive(Debug, Default)]
pub struct Underlay {
    parser: u32,
    packs: Vec<Arc<Pack>>,
}

impl Underlay {
    /// Opens cache directories for archives of one parser version. Those that cannot be used are left out, and it is said
    /// why.
    pub fn open(roots: &[PathBuf], parser: u32) -> (Self, Vec<CacheDirectoryError>) {
        let mut underlay = Self { parser, packs: Vec::new() };
        let mut problems = Vec::new();
        for root in roots {
            match underlay.add(root) {
                Ok(()) => {}
                Err(problem) => problems.push(problem),
            }
        }
        (underlay, problems)
    }

    fn add(&mut self, root: &Path) -> Result<(), CacheDirectoryError> {
        // A cache of another version has nothing for this one.
        if let Some(directory) = CacheDirectory::below(root.to_owned(), self.parser)? {
            self.packs.extend(Packs::read(directory.packs(), &[]).whole);
        }
        Ok(())
    }

    /// Number of packs.
    pub fn len(&self) -> usize {
        self.packs.len()
    }

    /// Whether there is nothing to be found.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty()
    }

    /// The archive for a source with this key; see [`Store::get`](crate::Store::get).
    pub fn get(&self, key: &SourceKey) -> Option<MappedArchive> {
        self.packs.iter().find_map(|pack| pack.get(key, self.parser))
    }

    /// The place of an archive; see [`Store::locate`](crate::Store::locate).
    pub fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.packs.iter().find_map(|pack| pack.locate(key))
    }
}
