//! Writing a source: the only place that changes files of users.

use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use super::selection::FileType;
use super::source_file::{FileError, read_source};

/// Why a source was not written.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplaceError {
    /// The file could not be read.
    Read(FileError),
    /// The file is not what it was when the new source was made.
    Changed,
    /// The file is a notebook, whose source is not its content.
    Notebook,
    /// The file could not be written.
    Write(io::Error),
}

impl fmt::Display for ReplaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Changed => write!(f, "changed since it was read"),
            Self::Notebook => write!(f, "notebooks cannot be rewritten"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ReplaceError {}

/// Replaces the source in a file, if the file still has the old one.
///
/// The new source is written to a file beside it, which then takes its name: other programs see the old source or the
/// new one. Permissions stay. A symbolic link stays a link, and the file that it leads to is replaced.
#[expect(clippy::disallowed_methods, reason = "sources are written here, and nowhere else")]
pub fn replace_source(path: &Path, old: &[u8], new: &[u8]) -> Result<(), ReplaceError> {
    let target = std::fs::canonicalize(path).map_err(ReplaceError::Write)?;
    if [path, &target].into_iter().any(|path| FileType::of_path(path) == Some(FileType::Notebook)) {
        return Err(ReplaceError::Notebook);
    }
    let path = target;
    let permissions = std::fs::metadata(&path).map_err(ReplaceError::Write)?.permissions();
    if permissions.readonly() {
        return Err(ReplaceError::Write(io::ErrorKind::PermissionDenied.into()));
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    let write = || {
        let mut file = tempfile::Builder::new().prefix(".lazyast-").tempfile_in(directory)?;
        file.write_all(new)?;
        file.as_file().set_permissions(permissions)?;
        file.as_file().sync_all()?;
        Ok(file)
    };
    let file = write().map_err(ReplaceError::Write)?;
    // The file is compared as late as possible.
    let mut current = Vec::new();
    read_source(&path, &mut current).map_err(ReplaceError::Read)?;
    if current != old {
        return Err(ReplaceError::Changed);
    }
    file.persist(&path).map(drop).map_err(|error| ReplaceError::Write(error.error))
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::{ReplaceError, replace_source};

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test needs files")]
    fn links_and_permissions_stay() {
        let directory = tempfile::tempdir().expect("a directory");
        let (file, link) = (directory.path().join("a.py"), directory.path().join("b.py"));
        fs::write(&file, "a").expect("a file");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o754)).expect("permissions");
        symlink("a.py", &link).expect("a link");
        replace_source(&link, b"a", b"b").expect("the file is replaced");
        assert_eq!(fs::read(&file).expect("the file"), b"b");
        assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o754);
        assert!(fs::symlink_metadata(&link).expect("the link").is_symlink());
        assert!(matches!(replace_source(&link, b"a", b"c"), Err(ReplaceError::Changed)));
        assert_eq!(fs::read(&file).expect("the file"), b"b");
        assert_eq!(fs::read_dir(directory.path()).expect("the directory").count(), 2);
        let notebook = directory.path().join("c.ipynb");
        symlink("a.py", &notebook).expect("a link");
        assert!(matches!(replace_source(&notebook, b"b", b"c"), Err(ReplaceError::Notebook)));
    }
}
