//! The file format of packs: archives one after the other, an index that is sorted by key, a footer.
//!
//! `format-spec/PACK.md` is the normative description. Reading one costs the same at any size until an
//! archive is asked for: the footer says where the index is, the index is searched in place.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use crate::SourceKey;

/// The first bytes of every pack.
pub const MAGIC: [u8; 8] = *b"LAZYPAK\x1a";

/// The last eight bytes of every pack.
pub const END_MAGIC: [u8; 8] = *b"\x1aKAPYZAL";

/// The version of this format.
pub const PACK_VERSION: u32 = 1;

/// Bytes before the first archive.
pub const HEADER_LEN: usize = 16;

/// Bytes of an index entry.
pub const ENTRY_LEN: usize = 48;

/// Bytes behind the index.
pub const FOOTER_LEN: usize = 40;

/// Archives start at multiples of this.
pub const ALIGNMENT: usize = 16;

/// The header's bytes.
pub fn header() -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&PACK_VERSION.to_le_bytes());
    header
}

/// One archive's place in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The hash of the source.
    pub key: SourceKey,
    /// Where the archive starts in the file.
    pub offset: u64,
    /// Its length in bytes.
    pub len: u32,
    /// When it was made, in minutes since 1970.
    pub made: u32,
}

/// The index, sorted by key, and the footer of a pack whose archives end at `archives_end`.
pub fn tail(entries: &mut [IndexEntry], archives_end: u64) -> Vec<u8> {
    entries.sort_unstable_by_key(|entry| entry.key);
    let mut tail = Vec::with_capacity(entries.len() * ENTRY_LEN + FOOTER_LEN);
    for entry in entries.iter() {
        tail.extend_from_slice(&entry.key);
        tail.extend_from_slice(&entry.offset.to_le_bytes());
        tail.extend_from_slice(&entry.len.to_le_bytes());
        tail.extend_from_slice(&entry.made.to_le_bytes());
    }
    let checksum = xxh3_64(&tail);
    tail.extend_from_slice(&archives_end.to_le_bytes());
    tail.extend_from_slice(&(entries.len() as u64).to_le_bytes());
    tail.extend_from_slice(&checksum.to_le_bytes());
    tail.extend_from_slice(&PACK_VERSION.to_le_bytes());
    tail.extend_from_slice(&[0; 4]);
    tail.extend_from_slice(&END_MAGIC);
    tail
}

/// A pack's index, checked.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    start: usize,
    count: usize,
}

/// Where the archives of a pack end, and how many there are, from its header and its footer, one behind the other, and
/// its length in bytes (P01 to P05).
pub(crate) fn extent(ends: &[u8; HEADER_LEN + FOOTER_LEN], len: u64) -> Result<(u64, u64), PackError> {
    let footer = &ends[HEADER_LEN..];
    if ends[..8] != MAGIC || footer[32..] != END_MAGIC {
        return Err(PackError::Magic);
    }
    for version in [u32_at(ends, 8), u32_at(footer, 24)] {
        if version != PACK_VERSION {
            return Err(PackError::Version { found: version });
        }
    }
    let start = u64_at(footer, 0);
    let count = u64_at(footer, 8);
    let expected = count
        .checked_mul(ENTRY_LEN as u64)
        .and_then(|index| index.checked_add(start))
        .and_then(|end| end.checked_add(FOOTER_LEN as u64));
    if start < HEADER_LEN as u64 || expected != Some(len) {
        return Err(PackError::Length { found: len, expected: expected.unwrap_or(u64::MAX) });
    }
    Ok((start, count))
}

/// Whether an archive may start there (P07).
pub(crate) fn is_place_of_archive(offset: u64) -> bool {
    offset >= HEADER_LEN as u64 && offset.is_multiple_of(ALIGNMENT as u64)
}

impl Index {
    /// Finds the index of a pack and checks it, checksum included (P01 to P06).
    pub fn read(pack: &[u8]) -> Result<Self, PackError> {
        let mut ends = [0; HEADER_LEN + FOOTER_LEN];
        let len = pack.len() as u64;
        let (Some(header), Some(footer)) =
            (pack.first_chunk::<HEADER_LEN>(), pack.last_chunk::<FOOTER_LEN>())
        else {
            return Err(PackError::Length { found: len, expected: ends.len() as u64 });
        };
        ends[..HEADER_LEN].copy_from_slice(header);
        ends[HEADER_LEN..].copy_from_slice(footer);
        let (start, count) = extent(&ends, len)?;
        // Both are less than the length, which is one of memory.
        Self { start: start as usize, count: count as usize }.checked(pack)
    }

    /// The index of a pack that was read without its archives: header, index and footer, one behind the other.
    pub(crate) fn read_frame(frame: &[u8], count: usize) -> Result<Self, PackError> {
        Self { start: HEADER_LEN, count }.checked(frame)
    }

    fn checked(self, pack: &[u8]) -> Result<Self, PackError> {
        let found = xxh3_64(self.bytes(pack));
        let expected = u64_at(&pack[pack.len() - FOOTER_LEN..], 16);
        if found != expected {
            return Err(PackError::Checksum { found, expected });
        }
        Ok(self)
    }

    /// Number of archives.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether the pack holds no archive.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    fn bytes<'a>(&self, pack: &'a [u8]) -> &'a [u8] {
        &pack[self.start..self.start + self.count * ENTRY_LEN]
    }

    /// An entry by its place in the order of keys.
    pub fn entry(&self, pack: &[u8], place: usize) -> Option<IndexEntry> {
        let entry = self.bytes(pack).get(place * ENTRY_LEN..)?.get(..ENTRY_LEN)?;
        let mut key = [0; 32];
        key.copy_from_slice(&entry[..32]);
        Some(IndexEntry { key, offset: u64_at(entry, 32), len: u32_at(entry, 40), made: u32_at(entry, 44) })
    }

    /// The entry of a key's archive.
    pub fn find(&self, pack: &[u8], key: &SourceKey) -> Option<IndexEntry> {
        self.entry(pack, self.find_place(pack, key)?)
    }

    /// The place of a key's archive in the order of keys.
    pub fn find_place(&self, pack: &[u8], key: &SourceKey) -> Option<usize> {
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

    /// The bytes of an archive, if its place is inside the part of the file that archives may take.
    pub fn archive<'a>(&self, pack: &'a [u8], entry: &IndexEntry) -> Option<&'a [u8]> {
        let start = usize::try_from(entry.offset).ok()?;
        let end = start.checked_add(entry.len as usize)?;
        if !is_place_of_archive(entry.offset) || end > self.start {
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

/// Why a file is not a pack that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackError {
    /// It does not start and end as packs do: another kind of file, or cut off.
    Magic,
    /// Another version.
    Version {
        /// What the file says.
        found: u32,
    },
    /// Its parts do not add up to its length.
    Length {
        /// Bytes that there are.
        found: u64,
        /// Bytes that there should be.
        expected: u64,
    },
    /// The index is damaged.
    Checksum {
        /// The index's checksum.
        found: u64,
        /// What the footer says.
        expected: u64,
    },
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => write!(f, "not a whole pack: the marks at its start and its end are not there"),
            Self::Version { found } => {
                write!(f, "pack version {found}, but this reader reads {PACK_VERSION}")
            }
            Self::Length { found, expected } => write!(f, "{found} bytes long instead of {expected}"),
            Self::Checksum { found, expected } => {
                write!(f, "the index has checksum {found:#018x} instead of {expected:#018x}")
            }
        }
    }
}

impl std::error::Error for PackError {}
