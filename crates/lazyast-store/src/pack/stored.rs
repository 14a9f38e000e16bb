//! An open pack, and the archives that are read from it.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_format::layout::checksum;

use crate::index::identifiers::{IdentifierIndex, Occurrences};
use crate::key::SourceKey;
use crate::pack::error::{PackOpenError, PackedArchiveError};
use crate::pack::file::PackFile;
use crate::pack::format::IndexEntry;
use crate::pack::index::PackIndex;

/// An open pack: its index in memory, and its file.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    file: PackFile,
    index: PackIndex,
    identifiers: OnceLock<IdentifierIndex>,
}

/// The bytes of an archive that was read from a pack. They are in memory of their own. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct StoredArchive(Arc<[u8]>);

impl AsRef<[u8]> for StoredArchive {
    fn as_ref(&self) -> &[u8] {
        &self.0
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
    pub fn open(&self, parser: u32) -> Option<StoredArchive> {
        self.pack.open_entry(&self.entry, parser)
    }

    /// Length of the archive in bytes.
    pub fn archive_len(&self) -> u64 {
        u64::from(self.entry.len)
    }
}

impl Pack {
    pub(crate) fn open(path: PathBuf) -> Result<Self, PackOpenError> {
        let file = PackFile::new(File::open(&path)?)?;
        let index = PackIndex::read(&file, u64::MAX)?;
        Ok(Self { path, file, index, identifiers: OnceLock::new() })
    }

    /// The index.
    pub(crate) fn index(&self) -> &PackIndex {
        &self.index
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Length of the file in bytes.
    pub(crate) fn file_len(&self) -> u64 {
        self.file.len()
    }

    /// The entries of the index, in the order of keys.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        (0..self.index.len()).filter_map(|position| self.index.entry(position))
    }

    /// Reads the unchecked bytes of an archive, if its entry points into the archives.
    pub(crate) fn read(&self, entry: &IndexEntry) -> Result<Arc<[u8]>, PackedArchiveError> {
        if !self.index.is_inside(entry) {
            return Err(PackedArchiveError::OutOfBounds);
        }
        Ok(self.file.bytes(entry.offset, entry.len as usize)?)
    }

    pub(crate) fn locate(self: &Arc<Self>, key: &SourceKey) -> Option<ArchiveLocation> {
        let position = self.index.find(key)?;
        let entry = self.index.entry(position)?;
        Some(ArchiveLocation { pack: Arc::clone(self), entry, position })
    }

    pub(crate) fn get(self: &Arc<Self>, key: &SourceKey, parser: u32) -> Option<StoredArchive> {
        self.locate(key)?.open(parser)
    }

    /// The archive of an entry, if it is intact (P07 to P11). What was checked is what is returned, because nobody else
    /// has the memory.
    pub(crate) fn open_entry(&self, entry: &IndexEntry, parser: u32) -> Option<StoredArchive> {
        let archive = self.read(entry).ok()?;
        let tree = Tree::open(&archive, Some(parser)).ok()?;
        let header = tree.header();
        let is_intact = header.source_hash == entry.key && header.checksum == checksum(&archive);
        is_intact.then_some(StoredArchive(archive))
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
    pub(crate) fn write_identifier_index(&self, parser: u32) -> io::Result<()> {
        let damaged = || {
            let message = format!("an archive in {} is damaged", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        let mut names = Occurrences::default();
        for (position, entry) in self.entries().enumerate() {
            let archive = self.open_entry(&entry, parser).ok_or_else(damaged)?;
            let tree = Tree::open(archive.as_ref(), None).map_err(|_| damaged())?;
            for number in 0..tree.name_count() {
                names.add(position, tree.name(number).map_err(|_| damaged())?);
            }
        }
        let index = IdentifierIndex::publish(&self.path, self.len(), names)?;
        // Another thread can have set it meanwhile.
        let _ = self.identifiers.set(index);
        Ok(())
    }
}
