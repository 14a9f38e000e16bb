//! The layout of a pack: archives one after the other, an index sorted by key, a footer.
//!
//! The writer (`encode`) and the reader (`index`) share these constants.

use crate::key::SourceKey;

/// The first bytes of every pack.
pub(crate) const MAGIC: [u8; 8] = *b"LAZYPAK\x1a";

/// The last eight bytes of every pack.
pub(crate) const END_MAGIC: [u8; 8] = *b"\x1aKAPYZAL";

/// The version of packs without a manifest.
pub(crate) const PACK_VERSION: u32 = 1;

/// The version of packs with a manifest.
pub(crate) const MANIFEST_VERSION: u32 = 2;

/// Bytes before the first archive.
pub(crate) const HEADER_LEN: usize = 16;

/// Bytes of an index entry.
pub(crate) const ENTRY_LEN: usize = 48;

/// Bytes at the end of the file.
pub const FOOTER_LEN: usize = 40;

/// Bytes between the index and the footer of a pack with a manifest: where the manifest is, and its checksum.
pub(crate) const MANIFEST_ENTRY_LEN: usize = 24;

/// The offsets of archives are multiples of this.
pub(crate) const ALIGNMENT: usize = 16;

/// The extension of published packs.
pub(crate) const SUFFIX: &str = ".pack";

/// An entry of a pack's index: the location of one archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// The key of the archive's source.
    pub key: SourceKey,
    /// Offset of the archive in the file.
    pub offset: u64,
    /// Length of the archive in bytes.
    pub len: u32,
    /// When the archive was built, in minutes since 1970.
    pub built: u32,
}

impl IndexEntry {
    /// Bytes that the archive takes in a pack, its padding and its entry included.
    pub(crate) fn stored_len(&self) -> u64 {
        u64::from(self.len).next_multiple_of(ALIGNMENT as u64) + ENTRY_LEN as u64
    }
}

/// Whether an archive can start at an offset (P07).
pub(crate) fn is_archive_offset(offset: u64) -> bool {
    offset >= HEADER_LEN as u64 && offset.is_multiple_of(ALIGNMENT as u64)
}
