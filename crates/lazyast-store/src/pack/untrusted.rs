//! Untrusted packs: pack files from elsewhere, for import or verification.
//!
//! Such a file is read archive by archive, so the memory is bounded by the largest archive, whatever the file claims. The
//! bytes that were verified in memory are the bytes that are used. A compressed file is decompressed into a temporary file
//! first.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use lazyast_format::Header;
use lazyast_format::layout::{Buffer, HEADER_LEN as ARCHIVE_HEADER, HeaderError};

use crate::pack::compression::decompressed;
use crate::pack::error::{PackOpenError, PackedArchiveError};
use crate::pack::file::PackFile;
use crate::pack::format::IndexEntry;
use crate::pack::index::PackIndex;
use crate::pack::report::{ArchiveFacts, PackProblem, PackReport};
use crate::pack::verify::verify_archive;

/// The longest file that is read, in bytes.
const MAX_FILE_LEN: u64 = 4 << 30;

/// The largest number of archives in a file.
const MAX_ARCHIVES: u64 = 4 << 20;

/// The longest archive, in bytes: twice the longest source that the parser supports.
const MAX_ARCHIVE_LEN: usize = 1 << 30;

/// The bytes of a verified archive and what the manifest repeats of it, or what is wrong with the archive.
pub(crate) type VerifiedArchive<'a> = Result<(&'a [u8], ArchiveFacts), PackedArchiveError>;

/// An untrusted pack.
#[derive(Debug)]
pub(crate) struct UntrustedPack {
    file: PackFile,
    index: PackIndex,
}

impl UntrustedPack {
    pub(crate) fn open(path: &Path) -> Result<Self, PackOpenError> {
        // Opening a pipe would block until another process writes to it.
        if !path.metadata()?.is_file() {
            return Err(PackOpenError::NotAFile);
        }
        let file = PackFile::new(decompressed(File::open(path)?, MAX_FILE_LEN)?)?;
        if file.len() > MAX_FILE_LEN {
            return Err(PackOpenError::FileTooLong { found: file.len(), limit: MAX_FILE_LEN });
        }
        let index = PackIndex::read(&file, MAX_ARCHIVES)?;
        Ok(Self { file, index })
    }

    /// A report on the pack, without results of its archives.
    pub(crate) fn report(&self, path: PathBuf) -> PackReport {
        PackReport::of_index(path, &self.index)
    }

    /// Adds the problems of the manifest to a report with the results of all archives.
    pub(crate) fn check_manifest(&self, report: &mut PackReport) {
        report.check_manifest(&self.file, &self.index);
    }

    /// Calls `action` for each entry of the index, with its position and the verified archive.
    ///
    /// Stops at the first error of `action`.
    pub(crate) fn for_each(
        &self,
        parser: u32,
        mut action: impl FnMut(usize, &IndexEntry, VerifiedArchive<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut buffer = Buffer::new();
        for position in 0..self.index.len() {
            let Some(entry) = self.index.entry(position) else { break };
            let archive = self
                .read(&entry, parser, &mut buffer)
                .and_then(|()| verify_archive(&entry.key, &buffer, parser))
                .map(|facts| (buffer.as_slice(), facts));
            action(position, &entry, archive)?;
        }
        Ok(())
    }

    /// Reads an archive into `buffer`.
    fn read(&self, entry: &IndexEntry, parser: u32, buffer: &mut Buffer) -> Result<(), PackedArchiveError> {
        let (start, len) = (entry.offset, entry.len as usize);
        self.index.ends.check_entry(entry)?;
        if len < ARCHIVE_HEADER {
            return Err(PackedArchiveError::Length { found: len, expected: ARCHIVE_HEADER });
        }
        // Memory is allocated only after the header has confirmed the length.
        let mut head = [0; ARCHIVE_HEADER];
        self.file.read(start, &mut head)?;
        check_len(&head, len, parser)?;
        buffer.clear();
        buffer.resize(len, 0);
        self.file.read(start, buffer)?;
        Ok(())
    }
}

/// Checks that the header of an archive confirms the length that the index gives.
fn check_len(head: &[u8; ARCHIVE_HEADER], len: usize, parser: u32) -> Result<(), PackedArchiveError> {
    let expected = match Header::parse(head, Some(parser)) {
        Ok(_) => ARCHIVE_HEADER,
        // The bytes that were parsed end with the header, and the archive does not.
        Err(HeaderError::Length { expected, .. }) => expected,
        Err(error) => return Err(PackedArchiveError::Header(error)),
    };
    if len != expected {
        return Err(PackedArchiveError::Length { found: len, expected });
    }
    if len > MAX_ARCHIVE_LEN {
        return Err(PackedArchiveError::TooLong { found: len, limit: MAX_ARCHIVE_LEN });
    }
    Ok(())
}

/// Verifies every byte of an untrusted pack. `parser` is the expected parser version of its archives.
pub fn verify_untrusted(path: PathBuf, parser: u32) -> PackReport {
    let pack = match UntrustedPack::open(&path) {
        Ok(pack) => pack,
        Err(error) => return PackReport::of_unreadable(path, error),
    };
    let mut report = pack.report(path);
    let result = pack.for_each(parser, |position, entry, archive| {
        report.add_entry(position, &entry.key, archive.map(|(_, facts)| facts));
        Ok(())
    });
    if let Err(error) = result {
        report.add_problem(PackProblem::File(PackOpenError::Io(error)));
    }
    pack.check_manifest(&mut report);
    report
}
