//! The read-only underlay: cache directories that are searched last and never written.
//!
//! A container layer or a shared installation can ship trees in a cache directory that is not writable. The user who
//! runs the program names such directories, by an option or a variable. A configuration file of a checkout cannot:
//! it could name a directory of the same checkout, with trees that do not belong to their sources.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dir::cache_directory::CacheDirectory;
use crate::dir::error::CacheDirectoryError;
use crate::key::SourceKey;
use crate::pack::listing::PackListing;
use crate::pack::stored::{ArchiveLocation, Pack, StoredArchive};

/// The environment variable that names the directories of the underlay, separated as in `PATH`.
const VARIABLE: &str = "LAZYAST_CACHE_UNDERLAY";
/// The former name of [`VARIABLE`]. It counts where [`VARIABLE`] is not set.
const DEPRECATED_VARIABLE: &str = "LAZYAST_CACHE_LOWER";

/// The directories of an underlay that the environment names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentUnderlay {
    /// The directories, in the order in which they are searched.
    pub directories: Vec<PathBuf>,
    /// A message for the user, if the directories come from the variable's former name.
    pub deprecation: Option<String>,
}

impl EnvironmentUnderlay {
    /// Reads `LAZYAST_CACHE_UNDERLAY`, or `LAZYAST_CACHE_LOWER` if the former is not set.
    pub fn read() -> Self {
        if let Some(value) = std::env::var_os(VARIABLE) {
            return Self { directories: split(&value), deprecation: None };
        }
        let Some(value) = std::env::var_os(DEPRECATED_VARIABLE) else { return Self::default() };
        let deprecation = format!("the variable {DEPRECATED_VARIABLE} is deprecated; use {VARIABLE}");
        Self { directories: split(&value), deprecation: Some(deprecation) }
    }
}

fn split(value: &std::ffi::OsStr) -> Vec<PathBuf> {
    std::env::split_paths(value).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// The packs of the underlay. Any number of threads can read them at once.
#[derive(Debug, Default)]
pub struct Underlay {
    parser: u32,
    packs: Vec<Arc<Pack>>,
}

impl Underlay {
    /// Opens cache directories for archives of one parser version. Directories that cannot be used are skipped; the
    /// second part of the result has the reasons.
    pub fn open(roots: &[PathBuf], parser: u32) -> (Self, Vec<CacheDirectoryError>) {
        let mut underlay = Self { parser, packs: Vec::new() };
        let errors = roots.iter().filter_map(|root| underlay.add(root).err()).collect();
        (underlay, errors)
    }

    fn add(&mut self, root: &Path) -> Result<(), CacheDirectoryError> {
        // A cache of another version holds nothing for this one.
        if let Some(directory) = CacheDirectory::open_read_only(root.to_owned(), self.parser)? {
            self.packs.extend(PackListing::read(directory.packs(), &[]).packs);
        }
        Ok(())
    }

    /// Number of packs.
    pub fn len(&self) -> usize {
        self.packs.len()
    }

    /// Whether the underlay has no packs.
    pub fn is_empty(&self) -> bool {
        self.packs.is_empty()
    }

    /// The archive of the source with this key; see [`Store::get`](crate::Store::get).
    pub fn get(&self, key: &SourceKey) -> Option<StoredArchive> {
        self.packs.iter().find_map(|pack| pack.get(key, self.parser))
    }

    /// The location of an archive; see [`Store::locate`](crate::Store::locate).
    pub fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.packs.iter().find_map(|pack| pack.locate(key))
    }
}
