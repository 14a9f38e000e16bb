//! The index of a pack, in memory.
//!
//! Opening a pack reads its header, index and footer. The archives are not read until somebody asks for one.

use xxhash_rust::xxh3::xxh3_64;

use crate::key::SourceKey;
use crate::pack::error::{PackFormatError, PackOpenError};
use crate::pack::file::PackFile;
use crate::pack::format::{
    END_MAGIC, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, MAGIC, PACK_VERSION, is_archive_offset,
};

/// The header and the footer of a pack, one after the other.
type Ends = [u8; HEADER_LEN + FOOTER_LEN];

/// The checked index of a pack.
#[derive(Debug)]
pub(crate) struct PackIndex {
    entries: Box<[u8]>,
    archives_end: u64,
    /// Whether the reserved bytes of header and footer are zero.
    pub(crate) is_reserved_zero: bool,
}

impl PackIndex {
    /// Reads and checks the index of a pack, checksum included (P01 to P06). A pack with more than `limit` archives is
    /// not read.
    pub(crate) fn read(file: &PackFile, limit: u64) -> Result<Self, PackOpenError> {
        let mut ends: Ends = [0; HEADER_LEN + FOOTER_LEN];
        let footer = file.len().checked_sub(FOOTER_LEN as u64).filter(|start| *start >= HEADER_LEN as u64);
        let Some(footer) = footer else {
            return Err(PackFormatError::Length { found: file.len(), expected: ends.len() as u64 }.into());
        };
        file.read(0, &mut ends[..HEADER_LEN])?;
        file.read(footer, &mut ends[HEADER_LEN..])?;
        let (archives_end, count) = read_ends(&ends, file.len())?;
        if count > limit {
            return Err(PackOpenError::TooManyArchives { found: count, limit });
        }
        // The index is shorter than the file.
        let mut entries = vec![0; count as usize * ENTRY_LEN].into_boxed_slice();
        file.read(archives_end, &mut entries)?;
        let (found, expected) = (xxh3_64(&entries), u64_at(&ends, HEADER_LEN + 16));
        if found != expected {
            return Err(PackFormatError::Checksum { found, expected }.into());
        }
        let is_reserved_zero = ends[12..16] == [0; 4] && ends[HEADER_LEN + 28..][..4] == [0; 4];
        Ok(Self { entries, archives_end, is_reserved_zero })
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() / ENTRY_LEN
    }

    /// The entry at a position. Positions follow the order of keys.
    pub(crate) fn entry(&self, position: usize) -> Option<IndexEntry> {
        let entry = self.entries.as_chunks::<ENTRY_LEN>().0.get(position)?;
        let mut key = [0; 32];
        key.copy_from_slice(&entry[..32]);
        Some(IndexEntry { key, offset: u64_at(entry, 32), len: u32_at(entry, 40), built: u32_at(entry, 44) })
    }

    /// The position of the entry with a key.
    pub(crate) fn find(&self, key: &SourceKey) -> Option<usize> {
        let entries = self.entries.as_chunks::<ENTRY_LEN>().0;
        entries.binary_search_by(|entry| entry[..32].cmp(key)).ok()
    }

    /// Whether an entry points into the archives (P07, P08).
    pub(crate) fn is_inside(&self, entry: &IndexEntry) -> bool {
        let end = entry.offset.checked_add(u64::from(entry.len));
        is_archive_offset(entry.offset) && end.is_some_and(|end| end <= self.archives_end)
    }
}

/// Checks the header and the footer of a pack of `len` bytes (P01 to P05). Gives the end of the archives and their
/// number.
fn read_ends(ends: &Ends, len: u64) -> Result<(u64, u64), PackFormatError> {
    let footer = &ends[HEADER_LEN..];
    if ends[..8] != MAGIC || footer[32..] != END_MAGIC {
        return Err(PackFormatError::Magic);
    }
    for version in [u32_at(ends, 8), u32_at(footer, 24)] {
        if version != PACK_VERSION {
            return Err(PackFormatError::Version { found: version });
        }
    }
    let start = u64_at(footer, 0);
    let count = u64_at(footer, 8);
    let expected = count
        .checked_mul(ENTRY_LEN as u64)
        .and_then(|index| index.checked_add(start))
        .and_then(|end| end.checked_add(FOOTER_LEN as u64));
    if start < HEADER_LEN as u64 || expected != Some(len) {
        return Err(PackFormatError::Length { found: len, expected: expected.unwrap_or(u64::MAX) });
    }
    Ok((start, count))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
