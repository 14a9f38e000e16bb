//! Packs, mapped, and the archives in them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_format::header::HEADER_LEN;

use crate::SourceKey;
use crate::index::identifiers::IdentifierIndex;
use crate::pack::format::{Index, IndexEntry, PackError};
use crate::pack::map::MappedFile;
use crate::pack::write::SUFFIX;

/// A mapped pack.
#[derive(Debug)]
pub(crate) struct Pack {
    pub(crate) path: PathBuf,
    map: MappedFile,
    index: Index,
    names: OnceLock<IdentifierIndex>,
}

/// An archive in a pack. It keeps the pack's map alive.
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

/// The place of an archive that nobody has looked at yet.
#[derive(Clone, Debug)]
pub struct ArchiveLocation {
    pack: Arc<Pack>,
    entry: IndexEntry,
    place: usize,
}

impl ArchiveLocation {
    /// A number that is the same for all archives of a pack, as long as one of them is located.
    pub fn pack_id(&self) -> usize {
        Arc::as_ptr(&self.pack) as usize
    }

    /// The archive's number in its pack.
    pub fn position(&self) -> usize {
        self.place
    }

    /// Which archives of its pack have which names, if somebody has written that down.
    pub fn identifier_index(&self) -> Option<&IdentifierIndex> {
        self.pack.identifier_index()
    }

    /// Number of archives in its pack.
    pub fn pack_len(&self) -> usize {
        self.pack.len()
    }

    /// The archive, if it is whole to the last bit of its checksum.
    pub fn open(&self, parser: u32) -> Option<MappedArchive> {
        self.pack.open_entry(&self.entry, parser)
    }

    /// The archive's length in bytes.
    pub fn archive_len(&self) -> u64 {
        u64::from(self.entry.len)
    }
}

impl Pack {
    pub(crate) fn open(path: PathBuf) -> Result<Self, Unreadable> {
        let map =
            File::open(&path).and_then(|file| MappedFile::map_published(&file)).map_err(Unreadable::Io)?;
        let index = Index::read(map.as_ref()).map_err(Unreadable::Pack)?;
        Ok(Self { path, map, index, names: OnceLock::new() })
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// Length of the file in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.map.as_ref().len() as u64
    }

    /// What the index says, in the order of keys.
    pub(crate) fn entries(&self) -> impl Iterator<Item = IndexEntry> + '_ {
        (0..self.index.len()).filter_map(|place| self.index.entry(self.map.as_ref(), place))
    }

    /// The bytes of an archive, if its place is inside the part of the file that archives may take.
    pub(crate) fn archive(&self, entry: &IndexEntry) -> Option<&[u8]> {
        self.index.archive(self.map.as_ref(), entry)
    }

    pub(crate) fn locate(self: &Arc<Self>, key: &SourceKey) -> Option<ArchiveLocation> {
        let place = self.index.find_place(self.map.as_ref(), key)?;
        let entry = self.index.entry(self.map.as_ref(), place)?;
        Some(ArchiveLocation { pack: Arc::clone(self), entry, place })
    }

    /// Which archives have which names, if that is written down.
    pub(crate) fn identifier_index(&self) -> Option<&IdentifierIndex> {
        if self.names.get().is_none() {
            let names = IdentifierIndex::read(&self.path, self.len())?;
            return Some(self.names.get_or_init(|| names));
        }
        self.names.get()
    }

    /// Writes down which archives have which names, unless some archive is damaged.
    pub(crate) fn write_identifier_indexes(self: &Arc<Self>, parser: u32) -> io::Result<()> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "an archive is damaged");
        let mut names: Vec<(usize, &[u8])> = Vec::new();
        for (place, entry) in self.entries().enumerate() {
            self.open_entry(&entry, parser).ok_or_else(damaged)?;
            let tree = Tree::open(self.archive(&entry).ok_or_else(damaged)?, None).map_err(|_| damaged())?;
            for number in 0..tree.name_count() {
                names.push((place, tree.name(number).map_err(|_| damaged())?.as_bytes()));
            }
        }
        let names = IdentifierIndex::publish(&self.path, self.len(), names.into_iter())?;
        // Another thread may have had the same idea.
        let _ = self.names.set(names);
        Ok(())
    }

    pub(crate) fn get(self: &Arc<Self>, key: &SourceKey, parser: u32) -> Option<MappedArchive> {
        let entry = self.index.find(self.map.as_ref(), key)?;
        self.open_entry(&entry, parser)
    }

    pub(crate) fn open_entry(self: &Arc<Self>, entry: &IndexEntry, parser: u32) -> Option<MappedArchive> {
        let archive = self.archive(entry)?;
        let tree = Tree::open(archive, Some(parser)).ok()?;
        let header = tree.header();
        let (head, body) = archive.split_at(HEADER_LEN);
        // What the header's fields do not tell of its bytes is not under the checksum.
        let whole = header.to_bytes() == *head && header.checksum == header.checksum_of(body);
        if header.source_hash != entry.key || !whole {
            return None;
        }
        let start = entry.offset as usize;
        Some(MappedArchive { pack: Arc::clone(self), start, end: start + archive.len() })
    }
}

/// Why a file is not opened as a pack.
#[derive(Debug)]
pub(crate) enum Unreadable {
    Io(io::Error),
    Pack(PackError),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Pack(error) => error.fmt(f),
        }
    }
}

impl Unreadable {
    /// Whether the file is not there any more: somebody has put it together with others.
    fn is_gone(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }

    /// Whether nobody will ever read the file.
    fn is_useless(&self) -> bool {
        !matches!(self, Self::Io(_) | Self::Pack(PackError::Version { .. }))
    }
}

/// The packs of a directory.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    /// Those that can be read, largest first.
    pub(crate) whole: Vec<Arc<Pack>>,
    /// Number of those that cannot.
    pub(crate) damaged: usize,
    /// Those that nobody ever will.
    pub(crate) useless: Vec<PathBuf>,
}

impl Packs {
    /// Opens the packs of a directory. Those that are `known` are not opened again: a name never stands for
    /// another pack.
    pub(crate) fn read(directory: &Path, known: &[Arc<Pack>]) -> Self {
        let mut packs = Self::default();
        for path in paths(directory) {
            if let Some(pack) = known.iter().find(|pack| pack.path == path) {
                packs.whole.push(Arc::clone(pack));
                continue;
            }
            match Pack::open(path.clone()) {
                Ok(pack) => packs.whole.push(Arc::new(pack)),
                Err(problem) if problem.is_gone() => {}
                Err(problem) => {
                    packs.damaged += 1;
                    packs.useless.extend(problem.is_useless().then_some(path));
                }
            }
        }
        packs.whole.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.path.cmp(&other.path)));
        packs
    }
}

/// The files of a directory that are packs by their names. Links and pipes are none.
pub(crate) fn paths(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().to_string_lossy().ends_with(SUFFIX))
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
        .map(|entry| entry.path())
        .collect()
}
