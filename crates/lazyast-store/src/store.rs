//! A cache: all packs of a cache directory, searched by key.

use std::io;
use std::path::Path;

use crate::dir::cache_directory::CacheDirectory;
use crate::dir::versions::version_directories;
use crate::gc::collect::{self, GcReport};
use crate::gc::compact::compact_if_needed;
use crate::gc::policy::GcPolicy;
use crate::import::{ImportReport, copy_new_archives};
use crate::key::SourceKey;
use crate::pack::listing::pack_paths;
use crate::pack::open_packs::OpenPacks;
use crate::pack::report::PackReport;
use crate::pack::stored::{ArchiveLocation, StoredArchive};
use crate::pack::verify::verify_published;
use crate::pack::write::PackWriter;
use crate::stats::VersionStats;

/// Packs with fewer archives than this have no identifier index: searching all of their archives is as fast.
pub const MIN_INDEXED_ARCHIVES: usize = 128;

/// An open cache. Any number of threads can use it at once.
#[derive(Debug)]
pub struct Store {
    packs: OpenPacks,
}

impl Store {
    /// Opens a cache for archives of one parser version.
    pub fn open(directory: CacheDirectory, parser: u32) -> Self {
        Self { packs: OpenPacks::new(directory, parser) }
    }

    /// The cache directory.
    pub fn directory(&self) -> &CacheDirectory {
        self.packs.directory()
    }

    /// The archive of the source with this key. An archive that is damaged counts as missing.
    pub fn get(&self, key: &SourceKey) -> Option<StoredArchive> {
        self.packs.find(|pack| pack.get(key, self.packs.parser()))
    }

    /// The location of the archive of the source with this key. Opening the location shows whether the archive is
    /// intact.
    pub fn locate(&self, key: &SourceKey) -> Option<ArchiveLocation> {
        self.packs.find(|pack| pack.locate(key))
    }

    /// Starts a new pack.
    pub fn writer(&self) -> io::Result<PackWriter> {
        self.packs.writer()
    }

    /// Publishes a pack and opens it. If the cache has many packs then, small ones are compacted.
    pub fn publish(&self, writer: PackWriter) -> io::Result<()> {
        self.packs.publish(writer)?;
        // Without compaction the cache is slower and otherwise the same.
        let _ = compact_if_needed(&self.packs);
        Ok(())
    }

    /// Writes the identifier indexes of packs with at least [`MIN_INDEXED_ARCHIVES`] archives.
    pub fn write_identifier_indexes(&self) -> io::Result<()> {
        let packs = self.packs.all();
        let results = packs
            .iter()
            .filter(|pack| pack.len() >= MIN_INDEXED_ARCHIVES && pack.identifier_index().is_none())
            .map(|pack| pack.write_identifier_index(self.packs.parser()));
        // A damaged pack does not keep the others from having one.
        results.fold(Ok(()), io::Result::and)
    }

    /// Verifies every byte of every pack.
    pub fn verify(&self) -> Vec<PackReport> {
        let mut paths = pack_paths(self.directory().packs());
        paths.sort();
        paths.into_iter().map(|path| verify_published(path, self.packs.parser())).collect()
    }

    /// Adds all intact archives of the cache to a pack that is being written, in the order of their keys.
    pub fn copy_all(&self, writer: &mut PackWriter) -> io::Result<()> {
        let packs = self.packs.all();
        let mut entries: Vec<_> =
            packs.iter().flat_map(|pack| pack.entries().map(move |entry| (entry, pack))).collect();
        entries.sort_by_key(|(entry, _)| entry.key);
        let mut last = None;
        for (entry, pack) in entries {
            if last != Some(entry.key)
                && let Some(archive) = pack.open_entry(&entry, self.packs.parser())
            {
                writer.add(&entry.key, archive.as_ref())?;
                last = Some(entry.key);
            }
        }
        Ok(())
    }

    /// Imports the archives of an untrusted pack that the cache does not have, if the whole pack is valid.
    ///
    /// Verification cannot show whether an archive is really the tree of its source. Import packs only from people whose
    /// code you would run. An error is one of the cache; problems of the pack are in the report.
    pub fn import(&self, path: &Path) -> io::Result<ImportReport> {
        let (report, writer) = copy_new_archives(&self.packs, path)?;
        writer.map_or(Ok(()), |writer| self.publish(writer))?;
        Ok(report)
    }

    /// Deletes what a policy does not keep, in the whole cache directory. With `dry_run`, nothing is deleted.
    ///
    /// Gives `None` if another process locked the cache for ten seconds.
    pub fn collect_garbage(&self, policy: &GcPolicy, dry_run: bool) -> io::Result<Option<GcReport>> {
        collect::collect_garbage(&self.packs, policy, dry_run)
    }

    /// Collects garbage with the default policy if [`is_gc_due`](crate::is_gc_due), and no other process locks the
    /// cache.
    pub fn collect_garbage_if_due(&self) -> io::Result<Option<GcReport>> {
        collect::collect_garbage_if_due(&self.packs)
    }

    /// What the version directory of this cache holds.
    pub fn stats(&self) -> VersionStats {
        VersionStats::of(self.directory().version())
    }

    /// What the other version directories in the same cache directory hold.
    pub fn stats_of_others(&self) -> Vec<VersionStats> {
        let own = self.directory().version();
        version_directories(self.directory().root())
            .into_iter()
            .filter(|version| version != own)
            .map(|version| VersionStats::of(&version))
            .collect()
    }
}
