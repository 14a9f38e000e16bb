//! Why a cache directory cannot be used.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a cache directory cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum CacheDirectoryError {
    /// The user has disabled the cache.
    Disabled,
    /// The user has named no directory, and the platform has no directory for caches.
    NoDefault,
    /// The directory cannot be created or read.
    Io {
        /// The directory.
        path: PathBuf,
        /// The system's error.
        error: io::Error,
    },
    /// The directory belongs to another user.
    WrongOwner {
        /// The directory.
        path: PathBuf,
        /// The user id of the owner.
        found: u32,
        /// The user id of this process.
        expected: u32,
    },
    /// Other users can write to the directory.
    WritableByOthers {
        /// The directory.
        path: PathBuf,
        /// Its permission bits.
        found: u32,
    },
    /// A directory inside the cache is a symbolic link or a file.
    NotADirectory {
        /// Its path.
        path: PathBuf,
    },
}

impl fmt::Display for CacheDirectoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => write!(f, "the cache is disabled"),
            Self::NoDefault => {
                write!(f, "this platform has no default cache directory; set LAZYAST_CACHE_DIR")
            }
            Self::Io { path, error } => {
                write!(f, "cache directory {} cannot be used: {error}", path.display())
            }
            Self::WrongOwner { path, found, expected } => write!(
                f,
                "cache directory {} belongs to user {found}, expected user {expected}; \
                 choose another directory with LAZYAST_CACHE_DIR",
                path.display()
            ),
            Self::WritableByOthers { path, found } if found & 0o002 == 0 => write!(
                f,
                "cache directory {} has mode {found:o}: its group can write to it and poison the cache; if you trust \
                 the group, set LAZYAST_CACHE_TRUST=group, otherwise name a directory that does not exist yet",
                path.display()
            ),
            Self::WritableByOthers { path, found } => write!(
                f,
                "cache directory {} has mode {found:o}: all users can write to it and poison the cache; \
                 name a directory of your own, such as {}",
                path.display(),
                path.join("lazyast-of-yours").display()
            ),
            Self::NotADirectory { path } => {
                write!(f, "{} is a file or a symbolic link, expected a directory; delete it", path.display())
            }
        }
    }
}

impl std::error::Error for CacheDirectoryError {}
