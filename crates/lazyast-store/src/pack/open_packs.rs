//! The open packs of a cache, searched by key.
//!
//! Other processes publish and compact packs at any time. So a search without a result lists the directory again, if its
//! fingerprint has changed or is racy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::dir::cache_directory::CacheDirectory;
use crate::index::fingerprint::FileFingerprint;
use crate::index::identifiers::IdentifierIndex;
use crate::pack::listing::PackListing;
use crate::pack::stored::Pack;
use crate::pack::write::PackWriter;
use crate::sync::clock;
use crate::sync::lock::FileLock;

/// The lock file of processes that replace packs.
const REPLACE_LOCK: &str = "compact.lock";

/// While the directory's fingerprint is racy, it is not listed more often than this.
const RELIST_INTERVAL: Duration = Duration::from_millis(10);

/// The open packs of a cache.
#[derive(Debug)]
pub(crate) struct OpenPacks {
    directory: CacheDirectory,
    parser: u32,
    listed: RwLock<ListedPacks>,
}

/// The result of listing the directory of packs.
#[derive(Debug)]
struct ListedPacks {
    packs: Vec<Arc<Pack>>,
    /// The directory's fingerprint, taken before it was listed.
    fingerprint: Option<FileFingerprint>,
    /// The time of listing, in nanoseconds since 1970, and by a clock that never goes back.
    observed_at: i64,
    listed_at: Instant,
}

impl ListedPacks {
    fn read(directory: &CacheDirectory, open: &[Arc<Pack>]) -> Self {
        let (observed_at, listed_at) = (clock::now_in_nanoseconds(), Instant::now());
        let fingerprint = FileFingerprint::at(directory.packs());
        let packs = PackListing::read(directory.packs(), open).packs;
        Self { packs, fingerprint, observed_at, listed_at }
    }

    /// Whether a directory that has the fingerprint `now` needs no new listing.
    fn is_current(&self, now: Option<FileFingerprint>) -> bool {
        let is_racy = || now.is_some_and(|fingerprint| fingerprint.is_racy(self.observed_at));
        self.fingerprint == now && (!is_racy() || self.listed_at.elapsed() < RELIST_INTERVAL)
    }
}

impl OpenPacks {
    /// Opens the packs of a cache for archives of one parser version.
    pub(crate) fn new(directory: CacheDirectory, parser: u32) -> Self {
        let listed = RwLock::new(ListedPacks::read(&directory, &[]));
        Self { directory, parser, listed }
    }

    /// The cache directory.
    pub(crate) fn directory(&self) -> &CacheDirectory {
        &self.directory
    }

    /// The parser version of the archives.
    pub(crate) fn parser(&self) -> u32 {
        self.parser
    }

    /// The packs that are open.
    pub(crate) fn all(&self) -> Vec<Arc<Pack>> {
        self.read().packs.clone()
    }

    /// The first result of `search` on a pack. Packs that other processes have published since are searched as well.
    pub(crate) fn find<T>(&self, search: impl Fn(&Arc<Pack>) -> Option<T>) -> Option<T> {
        let found = self.read().packs.iter().find_map(&search);
        if found.is_some() || self.read().is_current(FileFingerprint::at(self.directory.packs())) {
            return found;
        }
        // Packs are opened without the lock, so that readers in other threads go on.
        let listed = ListedPacks::read(&self.directory, &self.all());
        *self.write() = listed;
        self.read().packs.iter().find_map(search)
    }

    fn read(&self) -> RwLockReadGuard<'_, ListedPacks> {
        self.listed.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, ListedPacks> {
        self.listed.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a new pack.
    pub(crate) fn writer(&self) -> io::Result<PackWriter> {
        match PackWriter::new(self.directory.packs()) {
            // Another process has cleaned the cache. A user who deletes the whole cache directory does not want it back.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.directory.root().is_dir() => {
                self.directory.restore()?;
                PackWriter::new(self.directory.packs())
            }
            writer => writer,
        }
    }

    /// Publishes a pack and opens it.
    pub(crate) fn publish(&self, writer: PackWriter) -> io::Result<()> {
        let path = match writer.publish() {
            Ok(path) => path,
            // Another process has cleaned the cache meanwhile, and the new pack with it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if let Ok(pack) = Pack::open(path) {
            let packs = &mut self.write().packs;
            let place = packs.partition_point(|other| other.len() < pack.len());
            packs.insert(place, Arc::new(pack));
        }
        Ok(())
    }

    /// Takes the lock that allows a process to replace packs. Gives `None` if another process still holds it after
    /// `patience`.
    pub(crate) fn lock_for_replacing(&self, patience: Duration) -> io::Result<Option<FileLock>> {
        FileLock::acquire_within(&self.directory.version().join(REPLACE_LOCK), patience)
    }

    /// Deletes packs. A pack that cannot be deleted now is a copy, which the next compaction deletes.
    ///
    /// The caller holds the lock for replacing.
    pub(crate) fn delete(&self, packs: Vec<Arc<Pack>>) {
        let paths: Vec<PathBuf> = packs.iter().map(|pack| pack.path.clone()).collect();
        // Some systems cannot delete an open file. So this process closes the packs first, as far as they are unused.
        self.close(&paths);
        drop(packs);
        for path in paths {
            let _ = fs::remove_file(IdentifierIndex::path(&path));
            let _ = fs::remove_file(path);
        }
    }

    fn close(&self, paths: &[PathBuf]) {
        let is_listed = |path: &Path| paths.iter().any(|other| other == path);
        self.write().packs.retain(|pack| !is_listed(&pack.path));
    }
}
