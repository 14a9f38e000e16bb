//! Sources by content: a hit is a part of a mapped pack, a miss is parsed and kept.

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

/// Bytes of new archives that are gathered before they are published as a pack.
const PENDING_BYTES: usize = 16 * 1024 * 1024;

/// Archives by the content of their sources. Any number of threads use it at once.
///
/// New archives are published when many have come together, by [`flush`](Self::flush), and when the
/// last clone of the cache is dropped. Whatever goes wrong with the directory, sources are still parsed.
#[derive(Clone, Debug, Default)]
pub struct Cache(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    store: Option<Store>,
    underlay: Underlay,
    problems: Vec<CacheDirectoryError>,
    deprecation: Option<String>,
    pending: Mutex<Pending>,
    parsers: Mutex<Vec<Parser>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Debug, Default)]
struct Pending {
    archives: HashMap<SourceKey, ArchiveBytes>,
    bytes: usize,
}

impl Cache {
    /// Opens the cache directory that [`choose_cache_directory`](crate::choose_cache_directory) gives for the current
    /// directory, with the underlay that the environment names; see [`EnvironmentUnderlay`].
    ///
    /// On an error, [`Cache::disabled`] does the same work without a cache.
    pub fn open(chosen: Option<&Path>) -> Result<Self, CacheDirectoryError> {
        let EnvironmentUnderlay { directories, deprecation } = EnvironmentUnderlay::read();
        let root = lazyast_store::choose_cache_directory(chosen, Path::new("."))?;
        Self::open_root(root, &directories, deprecation)
    }

    /// Opens the cache directory that [`choose_cache_directory`](crate::choose_cache_directory) gives for the current
    /// directory, with an underlay of other cache directories.
    ///
    /// If some of these directories can be used, the others are [`problems`](Self::problems) and not errors.
    pub fn open_with_underlay(
        chosen: Option<&Path>,
        underlay: &[PathBuf],
    ) -> Result<Self, CacheDirectoryError> {
        let root = lazyast_store::choose_cache_directory(chosen, Path::new("."))?;
        Self::open_root(root, underlay, None)
    }

    /// Opens the cache in a directory, without an underlay.
    pub fn at(root: PathBuf) -> Result<Self, CacheDirectoryError> {
        Self::open_root(root, &[], None)
    }

    fn open_root(
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
        let (pending, parsers, hits, misses) = Default::default();
        Ok(Self(Arc::new(Inner { store, underlay, problems, deprecation, pending, parsers, hits, misses })))
    }

    /// No cache: every source is parsed and nothing is kept.
    pub fn disabled() -> Self {
        Self::default()
    }

    /// The packs, if there is a cache that can be written.
    pub fn store(&self) -> Option<&Store> {
        self.0.store.as_ref()
    }

    /// Why some of the caches that were named are not used.
    pub fn problems(&self) -> &[CacheDirectoryError] {
        &self.0.problems
    }

    /// A message for the user, if the underlay was named by a deprecated variable.
    pub fn deprecation(&self) -> Option<&str> {
        self.0.deprecation.as_deref()
    }

    /// The archive of a source, given as the bytes of a file.
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

    /// The archive of a source by its key, if it is there.
    pub fn get(&self, key: &SourceKey) -> Option<ArchiveBytes> {
        let entry = self.store().and_then(|store| store.get(key)).or_else(|| self.0.underlay.get(key));
        entry.map(ArchiveBytes::in_pack).or_else(|| self.pending().archives.get(key).cloned())
    }

    /// Where the archive of a source is; whether it is whole is seen when it is opened.
    pub(crate) fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.store().and_then(|store| store.locate(key)).or_else(|| self.0.underlay.locate(key))
    }

    fn keep(&self, key: SourceKey, archive: &ArchiveBytes) {
        if self.0.store.is_none() {
            return;
        }
        let mut pending = self.pending();
        if pending.archives.insert(key, archive.clone()).is_none() {
            pending.bytes += archive.as_ref().len();
        }
        let full = pending.bytes > PENDING_BYTES;
        drop(pending);
        if full {
            // What cannot be written is not kept; the next process parses it again.
            let _ = self.flush();
        }
    }

    /// Publishes what is new.
    pub fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }

    /// What a program calls when its work is done: publishes what is new, and once a day gets rid of what nobody
    /// has used for long. The user can switch the latter off. What cannot be done now is done some other time.
    pub fn finish(&self) {
        let _ = self.flush();
        if let Some(store) = self.store() {
            let _ = store.collect_garbage_if_due();
        }
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.0.pending()
    }

    fn parsers(&self) -> MutexGuard<'_, Vec<Parser>> {
        self.0.parsers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn flush(&self) -> io::Result<()> {
        let Some(store) = &self.store else { return Ok(()) };
        let counts = LookupCounts {
            hits: self.hits.swap(0, Ordering::Relaxed),
            unread: 0,
            misses: self.misses.swap(0, Ordering::Relaxed),
        };
        // What cannot be counted does not matter to anybody's work.
        let _ = counts.add(store.directory().version());
        let pending = std::mem::take(&mut *self.pending());
        if pending.archives.is_empty() {
            return Ok(());
        }
        let mut writer = store.writer()?;
        for (key, archive) in &pending.archives {
            writer.add(key, archive.as_ref())?;
        }
        store.publish(writer)
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}
