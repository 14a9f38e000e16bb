//! [`ExportedPack`]: a pack with a manifest, which is read without a cache.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use crate::pack::compression::is_compressed;
use crate::pack::error::PackOpenError;
use crate::pack::manifest::ManifestFile;
use crate::pack::stored::{ArchiveLocation, Pack};

/// A pack with a manifest, open for reading.
#[derive(Debug)]
pub struct ExportedPack {
    pack: Arc<Pack>,
    files: Vec<ManifestFile>,
}

impl ExportedPack {
    /// Opens a pack, and checks its index and its manifest. Archives and sources are checked when they are read.
    pub fn open(path: PathBuf) -> Result<Self, PackOpenError> {
        if path.is_file() && is_compressed(&mut File::open(&path)?)? {
            // Packs with a manifest are read in place.
            return Err(PackOpenError::NoManifest);
        }
        let (pack, files) = Pack::open_with_manifest(path)?;
        Ok(Self { pack: Arc::new(pack), files })
    }

    /// The files, in the order of their paths.
    pub fn files(&self) -> &[ManifestFile] {
        &self.files
    }

    /// Whether the pack has the sources.
    pub fn has_sources(&self) -> bool {
        self.pack.has_sources()
    }

    /// Number of archives.
    pub fn archive_count(&self) -> usize {
        self.pack.len()
    }

    /// The archive at a position of the index.
    pub fn location(&self, position: u32) -> Option<ArchiveLocation> {
        self.pack.at(position as usize)
    }
}
