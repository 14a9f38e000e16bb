//! All packs of a cache, searched by key.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use crate::dir::cache_directory::CacheDirectory;
use crate::pack::mapped::{self as packs, ArchiveLocation, MappedArchive, Pack, Packs};
use crate::pack::verify::PackReport;
use crate::pack::write::PackWriter;
use crate::sync::clock;
use crate::{FileFingerprint, SourceKey};

/// With more packs than this, small ones are put together.
pub(crate) const COMPACTION_THRESHOLD: usize = 16;

/// With fewer archives than this, looking into each is as fast as looking up which have a name.
pub const MIN_INDEXED_ARCHIVES: usize = 128;

/// Pause between two looks at a directory that changes all the time.
const PAUSE: Duration = Duration::from_millis(10);

/// An open cache. Any number of threads read it at once.
#[derive(Debug)]
pub struct Store {
    directory: CacheDirectory,
    parser: u32,
    open: RwLock<Open>,
}

/// The packs that are open, and what is known of their directory.
#[derive(Debug)]
struct Open {
    packs: Vec<Arc<Pack>>,
    /// The directory before it was listed.
    fingerprint: Option<FileFingerprint>,
    /// When that was: in nanoseconds since 1970, and by a clock that is never set back.
    observed_at: i64,
    listed: Instant,
}

impl Open {
    fn new(directory: &CacheDirectory, known: &[Arc<Pack>]) -> Self {
        let (observed_at, listed) = (clock::now(), Instant::now());
        let fingerprint = FileFingerprint::at(directory.packs());
        Self { packs: Packs::read(directory.packs(), known).whole, fingerprint, observed_at, listed }
    }

    /// Whether nothing can have come since to a directory that has a fingerprint now. Shortly after a change its fingerprint does
    /// not tell, as a source's does not; then it is listed again, but not all the time.
    fn is_current(&self, now: Option<FileFingerprint>) -> bool {
        let is_settled = || now.is_none_or(|fingerprint| fingerprint.is_settled(self.observed_at));
        self.fingerprint == now && (is_settled() || self.listed.elapsed() < PAUSE)
    }
}

impl Store {
    /// Opens a cache for archives of one parser version.
    pub fn open(directory: CacheDirectory, parser: u32) -> Self {
        let open = RwLock::new(Open::new(&directory, &[]));
        Self { directory, parser, open }
    }

    /// The cache directory.
    pub fn directory(&self) -> &CacheDirectory {
        &self.directory
    }

    /// The version of the parser of the archives.
    pub(crate) fn parser(&self) -> u32 {
        self.parser
    }

    /// The archive for a source with this key. An entry that is not a whole archive, to the last bit of
    /// its checksum, is a miss.
    pub fn get(&self, key: &SourceKey) -> Option<MappedArchive> {
        self.find(|pack| pack.get(key, self.parser))
    }

    /// The place of an archive for a source with this key; whether it is whole is seen when it is opened.
    pub fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.find(|pack| pack.locate(key))
    }

    /// What is first found in a pack; in those that came lately, too.
    fn find<T>(&self, look: impl Fn(&Arc<Pack>) -> Option<T>) -> Option<T> {
        let found = self.read().packs.iter().find_map(&look);
        if found.is_some() || self.read().is_current(FileFingerprint::at(self.directory.packs())) {
            return found;
        }
        self.list();
        self.read().packs.iter().find_map(look)
    }

    /// Looks again which packs there are.
    fn list(&self) {
        // Nobody who reads waits while packs are opened.
        let known = self.read().packs.clone();
        let open = Open::new(&self.directory, &known);
        *self.write() = open;
    }

    fn read(&self) -> RwLockReadGuard<'_, Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Open> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a new pack.
    pub fn writer(&self) -> io::Result<PackWriter> {
        match PackWriter::new(self.directory.packs()) {
            // Somebody has cleaned the cache. Had they deleted the directory, they would not want it back.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.directory.root().is_dir() => {
                self.directory.make_again()?;
                PackWriter::new(self.directory.packs())
            }
            writer => writer,
        }
    }

    /// Publishes a pack and looks into it from now on. When there are many packs, small ones become one.
    pub fn publish(&self, writer: PackWriter) -> io::Result<()> {
        self.add(writer)?;
        // Others publish, too.
        if packs::paths(self.directory.packs()).len() > COMPACTION_THRESHOLD {
            // The packs as they are serve as well, only slower.
            let _ = self.compact();
        }
        Ok(())
    }

    /// Publishes a pack and looks into it from now on.
    pub(crate) fn add(&self, writer: PackWriter) -> io::Result<()> {
        let path = match writer.publish() {
            Ok(path) => path,
            // Somebody has deleted all that was in the cache, and so also this.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let pack = Pack::open(path).ok().map(Arc::new);
        self.write().packs.extend(pack);
        Ok(())
    }

    /// Closes packs, as far as nobody uses what is in them.
    pub(crate) fn forget(&self, paths: &[PathBuf]) {
        self.write().packs.retain(|pack| !paths.contains(&pack.path));
    }

    /// Writes down, for packs with many archives, which of them have which names.
    pub fn write_identifier_indexes(&self) -> io::Result<()> {
        let packs = self.read().packs.clone();
        let lacks_names =
            |pack: &&Arc<Pack>| pack.len() >= MIN_INDEXED_ARCHIVES && pack.identifier_index().is_none();
        packs.iter().filter(lacks_names).try_for_each(|pack| pack.write_identifier_indexes(self.parser))
    }

    /// Looks at every byte of every pack.
    pub fn verify(&self) -> Vec<PackReport> {
        let mut paths = packs::paths(self.directory.packs());
        paths.sort();
        paths.into_iter().map(|path| PackReport::own(path, self.parser)).collect()
    }
}
