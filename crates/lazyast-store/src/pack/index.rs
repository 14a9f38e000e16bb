//! The index of a pack, searched in place.
//!
//! Opening a pack reads its header, index and footer. The archives are not read until somebody asks for one.

use xxhash_rust::xxh3::xxh3_64;

use crate::key::SourceKey;
use crate::pack::error::PackFormatError;
use crate::pack::format::{
    END_MAGIC, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, MAGIC, PACK_VERSION, is_archive_offset,
};

/// The checked index of a pack. It holds offsets; each method takes the bytes of the pack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PackIndex {
    start: usize,
    count: usize,
}

/// Reads the header and the footer of a pack of `len` bytes, which stand one after the other in `ends` (P01 to P05).
/// Gives the end of the archives and their number.
pub(crate) fn read_ends(
    ends: &[u8; HEADER_LEN + FOOTER_LEN],
    len: u64,
) -> Result<(u64, u64), PackFormatError> {
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

impl PackIndex {
    /// Finds and checks the index of a pack, checksum included (P01 to P06).
    pub(crate) fn read(pack: &[u8]) -> Result<Self, PackFormatError> {
        let mut ends = [0; HEADER_LEN + FOOTER_LEN];
        let len = pack.len() as u64;
        let (Some(header), Some(footer)) =
            (pack.first_chunk::<HEADER_LEN>(), pack.last_chunk::<FOOTER_LEN>())
        else {
            return Err(PackFormatError::Length { found: len, expected: ends.len() as u64 });
        };
        ends[..HEADER_LEN].copy_from_slice(header);
        ends[HEADER_LEN..].copy_from_slice(footer);
        let (start, count) = read_ends(&ends, len)?;
        // Both are less than the length of `pack`, so they fit.
        Self { start: start as usize, count: count as usize }.checked(pack)
    }

    /// Checks the index of a pack without its archives: header, index and footer, one after the other.
    pub(crate) fn read_without_archives(frame: &[u8], count: usize) -> Result<Self, PackFormatError> {
        Self { start: HEADER_LEN, count }.checked(frame)
    }

    fn checked(self, pack: &[u8]) -> Result<Self, PackFormatError> {
        let found = xxh3_64(self.bytes(pack));
        let expected = u64_at(&pack[pack.len() - FOOTER_LEN..], 16);
        if found != expected {
            return Err(PackFormatError::Checksum { found, expected });
        }
        Ok(self)
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    fn bytes<'a>(&self, pack: &'a [u8]) -> &'a [u8] {
        &pack[self.start..self.start + self.count * ENTRY_LEN]
    }

    /// The entry at a position. Positions follow the order of keys.
    pub(crate) fn entry(&self, pack: &[u8], position: usize) -> Option<IndexEntry> {
        let entry = self.bytes(pack).get(position * ENTRY_LEN..)?.get(..ENTRY_LEN)?;
        let mut key = [0; 32];
        key.copy_from_slice(&entry[..32]);
        Some(IndexEntry { key, offset: u64_at(entry, 32), len: u32_at(entry, 40), built: u32_at(entry, 44) })
    }

    /// The position of the entry with a key.
    pub(crate) fn find(&self, pack: &[u8], key: &SourceKey) -> Option<usize> {
        let entries = self.bytes(pack);
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            match entries[middle * ENTRY_LEN..][..32].cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    /// The bytes of an archive, if its entry points into the archives (P07, P08).
    pub(crate) fn archive<'a>(&self, pack: &'a [u8], entry: &IndexEntry) -> Option<&'a [u8]> {
        let start = usize::try_from(entry.offset).ok()?;
        let end = start.checked_add(entry.len as usize)?;
        if !is_archive_offset(entry.offset) || end > self.start {
            return None;
        }
        pack.get(start..end)
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
