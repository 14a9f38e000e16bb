//! A file with hits, and the part of its text that is printed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::path::Path;

use lazyast::format::Damage;
use lazyast::format::read::Line;
use lazyast::{CellIndex, FileError, FileType, Hit, Tree};

use super::queries::SearchedQueries;

/// A file with hits.
pub(super) struct FileHits<'f> {
    pub(super) source: HitSource<'f>,
    /// The path as it is printed.
    pub(super) path: &'f Path,
    pub(super) tree: &'f Tree<'f>,
    pub(super) hits: Vec<Hit>,
    pub(super) queries: &'f SearchedQueries,
}

/// Where the text of a source is.
#[derive(Clone, Copy)]
pub(super) enum HitSource<'f> {
    File(&'f Path),
    /// Standard input, which was read.
    Bytes(&'f [u8]),
}

thread_local! {
    /// A buffer for sources, reused for every file: allocating new pages for each takes longer than reading.
    static SOURCE_BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A part of the text of a source. Offsets are those of the whole text.
pub(super) struct HitText<'t> {
    bytes: &'t [u8],
    /// The offset of the first byte.
    start: u32,
    /// Which lines come from which cell of a notebook.
    cells: Option<CellIndex>,
}

impl<'t> HitText<'t> {
    /// The bytes between two offsets. There are none outside of the part.
    pub(super) fn bytes(&self, start: u32, end: u32) -> &'t [u8] {
        let [start, end] = [start, end].map(|offset| offset.saturating_sub(self.start) as usize);
        self.bytes.get(start..end.min(self.bytes.len())).unwrap_or_default()
    }

    /// The text between two offsets.
    pub(super) fn text(&self, start: u32, end: u32) -> &'t str {
        std::str::from_utf8(self.bytes(start, end)).unwrap_or_default()
    }

    /// The part of the source that a hit covers. If it starts at a decorator, this is the whole text.
    pub(super) fn range(&self, tree: &Tree<'_>, hit: Hit) -> Result<(u32, u32), Damage> {
        let text = hit.decorator.map(|_| std::str::from_utf8(self.bytes).unwrap_or_default());
        hit.range(tree, text)
    }

    /// A line without its line end.
    pub(super) fn line(&self, line: Line) -> &'t [u8] {
        let bytes = self.bytes(line.start, line.end);
        bytes.strip_suffix(b"\n").unwrap_or(bytes)
    }

    /// The cell that a line comes from, if the source is a notebook, and how many lines of the text come before the cell.
    pub(super) fn cell_of(&self, line: u32) -> (Option<u32>, u32) {
        match &self.cells {
            None => (None, 0),
            Some(cells) => {
                let (cell, line_in_cell) = cells.locate(line);
                (Some(cell), line - line_in_cell)
            }
        }
    }
}

impl FileHits<'_> {
    /// The offsets of the whole text.
    pub(super) fn whole_text(&self) -> (u32, u32) {
        (0, self.tree.header().text_len)
    }

    /// The offsets of the text from the first line of the ranges to the last, with lines before and after.
    pub(super) fn lines_of(
        &self,
        ranges: impl Iterator<Item = Result<(u32, u32), Damage>>,
        (before, after): (u32, u32),
    ) -> Result<(u32, u32), Damage> {
        let (mut start, mut end) = (u32::MAX, 0);
        for range in ranges {
            let range = range?;
            (start, end) = (start.min(range.0), end.max(range.1));
        }
        let first = self.tree.line(start)?.number.saturating_sub(before).max(1);
        let last = self.tree.line(end.saturating_sub(1).max(start))?.number.saturating_add(after);
        let text_len = self.tree.header().text_len;
        let end = last.checked_add(1).and_then(|next| self.tree.line_start(next));
        Ok((self.tree.line_start(first).unwrap_or(0), end.unwrap_or(text_len)))
    }

    /// Reads a part of the text, given by its offsets, and calls `print` with it.
    pub(super) fn with_text(
        &self,
        part: (u32, u32),
        print: impl FnOnce(&HitText<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        let path = match self.source {
            HitSource::Bytes(bytes) => {
                let text = decode(bytes)?;
                return print(&HitText { bytes: text.as_bytes(), start: 0, cells: None });
            }
            HitSource::File(path) => path,
        };
        SOURCE_BUFFER.with_borrow_mut(|source| {
            if let Some(bytes) = self.read_part(path, part, source)? {
                return print(&HitText { bytes, start: part.0, cells: None });
            }
            let (_, cells) = lazyast::read_source_and_cells(path, source).map_err(reason)?;
            // Opening the project checked a moment ago that the source is unchanged. Hashing it again would take
            // longer than the search, so only the length is compared.
            if source.len() != self.tree.header().source_len as usize {
                return Err(reason(FileError::Changing));
            }
            print(&HitText { bytes: decode(source)?.as_bytes(), start: 0, cells })
        })
    }

    /// Reads a part of the text alone, if the bytes of the file are those of the text.
    fn read_part<'b>(
        &self,
        path: &Path,
        part: (u32, u32),
        buffer: &'b mut Vec<u8>,
    ) -> Result<Option<&'b [u8]>, String> {
        let header = self.tree.header();
        // A byte order mark and line ends of two bytes are not part of the text.
        let is_text = header.source_len == header.text_len && !header.facts.reencoded;
        if !is_text || FileType::of_path(path) == Some(FileType::Notebook) {
            return Ok(None);
        }
        let (start, end) = (u64::from(part.0), u64::from(part.1));
        let bytes = lazyast::read_source_part(path, header.source_len.into(), start..end, buffer);
        let bytes = bytes.map_err(reason)?;
        // A line end of one byte that is not that of the text.
        Ok(memchr::memchr(b'\r', bytes).is_none().then_some(bytes))
    }
}

fn reason(error: FileError) -> String {
    match error {
        FileError::Changing => "changed while it was searched".to_owned(),
        error => error.to_string(),
    }
}

fn decode(source: &[u8]) -> Result<Cow<'_, str>, String> {
    lazyast::text(source).map_err(|unsupported| unsupported.to_string())
}
