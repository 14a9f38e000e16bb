//! How often archives were found, and how often not.
//!
//! Each run adds what it counted to one small file. Nobody waits for it: what cannot be added at once is not counted.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

use crate::sync::lock::Lock;

/// The name of the file in the directory of a version.
const NAME: &str = "counts";
/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYCNT\x1a";
/// Length of the file: the mark, three numbers, a checksum.
const LEN: usize = 40;

/// How often archives were found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupCounts {
    /// Sources whose archive was there.
    pub hits: u64,
    /// As many of these were not even read.
    pub unread: u64,
    /// Sources that were parsed.
    pub misses: u64,
}

impl LookupCounts {
    /// What was counted for the directory of a version.
    pub fn read(version: &Path) -> Self {
        File::open(version.join(NAME)).map_or_else(|_| Self::default(), |file| Self::from_file(&file))
    }

    /// Adds this to what was counted. It is lost if somebody else does the same at the moment.
    pub fn add(&self, version: &Path) -> io::Result<()> {
        if *self == Self::default() {
            return Ok(());
        }
        let Some(mut lock) = Lock::now(&version.join(NAME))? else { return Ok(()) };
        let file = lock.file();
        let before = Self::from_file(file);
        let sum = Self {
            hits: before.hits.saturating_add(self.hits),
            unread: before.unread.saturating_add(self.unread),
            misses: before.misses.saturating_add(self.misses),
        };
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&sum.to_bytes())
    }

    fn from_file(mut file: &File) -> Self {
        let mut bytes = [0; LEN];
        match file.read_exact(&mut bytes) {
            Ok(()) => Self::from_bytes(&bytes).unwrap_or_default(),
            Err(_) => Self::default(),
        }
    }

    fn to_bytes(self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        bytes[..8].copy_from_slice(&MAGIC);
        for (number, place) in [self.hits, self.unread, self.misses].iter().zip(bytes[8..32].chunks_mut(8)) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let checksum = xxh3_64(&bytes[..32]);
        bytes[32..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; LEN]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<8>();
        let [magic, hits, unread, misses, checksum] = numbers else { return None };
        let is_whole = *magic == MAGIC && u64::from_le_bytes(*checksum) == xxh3_64(&bytes[..32]);
        is_whole.then(|| Self {
            hits: u64::from_le_bytes(*hits),
            unread: u64::from_le_bytes(*unread),
            misses: u64::from_le_bytes(*misses),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up() {
        let directory = tempfile::tempdir().expect("a directory");
        let one = LookupCounts { hits: 5, unread: 3, misses: 2 };
        assert_eq!(LookupCounts::read(directory.path()), LookupCounts::default());
        for _ in 0..3 {
            one.add(directory.path()).expect("there is room");
        }
        assert_eq!(LookupCounts::read(directory.path()), LookupCounts { hits: 15, unread: 9, misses: 6 });
        let lock = Lock::now(&directory.path().join(NAME)).expect("there is room");
        one.add(directory.path()).expect("nobody waits");
        drop(lock);
        assert_eq!(LookupCounts::read(directory.path()).hits, 15, "what is not added at once is not counted");
    }

    #[test]
    fn damage_begins_anew() {
        let bytes = LookupCounts { hits: 5, unread: 3, misses: 2 }.to_bytes();
        for place in 0..LEN {
            let mut damaged = bytes;
            damaged[place] ^= 1;
            assert_eq!(LookupCounts::from_bytes(&damaged), None, "byte {place}");
        }
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join(NAME), "short").expect("there is room");
        LookupCounts { hits: 1, ..LookupCounts::default() }.add(directory.path()).expect("there is room");
        assert_eq!(LookupCounts::read(directory.path()).hits, 1);
    }
}
