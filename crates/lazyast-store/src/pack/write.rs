//! The writer of packs: a temporary file that is published by rename and never changed afterwards.

use std::collections::HashMap;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::key::SourceKey;
use crate::pack::compression::compress;
use crate::pack::encode;
use crate::pack::format::{ALIGNMENT, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, SUFFIX};
use crate::pack::manifest::{self, Manifest, ManifestContent, ManifestFile, SourceRange, is_relative};
use crate::sync::{clock, temporary};

/// A pack that is being written. If it is dropped without [`publish`](Self::publish), no file remains.
#[derive(Debug)]
pub struct PackWriter {
    directory: PathBuf,
    file: BufWriter<NamedTempFile>,
    entries: Vec<IndexEntry>,
    /// Where the sources are that were added.
    sources: HashMap<SourceKey, SourceRange>,
    /// End of the last archive or source.
    end: u64,
    /// The time at which new archives are said to be built.
    built: u32,
}

impl PackWriter {
    /// Starts a pack in a cache's directory of packs.
    pub fn new(directory: &Path) -> io::Result<Self> {
        Self::start(directory, temporary::create(directory, "pack-")?, encode::header())
    }

    /// Starts a pack in any directory, for import into other caches. Its permissions follow the user's umask.
    ///
    /// Its archives have no time, so that the same archives make the same bytes.
    pub fn for_export(directory: &Path) -> io::Result<Self> {
        let file = temporary::create_shared(directory, "pack-")?;
        Ok(Self { built: 0, ..Self::start(directory, file, encode::header())? })
    }

    /// As [`for_export`](Self::for_export), for a pack that [`publish_with_manifest`](Self::publish_with_manifest)
    /// publishes.
    pub fn for_export_with_manifest(directory: &Path) -> io::Result<Self> {
        let file = temporary::create_shared(directory, "pack-")?;
        Ok(Self { built: 0, ..Self::start(directory, file, encode::header_with_manifest())? })
    }

    fn start(directory: &Path, file: NamedTempFile, header: [u8; HEADER_LEN]) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(1 << 18, file);
        file.write_all(&header)?;
        Ok(Self {
            directory: directory.to_owned(),
            file,
            entries: Vec::new(),
            sources: HashMap::new(),
            end: HEADER_LEN as u64,
            built: clock::now_in_minutes(),
        })
    }

    /// Appends an archive that was just built. A second archive for the same key takes room and is never found.
    pub fn add(&mut self, key: &SourceKey, archive: &[u8]) -> io::Result<()> {
        self.add_built_at(key, archive, self.built)
    }

    /// Appends an archive that was built at a time, in minutes since 1970.
    pub fn add_built_at(&mut self, key: &SourceKey, archive: &[u8], built: u32) -> io::Result<()> {
        let padding = (self.end as usize).next_multiple_of(ALIGNMENT) - self.end as usize;
        self.file.write_all(&[0; ALIGNMENT][..padding])?;
        self.file.write_all(archive)?;
        let offset = self.end + padding as u64;
        self.entries.push(IndexEntry { key: *key, offset, len: archive.len() as u32, built });
        self.end = offset + archive.len() as u64;
        Ok(())
    }

    /// Appends the source of an archive, after all archives.
    pub fn add_source(&mut self, key: &SourceKey, source: &[u8]) -> io::Result<()> {
        self.file.write_all(source)?;
        let len = u32::try_from(source.len()).map_err(|_| invalid("a source has 4 GiB or more"))?;
        self.sources.insert(*key, SourceRange { offset: self.end, len });
        self.end += source.len() as u64;
        Ok(())
    }

    /// Number of archives that were added.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Length of the published file in bytes.
    pub fn file_len(&self) -> u64 {
        self.end + (self.entries.len() * ENTRY_LEN + FOOTER_LEN) as u64
    }

    /// Whether no archive was added.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Writes the index, and renames the file to a name that no other pack ever had.
    ///
    /// There is no `fsync`: checksums show a file that a power failure has damaged, and its archives can be built again.
    pub fn publish(self) -> io::Result<PathBuf> {
        let stem = self.file.get_ref().path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let path = self.directory.join(format!("{stem}-{:016x}{SUFFIX}", unique_number()));
        self.publish_as(path.clone())?;
        Ok(path)
    }

    /// Writes the index, and renames the file to a path in the same directory. Returns the length of the file in bytes.
    pub fn publish_as(mut self, path: PathBuf) -> io::Result<u64> {
        self.sort_entries();
        let ending = encode::index_and_footer(&mut self.entries, self.end);
        let len = self.end + ending.len() as u64;
        self.finish(&ending, path)?;
        Ok(len)
    }

    /// Writes the index, and publishes the file compressed with zstd, at a path in the same directory. Returns the length
    /// of the file in bytes.
    pub fn publish_compressed_as(mut self, path: &Path) -> io::Result<u64> {
        self.sort_entries();
        self.file.write_all(&encode::index_and_footer(&mut self.entries, self.end))?;
        let mut file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        let mut compressed = temporary::create_shared(&self.directory, "pack-")?;
        compress(&mut file, &mut compressed)?;
        let len = compressed.as_file().metadata()?.len();
        rename(compressed, path)?;
        Ok(len)
    }

    /// Writes the manifest and the index, and renames the file to a path in the same directory.
    ///
    /// Fails if a path is not relative, if a file's archive was not added, or if sources were added, though not that of
    /// every archive. Returns the length of the file in bytes.
    pub fn publish_with_manifest(mut self, path: PathBuf, files: Vec<ExportedFile>) -> io::Result<u64> {
        self.sort_entries();
        let mut manifest = Manifest::default();
        for ExportedFile { path, result } in files {
            if !is_relative(&path) {
                return Err(invalid(&format!("a manifest cannot have the path {path:?}")));
            }
            let content = match result {
                Err(reason) => ManifestContent::Failure { reason },
                Ok(ExportedArchive { key, lines, minimum_python }) => {
                    let position = self.entries.binary_search_by_key(&key, |entry| entry.key);
                    let position =
                        position.map_err(|_| invalid(&format!("{path}: its archive is missing")))?;
                    ManifestContent::Archive { position: position as u32, lines, minimum_python }
                }
            };
            manifest.files.push(ManifestFile { path, content });
        }
        manifest.files.sort_by(|one, other| one.path.split('/').cmp(other.path.split('/')));
        manifest.files.dedup_by(|one, other| one.path == other.path);
        if !self.sources.is_empty() {
            let sources = self.entries.iter().map(|entry| self.sources.get(&entry.key).copied());
            manifest.sources = sources
                .collect::<Option<_>>()
                .ok_or_else(|| invalid("the source of an archive is missing"))?;
        }
        let manifest = manifest::encode(&manifest).ok_or_else(|| invalid("the manifest is too long"))?;
        let ending = encode::manifest_index_and_footer(&mut self.entries, self.end, &manifest);
        let len = self.end + ending.len() as u64;
        self.finish(&ending, path)?;
        Ok(len)
    }

    fn sort_entries(&mut self) {
        self.entries.sort_unstable_by_key(|entry| entry.key);
        self.entries.dedup_by_key(|entry| entry.key);
    }

    fn finish(mut self, ending: &[u8], path: PathBuf) -> io::Result<()> {
        self.file.write_all(ending)?;
        rename(self.file.into_inner().map_err(io::IntoInnerError::into_error)?, &path)
    }
}

/// Renames a temporary file.
fn rename(file: NamedTempFile, path: &Path) -> io::Result<()> {
    // The file stays open, and so locked, until it is renamed. Otherwise garbage collection could delete it.
    let (file, temporary) = file.keep().map_err(|error| error.error)?;
    let published = std::fs::rename(&temporary, path);
    if published.is_err() {
        // If this fails as well, garbage collection deletes the file.
        let _ = std::fs::remove_file(&temporary);
    }
    drop(file);
    published
}

/// A file for the manifest of a pack.
#[derive(Clone, Debug)]
pub struct ExportedFile {
    /// The path, relative to a directory that the exporter chooses, with `/` between its components.
    pub path: String,
    /// The file's archive, or why it has none.
    pub result: Result<ExportedArchive, String>,
}

/// What a manifest says of a file with an archive.
#[derive(Clone, Debug)]
pub struct ExportedArchive {
    /// The key of the source.
    pub key: SourceKey,
    /// The number of lines of the source.
    pub lines: u32,
    /// The minor version of the oldest Python that has the source's syntax.
    pub minimum_python: u8,
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

/// A number that differs between all packs: a hash of time, process and a counter.
fn unique_number() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&since_1970.as_nanos().to_le_bytes());
    bytes.extend_from_slice(&std::process::id().to_le_bytes());
    bytes.extend_from_slice(&COUNTER.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    twox_hash::XxHash3_64::oneshot(&bytes)
}
