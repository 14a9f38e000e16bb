//! Packs from elsewhere: nothing in them is believed before it was checked.
//!
//! Such a file is read and never mapped, since nobody knows who else writes to it; and it is read archive by archive, so
//! that it needs no more memory than the largest of these, whatever it says of itself. What is used is what was
//! checked: the same bytes, in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use lazyast_format::Header;
use lazyast_format::header::{HEADER_LEN as ARCHIVE_HEADER, HeaderError};
use lazyast_format::layout::Buffer;

use crate::SourceKey;
use crate::pack::format::{self as pack, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, Index, IndexEntry, PackError};
use crate::pack::verify::{PackReport, check, outside};

/// Longest file that is read, in bytes.
pub(crate) const MAX_FILE: u64 = 4 << 30;

/// Most archives of a file.
const MAX_COUNT: u64 = 4 << 20;

/// Longest archive, in bytes: twice the longest source that is served.
const MAX_ARCHIVE: usize = 1 << 30;

/// A pack from elsewhere.
#[derive(Debug)]
pub(crate) struct ForeignPack {
    file: File,
    /// Header, index and footer: a pack without its archives.
    frame: Vec<u8>,
    index: Index,
    archives_end: u64,
}

impl ForeignPack {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        // A pipe would be waited for.
        if !path.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let mut file = File::open(path)?;
        let len = file.metadata()?.len();
        if len > MAX_FILE {
            let message = format!("{len} bytes long; at most {MAX_FILE} are read");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let wrong = |error| io::Error::new(io::ErrorKind::InvalidData, error);
        let mut ends = [0; HEADER_LEN + FOOTER_LEN];
        if len < ends.len() as u64 {
            return Err(wrong(PackError::Length { found: len, expected: ends.len() as u64 }));
        }
        file.read_exact(&mut ends[..HEADER_LEN])?;
        file.seek(SeekFrom::Start(len - FOOTER_LEN as u64))?;
        file.read_exact(&mut ends[HEADER_LEN..])?;
        let (archives_end, count) = pack::extent(&ends, len).map_err(wrong)?;
        if count > MAX_COUNT {
            let message = format!("{count} archives; at most {MAX_COUNT} are read");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        let mut frame = vec![0; HEADER_LEN + count as usize * ENTRY_LEN + FOOTER_LEN];
        frame[..HEADER_LEN].copy_from_slice(&ends[..HEADER_LEN]);
        file.seek(SeekFrom::Start(archives_end))?;
        file.read_exact(&mut frame[HEADER_LEN..])?;
        let index = Index::read_frame(&frame, count as usize).map_err(wrong)?;
        Ok(Self { file, frame, index, archives_end })
    }

    /// Gives each entry of the index to `take`, with its archive in memory if that keeps all rules.
    pub(crate) fn each(
        &mut self,
        parser: u32,
        mut take: impl FnMut(usize, &IndexEntry, Result<&[u8], String>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut buffer = Buffer::new();
        for place in 0..self.index.len() {
            let Some(entry) = self.index.entry(&self.frame, place) else { break };
            let archive = self
                .read(&entry, parser, &mut buffer)
                .and_then(|()| check(&entry.key, &buffer, parser))
                .map(|()| buffer.as_slice());
            take(place, &entry, archive)?;
        }
        Ok(())
    }

    fn read(&mut self, entry: &IndexEntry, parser: u32, buffer: &mut Buffer) -> Result<(), String> {
        let (start, len) = (entry.offset, entry.len as usize);
        let end = start.checked_add(len as u64).ok_or_else(outside)?;
        if !pack::is_place_of_archive(start) || end > self.archives_end || len < ARCHIVE_HEADER {
            return Err(outside());
        }
        let failed = |error: io::Error| error.to_string();
        // Its header says how long it is; only then is it worth any memory.
        let mut head = [0; ARCHIVE_HEADER];
        self.file.seek(SeekFrom::Start(start)).map_err(failed)?;
        self.file.read_exact(&mut head).map_err(failed)?;
        match Header::parse(&head, Some(parser)) {
            Ok(_) if len == ARCHIVE_HEADER => {}
            Err(HeaderError::Length { expected, .. }) if len == expected && len <= MAX_ARCHIVE => {}
            Err(HeaderError::Length { expected, .. }) if len == expected => {
                return Err(format!("{len} bytes long; at most {MAX_ARCHIVE} are read"));
            }
            Ok(_) => return Err(format!("{len} bytes long instead of {ARCHIVE_HEADER}")),
            Err(HeaderError::Length { expected, .. }) => {
                return Err(format!("{len} bytes long instead of {expected}"));
            }
            Err(error) => return Err(error.to_string()),
        }
        buffer.clear();
        buffer.extend_from_slice(&head);
        let mut body = (&mut self.file).take((len - ARCHIVE_HEADER) as u64);
        buffer.extend_from_reader(&mut body).map_err(failed)?;
        Ok(())
    }
}

/// Verifies every byte of a pack file that may come from anywhere. `parser` is the version of the archives' parser.
pub fn verify_untrusted(path: PathBuf, parser: u32) -> PackReport {
    let mut report = PackReport::new(path);
    let mut last: Option<SourceKey> = None;
    let result = ForeignPack::open(&report.path.clone()).and_then(|mut pack| {
        pack.each(parser, |place, entry, archive| {
            report.add(place, &entry.key, &mut last, archive.map(drop));
            Ok(())
        })
    });
    if let Err(error) = result {
        report.note(error.to_string());
    }
    report
}
