//! Reading a source from the file system.
//!
//! Files can change at any time. A source counts as read only if its fingerprint is the same before and after, so
//! that the recorded fingerprint belongs to the bytes that were parsed.
//!
//! The source of a notebook is the code of its cells.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use lazyast_store::FileFingerprint;

use super::notebook::{self, CellIndex};
use super::selection::FileType;

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
    /// The file is named as a notebook and is none.
    Notebook(serde_json::Error),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Walk(error) => error.fmt(f),
            Self::NotAFile => write!(f, "not a regular file"),
            Self::TooLong { bytes } => write!(f, "{bytes} bytes long; at most {MAX_SOURCE_BYTES} are read"),
            Self::Changing => write!(f, "changed while it was read, twice"),
            Self::Notebook(error) => write!(f, "not a notebook: {error}"),
        }
    }
}

impl std::error::Error for FileError {}

/// Reads a source into `buffer` and returns the fingerprint of what was read.
///
/// A file that changes while it is read is read once more. The source of a notebook, a file named `*.ipynb`, is the code
/// of its cells.
pub fn read_source(path: &Path, buffer: &mut Vec<u8>) -> Result<FileFingerprint, FileError> {
    Ok(read_source_and_cells(path, buffer)?.0)
}

/// Does the same as [`read_source`], and tells for a notebook which lines come from which cell.
pub fn read_source_and_cells(
    path: &Path,
    buffer: &mut Vec<u8>,
) -> Result<(FileFingerprint, Option<CellIndex>), FileError> {
    let fingerprint = read_file(path, buffer)?;
    if FileType::of_path(path) != Some(FileType::Notebook) {
        return Ok((fingerprint, None));
    }
    let (code, cells) = notebook::code(buffer).map_err(FileError::Notebook)?;
    buffer.clear();
    buffer.extend_from_slice(code.as_bytes());
    Ok((fingerprint, Some(cells)))
}

/// Reads a part of a source, without the rest: the bytes in `range`, in the memory of `buffer`.
///
/// The file is that of a source that was read before, and had `len` bytes then. Another length is the error
/// [`FileError::Changing`].
pub fn read_source_part<'b>(
    path: &Path,
    len: u64,
    range: Range<u64>,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8], FileError> {
    let (mut file, metadata) = open(path)?;
    if metadata.len() != len || range.end > len || range.start > range.end {
        return Err(FileError::Changing);
    }
    let part_len = range.end - range.start;
    buffer.clear();
    buffer.reserve(part_len as usize);
    file.seek(SeekFrom::Start(range.start)).map_err(FileError::Io)?;
    file.take(part_len).read_to_end(buffer).map_err(FileError::Io)?;
    if buffer.len() as u64 == part_len { Ok(buffer) } else { Err(FileError::Changing) }
}

fn read_file(path: &Path, buffer: &mut Vec<u8>) -> Result<FileFingerprint, FileError> {
    for _ in 0..2 {
        buffer.clear();
        let (mut file, before) = open(path)?;
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

/// Opens a regular file.
fn open(path: &Path) -> Result<(File, Metadata), FileError> {
    let file = open_any(path).map_err(FileError::Io)?;
    let metadata = file.metadata().map_err(FileError::Io)?;
    if metadata.is_file() { Ok((file, metadata)) } else { Err(FileError::NotAFile) }
}

/// Opens a file of any type. Opening a pipe does not wait for a writer.
#[cfg(unix)]
fn open_any(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// Opens a file of any type.
#[cfg(not(unix))]
#[expect(clippy::disallowed_methods, reason = "sources are read here, and nowhere else in this crate")]
fn open_any(path: &Path) -> io::Result<File> {
    File::open(path)
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
