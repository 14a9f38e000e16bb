//! The identifier index of a pack: which archives contain an identifier.
//!
//! It is an inverted index in a file beside the pack. The first search over many archives of a pack writes it. Later searches
//! skip the archives that lack the identifiers of the query. The index is only a filter: if the file is missing or
//! damaged, every archive is searched. `format-spec/PACK.md` describes the bytes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{fs, mem};

use twox_hash::XxHash3_64;

use crate::index::archive_set::ArchiveSet;
use crate::sync::temporary;

/// The extension of the file, which replaces that of the pack.
pub(crate) const EXTENSION: &str = "names";

/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYNAM\x1a";

/// Bytes before the hashes: magic, checksum, two counts.
const HEADER_LEN: usize = 24;

/// The identifier index of one pack.
#[derive(Debug)]
pub struct IdentifierIndex {
    bytes: Vec<u8>,
    /// Number of archives in the pack.
    archive_count: usize,
    /// Number of hashes.
    hash_count: usize,
}

/// The hash of an identifier. Identifiers with equal hashes share one list of archives.
fn hash(identifier: &[u8]) -> u32 {
    XxHash3_64::oneshot(identifier) as u32
}

/// Which archives have which identifiers. A pair is one number, the hash above the archive, so that sorting the numbers
/// sorts by hash and then by archive.
#[derive(Debug, Default)]
pub(crate) struct Occurrences(Vec<u64>);

impl Occurrences {
    /// Adds an identifier in the archive at a position in the pack's index.
    pub(crate) fn add(&mut self, archive: usize, identifier: &str) {
        self.0.push(u64::from(hash(identifier.as_bytes())) << 32 | archive as u64);
    }
}

impl IdentifierIndex {
    /// The path of a pack's identifier index.
    pub(crate) fn path(pack: &Path) -> PathBuf {
        pack.with_extension(EXTENSION)
    }

    /// Reads the identifier index of a pack with `archive_count` archives.
    pub(crate) fn read(pack: &Path, archive_count: usize) -> Option<Self> {
        let bytes = fs::read(Self::path(pack)).ok()?;
        Self::from_bytes(bytes, archive_count)
    }

    fn from_bytes(bytes: Vec<u8>, archive_count: usize) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<8>()?;
        let (checksum, body) = rest.split_first_chunk::<8>()?;
        if *magic != MAGIC || u64::from_le_bytes(*checksum) != XxHash3_64::oneshot(body) {
            return None;
        }
        let number =
            |at: usize| bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
        let hash_count = number(20)? as usize;
        // Each hash takes four bytes, and so does the start of its list. One more number is the end of the last list.
        let is_long_enough = hash_count.checked_mul(8)?.checked_add(HEADER_LEN + 4)? <= bytes.len();
        let is_of_pack = number(16)? as usize == archive_count;
        (is_of_pack && is_long_enough).then_some(Self { bytes, archive_count, hash_count })
    }

    /// Builds and publishes the identifier index of a pack.
    pub(crate) fn publish(pack: &Path, archive_count: usize, occurrences: Occurrences) -> io::Result<Self> {
        let bytes = to_bytes(archive_count, occurrences);
        let directory = pack.parent().unwrap_or(Path::new("."));
        let mut file = temporary::create(directory, "names-")?;
        file.write_all(&bytes)?;
        file.persist(Self::path(pack)).map_err(|error| error.error)?;
        let too_many = || {
            let message = format!("{} has too many identifiers for an identifier index", pack.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        };
        Self::from_bytes(bytes, archive_count).ok_or_else(too_many)
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_le_bytes)
    }

    /// The archives that may contain an identifier. All other archives of the pack do not contain it.
    pub fn archives_with(&self, identifier: &str) -> ArchiveSet {
        let target = hash(identifier.as_bytes());
        let mut archives = ArchiveSet::empty(self.archive_count);
        let (mut low, mut high) = (0, self.hash_count);
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.number(HEADER_LEN + 4 * middle).cmp(&target) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    self.read_list(middle, &mut archives);
                    break;
                }
            }
        }
        archives
    }

    /// Reads the list of the hash at a position: the differences between one archive and the next, in 7 bits per byte.
    fn read_list(&self, hash: usize, archives: &mut ArchiveSet) {
        let starts = HEADER_LEN + 4 * self.hash_count;
        let lists = starts + 4 * (self.hash_count + 1);
        let start = |hash: usize| lists + self.number(starts + 4 * hash) as usize;
        let list = self.bytes.get(start(hash)..start(hash + 1)).unwrap_or_default();
        let (mut archive, mut difference, mut shift) = (0_usize, 0_usize, 0);
        for byte in list {
            difference |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                archive = archive.saturating_add(difference);
                archives.insert(archive);
                (difference, shift) = (0, 0);
            } else if shift >= 35 {
                return;
            }
        }
    }
}

/// The identifier index that some bytes hold, or `None` if they are damaged or for another number of archives.
pub fn from_bytes(bytes: Vec<u8>, archive_count: usize) -> Option<IdentifierIndex> {
    IdentifierIndex::from_bytes(bytes, archive_count)
}

/// The bytes of an identifier index. Each occurrence is the position of an archive in the pack's index, and an identifier.
pub fn identifier_index_bytes<'a>(
    archive_count: usize,
    occurrences: impl IntoIterator<Item = (usize, &'a str)>,
) -> Vec<u8> {
    let mut pairs = Occurrences::default();
    occurrences.into_iter().for_each(|(archive, identifier)| pairs.add(archive, identifier));
    to_bytes(archive_count, pairs)
}

fn to_bytes(archive_count: usize, Occurrences(mut pairs): Occurrences) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    let (mut hashes, mut starts, mut lists) = (Vec::new(), Vec::new(), Vec::new());
    let (mut last_hash, mut last_archive) = (None, 0);
    for pair in &pairs {
        let (hash, archive) = ((pair >> 32) as u32, *pair as u32);
        if last_hash != Some(hash) {
            hashes.extend_from_slice(&hash.to_le_bytes());
            starts.extend_from_slice(&(lists.len() as u32).to_le_bytes());
            (last_hash, last_archive) = (Some(hash), 0);
        }
        let mut difference = archive - mem::replace(&mut last_archive, archive);
        while difference >= 0x80 {
            lists.push(difference as u8 | 0x80);
            difference >>= 7;
        }
        lists.push(difference as u8);
    }
    let hash_count = hashes.len() / 4;
    starts.extend_from_slice(&(lists.len() as u32).to_le_bytes());
    let mut bytes = Vec::with_capacity(HEADER_LEN + hashes.len() + starts.len() + lists.len());
    bytes.extend_from_slice(&MAGIC);
    // The place of the checksum.
    bytes.extend_from_slice(&[0; 8]);
    bytes.extend_from_slice(&(archive_count as u32).to_le_bytes());
    bytes.extend_from_slice(&(hash_count as u32).to_le_bytes());
    bytes.extend(hashes.into_iter().chain(starts).chain(lists));
    let checksum = XxHash3_64::oneshot(&bytes[16..]);
    bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<u8> {
        let mut occurrences = Occurrences::default();
        for (archive, identifier) in [(0, "a"), (0, "b"), (1, "b"), (300, "a"), (299, "c"), (300, "b")] {
            occurrences.add(archive, identifier);
        }
        to_bytes(301, occurrences)
    }

    #[test]
    fn archives_are_found_by_identifier() {
        let index = IdentifierIndex::from_bytes(example(), 301).expect("the bytes are intact");
        let all = |identifier: &str| {
            let archives = index.archives_with(identifier);
            (0..301).filter(|position| archives.contains(*position)).collect::<Vec<_>>()
        };
        assert_eq!(all("a"), [0, 300]);
        assert_eq!(all("b"), [0, 1, 300]);
        assert_eq!(all("c"), [299]);
        assert_eq!(all("d"), [0; 0]);
        assert!(index.archives_with("a").intersection(&index.archives_with("b")).contains(300));
        assert!(!index.archives_with("a").intersection(&index.archives_with("b")).contains(1));
        assert!(index.archives_with("a").union(&index.archives_with("c")).contains(299));
    }

    #[test]
    fn a_damaged_index_counts_as_missing() {
        let bytes = example();
        assert!(IdentifierIndex::from_bytes(bytes.clone(), 300).is_none());
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            assert!(IdentifierIndex::from_bytes(damaged, 301).is_none(), "byte {position}");
            assert!(
                IdentifierIndex::from_bytes(bytes[..position].to_vec(), 301).is_none(),
                "cut at {position}"
            );
        }
        assert!(IdentifierIndex::from_bytes(to_bytes(0, Occurrences::default()), 0).is_some());
    }
}
