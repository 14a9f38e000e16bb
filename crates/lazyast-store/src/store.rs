//! All packs of a directory, mapped, searched by key.

use std::collections::HashSet;
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

/// With more packs than this, small ones are put together.
const MANY_PACKS: usize = 16;
/// Longest file from elsewhere that is checked, in bytes.
const MAX_FOREIGN: u64 = 4 << 30;
/// The file that whoever puts packs together has locked.
const LOCK: &str = "compact.lock";

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

    /// Publishes a pack and looks into it from now on. When there are many packs, small ones become one.
    pub fn publish(&self, writer: PackWriter) -> io::Result<()> {
        let path = writer.publish()?;
        let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
        packs.extend(Pack::open(path).ok().map(Arc::new));
        let are_many = packs.len() > MANY_PACKS;
        drop(packs);
        if are_many {
            // The packs as they are serve as well, only slower.
            let _ = self.compact();
        }
        Ok(())
    }

    /// Puts small packs together: as many as there are, up to the first one that is much larger than all of
    /// these, so that an archive is copied a few times in its life. One process at a time does this; the others
    /// do without. Whoever has one of the old packs open keeps it.
    fn compact(&self) -> io::Result<()> {
        let lock = File::create(self.directory.version().join(LOCK))?;
        if lock.try_lock().is_err() {
            return Ok(());
        }
        // Other processes publish, too.
        let (mut packs, _) = read_packs(self.directory.packs());
        packs.sort_by_key(|pack| pack.map.as_ref().len());
        let mut total = 0;
        let is_small = |(place, pack): &(usize, &Arc<Pack>)| {
            let size = pack.map.as_ref().len();
            let joins = *place < MANY_PACKS / 2 || size < 2 * total;
            total += size;
            joins
        };
        let small = packs.iter().enumerate().take_while(is_small).count();
        let large = packs.split_off(small);
        if packs.len() > MANY_PACKS / 2 {
            let mut writer = self.writer()?;
            let mut seen = HashSet::new();
            for pack in &packs {
                let entries =
                    (0..pack.index.len()).filter_map(|place| pack.index.entry(pack.map.as_ref(), place));
                for entry in entries {
                    let is_elsewhere =
                        || large.iter().any(|pack| pack.get(&entry.key, self.parser).is_some());
                    if let Some(archive) = pack.open_entry(&entry.key, &entry, self.parser)
                        && !is_elsewhere()
                        && seen.insert(entry.key)
                    {
                        writer.add(&entry.key, archive.as_ref())?;
                    }
                }
            }
            if !writer.is_empty() {
                writer.publish()?;
            }
            for pack in &packs {
                // One that cannot be deleted now is put together again next time.
                let _ = fs::remove_file(&pack.path);
            }
        }
        // Looked at again under the lock, so that nothing is lost that another thread has published meanwhile.
        let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
        *packs = read_packs(self.directory.packs()).0;
        Ok(())
    }

    /// Looks at every byte of every pack.
    pub fn verify(&self) -> Vec<Checked> {
        let mut paths = pack_paths(self.directory.packs());
        paths.sort();
        paths.into_iter().map(|path| Checked::new(path.clone(), Pack::open(path), self.parser)).collect()
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

/// What is found in a pack, or in a file that should be one.
#[derive(Debug)]
pub struct Checked {
    /// The file.
    pub path: PathBuf,
    /// Archives that are whole.
    pub whole: usize,
    /// What is wrong: with the file, or with an archive in it.
    pub problems: Vec<String>,
}

impl Checked {
    /// Looks at every byte of a file, which may come from anywhere. `parser` is the version of the archives'
    /// parser.
    ///
    /// The file is read and not mapped, since nobody knows who writes to it; at most 4 GiB of it.
    pub fn foreign(path: PathBuf, parser: u32) -> Self {
        let pack = Map::read(&path, MAX_FOREIGN).and_then(|map| Pack::new(path.clone(), map));
        Self::new(path, pack, parser)
    }

    fn new(path: PathBuf, pack: io::Result<Pack>, parser: u32) -> Self {
        let mut checked = Self { path, whole: 0, problems: Vec::new() };
        let pack = match pack {
            Ok(pack) => pack,
            Err(error) => {
                checked.problems.push(error.to_string());
                return checked;
            }
        };
        let bytes = pack.map.as_ref();
        let mut last = None;
        for place in 0..pack.index.len() {
            let Some(entry) = pack.index.entry(bytes, place) else { break };
            if last.is_some_and(|last| last >= entry.key) {
                checked.problems.push(format!("entry {place}: the index is not sorted by key"));
            }
            last = Some(entry.key);
            match pack.check(&entry, parser) {
                Ok(()) => checked.whole += 1,
                Err(problem) => checked.problems.push(format!("entry {place}: {problem}")),
            }
        }
        checked
    }
}

/// The files of a directory that are packs by their names.
fn pack_paths(directory: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(directory) else { return Vec::new() };
    let paths = files.flatten().map(|file| file.path());
    paths.filter(|path| path.to_string_lossy().ends_with(SUFFIX)).collect()
}

/// The packs of a directory, largest first, and the number of those that cannot be read.
fn read_packs(directory: &Path) -> (Vec<Arc<Pack>>, usize) {
    let mut packs = Vec::new();
    let mut damaged = 0;
    for path in pack_paths(directory) {
        match Pack::open(path) {
            Ok(pack) => packs.push(Arc::new(pack)),
            // Somebody has put it together with others.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => damaged += 1,
        }
    }
    packs.sort_by(largest_first);
    (packs, damaged)
}

fn largest_first(one: &Arc<Pack>, other: &Arc<Pack>) -> std::cmp::Ordering {
    other.index.len().cmp(&one.index.len()).then_with(|| one.path.cmp(&other.path))
}

impl Pack {
    fn open(path: PathBuf) -> io::Result<Self> {
        let map = Map::of(&File::open(&path)?)?;
        Self::new(path, map)
    }

    fn new(path: PathBuf, map: Map) -> io::Result<Self> {
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let index = Index::read(map.as_ref()).map_err(wrong)?;
        Ok(Self { path, map, index })
    }

    /// Whether an archive keeps all rules.
    fn check(&self, entry: &IndexEntry, parser: u32) -> Result<(), String> {
        let archive = self.index.archive(self.map.as_ref(), entry);
        let archive = archive.ok_or("its place is outside of the part for archives")?;
        lazyast_format::verify::verify(archive).map_err(|error| error.to_string())?;
        let tree = Tree::open(archive, Some(parser)).map_err(|error| error.to_string())?;
        if tree.header().source_hash != entry.key {
            return Err("its header has another source's hash".to_owned());
        }
        Ok(())
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
