//! Mapping files into memory: the one place with unsafe code.

#![allow(unsafe_code)]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use lazyast_format::layout::Buffer;
use memmap2::Mmap;

/// A file's bytes.
#[derive(Debug)]
pub struct Map(Place);

#[derive(Debug)]
enum Place {
    /// Mapped read-only.
    File(Mmap),
    /// Read.
    Memory(Buffer),
}

impl Map {
    /// Maps a whole file that this cache has published.
    pub fn of(file: &File) -> io::Result<Self> {
        // SAFETY: the bytes must not change while they are mapped. Packs are written under another name,
        // published by rename, and never truncated or written again; deleting one leaves the mapped
        // inode alive. The directory is refused if others can write to it (`directory`), so that only
        // the user's own processes could break this, and these go through `writer`.
        let map = unsafe { Mmap::map(file) }?;
        Ok(Self(Place::File(map)))
    }

    /// Reads a whole file that somebody else may write to, of at most `limit` bytes.
    pub fn read(path: &Path, limit: u64) -> io::Result<Self> {
        let metadata = path.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        if metadata.len() > limit {
            let message = format!("{} bytes long; at most {limit} are read", metadata.len());
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let mut buffer = Buffer::new();
        buffer.extend_from_reader(&mut File::open(path)?.take(limit))?;
        Ok(Self(Place::Memory(buffer)))
    }
}

impl AsRef<[u8]> for Map {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Place::File(map) => map,
            Place::Memory(buffer) => buffer,
        }
    }
}
