//! An archive's bytes, wherever they are.

use std::sync::Arc;

use lazyast_format::layout::Buffer;
use lazyast_store::Entry;

/// The bytes of an archive: a part of a mapped pack, or memory of their own. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct ArchiveBytes(Place);

#[derive(Clone, Debug)]
enum Place {
    Pack(Entry),
    Memory(Arc<Buffer>),
}

impl ArchiveBytes {
    pub(crate) fn in_pack(entry: Entry) -> Self {
        Self(Place::Pack(entry))
    }

    /// A copy with the alignment that archives need.
    pub fn copy(archive: &[u8]) -> Self {
        let mut buffer = Buffer::with_capacity(archive.len());
        buffer.extend_from_slice(archive);
        Self(Place::Memory(Arc::new(buffer)))
    }

    /// Whether the bytes were found in the cache and not made just now.
    pub fn is_cached(&self) -> bool {
        matches!(self.0, Place::Pack(_))
    }
}

impl AsRef<[u8]> for ArchiveBytes {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Place::Pack(entry) => entry.as_ref(),
            Place::Memory(buffer) => buffer.as_slice(),
        }
    }
}
