//! How often the cache had an archive.
//!
//! Each process adds its counts to one small file when it ends. It does not wait for the file's lock: if another process
//! holds it, the counts are lost.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use twox_hash::XxHash3_64;

use crate::sync::lock::FileLock;

/// The name of the file in a version directory.
const FILE_NAME: &str = "counts";
/// The first bytes of the file.
const MAGIC: [u8; 8] = *b"LAZYCNT\x1a";
/// Length of the file: magic, three numbers, checksum.
const LEN: usize = 40;

/// How often the cache had an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookupCounts {
    /// Sources whose archive was in the cache.
    pub hits: u64,
    /// Those of them that were not read, because the file state showed that they were up to date.
    pub unread: u64,
    /// Sources that were parsed.
    pub misses: u64,
}

impl LookupCounts {
    /// Reads the counts of a version directory.
    pub(crate) fn read(version: &Path) -> Self {
        File::open(version.join(FILE_NAME)).map_or_else(|_| Self::default(), |file| Self::from_file(&file))
    }

    /// Adds these counts to those of a version directory. They are lost if another process holds the file's lock.
    pub fn add(&self, version: &Path) -> io::Result<()> {
        if *self == Self::default() {
            return Ok(());
        }
        let Some(mut lock) = FileLock::try_acquire(&version.join(FILE_NAME))? else { return Ok(()) };
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

    /// The counts in a file; zero if it is damaged.
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
        for (number, field) in [self.hits, self.unread, self.misses].iter().zip(bytes[8..32].chunks_mut(8)) {
            field.copy_from_slice(&number.to_le_bytes());
        }
        let checksum = XxHash3_64::oneshot(&bytes[..32]);
        bytes[32..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; LEN]) -> Option<Self> {
        let (numbers, _) = bytes.as_chunks::<8>();
        let [magic, hits, unread, misses, checksum] = numbers else { return None };
        let is_intact = *magic == MAGIC && u64::from_le_bytes(*checksum) == XxHash3_64::oneshot(&bytes[..32]);
        is_intact.then(|| Self {
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
            one.add(directory.path()).expect("the directory is writable");
        }
        assert_eq!(LookupCounts::read(directory.path()), LookupCounts { hits: 15, unread: 9, misses: 6 });
        let lock =
            FileLock::try_acquire(&directory.path().join(FILE_NAME)).expect("the directory is writable");
        one.add(directory.path()).expect("a locked file is skipped");
        drop(lock);
        assert_eq!(LookupCounts::read(directory.path()).hits, 15, "counts are lost while the file is locked");
    }

    #[test]
    fn a_damaged_file_counts_as_zero() {
        let bytes = LookupCounts { hits: 5, unread: 3, misses: 2 }.to_bytes();
        for position in 0..LEN {
            let mut damaged = bytes;
            damaged[position] ^= 1;
            assert_eq!(LookupCounts::from_bytes(&damaged), None, "byte {position}");
        }
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join(FILE_NAME), "short").expect("the directory is writable");
        LookupCounts { hits: 1, ..LookupCounts::default() }
            .add(directory.path())
            .expect("the directory is writable");
        assert_eq!(LookupCounts::read(directory.path()).hits, 1);
    }
}
