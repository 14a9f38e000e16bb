//! The ends of a pack, and its index in memory.
//!
//! Header and footer say how many archives a pack has and where its index is. The index is read when many archives are
//! looked up; `lookup.rs` finds single entries without it.

use twox_hash::XxHash3_64;

use crate::key::{SourceKey, source_key};
use crate::pack::error::{PackFormatError, PackOpenError, PackedArchiveError};
use crate::pack::file::PackFile;
use crate::pack::format::{
    END_MAGIC, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, MAGIC, MANIFEST_ENTRY_LEN, MANIFEST_VERSION,
    PACK_VERSION, is_archive_offset,
};
use crate::pack::manifest::{
    self, MAX_LEN, MAX_SOURCE_LEN, Manifest, ManifestError, ManifestRange, SourceRange,
};

/// The header and the footer of a pack, one after the other.
type Ends = [u8; HEADER_LEN + FOOTER_LEN];

/// What header and footer say of a pack.
#[derive(Clone, Debug)]
pub(crate) struct PackEnds {
    /// Where the index starts.
    pub(crate) start: u64,
    /// Number of archives.
    pub(crate) count: u64,
    /// The checksum of the index.
    checksum: u64,
    /// The end of what the index can point to.
    archives_end: u64,
    /// Where the manifest is. It is not checked.
    manifest: Option<ManifestRange>,
    /// Whether the reserved bytes of header and footer are zero.
    pub(crate) is_reserved_zero: bool,
}

impl PackEnds {
    /// Reads and checks header and footer (P01 to P05).
    pub(crate) fn read(file: &PackFile) -> Result<Self, PackOpenError> {
        let mut ends: Ends = [0; HEADER_LEN + FOOTER_LEN];
        let footer = file.len().checked_sub(FOOTER_LEN as u64).filter(|start| *start >= HEADER_LEN as u64);
        let Some(footer) = footer else {
            return Err(PackFormatError::TooShort { found: file.len(), expected: ends.len() as u64 }.into());
        };
        file.read(0, &mut ends[..HEADER_LEN])?;
        file.read(footer, &mut ends[HEADER_LEN..])?;
        let Parts { start, count, has_manifest } = read_ends(&ends, file.len())?;
        let manifest = if has_manifest { Some(read_manifest_range(file, footer)?) } else { None };
        Ok(Self {
            start,
            count,
            checksum: u64_at(&ends, HEADER_LEN + 16),
            archives_end: manifest.map_or(start, |manifest| manifest.offset.min(start)),
            manifest,
            is_reserved_zero: ends[12..16] == [0; 4] && ends[HEADER_LEN + 28..][..4] == [0; 4],
        })
    }

    /// Checks that an entry points into the archives (P07, P08).
    pub(crate) fn check_entry(&self, entry: &IndexEntry) -> Result<(), PackedArchiveError> {
        if !is_archive_offset(entry.offset) {
            return Err(PackedArchiveError::Offset);
        }
        match entry.offset.checked_add(u64::from(entry.len)) {
            Some(end) if end <= self.archives_end => Ok(()),
            _ => Err(PackedArchiveError::OutOfBounds),
        }
    }
}

/// The checked index of a pack.
#[derive(Debug)]
pub(crate) struct PackIndex {
    pub(crate) ends: PackEnds,
    entries: Box<[u8]>,
}

impl PackIndex {
    /// Reads and checks the index of a pack, checksum included (P01 to P06). A pack with more than `limit` archives is
    /// not read.
    pub(crate) fn read(file: &PackFile, limit: u64) -> Result<Self, PackOpenError> {
        let ends = PackEnds::read(file)?;
        if ends.count > limit {
            return Err(PackOpenError::TooManyArchives { found: ends.count, limit });
        }
        Self::of(file, ends)
    }

    /// Reads and checks the index of a pack whose ends are known (P06).
    pub(crate) fn of(file: &PackFile, ends: PackEnds) -> Result<Self, PackOpenError> {
        // The index is shorter than the file.
        let entries = file.bytes(ends.start, ends.count as usize * ENTRY_LEN)?.into_boxed_slice();
        let (found, expected) = (XxHash3_64::oneshot(&entries), ends.checksum);
        if found != expected {
            return Err(PackFormatError::Checksum { found, expected }.into());
        }
        Ok(Self { ends, entries })
    }

    /// What stands for a damaged index.
    pub(crate) fn empty(ends: PackEnds) -> Self {
        Self { ends, entries: Box::default() }
    }

    /// Number of archives.
    pub(crate) fn len(&self) -> usize {
        self.entries.len() / ENTRY_LEN
    }

    /// The entry at a position. Positions follow the order of keys.
    pub(crate) fn entry(&self, position: usize) -> Option<IndexEntry> {
        self.entries.as_chunks().0.get(position).map(index_entry)
    }

    /// The position of the entry with a key.
    pub(crate) fn find(&self, key: &SourceKey) -> Option<usize> {
        let entries = self.entries.as_chunks::<ENTRY_LEN>().0;
        entries.binary_search_by(|entry| entry[..32].cmp(key)).ok()
    }

    /// Reads and checks the manifest (P14, P15).
    pub(crate) fn read_manifest(&self, file: &PackFile) -> Result<Option<Manifest>, PackOpenError> {
        let Some(ManifestRange { offset, len, checksum }) = self.ends.manifest else { return Ok(None) };
        // The index is inside of the file, and the manifest is before it.
        let is_inside = offset >= HEADER_LEN as u64 && offset.checked_add(len) == Some(self.ends.start);
        if !is_inside || len > MAX_LEN {
            return Err(ManifestError::OutOfBounds.into());
        }
        let bytes = file.bytes(offset, len as usize)?;
        Ok(Some(manifest::decode(&bytes, checksum, self.len())?))
    }

    /// Reads a source, if it is the one of an entry (P17).
    pub(crate) fn read_source(
        &self,
        file: &PackFile,
        SourceRange { offset, len }: SourceRange,
        key: &SourceKey,
    ) -> Option<Vec<u8>> {
        let end = offset.checked_add(u64::from(len)).filter(|end| *end <= self.ends.archives_end);
        let is_inside = offset >= HEADER_LEN as u64 && end.is_some() && len <= MAX_SOURCE_LEN;
        let source = is_inside.then(|| file.bytes(offset, len as usize).ok())??;
        (source_key(&source) == *key).then_some(source)
    }
}

/// An entry of the index.
pub(crate) fn index_entry(entry: &[u8; ENTRY_LEN]) -> IndexEntry {
    let mut key = [0; 32];
    key.copy_from_slice(&entry[..32]);
    IndexEntry { key, offset: u64_at(entry, 32), len: u32_at(entry, 40), built: u32_at(entry, 44) }
}

/// The parts of a pack.
struct Parts {
    /// Where the index starts.
    start: u64,
    /// Number of archives.
    count: u64,
    has_manifest: bool,
}

/// Checks the header and the footer of a pack of `len` bytes (P01 to P05).
fn read_ends(ends: &Ends, len: u64) -> Result<Parts, PackFormatError> {
    let footer = &ends[HEADER_LEN..];
    if ends[..8] != MAGIC || footer[32..] != END_MAGIC {
        return Err(PackFormatError::Magic);
    }
    let versions = [u32_at(ends, 8), u32_at(footer, 24)];
    for version in versions {
        if version != PACK_VERSION && version != MANIFEST_VERSION {
            return Err(PackFormatError::Version { found: version });
        }
    }
    if versions[0] != versions[1] {
        return Err(PackFormatError::Versions { header: versions[0], footer: versions[1] });
    }
    let has_manifest = versions[0] == MANIFEST_VERSION;
    let start = u64_at(footer, 0);
    let count = u64_at(footer, 8);
    let after_index = FOOTER_LEN + if has_manifest { MANIFEST_ENTRY_LEN } else { 0 };
    let expected = count
        .checked_mul(ENTRY_LEN as u64)
        .and_then(|index| index.checked_add(start))
        .and_then(|end| end.checked_add(after_index as u64));
    if start < HEADER_LEN as u64 {
        return Err(PackFormatError::IndexOffset { found: start });
    }
    if expected != Some(len) {
        return Err(PackFormatError::Length { found: len, expected: expected.unwrap_or(u64::MAX) });
    }
    Ok(Parts { start, count, has_manifest })
}

/// Where the manifest is, according to the bytes before the footer.
fn read_manifest_range(file: &PackFile, footer: u64) -> Result<ManifestRange, PackOpenError> {
    let mut bytes = [0; MANIFEST_ENTRY_LEN];
    // The length of the file is that of all parts.
    file.read(footer - MANIFEST_ENTRY_LEN as u64, &mut bytes)?;
    Ok(ManifestRange { offset: u64_at(&bytes, 0), len: u64_at(&bytes, 8), checksum: u64_at(&bytes, 16) })
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use super::*;

    #[test]
    fn packs_with_too_many_archives_are_not_read() {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../format-spec/vectors/packs/valid");
        let file = File::open(directory.join("three.pack")).and_then(PackFile::new).expect("the file exists");
        assert_eq!(PackIndex::read(&file, 3).map(|index| index.len()).ok(), Some(3));
        let error = PackIndex::read(&file, 2).expect_err("it has three archives");
        assert_eq!(error.to_string(), "the pack has 3 archives, the limit is 2");
    }
}
