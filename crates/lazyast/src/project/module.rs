//! [`Module`]: one source of a project, whose archive is opened on first access.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lazyast_format::Tree;
use lazyast_parse::PARSER_VERSION;
use lazyast_store::ArchiveLocation;

use super::outcome::ArchiveHandle;
use super::report::FailureReason;
use super::source_file::{FileError, read_source};
use crate::archive::{ArchiveBytes, OwnedTree};
use crate::cache::Cache;

/// A buffer that is larger than this is freed after its use, in bytes.
const MAX_KEPT_BUFFER: usize = 4 << 20;

/// What happens to an archive that is not in memory and is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The module keeps it, so that it need not be read again.
    Kept,
    /// It is read into a buffer of the thread's. That takes less time and memory: new memory takes longer than reading.
    Transient,
}

/// One source of a project. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Module {
    path: PathBuf,
    minimum_python: u8,
    handle: ArchiveHandle,
    /// The tree, after the archive was checked.
    opened: Arc<OnceLock<OwnedTree>>,
    cache: Cache,
}

impl Module {
    pub(crate) fn new(path: PathBuf, minimum_python: u8, handle: ArchiveHandle, cache: Cache) -> Self {
        Self { path, minimum_python, handle, opened: Arc::default(), cache }
    }

    /// The path, below the path that the project was opened with.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The minor version of the oldest Python that has the source's syntax.
    pub fn minimum_python(&self) -> u8 {
        self.minimum_python
    }

    /// The bytes of the archive, checked as by [`tree`](Self::tree).
    pub fn archive(&self) -> Result<ArchiveBytes, FailureReason> {
        Ok(self.opened()?.bytes().clone())
    }

    /// The tree.
    ///
    /// Opening a project only locates archives; the first access compares the archive with its checksum. If the
    /// archive is damaged, the source is read and parsed again; it is an error if the source has changed meanwhile.
    pub fn tree(&self) -> Result<&Tree<'_>, FailureReason> {
        Ok(self.opened()?.tree())
    }

    /// The length of the archive in bytes.
    pub(crate) fn archive_len(&self) -> u64 {
        match &self.handle {
            ArchiveHandle::Location(location, _) | ArchiveHandle::Exported(location) => {
                location.archive_len()
            }
            ArchiveHandle::Bytes(bytes) => bytes.as_ref().len() as u64,
        }
    }

    /// The text that the tree's positions count in; `None` if the file cannot be read or has changed.
    pub fn text(&self) -> Option<String> {
        self.text_of(self.tree().ok()?)
    }

    /// As [`text`](Self::text), for a caller that has the tree.
    pub(crate) fn text_of(&self, tree: &Tree<'_>) -> Option<String> {
        lazyast_parse::text(&self.source_of(tree)?).ok().map(Cow::into_owned)
    }

    /// The source that the tree was parsed from: from the pack, if the project was opened from one, and otherwise from the
    /// file. `None` if the pack has no sources, or if the file cannot be read or has changed.
    pub fn source(&self) -> Option<Vec<u8>> {
        self.source_of(self.tree().ok()?)
    }

    fn source_of(&self, tree: &Tree<'_>) -> Option<Vec<u8>> {
        if let ArchiveHandle::Exported(location) = &self.handle {
            return location.source();
        }
        let mut source = Vec::new();
        read_source(&self.path, &mut source).ok()?;
        (lazyast_store::source_key(&source) == tree.header().source_hash).then_some(source)
    }

    /// Whether the module comes from a pack without a cache, so that its path is no file.
    pub fn is_exported(&self) -> bool {
        matches!(self.handle, ArchiveHandle::Exported(_))
    }

    /// The location of the archive in a pack, unless the project has made the archive itself.
    pub(crate) fn location(&self) -> Option<&ArchiveLocation> {
        match &self.handle {
            ArchiveHandle::Location(location, _) => Some(location),
            ArchiveHandle::Bytes(_) | ArchiveHandle::Exported(_) => None,
        }
    }

    /// Calls `action` with the tree.
    pub(crate) fn with_tree<R>(
        &self,
        reading: Reading,
        action: impl FnOnce(&Tree<'_>) -> R,
    ) -> Result<R, FailureReason> {
        if reading == Reading::Transient
            && self.opened.get().is_none()
            && let ArchiveHandle::Location(location, _) | ArchiveHandle::Exported(location) = &self.handle
        {
            return with_buffer(|buffer| match location.open_in(PARSER_VERSION, buffer) {
                Some(tree) => Ok(action(&tree)),
                None => {
                    let opened = OwnedTree::open(self.load()?).map_err(FailureReason::Damaged)?;
                    Ok(action(opened.tree()))
                }
            });
        }
        self.tree().map(action)
    }

    fn opened(&self) -> Result<&OwnedTree, FailureReason> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        let opened = OwnedTree::open(self.load()?).map_err(FailureReason::Damaged)?;
        Ok(self.opened.get_or_init(|| opened))
    }

    /// The archive from memory, from its location, from anywhere in the cache, or from the source, in this order.
    fn load(&self) -> Result<ArchiveBytes, FailureReason> {
        let (location, key) = match &self.handle {
            ArchiveHandle::Bytes(bytes) => return Ok(bytes.clone()),
            ArchiveHandle::Exported(location) => {
                let archive = location.open(PARSER_VERSION).map(ArchiveBytes::in_pack);
                return archive.ok_or(FailureReason::DamagedInPack);
            }
            ArchiveHandle::Location(location, key) => (location, key),
        };
        let archive = location.open(PARSER_VERSION).map(ArchiveBytes::in_pack);
        if let Some(bytes) = archive.or_else(|| self.cache.get(key)) {
            return Ok(bytes);
        }
        let mut source = Vec::new();
        read_source(&self.path, &mut source).map_err(FailureReason::File)?;
        if lazyast_store::source_key(&source) != *key {
            return Err(FailureReason::File(FileError::Changing));
        }
        self.cache.archive(&source).map_err(FailureReason::Unsupported)
    }
}

/// Calls `action` with a buffer of this thread's.
fn with_buffer<R>(action: impl FnOnce(&mut Vec<u8>) -> R) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
    }
    // A search inside of `action` gets a buffer of its own.
    let mut buffer = BUFFER.take();
    let result = action(&mut buffer);
    // The thread can be one of the caller's, which lives on.
    if buffer.capacity() <= MAX_KEPT_BUFFER {
        BUFFER.set(buffer);
    }
    result
}
