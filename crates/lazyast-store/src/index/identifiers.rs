//! Which archives of a pack have an identifier: an inverted index in a file beside the pack.
//!
//! It is made by whoever first asks many archives for names, and only saves them the way to archives that have none
//! of these. `format-spec/PACK.md` describes the file. Whatever is wrong with it, it is as if it were not there.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs, mem};

use xxhash_rust::xxh3::xxh3_64;

use crate::sync::temporary;

/// The ending of the file's name, in the place of the pack's.
pub(crate) const EXTENSION: &str = "names";

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYNAM\x1a";

/// Bytes before the hashes: the mark, the checksum and two counts.
const HEADER_LEN: usize = 24;

/// Numbers of archives in a pack: a bit for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveSet(Vec<u64>);

impl ArchiveSet {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn set(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    /// Whether a number is among them.
    pub fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    /// Those that both have.
    #[must_use]
    pub fn intersection(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= other);
        self
    }

    /// Those that one of both has.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
        self
    }
}

/// The names in a pack.
#[derive(Debug)]
pub struct IdentifierIndex {
    bytes: Vec<u8>,
    /// Number of archives in the pack.
    archives: usize,
    /// Number of hashes.
    count: usize,
}

/// The hash by which a name is found. IdentifierIndex that share one are not told apart.
fn hash(name: &[u8]) -> u32 {
    xxh3_64(name) as u32
}

impl IdentifierIndex {
    /// Where the names of a pack are.
    pub(crate) fn path(pack: &Path) -> PathBuf {
        pack.with_extension(EXTENSION)
    }

    /// Reads the names of a pack with so many archives.
    pub(crate) fn read(pack: &Path, archives: usize) -> Option<Self> {
        let bytes = fs::read(Self::path(pack)).ok()?;
        Self::from_bytes(bytes, archives)
    }

    fn from_bytes(bytes: Vec<u8>, archives: usize) -> Option<Self> {
        let (mark, rest) = bytes.split_first_chunk::<8>()?;
        let (checksum, body) = rest.split_first_chunk::<8>()?;
        if *mark != MAGIC || u64::from_le_bytes(*checksum) != xxh3_64(body) {
            return None;
        }
        let number =
            |at: usize| bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        let count = number(20)? as usize;
        // A hash and a place for each name, and the end of the last one's list.
        let is_long_enough = count.checked_mul(8)?.checked_add(HEADER_LEN + 4)? <= bytes.len();
        (number(16)? as usize == archives && is_long_enough).then_some(Self { bytes, archives, count })
    }

    /// Makes and publishes the names of a pack. The archives' names are given in the order of the pack's index.
    pub(crate) fn publish<'n>(
        pack: &Path,
        archives: usize,
        names: impl Iterator<Item = (usize, &'n [u8])>,
    ) -> io::Result<Self> {
        let bytes = to_bytes(archives, names);
        let directory = pack.parent().unwrap_or(Path::new("."));
        let mut file = temporary::create(directory, "names-")?;
        file.write_all(&bytes)?;
        file.persist(Self::path(pack)).map_err(|error| error.error)?;
        Self::from_bytes(bytes, archives).ok_or_else(|| io::Error::other("the names of a pack are too many"))
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }

    /// The archives that may have a name; those that are not among them have it not.
    pub fn archives_with(&self, name: &str) -> ArchiveSet {
        let wanted = hash(name.as_bytes());
        let mut places = ArchiveSet::none(self.archives);
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.number(HEADER_LEN + 4 * middle).cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    self.list(middle, &mut places);
                    break;
                }
            }
        }
        places
    }

    /// Reads the list of the name with a number: differences from one archive to the next.
    fn list(&self, name: usize, places: &mut ArchiveSet) {
        let ends = HEADER_LEN + 4 * self.count;
        let lists = ends + 4 * (self.count + 1);
        let place = |number: usize| lists + self.number(ends + 4 * number) as usize;
        let list = self.bytes.get(place(name)..place(name + 1)).unwrap_or_default();
        let (mut archive, mut value, mut shift) = (0_usize, 0_usize, 0);
        for byte in list {
            value |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                archive = archive.saturating_add(value);
                places.set(archive);
                (value, shift) = (0, 0);
            } else if shift >= 35 {
                return;
            }
        }
    }
}

fn to_bytes<'n>(archives: usize, names: impl Iterator<Item = (usize, &'n [u8])>) -> Vec<u8> {
    // Sorted as one number: by hash, then by archive.
    let mut pairs: Vec<u64> =
        names.map(|(archive, name)| u64::from(hash(name)) << 32 | archive as u64).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let (mut hashes, mut ends, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    let (mut last_hash, mut last_archive) = (None, 0);
    for pair in &pairs {
        let (hash, archive) = ((pair >> 32) as u32, *pair as u32);
        if last_hash != Some(hash) {
            hashes.extend_from_slice(&hash.to_le_bytes());
            ends.extend_from_slice(&(lists.len() as u32).to_le_bytes());
            (last_hash, last_archive) = (Some(hash), 0);
        }
        let mut value = archive - mem::replace(&mut last_archive, archive);
        while value >= 0x80 {
            lists.push(value as u8 | 0x80);
            value >>= 7;
        }
        lists.push(value as u8);
    }
    let count = hashes.len() / 4;
    ends.extend_from_slice(&(lists.len() as u32).to_le_bytes());
    let mut bytes = Vec::with_capacity(HEADER_LEN + hashes.len() + ends.len() + lists.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&(archives as u32).to_le_bytes());
    bytes.extend_from_slice(&(count as u32).to_le_bytes());
    bytes.extend(hashes.into_iter().chain(ends).chain(lists));
    let checksum = xxh3_64(&bytes[16..]);
    bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// The files with names in a directory of packs whose packs are not there any more, with their lengths.
pub(crate) fn orphans(directory: &Path) -> Vec<(PathBuf, u64)> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let is_orphan = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == EXTENSION)
            && !path.with_extension("pack").exists()
    };
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let found = files.map(|entry| (entry.path(), entry.metadata().map_or(0, |metadata| metadata.len())));
    found.filter(|(path, _)| is_orphan(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<u8> {
        let names: [(usize, &[u8]); 6] =
            [(0, b"a"), (0, b"b"), (1, b"b"), (300, b"a"), (299, b"c"), (300, b"b")];
        to_bytes(301, names.into_iter())
    }

    #[test]
    fn names_are_found() {
        let names = IdentifierIndex::from_bytes(example(), 301).expect("it is whole");
        let all = |name: &str| {
            let places = names.archives_with(name);
            (0..301).filter(|place| places.contains(*place)).collect::<Vec<_>>()
        };
        assert_eq!(all("a"), [0, 300]);
        assert_eq!(all("b"), [0, 1, 300]);
        assert_eq!(all("c"), [299]);
        assert_eq!(all("d"), [0; 0]);
        assert!(names.archives_with("a").intersection(&names.archives_with("b")).contains(300));
        assert!(!names.archives_with("a").intersection(&names.archives_with("b")).contains(1));
        assert!(names.archives_with("a").union(&names.archives_with("c")).contains(299));
    }

    #[test]
    fn damage_counts_as_missing() {
        let bytes = example();
        assert!(IdentifierIndex::from_bytes(bytes.clone(), 300).is_none());
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert!(IdentifierIndex::from_bytes(damaged, 301).is_none(), "byte {place}");
            assert!(IdentifierIndex::from_bytes(bytes[..place].to_vec(), 301).is_none(), "cut at {place}");
        }
        assert!(IdentifierIndex::from_bytes(to_bytes(0, std::iter::empty()), 0).is_some());
    }
}
