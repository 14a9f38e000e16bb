//! [`Cache`]: archives by the content of their sources.
//!
//! A hit is read from a pack. A miss is parsed; its archive stays in memory until enough archives have come
//! together for a pack, so that many small sources do not make many small files.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lazyast_parse::{PARSER_VERSION, Parser, Unsupported};
use lazyast_store::{
    ArchiveLocation, CacheDirectory, CacheDirectoryError, EnvironmentUnderlay, LookupCounts, SourceKey,
    Store, Underlay,
};

use crate::archive::ArchiveBytes;

/// Bytes of new archives that are collected in memory before they are published as a pack.
const UNPUBLISHED_BYTES: usize = 16 * 1024 * 1024;

/// Archives by the content of their sources. Clones share one cache, and any number of threads can use it.
///
/// New archives are published as a pack when there are enough of them, by [`flush`](Self::flush), and when the last
/// clone is dropped. Errors of the cache directory never prevent a source from being parsed.
///
/// ```
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path().to_owned();
/// let cache = lazyast::Cache::at(path)?;
/// let archive = cache.archive(b"import os\n")?; // parsed
/// let module = lazyast::OwnedTree::open(archive)?;
/// assert_eq!(module.tree().len(), 3); // Module, Import, alias
///
/// cache.flush()?;
/// assert!(cache.archive(b"import os\n")?.is_cached()); // read from a pack
/// # Ok::<(), lazyast::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Cache(Arc<CacheInner>);

#[derive(Debug, Default)]
struct CacheInner {
    store: Option<Store>,
    underlay: Underlay,
    problems: Vec<CacheDirectoryError>,
    deprecation: Option<String>,
    unpublished: Mutex<UnpublishedArchives>,
    /// Idle parsers: their buffers are reused.
    parsers: Mutex<Vec<Parser>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// New archives that are not in a pack yet.
#[derive(Debug, Default)]
struct UnpublishedArchives {
    archives: HashMap<SourceKey, ArchiveBytes>,
    bytes: usize,
}

impl Cache {
    /// Opens the cache directory that is configured for the current directory, with the read-only underlays that the
    /// environment names.
    ///
    /// [`choose_cache_directory`](lazyast_store::choose_cache_directory) gives the order in which the configuration is
    /// searched; `chosen` comes first. After an error, [`Cache::disabled`] does the same work without a cache.
    pub fn open(chosen: Option<&Path>) -> Result<Self, CacheDirectoryError> {
        let EnvironmentUnderlay { directories, deprecation } = EnvironmentUnderlay::read();
        let root = lazyast_store::choose_cache_directory(chosen, Path::new("."))?;
        Self::open_directory(root, &directories, deprecation)
    }

    /// Opens the configured cache directory with the given read-only underlays.
    ///
    /// It is an error only if none of the directories can be used. [`problems`](Self::problems) has the others' errors.
    pub fn open_with_underlay(
        chosen: Option<&Path>,
        underlay: &[PathBuf],
    ) -> Result<Self, CacheDirectoryError> {
        let root = lazyast_store::choose_cache_directory(chosen, Path::new("."))?;
        Self::open_directory(root, underlay, None)
    }

    /// Opens the cache in a directory, without underlays.
    pub fn at(root: PathBuf) -> Result<Self, CacheDirectoryError> {
        Self::open_directory(root, &[], None)
    }

    fn open_directory(
        root: PathBuf,
        underlay: &[PathBuf],
        deprecation: Option<String>,
    ) -> Result<Self, CacheDirectoryError> {
        let (underlay, mut problems) = Underlay::open(underlay, PARSER_VERSION);
        let store = match CacheDirectory::prepare(root, PARSER_VERSION) {
            Ok(directory) => Some(Store::open(directory, PARSER_VERSION)),
            Err(problem) if underlay.is_empty() => return Err(problem),
            Err(problem) => {
                problems.push(problem);
                None
            }
        };
        let (unpublished, parsers, hits, misses) = Default::default();
        Ok(Self(Arc::new(CacheInner {
            store,
            underlay,
            problems,
            deprecation,
            unpublished,
            parsers,
            hits,
            misses,
        })))
    }

    /// A cache that stores nothing: every source is parsed.
    pub fn disabled() -> Self {
        Self::default()
    }

    /// The packs of the cache directory; `None` if there is no directory that can be written.
    pub fn store(&self) -> Option<&Store> {
        self.0.store.as_ref()
    }

    /// Why some of the configured directories are not used.
    pub fn problems(&self) -> &[CacheDirectoryError] {
        &self.0.problems
    }

    /// A message for the user, if the underlays were named by a deprecated variable.
    pub fn deprecation(&self) -> Option<&str> {
        self.0.deprecation.as_deref()
    }

    /// The archive of a source, which is given as the bytes of a file. The source is parsed if its archive is not in the
    /// cache.
    pub fn archive(&self, source: &[u8]) -> Result<ArchiveBytes, Unsupported> {
        let key = lazyast_store::source_key(source);
        if let Some(archive) = self.get(&key) {
            self.0.hits.fetch_add(1, Ordering::Relaxed);
            return Ok(archive);
        }
        self.0.misses.fetch_add(1, Ordering::Relaxed);
        let mut parser = self.parsers().pop().unwrap_or_default();
        let archive = parser.parse(source, &key).map(ArchiveBytes::copy);
        self.parsers().push(parser);
        let archive = archive?;
        self.keep(key, &archive);
        Ok(archive)
    }

    /// The archive of the source with a key, if it is in the cache.
    pub fn get(&self, key: &SourceKey) -> Option<ArchiveBytes> {
        let entry = self.store().and_then(|store| store.get(key)).or_else(|| self.0.underlay.get(key));
        entry.map(ArchiveBytes::in_pack).or_else(|| self.unpublished().archives.get(key).cloned())
    }

    /// The location of the archive of the source with a key. The archive is checked when it is opened.
    pub(crate) fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.store().and_then(|store| store.locate(key)).or_else(|| self.0.underlay.locate(key))
    }

    /// Publishes new archives as a pack.
    pub fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }

    /// Publishes new archives and, once a day, collects garbage. Programs call this when their work is done.
    ///
    /// The environment variable `LAZYAST_GC=off` switches garbage collection off. Errors are ignored: the next program
    /// that finishes tries again.
    pub fn finish(&self) {
        let _ = self.flush();
        if let Some(store) = self.store() {
            let _ = store.collect_garbage_if_due();
        }
    }

    /// Keeps a new archive until it is published.
    fn keep(&self, key: SourceKey, archive: &ArchiveBytes) {
        if self.0.store.is_none() {
            return;
        }
        let mut unpublished = self.unpublished();
        if unpublished.archives.insert(key, archive.clone()).is_none() {
            unpublished.bytes += archive.as_ref().len();
        }
        let full = unpublished.bytes > UNPUBLISHED_BYTES;
        drop(unpublished);
        if full {
            // Archives that cannot be written are dropped; the next process parses their sources again.
            let _ = self.flush();
        }
    }

    fn unpublished(&self) -> MutexGuard<'_, UnpublishedArchives> {
        self.0.unpublished()
    }

    fn parsers(&self) -> MutexGuard<'_, Vec<Parser>> {
        self.0.parsers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheInner {
    fn flush(&self) -> io::Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        let counts = LookupCounts {
            hits: self.hits.swap(0, Ordering::Relaxed),
            unread: 0,
            misses: self.misses.swap(0, Ordering::Relaxed),
        };
        // The counters are only statistics; an error in updating them is ignored.
        let _ = counts.add(store.directory().version());
        let unpublished = std::mem::take(&mut *self.unpublished());
        if unpublished.archives.is_empty() {
            return Ok(());
        }
        let mut writer = store.writer()?;
        for (key, archive) in &unpublished.archives {
            writer.add(key, archive.as_ref())?;
        }
        store.publish(writer)
    }

    fn unpublished(&self) -> MutexGuard<'_, UnpublishedArchives> {
        self.unpublished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CacheInner {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
