//! Maps a file into memory: the only unsafe code of the crate.
//!
//! The function is crate-private because its contract cannot be checked: nobody may change the file while it is mapped.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// The bytes of a mapped file.
#[derive(Debug)]
pub(crate) struct MappedFile(Mmap);

impl MappedFile {
    /// Maps a whole pack of a cache directory. The file must be one that a cache has published there.
    pub(crate) fn map_published(file: &File) -> io::Result<Self> {
        // SAFETY: the bytes must not change while they are mapped. A pack is written under a temporary name and
        // published by rename. Afterwards no code truncates it or writes to it, and deleting it leaves the
        // mapped inode alive. `dir::permissions` rejects directories that other users can write to. So only
        // processes of this user, or of root for an underlay, could break the contract, and lazyast's own
        // processes write packs through `pack::write` alone.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for MappedFile {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
