//! An archive in memory: its bytes, and its bytes together with the open view of the tree.
//!
//! [`OwnedTree`] keeps bytes and view in one value, so that opening happens once and the view can be stored
//! for as long as it is needed. It is the only self-referential type of the workspace.

use std::fmt;
use std::sync::Arc;

use lazyast_format::Tree;
use lazyast_format::layout::Buffer;
use lazyast_format::read::OpenError;
use lazyast_parse::PARSER_VERSION;
use lazyast_store::StoredArchive;
use self_cell::self_cell;

/// The bytes of an archive: read from a pack, or built just now. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct ArchiveBytes(ArchiveStorage);

#[derive(Clone, Debug)]
enum ArchiveStorage {
    Pack(StoredArchive),
    Memory(Arc<Buffer>),
}

impl ArchiveBytes {
    pub(crate) fn in_pack(entry: StoredArchive) -> Self {
        Self(ArchiveStorage::Pack(entry))
    }

    /// Copies an archive to memory with the alignment that archives need.
    pub fn copy(archive: &[u8]) -> Self {
        let mut buffer = Buffer::with_capacity(archive.len());
        buffer.extend_from_slice(archive);
        Self(ArchiveStorage::Memory(Arc::new(buffer)))
    }

    /// Whether the bytes come from the cache; otherwise the source was parsed just now.
    pub fn is_cached(&self) -> bool {
        matches!(self.0, ArchiveStorage::Pack(_))
    }
}

impl AsRef<[u8]> for ArchiveBytes {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            ArchiveStorage::Pack(entry) => entry.as_ref(),
            ArchiveStorage::Memory(buffer) => buffer.as_slice(),
        }
    }
}

self_cell!(
    struct BytesAndTree {
        owner: ArchiveBytes,
        #[covariant]
        dependent: Tree,
    }
);

/// A tree that owns the bytes of its archive.
pub struct OwnedTree(BytesAndTree);

impl OwnedTree {
    /// Checks the header and the columns' lengths. The archive must be one that this version's parser writes.
    pub fn open(bytes: ArchiveBytes) -> Result<Self, OpenError> {
        BytesAndTree::try_new(bytes, |bytes| Tree::open(bytes.as_ref(), Some(PARSER_VERSION))).map(Self)
    }

    /// The view of the tree.
    pub fn tree(&self) -> &Tree<'_> {
        self.0.borrow_dependent()
    }

    /// The bytes of the archive.
    pub fn bytes(&self) -> &ArchiveBytes {
        self.0.borrow_owner()
    }
}

impl fmt::Debug for OwnedTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedTree").field("header", self.tree().header()).finish_non_exhaustive()
    }
}
