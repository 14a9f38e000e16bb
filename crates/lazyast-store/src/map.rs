//! Mapping files into memory: the one place with unsafe code.

#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// A file's bytes.
#[derive(Debug)]
pub struct Map(Mmap);

impl Map {
    /// Maps a whole file that this cache has published.
    pub fn of(file: &File) -> io::Result<Self> {
        // SAFETY: the bytes must not change while they are mapped. Packs are written under another name,
        // published by rename, and never truncated or written again; deleting one leaves the mapped
        // inode alive. The directory is refused if others can write to it (`directory`), so that only
        // processes of the user, or of the system for what is only read, could break this, and these go
        // through `writer`.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for Map {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
