//! All packs of a directory, mapped, searched by key.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lazyast_format::Tree;
use lazyast_format::header::HEADER_LEN;

use crate::Key;
use crate::directory::Directory;
use crate::map::Map;
use crate::pack::{Index, IndexEntry};
use crate::writer::{PackWriter, SUFFIX};

/// An open cache. Any number of threads read it at once.
#[derive(Debug)]
pub struct Store {
    directory: Directory,
    parser: u32,
    packs: RwLock<Vec<Arc<Pack>>>,
}

#[derive(Debug)]
struct Pack {
    path: PathBuf,
    map: Map,
    index: Index,
}

/// An archive in a pack. It keeps the pack's map alive.
#[derive(Clone, Debug)]
pub struct Entry {
    pack: Arc<Pack>,
    start: usize,
    end: usize,
}

impl AsRef<[u8]> for Entry {
    fn as_ref(&self) -> &[u8] {
        &self.pack.map.as_ref()[self.start..self.end]
    }
}

/// The place of an archive that nobody has looked at yet.
#[derive(Clone, Debug)]
pub struct Located {
    pack: Arc<Pack>,
    key: Key,
    entry: IndexEntry,
}

impl Located {
    /// The archive, if it is whole to the last bit of its checksum.
    pub fn open(&self, parser: u32) -> Option<Entry> {
        self.pack.open_entry(&self.key, &self.entry, parser)
    }

    /// The archive's length in bytes.
    pub fn archive_len(&self) -> u64 {
        u64::from(self.entry.len)
    }
}

/// What a cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Readable packs.
    pub packs: usize,
    /// Archives in them; equal ones of several packs count each.
    pub archives: usize,
    /// Bytes of the packs.
    pub bytes: u64,
    /// Files that should be packs and cannot be read as such.
    pub damaged: usize,
}

impl Store {
    /// Opens a cache for archives of one parser version.
    pub fn open(directory: Directory, parser: u32) -> Self {
        let packs = read_packs(directory.packs()).0;
        Self { directory, parser, packs: RwLock::new(packs) }
    }

    /// The cache directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// The archive for a source with this key. An entry that is not a whole archive, to the last bit of
    /// its checksum, is a miss.
    pub fn get(&self, key: &Key) -> Option<Entry> {
        let packs = self.packs.read().unwrap_or_else(PoisonError::into_inner);
        packs.iter().find_map(|pack| pack.get(key, self.parser))
    }

    /// The place of an archive for a source with this key; whether it is whole is seen when it is opened.
    pub fn locate(&self, key: &Key) -> Option<Located> {
        let packs = self.packs.read().unwrap_or_else(PoisonError::into_inner);
        packs.iter().find_map(|pack| {
            let entry = pack.index.find(pack.map.as_ref(), key)?;
            Some(Located { pack: Arc::clone(pack), key: *key, entry })
        })
    }

    /// Starts a new pack.
    pub fn writer(&self) -> io::Result<PackWriter> {
        PackWriter::new(self.directory.packs())
    }

    /// Publishes a pack and looks into it from now on.
    pub fn publish(&self, writer: PackWriter) -> io::Result<()> {
        let path = writer.publish()?;
        if let Some(pack) = Pack::open(path) {
            self.packs.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(pack));
        }
        Ok(())
    }

    /// Looks again at what is in the directory.
    pub fn stats(&self) -> Stats {
        let (packs, damaged) = read_packs(self.directory.packs());
        Stats {
            packs: packs.len(),
            archives: packs.iter().map(|pack| pack.index.len()).sum(),
            bytes: packs.iter().map(|pack| pack.map.as_ref().len() as u64).sum(),
            damaged,
        }
    }
}

/// The packs of a directory, largest first, and the number of those that cannot be read.
fn read_packs(directory: &Path) -> (Vec<Arc<Pack>>, usize) {
    let Ok(files) = fs::read_dir(directory) else { return (Vec::new(), 0) };
    let mut packs = Vec::new();
    let mut damaged = 0;
    for path in files.flatten().map(|file| file.path()) {
        if !path.to_string_lossy().ends_with(SUFFIX) {
            continue;
        }
        match Pack::open(path) {
            Some(pack) => packs.push(Arc::new(pack)),
            None => damaged += 1,
        }
    }
    packs.sort_by(|one, other| {
        other.index.len().cmp(&one.index.len()).then_with(|| one.path.cmp(&other.path))
    });
    (packs, damaged)
}

impl Pack {
    fn open(path: PathBuf) -> Option<Self> {
        let file = File::open(&path).ok()?;
        let map = Map::of(&file).ok()?;
        let index = Index::read(map.as_ref()).ok()?;
        Some(Self { path, map, index })
    }

    fn get(self: &Arc<Self>, key: &Key, parser: u32) -> Option<Entry> {
        let entry = self.index.find(self.map.as_ref(), key)?;
        self.open_entry(key, &entry, parser)
    }

    fn open_entry(self: &Arc<Self>, key: &Key, entry: &IndexEntry, parser: u32) -> Option<Entry> {
        let archive = self.index.archive(self.map.as_ref(), entry)?;
        let tree = Tree::open(archive, Some(parser)).ok()?;
        let header = tree.header();
        let (head, body) = archive.split_at(HEADER_LEN);
        // What the header's fields do not tell of its bytes is not under the checksum.
        let whole = header.to_bytes() == *head && header.checksum == header.checksum_of(body);
        if header.source_hash != *key || !whole {
            return None;
        }
        let start = entry.offset as usize;
        Some(Entry { pack: Arc::clone(self), start, end: start + archive.len() })
    }
}
