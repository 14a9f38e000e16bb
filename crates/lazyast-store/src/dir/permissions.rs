//! Ownership and permissions of cache directories.
//!
//! Anyone with write access can poison the cache. So a cache directory is created for its owner alone, and a directory
//! that another user owns or can write to is rejected.

use std::fs;
use std::io;
use std::path::Path;

use crate::dir::error::CacheDirectoryError;

/// Which users can own a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowedOwners {
    /// The user of this process.
    User,
    /// The user, or root, who can change everything that the user trusts anyway.
    UserAndRoot,
}

/// Creates a directory and its parents, accessible to the user alone.
#[cfg(unix)]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates a directory and its parents.
#[cfg(not(unix))]
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Whether a directory does not exist yet, or only its owner has access to it.
#[cfg(unix)]
pub(crate) fn is_private_or_missing(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).map_or(true, |metadata| metadata.is_dir() && metadata.mode() & 0o077 == 0)
}

/// Always false: this platform's permissions are not examined.
#[cfg(not(unix))]
pub(crate) fn is_private_or_missing(_path: &Path) -> bool {
    false
}

/// Checks that only allowed users can write to the root of a cache. The root can be a symbolic link.
pub(crate) fn check_root(path: &Path, owners: AllowedOwners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    check_rights(path, &fs::metadata(path).map_err(failed)?, owners)
}

/// Checks that only allowed users can write to a directory inside a cache, and that it is not a symbolic link.
pub(crate) fn check_inner(path: &Path, owners: AllowedOwners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        return Err(CacheDirectoryError::NotADirectory { path: path.to_owned() });
    }
    check_rights(path, &metadata, owners)
}

#[cfg(unix)]
fn check_rights(
    path: &Path,
    metadata: &fs::Metadata,
    owners: AllowedOwners,
) -> Result<(), CacheDirectoryError> {
    use std::os::unix::fs::MetadataExt;
    // Linux shows each process as a directory that its user owns. Elsewhere a new file has the user as its owner.
    let expected = fs::metadata("/proc/self")
        .or_else(|_| tempfile::tempfile().and_then(|file| file.metadata()))
        .map_err(|error| CacheDirectoryError::Io { path: path.to_owned(), error })?
        .uid();
    let is_root_allowed = owners == AllowedOwners::UserAndRoot && metadata.uid() == 0;
    if metadata.uid() != expected && !is_root_allowed {
        return Err(CacheDirectoryError::WrongOwner {
            path: path.to_owned(),
            found: metadata.uid(),
            expected,
        });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o022 != 0 {
        return Err(CacheDirectoryError::WritableByOthers { path: path.to_owned(), found: mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_rights(
    _path: &Path,
    _metadata: &fs::Metadata,
    _owners: AllowedOwners,
) -> Result<(), CacheDirectoryError> {
    Ok(())
}
