//! A cache directory that exists and passed the checks of its permissions.
//!
//! Each combination of format, schema and parser has a version directory of its own, so that no version reads what
//! another one wrote.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use lazyast_format::{FORMAT_VERSION, SCHEMA_FINGERPRINT};

use crate::dir::error::CacheDirectoryError;
use crate::dir::permissions::{AllowedOwners, check_inner, check_root, create_private};
use crate::dir::versions::PACKS;

/// A cache directory that exists and that only its owner can write to.
#[derive(Clone, Debug)]
pub struct CacheDirectory {
    root: PathBuf,
    version: PathBuf,
    packs: PathBuf,
}

impl CacheDirectory {
    fn new(root: PathBuf, parser: u32) -> Self {
        let version = root.join(version_name(parser));
        let packs = version.join(PACKS);
        Self { root, version, packs }
    }

    /// Opens a cache directory that is only read. Its owner can be root. Gives `None` if the directory holds nothing of
    /// this version.
    pub(crate) fn open_read_only(root: PathBuf, parser: u32) -> Result<Option<Self>, CacheDirectoryError> {
        check_root(&root, AllowedOwners::UserAndRoot)?;
        let directory = Self::new(root, parser);
        for inner in [&directory.version, &directory.packs] {
            if !inner.exists() {
                return Ok(None);
            }
            check_inner(inner, AllowedOwners::UserAndRoot)?;
        }
        Ok(Some(directory))
    }

    /// Creates a cache directory, or checks an existing one. `parser` is the version of the parser.
    pub fn prepare(root: PathBuf, parser: u32) -> Result<Self, CacheDirectoryError> {
        let Self { root, version, packs } = Self::new(root, parser);
        let failed = |error| CacheDirectoryError::Io { path: root.clone(), error };
        let is_new = !root.exists();
        if !is_new {
            check_root(&root, AllowedOwners::User)?;
        }
        if !packs.is_dir() {
            create_private(&packs).map_err(failed)?;
        }
        if is_new {
            check_root(&root, AllowedOwners::User)?;
            mark_as_cache(&root);
        }
        for inner in [&version, &packs] {
            check_inner(inner, AllowedOwners::User)?;
        }
        Ok(Self { root, version, packs })
    }

    /// Creates the inner directories again after another process has deleted them.
    pub(crate) fn restore(&self) -> io::Result<()> {
        create_private(&self.packs)
    }

    /// The path of the cache directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The version directory: all files that this version writes.
    pub fn version(&self) -> &Path {
        &self.version
    }

    /// The directory of this version's packs.
    pub fn packs(&self) -> &Path {
        &self.packs
    }
}

/// Marks a new cache directory for backup tools and for git. Existing files are kept. Failures are ignored: the cache
/// works without the marks.
fn mark_as_cache(root: &Path) {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n\
               # This directory holds a cache of lazyast. It can be deleted at any time.\n";
    for (name, text) in [("CACHEDIR.TAG", tag), (".gitignore", "*\n")] {
        if let Ok(mut file) = fs::OpenOptions::new().write(true).create_new(true).open(root.join(name)) {
            let _ = file.write_all(text.as_bytes());
        }
    }
}

/// The name of the version directory: archives with another one are not used. `parser` is the version of the parser.
pub fn version_name(parser: u32) -> String {
    format!("v{FORMAT_VERSION}-{SCHEMA_FINGERPRINT:016x}-{parser}")
}
