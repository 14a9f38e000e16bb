//! An open pack, and the archives that are read from it.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_format::layout::checksum;

use crate::index::identifiers::{IdentifierIndex, Occurrences};
use crate::key::SourceKey;
use crate::pack::error::{PackOpenError, PackedArchiveError};
use crate::pack::file::PackFile;
use crate::pack::format::IndexEntry;
use crate::pack::index::{PackEnds, PackIndex};
use crate::pack::lookup::find_entry;
use crate::pack::manifest::{ManifestFile, SourceRange};

/// A pack with more archives than this looks up single ones in the file, before it reads its whole index.
const MAX_SMALL_INDEX: u64 = 512;

/// So many archives of such a pack are looked up in the file; then the index is read. Each takes some two reads of 3 KB.
const MAX_SINGLE_LOOKUPS: usize = 64;

/// An open pack.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    file: PackFile,
    ends: PackEnds,
    /// The index, once it was read.
    index: OnceLock<PackIndex>,
    /// How many archives were looked up without the index.
    lookups: AtomicUsize,
    /// Where the sources are, in the order of the index, if the pack was opened for its manifest and has sources.
    sources: Vec<SourceRange>,
    identifiers: OnceLock<IdentifierIndex>,
}

/// The bytes of an archive that was read from a pack. They are in memory of their own. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct StoredArchive(Arc<Vec<u8>>);

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

    /// The tree of the archive, if it is intact, in a buffer that later archives can use again.
    pub fn open_in<'b>(&self, parser: u32, buffer: &'b mut Vec<u8>) -> Option<Tree<'b>> {
        self.pack.open_entry_in(&self.entry, parser, buffer)
    }

    /// The source, if the pack was opened for its manifest, has sources, and this one is intact.
    pub fn source(&self) -> Option<Vec<u8>> {
        let range = self.pack.sources.get(self.position)?;
        self.pack.index()?.read_source(&self.pack.file, *range, &self.entry.key)
    }

    /// The key of the archive's source.
    pub fn key(&self) -> &SourceKey {
        &self.entry.key
    }

    /// Length of the archive in bytes.
    pub fn archive_len(&self) -> u64 {
        u64::from(self.entry.len)
    }
}

impl Pack {
    /// Opens a pack. Its index is read when it is needed; a damaged one counts as empty.
    pub(crate) fn open(path: PathBuf) -> Result<Self, PackOpenError> {
        let file = PackFile::new(File::open(&path)?)?;
        let ends = PackEnds::read(&file)?;
        Ok(Self {
            path,
            file,
            ends,
            index: OnceLock::new(),
            lookups: AtomicUsize::new(0),
            sources: Vec::new(),
            identifiers: OnceLock::new(),
        })
    }

    /// Opens a pack with its index, if that is intact.
    pub(crate) fn open_with_index(path: PathBuf) -> Result<Self, PackOpenError> {
        let pack = Self::open(path)?;
        pack.read_index()?;
        Ok(pack)
    }

    /// Opens a pack with its manifest.
    pub(crate) fn open_with_manifest(path: PathBuf) -> Result<(Self, Vec<ManifestFile>), PackOpenError> {
        if !path.metadata()?.is_file() {
            return Err(PackOpenError::NotAFile);
        }
        let mut pack = Self::open(path)?;
        let manifest = pack.read_index()?.read_manifest(&pack.file)?.ok_or(PackOpenError::NoManifest)?;
        pack.sources = manifest.sources;
        Ok((pack, manifest.files))
    }

    /// The index, which is read now if it was not read yet.
    pub(crate) fn read_index(&self) -> Result<&PackIndex, PackOpenError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        let index = PackIndex::of(&self.file, self.ends.clone())?;
        Ok(self.index.get_or_init(|| index))
    }

    /// The index. That of a damaged pack has no entries, and there is none while it cannot be read.
    fn index(&self) -> Option<&PackIndex> {
        match self.read_index() {
            Ok(index) => Some(index),
            Err(error) if error.is_permanent() => {
                Some(self.index.get_or_init(|| PackIndex::empty(self.ends.clone())))
            }
            Err(_) => None,
        }
    }

    /// The archive at a position of the index.
    pub(crate) fn at(self: &Arc<Self>, position: usize) -> Option<ArchiveLocation> {
        let entry = self.index()?.entry(position)?;
        Some(ArchiveLocation { pack: Arc::clone(self), entry, position })
    }

    /// The file.
    pub(crate) fn file(&self) -> &PackFile {
        &self.file
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.ends.count as usize
    }

    /// Whether the pack was opened for its manifest, and has sources.
    pub(crate) fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// Length of the file in bytes.
    pub(crate) fn file_len(&self) -> u64 {
        self.file.len()
    }

    /// The entries of the index, in the order of keys.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        let index = self.index();
        (0..self.len()).filter_map(move |position| index?.entry(position))
    }

    /// Reads the unchecked bytes of an archive, if its entry points into the archives.
    pub(crate) fn read(&self, entry: &IndexEntry) -> Result<Vec<u8>, PackedArchiveError> {
        self.ends.check_entry(entry)?;
        Ok(self.file.bytes(entry.offset, entry.len as usize)?)
    }

    /// The location of the archive of the source with this key.
    pub(crate) fn locate(self: &Arc<Self>, key: &SourceKey) -> Option<ArchiveLocation> {
        let is_single = self.ends.count > MAX_SMALL_INDEX
            && self.index.get().is_none()
            && self.lookups.fetch_add(1, Ordering::Relaxed) < MAX_SINGLE_LOOKUPS;
        if !is_single {
            return self.at(self.index()?.find(key)?);
        }
        let (position, entry) = find_entry(&self.file, &self.ends, key).ok()??;
        Some(ArchiveLocation { pack: Arc::clone(self), entry, position })
    }

    pub(crate) fn get(self: &Arc<Self>, key: &SourceKey, parser: u32) -> Option<StoredArchive> {
        self.locate(key)?.open(parser)
    }

    /// The archive of an entry, if it is intact (P07 to P11). What was checked is what is returned, because nobody else
    /// has the memory.
    pub(crate) fn open_entry(&self, entry: &IndexEntry, parser: u32) -> Option<StoredArchive> {
        let archive = self.read(entry).ok()?;
        open_intact(&archive, entry, parser)?;
        Some(StoredArchive(Arc::new(archive)))
    }

    /// As [`open_entry`](Self::open_entry), in memory of the caller's.
    fn open_entry_in<'b>(
        &self,
        entry: &IndexEntry,
        parser: u32,
        buffer: &'b mut Vec<u8>,
    ) -> Option<Tree<'b>> {
        self.ends.check_entry(entry).ok()?;
        let archive = self.file.bytes_in(entry.offset, entry.len as usize, buffer).ok()?;
        open_intact(archive, entry, parser)
    }

    /// The identifier index, if the pack has one.
    pub(crate) fn identifier_index(&self) -> Option<&IdentifierIndex> {
        if self.identifiers.get().is_none() {
            let identifiers = IdentifierIndex::read(&self.path, self.len())?;
            return Some(self.identifiers.get_or_init(|| identifiers));
        }
        self.identifiers.get()
    }

    /// Writes the identifier index. Fails if the index or an archive is damaged: an archive that is left out would count as
    /// one without identifiers.
    pub(crate) fn write_identifier_index(&self, parser: u32) -> io::Result<()> {
        let damaged = || {
            let message = format!("{} or an archive in it is damaged", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        if self.index().is_none_or(|index| index.len() < self.len()) {
            return Err(damaged());
        }
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

/// Opens the archive of an entry, if it is intact (P09 to P11).
fn open_intact<'a>(archive: &'a [u8], entry: &IndexEntry, parser: u32) -> Option<Tree<'a>> {
    let tree = Tree::open(archive, Some(parser)).ok()?;
    let header = tree.header();
    let is_intact = header.source_hash == entry.key && header.checksum == checksum(archive);
    is_intact.then_some(tree)
}
