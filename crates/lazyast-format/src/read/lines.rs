//! Lines: from offsets in the text to lines and columns.

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::{NodeId, Position, Span};

/// A line of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number of the line, counted from 1.
    pub number: u32,
    /// The offset of the first byte.
    pub start: u32,
    /// The offset after the line end. For the last line, this is the largest number.
    pub end: u32,
}

impl Tree<'_> {
    /// The number of lines of the text. All line ends of the text are `\n`.
    pub fn line_count(&self) -> u32 {
        self.columns.lines().len() as u32
    }

    /// The position of an offset in the text.
    pub fn position(&self, offset: u32) -> Result<Position, Damage> {
        let line = self.line(offset)?;
        Ok(Position { line: line.number, column: offset.saturating_sub(line.start) })
    }

    /// The line that contains an offset. Callers that convert many offsets keep it, because neighbours are mostly in
    /// the same line.
    pub fn line(&self, offset: u32) -> Result<Line, Damage> {
        match self.columns.lines().containing(offset) {
            Some((row, start, end)) => Ok(Line { number: row + 1, start, end }),
            None if self.line_count() == 0 => Ok(Line { number: 1, start: 0, end: u32::MAX }),
            None => Err(Damage::new("line is missing", offset).found(self.line_count())),
        }
    }

    /// The offset of the first byte of a line. Lines are counted from 1.
    pub fn line_start(&self, number: u32) -> Option<u32> {
        Some(self.columns.lines().get(number.checked_sub(1)? as usize)?.0)
    }

    /// Appends the offset of the first byte of each line, in one pass.
    pub fn line_starts_into(&self, starts: &mut Vec<u32>) {
        starts.extend(self.columns.lines().iter().map(|(start, _)| start));
    }

    /// The line after a line, or `None` after the last line.
    pub fn line_after(&self, line: Line) -> Option<Line> {
        let lines = self.columns.lines();
        let (row, start) = (line.number as usize, line.end);
        let length = lines.lengths.get(row)?;
        let is_last = row + 1 == lines.len();
        let end = if is_last { u32::MAX } else { start.saturating_add(length) };
        Some(Line { number: line.number + 1, start, end })
    }

    /// The position that follows from a node's range. It holds from Python 3.12 on, and for most nodes in 3.11.
    pub(super) fn span_of_range(&self, id: NodeId) -> Result<Span, Damage> {
        let (start, end) = self.range(id)?;
        Ok(Span { start: self.position(start)?, end: self.position(end)? })
    }
}
