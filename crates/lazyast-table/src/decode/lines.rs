//! [`LineTable`]: the line of every offset.

use lazyast_format::Tree;

/// The line of every offset in the text.
///
/// There are two positions for each node, and a node for every ten bytes of a source. So a table with a number for each byte
/// is made faster than lines are searched, and read without a branch.
#[derive(Default)]
pub(crate) struct LineTable {
    starts: Vec<u32>,
    /// By offset, the index of the line: for the offsets before the last line, at most [`MAX_OFFSETS`] of them.
    lines: Vec<u32>,
}

/// Offsets in a table. In texts that are longer, lines are searched from here on.
const MAX_OFFSETS: usize = 1 << 24;

impl LineTable {
    pub(crate) fn load(&mut self, tree: &Tree<'_>) {
        self.starts.clear();
        tree.line_starts_into(&mut self.starts);
        self.fill();
    }

    /// Fills the table from the starts of lines.
    fn fill(&mut self) {
        let Self { starts, lines } = self;
        lines.clear();
        if starts.is_empty() {
            starts.push(0);
        }
        lines.reserve(starts.last().map_or(0, |last| *last as usize).min(MAX_OFFSETS));
        for (line, end) in starts.iter().skip(1).enumerate() {
            lines.resize((*end as usize).min(MAX_OFFSETS).max(lines.len()), line as u32);
        }
    }

    /// The number of the line that has an offset, counted from 1.
    #[inline]
    pub(crate) fn line(&self, offset: u32) -> i32 {
        self.index(offset) as i32 + 1
    }

    /// The distance of an offset from the start of its line.
    #[inline]
    pub(crate) fn column(&self, offset: u32) -> i32 {
        offset.saturating_sub(self.starts[self.index(offset) as usize]) as i32
    }

    #[inline]
    fn index(&self, offset: u32) -> u32 {
        match self.lines.get(offset as usize) {
            Some(line) => *line,
            None => self.search(offset),
        }
    }

    #[cold]
    fn search(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::LineTable;

    #[test]
    fn every_offset_has_the_line_that_a_search_finds() {
        let starts: Vec<u32> = (0..200).map(|line| line * line / 3).collect();
        let mut table = LineTable { starts: starts.clone(), lines: Vec::new() };
        table.fill();
        for offset in (0..14_100).chain([u32::MAX]) {
            let expected = starts.partition_point(|start| *start <= offset) - 1;
            let column = (offset - starts[expected]) as i32;
            assert_eq!((table.line(offset), table.column(offset)), (expected as i32 + 1, column));
        }
    }

    #[test]
    fn a_text_without_lines_has_one() {
        let mut table = LineTable::default();
        table.fill();
        assert_eq!((table.line(7), table.column(7)), (1, 7));
    }
}
