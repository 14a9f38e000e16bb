//! A mapped pack, and the archives in it.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_format::layout::HEADER_LEN;

use crate::index::identifiers::IdentifierIndex;
use crate::key::SourceKey;
use crate::pack::error::PackOpenError;
use crate::pack::format::IndexEntry;
use crate::pack::index::PackIndex;
use crate::pack::map::MappedFile;

/// A mapped pack.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    map: MappedFile,
    index: PackIndex,
    identifiers: OnceLock<IdentifierIndex>,
}

/// The bytes of an archive in a mapped pack. The pack stays mapped as long as this value lives.
#[derive(Clone, Debug)]
pub struct MappedArchive {
    pack: Arc<Pack>,
    start: usize,
    end: usize,
}

impl AsRef<[u8]> for MappedArchive {
    fn as_ref(&self) -> &[u8] {
        &self.pack.map.as_ref()[self.start..self.end]
    }
}

/// The location of an archive in a pack. The archive itself was not read or checked yet.
#[derive(Clone, Debug)]
pub struct ArchiveLocation {
    pack: Arc<Pack>,
    entry: IndexEntry,
    position: usize,
}

impl ArchiveLocation {
    /// A number that all archives of one pack share. It is unique as long as one location of the pack lives.
    pub fn pack_id(&self) -> usize {
        Arc::as_ptr(&self.pack) as usize
    }

    /// The position of the archive in the index of its pack.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The identifier index of the pack, if it has one.
    pub fn identifier_index(&self) -> Option<&IdentifierIndex> {
        self.pack.identifier_index()
    }

    /// Number of archives in the pack.
    pub fn pack_len(&self) -> usize {
        self.pack.len()
    }

    /// The archive, if it is intact. This checks the checksum of the whole archive.
    pub fn open(&self, parser: u32) -> Option<MappedArchive> {
        self.pack.open_entry(&self.entry, parser)
    }

    /// Length of the archive in bytes.
    pub fn archive_len(&self) -> u64 {
        u64::from(self.entry.len)
    }
}

impl Pack {
    pub(crate) fn open(path: PathBuf) -> Result<Self, PackOpenError> {
        let map = MappedFile::map_published(&File::open(&path)?)?;
        let index = PackIndex::read(map.as_ref())?;
        Ok(Self { path, map, index, identifiers: OnceLock::new() })
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Length of the file in bytes.
    pub(crate) fn file_len(&self) -> u64 {
        self.map.as_ref().len() as u64
    }

    /// The entries of the index, in the order of keys.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        (0..self.index.len()).filter_map(|position| self.index.entry(self.map.as_ref(), position))
    }

    /// The unchecked bytes of an archive, if its entry points into the archives.
    pub(crate) fn archive_bytes(&self, entry: &IndexEntry) -> Option<&[u8]> {
        self.index.archive(self.map.as_ref(), entry)
    }

    pub(crate) fn locate(self: &Arc<Self>, key: &SourceKey) -> Option<ArchiveLocation> {
        let position = self.index.find(self.map.as_ref(), key)?;
        let entry = self.index.entry(self.map.as_ref(), position)?;
        Some(ArchiveLocation { pack: Arc::clone(self), entry, position })
    }

    pub(crate) fn get(self: &Arc<Self>, key: &SourceKey, parser: u32) -> Option<MappedArchive> {
        self.locate(key)?.open(parser)
    }

    /// The archive of an entry, if it is intact (P07 to P11).
    pub(crate) fn open_entry(self: &Arc<Self>, entry: &IndexEntry, parser: u32) -> Option<MappedArchive> {
        let archive = self.archive_bytes(entry)?;
        let tree = Tree::open(archive, Some(parser)).ok()?;
        let header = tree.header();
        let (head, body) = archive.split_at(HEADER_LEN);
        // The checksum does not cover the reserved bytes of the header. Encoding the header again does.
        let is_intact = header.to_bytes() == *head && header.checksum == header.checksum_of(body);
        if header.source_hash != entry.key || !is_intact {
            return None;
        }
        let start = entry.offset as usize;
        Some(MappedArchive { pack: Arc::clone(self), start, end: start + archive.len() })
    }

    /// The identifier index, if the pack has one.
    pub(crate) fn identifier_index(&self) -> Option<&IdentifierIndex> {
        if self.identifiers.get().is_none() {
            let identifiers = IdentifierIndex::read(&self.path, self.len())?;
            return Some(self.identifiers.get_or_init(|| identifiers));
        }
        self.identifiers.get()
    }

    /// Writes the identifier index. Fails if an archive is damaged.
    pub(crate) fn write_identifier_index(self: &Arc<Self>, parser: u32) -> io::Result<()> {
        let damaged = || {
            let message = format!("an archive in {} is damaged", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        let mut identifiers: Vec<(usize, &[u8])> = Vec::new();
        for (position, entry) in self.entries().enumerate() {
            self.open_entry(&entry, parser).ok_or_else(damaged)?;
            let archive = self.archive_bytes(&entry).ok_or_else(damaged)?;
            let tree = Tree::open(archive, None).map_err(|_| damaged())?;
            for number in 0..tree.name_count() {
                identifiers.push((position, tree.name(number).map_err(|_| damaged())?.as_bytes()));
            }
        }
        let index = IdentifierIndex::publish(&self.path, self.len(), identifiers.into_iter())?;
        // Another thread can have set it meanwhile.
        let _ = self.identifiers.set(index);
        Ok(())
    }
}
