//! Reading a source from the file system.
//!
//! Files can change at any time. A source counts as read only if its fingerprint is the same before and after, so
//! that the recorded fingerprint belongs to the bytes that were parsed.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use lazyast_store::FileFingerprint;

/// Longest source that is read, in bytes. The parser supports no longer one.
pub const MAX_SOURCE_BYTES: u64 = 512 * 1024 * 1024;

/// Why a path gave no source.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError {
    /// An error of the operating system.
    Io(io::Error),
    /// A directory could not be walked: a dangling link, or a directory that cannot be listed.
    Walk(ignore::Error),
    /// The path is not a regular file.
    NotAFile,
    /// The file is longer than [`MAX_SOURCE_BYTES`].
    TooLong {
        /// Its length in bytes.
        bytes: u64,
    },
    /// The file changed while it was read, each time.
    Changing,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Walk(error) => error.fmt(f),
            Self::NotAFile => write!(f, "not a regular file"),
            Self::TooLong { bytes } => write!(f, "{bytes} bytes long; at most {MAX_SOURCE_BYTES} are read"),
            Self::Changing => write!(f, "changed while it was read, twice"),
        }
    }
}

impl std::error::Error for FileError {}

/// Reads a source into `buffer` and returns the fingerprint of what was read.
///
/// A file that changes while it is read is read once more.
pub fn read_source(path: &Path, buffer: &mut Vec<u8>) -> Result<FileFingerprint, FileError> {
    for _ in 0..2 {
        buffer.clear();
        let mut file = open(path)?;
        let before = file.metadata().map_err(FileError::Io)?;
        if !before.is_file() {
            return Err(FileError::NotAFile);
        }
        if before.len() > MAX_SOURCE_BYTES {
            return Err(FileError::TooLong { bytes: before.len() });
        }
        buffer.reserve(before.len() as usize + 1);
        (&mut file).take(MAX_SOURCE_BYTES + 1).read_to_end(buffer).map_err(FileError::Io)?;
        let after = file.metadata().map_err(FileError::Io)?;
        if FileFingerprint::of(&before) == FileFingerprint::of(&after) && buffer.len() as u64 == after.len() {
            return Ok(FileFingerprint::of(&before));
        }
    }
    Err(FileError::Changing)
}

/// Opens a regular file. Opening a pipe would wait for a writer, so its type is checked first.
#[expect(clippy::disallowed_methods, reason = "sources are read here, and nowhere else in this crate")]
fn open(path: &Path) -> Result<File, FileError> {
    match path.metadata() {
        Ok(metadata) if metadata.is_file() => File::open(path).map_err(FileError::Io),
        Ok(_) => Err(FileError::NotAFile),
        Err(error) => Err(FileError::Io(error)),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::path::Path;

    use super::{FileError, read_source};

    #[test]
    fn a_file_whose_length_differs_from_its_metadata_is_changing() {
        let read = read_source(Path::new("/proc/self/status"), &mut Vec::new());
        assert!(matches!(read, Err(FileError::Changing)), "{read:?}");
    }

    #[test]
    fn devices_and_directories_are_not_read() {
        for path in ["/dev/zero", "/proc"] {
            let read = read_source(Path::new(path), &mut Vec::new());
            assert!(matches!(read, Err(FileError::NotAFile)), "{path}: {read:?}");
        }
    }
}
