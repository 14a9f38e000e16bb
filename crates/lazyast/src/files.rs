//! Finding and reading sources.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::types::TypesBuilder;

/// Longest file that is read, in bytes. The parser takes no longer source.
pub const MAX_FILE: u64 = 512 * 1024 * 1024;

/// A source that was found, with its size in bytes as the directory has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

/// Why a path gave no source.
#[derive(Debug)]
pub enum FileError {
    /// The system's answer.
    Io(io::Error),
    /// The walk's answer: a link that leads nowhere, a directory that cannot be listed.
    Walk(ignore::Error),
    /// Not a regular file.
    NotAFile,
    /// Longer than any source that is served.
    TooLong {
        /// Its length in bytes.
        bytes: u64,
    },
    /// It changed each time while it was read.
    Changing,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Walk(error) => error.fmt(f),
            Self::NotAFile => write!(f, "not a regular file"),
            Self::TooLong { bytes } => write!(f, "{bytes} bytes long; at most {MAX_FILE} are read"),
            Self::Changing => write!(f, "changed while it was read, twice"),
        }
    }
}

impl std::error::Error for FileError {}

/// The Python sources under the given paths, in the order of their names, and what could not be looked
/// at. Ignore files count, as for git; a file that is named itself is always taken.
pub fn find_files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<(PathBuf, FileError)>) {
    let (found, errors) = find(paths);
    (found.into_iter().map(|found| found.path).collect(), errors)
}

pub(crate) fn find(paths: &[PathBuf]) -> (Vec<Found>, Vec<(PathBuf, FileError)>) {
    let mut files = Vec::new();
    let mut errors = Vec::new();
    for path in paths {
        if !path.is_dir() {
            match path.metadata() {
                Ok(metadata) => files.push(Found { path: path.clone(), size: metadata.len() }),
                Err(error) => errors.push((path.clone(), FileError::Io(error))),
            }
            continue;
        }
        let mut types = TypesBuilder::new();
        let types = types.add("python", "*.py").and_then(|()| types.add("python", "*.pyi")).and_then(|()| {
            types.select("python");
            types.build()
        });
        let types = types.expect("the patterns are constant");
        for entry in WalkBuilder::new(path).types(types).hidden(false).filter_entry(not_git).build() {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_dir()) => {}
                Ok(entry) => match entry.path().metadata() {
                    Ok(metadata) if metadata.is_dir() => {}
                    Ok(metadata) => files.push(Found { path: entry.into_path(), size: metadata.len() }),
                    Err(error) => errors.push((entry.into_path(), FileError::Io(error))),
                },
                Err(error) => {
                    errors.push((path_of(&error).unwrap_or_else(|| path.clone()), FileError::Walk(error)))
                }
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    (files, errors)
}

fn not_git(entry: &ignore::DirEntry) -> bool {
    entry.file_name() != ".git"
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

/// Reads a whole source into `buffer`. A file that changes meanwhile is read once more.
pub fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Result<(), FileError> {
    for _ in 0..2 {
        buffer.clear();
        let mut file = open(path)?;
        let before = file.metadata().map_err(FileError::Io)?;
        if !before.is_file() {
            return Err(FileError::NotAFile);
        }
        if before.len() > MAX_FILE {
            return Err(FileError::TooLong { bytes: before.len() });
        }
        buffer.reserve(before.len() as usize + 1);
        (&mut file).take(MAX_FILE + 1).read_to_end(buffer).map_err(FileError::Io)?;
        let after = file.metadata().map_err(FileError::Io)?;
        if same(&before, &after) && buffer.len() as u64 == after.len() {
            return Ok(());
        }
    }
    Err(FileError::Changing)
}

/// Opens a file; a pipe without a writer is not waited for.
fn open(path: &Path) -> Result<File, FileError> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => File::open(path).map_err(FileError::Io),
        Ok(_) => Err(FileError::NotAFile),
        Err(error) => Err(FileError::Io(error)),
    }
}

fn same(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && before.modified().ok() == after.modified().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;

    use super::{FileError, read_file};

    #[test]
    fn a_file_with_another_length_than_it_says_is_changing() {
        let read = read_file(Path::new("/proc/self/status"), &mut Vec::new());
        assert!(matches!(read, Err(FileError::Changing)), "{read:?}");
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        for path in ["/dev/zero", "/proc"] {
            let read = read_file(Path::new(path), &mut Vec::new());
            assert!(matches!(read, Err(FileError::NotAFile)), "{path}: {read:?}");
        }
    }
}
