//! Where the cache is, and whether it may be used.
//!
//! The directory, in this order: what the caller says, `LAZYAST_CACHE_DIR` (`off` means no cache),
//! `cache-dir` in `[tool.lazyast]` of the nearest `pyproject.toml`, the platform's directory for caches.
//! Under it, each combination of format, schema and parser has a directory of its own, so that nobody
//! ever reads what another version wrote.
//!
//! Who can write the directory can plant trees. It is made for its owner alone, and one that others can
//! write to, or that is somebody else's, is not used.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use lazyast_format::{FORMAT_VERSION, SCHEMA_FINGERPRINT};

/// The environment variable that names the cache directory.
pub(crate) const VARIABLE: &str = "LAZYAST_CACHE_DIR";

/// The value of [`VARIABLE`] that means no cache.
pub(crate) const OFF: &str = "off";

/// A cache directory that exists and may be used.
#[derive(Clone, Debug)]
pub struct CacheDirectory {
    root: PathBuf,
    version: PathBuf,
    packs: PathBuf,
}

/// Why there is no cache.
#[derive(Debug)]
pub enum CacheDirectoryError {
    /// The user switched it off.
    Disabled,
    /// The platform has no directory for caches and none was given.
    NoDefault,
    /// The directory cannot be made or looked at.
    Io {
        /// The directory.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// The directory belongs to another user.
    WrongOwner {
        /// The directory.
        path: PathBuf,
        /// The owner's number.
        found: u32,
        /// This process's.
        expected: u32,
    },
    /// Others can write to the directory.
    WritableByOthers {
        /// The directory.
        path: PathBuf,
        /// Its permissions.
        found: u32,
    },
    /// Something in the directory is a link and leads elsewhere, or is a file.
    NotADirectory {
        /// What is no directory.
        path: PathBuf,
    },
}

impl std::fmt::Display for CacheDirectoryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Disabled => write!(f, "the cache is switched off"),
            Self::NoDefault => write!(f, "no directory for caches is known; set {VARIABLE}"),
            Self::Io { path, error } => {
                write!(f, "cache directory {} cannot be used: {error}", path.display())
            }
            Self::WrongOwner { path, found, expected } => write!(
                f,
                "cache directory {} belongs to user {found} instead of {expected}; choose another with {VARIABLE}",
                path.display()
            ),
            Self::WritableByOthers { path, found } => write!(
                f,
                "cache directory {} has mode {found:o}, so that others could plant trees in it; make it 700",
                path.display()
            ),
            Self::NotADirectory { path } => {
                write!(f, "{} should be a directory and is none, or a link; delete it", path.display())
            }
        }
    }
}

impl std::error::Error for CacheDirectoryError {}

/// The cache directory that a user in `from` means; `chosen` is what they said explicitly.
pub fn choose(chosen: Option<&Path>, from: &Path) -> Result<PathBuf, CacheDirectoryError> {
    if let Some(path) = chosen {
        return if path == Path::new(OFF) { Err(CacheDirectoryError::Disabled) } else { Ok(path.to_owned()) };
    }
    match std::env::var_os(VARIABLE) {
        Some(value) if value == OFF => return Err(CacheDirectoryError::Disabled),
        Some(value) if !value.is_empty() => return Ok(value.into()),
        _ => {}
    }
    if let Some(path) = configured(from) {
        return Ok(path);
    }
    let platform = etcetera::choose_base_strategy().map_err(|_| CacheDirectoryError::NoDefault)?;
    Ok(platform.cache_dir().join("lazyast"))
}

/// `[tool.lazyast] cache-dir` of the nearest `pyproject.toml` that has it, relative to that file.
fn configured(from: &Path) -> Option<PathBuf> {
    let from = std::path::absolute(from).ok()?;
    from.ancestors()
        .find_map(|directory| {
            let text = fs::read_to_string(directory.join("pyproject.toml")).ok()?;
            if !text.contains("lazyast") {
                return None;
            }
            let table: toml::Table = text.parse().ok()?;
            let value = table.get("tool")?.get("lazyast")?.get("cache-dir")?.as_str()?;
            Some(directory.join(value))
        })
        .filter(|path| is_private(path))
}

/// Whether a directory is not there yet or is its owner's alone. A checkout can name a directory and
/// bring it along, with trees of somebody else's choice; what git or an archive unpacks is not private.
#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path).map_or(true, |metadata| metadata.is_dir() && metadata.mode() & 0o077 == 0)
}

/// What cannot be known is not believed.
#[cfg(not(unix))]
fn is_private(_path: &Path) -> bool {
    false
}

impl CacheDirectory {
    fn new(root: PathBuf, parser: u32) -> Self {
        let version = root.join(format!("v{FORMAT_VERSION}-{SCHEMA_FINGERPRINT:016x}-{parser}"));
        let packs = version.join("packs");
        Self { root, version, packs }
    }

    /// A cache directory that is only read, or nothing if it has nothing of this version. It may be the system's as well
    /// as the user's.
    pub(crate) fn below(root: PathBuf, parser: u32) -> Result<Option<Self>, CacheDirectoryError> {
        check(&root, Owners::UserAndSystem)?;
        let directory = Self::new(root, parser);
        for folder in [&directory.version, &directory.packs] {
            if !folder.exists() {
                return Ok(None);
            }
            check_below(folder, Owners::UserAndSystem)?;
        }
        Ok(Some(directory))
    }

    /// Makes a cache directory, or checks the one that there is. `parser` is the parser's version.
    pub fn prepare(root: PathBuf, parser: u32) -> Result<Self, CacheDirectoryError> {
        let Self { root, version, packs } = Self::new(root, parser);
        let failed = |error| CacheDirectoryError::Io { path: root.clone(), error };
        let is_new = !root.exists();
        if !is_new {
            check(&root, Owners::User)?;
        }
        if !packs.is_dir() {
            create_private(&packs).map_err(failed)?;
        }
        if is_new {
            check(&root, Owners::User)?;
            describe(&root);
        }
        for folder in [&version, &packs] {
            check_below(folder, Owners::User)?;
        }
        Ok(Self { root, version, packs })
    }

    /// Makes what somebody has deleted in the cache directory.
    pub(crate) fn make_again(&self) -> io::Result<()> {
        create_private(&self.packs)
    }

    /// The cache directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of what this version wrote.
    pub fn version(&self) -> &Path {
        &self.version
    }

    /// The directory of this version's packs.
    pub fn packs(&self) -> &Path {
        &self.packs
    }
}

/// Marks a directory that was just made for backup tools and for git. Missing marks hurt nobody; a file
/// that is there is never replaced.
fn describe(root: &Path) {
    let tag = "Signature: 8a477f597d28d172789f06886806bc55\n\
               # This directory holds a cache of lazyast. It can be deleted at any time.\n";
    for (name, text) in [("CACHEDIR.TAG", tag), (".gitignore", "*\n")] {
        if let Ok(mut file) = fs::OpenOptions::new().write(true).create_new(true).open(root.join(name)) {
            let _ = file.write_all(text.as_bytes());
        }
    }
}

#[cfg(unix)]
fn create_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn create_private(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Whose a directory may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owners {
    User,
    /// Who has the system's rights can do to the user what they like anyway.
    UserAndSystem,
}

/// Whether nobody else can write to a directory.
fn check(path: &Path, owners: Owners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    check_rights(path, &fs::metadata(path).map_err(failed)?, owners)
}

/// The same for a directory inside of the cache, where links are not followed.
fn check_below(path: &Path, owners: Owners) -> Result<(), CacheDirectoryError> {
    let failed = |error| CacheDirectoryError::Io { path: path.to_owned(), error };
    let metadata = fs::symlink_metadata(path).map_err(failed)?;
    if !metadata.is_dir() {
        return Err(CacheDirectoryError::NotADirectory { path: path.to_owned() });
    }
    check_rights(path, &metadata, owners)
}

#[cfg(unix)]
fn check_rights(path: &Path, metadata: &fs::Metadata, owners: Owners) -> Result<(), CacheDirectoryError> {
    use std::os::unix::fs::MetadataExt;
    // Linux shows each process as a directory of its user's; elsewhere a file that was just made tells.
    let expected = fs::metadata("/proc/self")
        .or_else(|_| tempfile::tempfile().and_then(|file| file.metadata()))
        .map_err(|error| CacheDirectoryError::Io { path: path.to_owned(), error })?
        .uid();
    let is_system = owners == Owners::UserAndSystem && metadata.uid() == 0;
    if metadata.uid() != expected && !is_system {
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
fn check_rights(_path: &Path, _metadata: &fs::Metadata, _owners: Owners) -> Result<(), CacheDirectoryError> {
    Ok(())
}
