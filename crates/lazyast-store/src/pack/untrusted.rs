//! Untrusted packs: pack files from elsewhere, for import or verification.
//!
//! Such a file is read and never mapped, because another process can write to it at any time. It is read archive by
//! archive, so the memory is bounded by the largest archive, whatever the file claims. The bytes that were verified in memory
//! are the bytes that are used.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use lazyast_format::Header;
use lazyast_format::layout::Buffer;
use lazyast_format::layout::{HEADER_LEN as ARCHIVE_HEADER, HeaderError};

use crate::pack::error::{PackFormatError, PackOpenError, PackedArchiveError};
use crate::pack::format::{ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, is_archive_offset};
use crate::pack::index::{PackIndex, read_ends};
use crate::pack::report::{PackProblem, PackReport};
use crate::pack::verify::verify_archive;

/// The longest file that is read, in bytes.
const MAX_FILE_LEN: u64 = 4 << 30;

/// The largest number of archives in a file.
const MAX_ARCHIVES: u64 = 4 << 20;

/// The longest archive, in bytes: twice the longest source that the parser supports.
const MAX_ARCHIVE_LEN: usize = 1 << 30;

/// An untrusted pack.
#[derive(Debug)]
pub(crate) struct UntrustedPack {
    file: File,
    /// Header, index and footer: the pack without its archives.
    frame: Vec<u8>,
    index: PackIndex,
    archives_end: u64,
}

impl UntrustedPack {
    pub(crate) fn open(path: &Path) -> Result<Self, PackOpenError> {
        // Opening a pipe would block until another process writes to it.
        if !path.metadata()?.is_file() {
            return Err(PackOpenError::NotAFile);
        }
        let mut file = File::open(path)?;
        let len = file.metadata()?.len();
        if len > MAX_FILE_LEN {
            return Err(PackOpenError::FileTooLong { found: len, limit: MAX_FILE_LEN });
        }
        let mut ends = [0; HEADER_LEN + FOOTER_LEN];
        if len < ends.len() as u64 {
            return Err(PackFormatError::Length { found: len, expected: ends.len() as u64 }.into());
        }
        file.read_exact(&mut ends[..HEADER_LEN])?;
        file.seek(SeekFrom::Start(len - FOOTER_LEN as u64))?;
        file.read_exact(&mut ends[HEADER_LEN..])?;
        let (archives_end, count) = read_ends(&ends, len)?;
        if count > MAX_ARCHIVES {
            return Err(PackOpenError::TooManyArchives { found: count, limit: MAX_ARCHIVES });
        }
        let mut frame = vec![0; HEADER_LEN + count as usize * ENTRY_LEN + FOOTER_LEN];
        frame[..HEADER_LEN].copy_from_slice(&ends[..HEADER_LEN]);
        file.seek(SeekFrom::Start(archives_end))?;
        file.read_exact(&mut frame[HEADER_LEN..])?;
        let index = PackIndex::read_without_archives(&frame, count as usize)?;
        Ok(Self { file, frame, index, archives_end })
    }

    /// Calls `action` for each entry of the index, with its position and the verified archive.
    ///
    /// Stops at the first error of `action`.
    pub(crate) fn for_each(
        &mut self,
        parser: u32,
        mut action: impl FnMut(usize, &IndexEntry, Result<&[u8], PackedArchiveError>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut buffer = Buffer::new();
        for position in 0..self.index.len() {
            let Some(entry) = self.index.entry(&self.frame, position) else { break };
            let archive = self
                .read(&entry, parser, &mut buffer)
                .and_then(|()| verify_archive(&entry.key, &buffer, parser))
                .map(|()| buffer.as_slice());
            action(position, &entry, archive)?;
        }
        Ok(())
    }

    /// Reads an archive into `buffer`.
    fn read(
        &mut self,
        entry: &IndexEntry,
        parser: u32,
        buffer: &mut Buffer,
    ) -> Result<(), PackedArchiveError> {
        let (start, len) = (entry.offset, entry.len as usize);
        let end = start.checked_add(len as u64).ok_or(PackedArchiveError::OutOfBounds)?;
        if !is_archive_offset(start) || end > self.archives_end || len < ARCHIVE_HEADER {
            return Err(PackedArchiveError::OutOfBounds);
        }
        // Memory is allocated only after the header has confirmed the length.
        let mut head = [0; ARCHIVE_HEADER];
        self.file.seek(SeekFrom::Start(start))?;
        self.file.read_exact(&mut head)?;
        check_len(&head, len, parser)?;
        buffer.clear();
        buffer.extend_from_slice(&head);
        let mut body = (&mut self.file).take((len - ARCHIVE_HEADER) as u64);
        buffer.extend_from_reader(&mut body)?;
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
    let mut report = PackReport::new(path);
    let result = UntrustedPack::open(&report.path.clone()).and_then(|mut pack| {
        pack.for_each(parser, |position, entry, archive| {
            report.add_entry(position, &entry.key, archive.map(drop));
            Ok(())
        })
        .map_err(PackOpenError::Io)
    });
    if let Err(error) = result {
        report.add_problem(PackProblem::File(error));
    }
    report
}
