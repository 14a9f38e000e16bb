//! Writing packs.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Key;
use crate::pack::{self, ALIGNMENT, HEADER_LEN, IndexEntry};

/// The ending of published packs. Files in the making have [`TEMPORARY`].
pub const SUFFIX: &str = ".pack";

/// The ending of files that are being written. One that is left over belongs to a process that was killed.
pub const TEMPORARY: &str = ".tmp";

/// A pack in the making. Dropped without [`publish`](Self::publish), it leaves nothing behind.
#[derive(Debug)]
pub struct PackWriter {
    directory: PathBuf,
    file: BufWriter<NamedTempFile>,
    entries: Vec<IndexEntry>,
    end: u64,
}

impl PackWriter {
    /// Starts a pack in a directory of packs.
    pub fn new(directory: &Path) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix("pack-").suffix(TEMPORARY).tempfile_in(directory)?;
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&pack::header())?;
        Ok(Self { directory: directory.to_owned(), file, entries: Vec::new(), end: HEADER_LEN as u64 })
    }

    /// Appends an archive. Each key is given once; a second archive for it would only take room.
    pub fn add(&mut self, key: &Key, archive: &[u8]) -> io::Result<()> {
        let padding = (self.end as usize).next_multiple_of(ALIGNMENT) - self.end as usize;
        self.file.write_all(&[0; ALIGNMENT][..padding])?;
        self.file.write_all(archive)?;
        let offset = self.end + padding as u64;
        self.entries.push(IndexEntry { key: *key, offset, len: archive.len() as u32 });
        self.end = offset + archive.len() as u64;
        Ok(())
    }

    /// Number of archives so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to publish.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the index, and gives the file its name, which no other pack ever had.
    ///
    /// Nothing waits for the disk. A file that loses its content with the machine's power is seen by its
    /// checksums, and what it had can be made again.
    pub fn publish(mut self) -> io::Result<PathBuf> {
        self.entries.sort_unstable_by_key(|entry| entry.key);
        self.entries.dedup_by_key(|entry| entry.key);
        let tail = pack::tail(&mut self.entries, self.end);
        self.file.write_all(&tail)?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        let stem = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = self.directory.join(format!("{stem}-{:016x}{SUFFIX}", unique()));
        let (_, temporary) = file.keep().map_err(|error| error.error)?;
        if let Err(error) = std::fs::rename(&temporary, &path) {
            // The file is of no use to anybody; the collection would find it anyway.
            let _ = std::fs::remove_file(&temporary);
            return Err(error);
        }
        Ok(path)
    }
}

/// A number that tells this pack from every other: time, process, and a counter.
fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&since_1970.as_nanos().to_le_bytes());
    bytes.extend_from_slice(&std::process::id().to_le_bytes());
    bytes.extend_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    xxhash_rust::xxh3::xxh3_64(&bytes)
}
