//! Writing packs.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::SourceKey;
use crate::pack::format::{self as pack, ALIGNMENT, HEADER_LEN, IndexEntry};
use crate::sync::{clock, temporary};

/// The ending of published packs.
pub(crate) const SUFFIX: &str = ".pack";

/// A pack in the making. Dropped without [`publish`](Self::publish), it leaves nothing behind.
#[derive(Debug)]
pub struct PackWriter {
    directory: PathBuf,
    file: BufWriter<NamedTempFile>,
    entries: Vec<IndexEntry>,
    end: u64,
    started: u32,
}

impl PackWriter {
    /// Starts a pack in a directory of packs.
    pub fn new(directory: &Path) -> io::Result<Self> {
        Self::into_file(directory, temporary::create(directory, "pack-")?)
    }

    /// Starts a pack in any directory, for others to import.
    pub fn for_others(directory: &Path) -> io::Result<Self> {
        Self::into_file(directory, temporary::create_public(directory, "pack-")?)
    }

    fn into_file(directory: &Path, file: NamedTempFile) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&pack::header())?;
        Ok(Self {
            directory: directory.to_owned(),
            file,
            entries: Vec::new(),
            end: HEADER_LEN as u64,
            started: clock::minutes(),
        })
    }

    /// Appends an archive that was just made. Each key is given once; a second archive for it would only take room.
    pub fn add(&mut self, key: &SourceKey, archive: &[u8]) -> io::Result<()> {
        self.add_made(key, archive, self.started)
    }

    /// Appends an archive that was made at some time, in minutes since 1970.
    pub fn add_made(&mut self, key: &SourceKey, archive: &[u8], made: u32) -> io::Result<()> {
        let padding = (self.end as usize).next_multiple_of(ALIGNMENT) - self.end as usize;
        self.file.write_all(&[0; ALIGNMENT][..padding])?;
        self.file.write_all(archive)?;
        let offset = self.end + padding as u64;
        self.entries.push(IndexEntry { key: *key, offset, len: archive.len() as u32, made });
        self.end = offset + archive.len() as u64;
        Ok(())
    }

    /// Number of archives so far.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes that the file will have.
    pub fn bytes(&self) -> u64 {
        self.end + (self.entries.len() * pack::ENTRY_LEN + pack::FOOTER_LEN) as u64
    }

    /// Whether there is nothing to publish.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the index, and gives the file its name, which no other pack ever had.
    ///
    /// Nothing waits for the disk. A file that loses its content with the machine's power is seen by its
    /// checksums, and what it had can be made again.
    pub fn publish(self) -> io::Result<PathBuf> {
        let stem = self.file.get_ref().path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = self.directory.join(format!("{stem}-{:016x}{SUFFIX}", unique()));
        self.publish_as(path)
    }

    /// Writes the index, and gives the file a name in the directory where it is.
    pub fn publish_as(mut self, path: PathBuf) -> io::Result<PathBuf> {
        self.entries.sort_unstable_by_key(|entry| entry.key);
        self.entries.dedup_by_key(|entry| entry.key);
        let tail = pack::tail(&mut self.entries, self.end);
        self.file.write_all(&tail)?;
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        // It stays open and so locked until it has its name, or the collection would take it for a leftover.
        let (file, temporary) = file.keep().map_err(|error| error.error)?;
        let published = std::fs::rename(&temporary, &path);
        if published.is_err() {
            // The file is of no use to anybody; the collection would find it anyway.
            let _ = std::fs::remove_file(&temporary);
        }
        drop(file);
        published.map(|()| path)
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
