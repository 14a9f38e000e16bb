//! [`LineTable`]: the line of every offset.

use lazyast_format::Tree;

/// The line of every offset in the text.
///
/// There are two positions for each node, and a node for every ten bytes of a source. So a table with a byte for each byte is
/// made faster than lines are searched, and read without a branch. If only a few nodes are rows, lines are searched.
#[derive(Default)]
pub(crate) struct LineTable {
    starts: Vec<u32>,
    /// By block of [`BLOCK`] offsets, the index of the line that has the first of them.
    bases: Vec<u32>,
    /// By offset, the index of the line minus that of its block: for the offsets before the last line, at most
    /// [`MAX_OFFSETS`] of them.
    steps: Vec<u8>,
}

/// Offsets of a block. No more lines start in it than a byte counts.
const BLOCK: usize = 256;
/// Searching the lines of a row takes as long as filling the table for so many lines.
const LINES_OF_A_SEARCH: usize = 8;
/// Offsets in a table. In texts that are longer, lines are searched from here on.
const MAX_OFFSETS: usize = 1 << 26;

impl LineTable {
    /// Begins with the lines of another text, of which `rows` nodes are rows.
    pub(crate) fn load(&mut self, tree: &Tree<'_>, rows: usize) {
        self.starts.clear();
        self.bases.clear();
        self.steps.clear();
        tree.line_starts_into(&mut self.starts);
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        if self.starts.len() < LINES_OF_A_SEARCH * rows {
            self.fill();
        }
    }

    /// Fills the table from the starts of lines.
    fn fill(&mut self) {
        let Self { starts, bases, steps } = self;
        steps.reserve(starts.last().map_or(0, |last| *last as usize).min(MAX_OFFSETS));
        let mut base = 0;
        for (line, end) in starts.iter().skip(1).enumerate() {
            let end = (*end as usize).min(MAX_OFFSETS);
            while steps.len() < end {
                if steps.len() % BLOCK == 0 {
                    base = line;
                    bases.push(line as u32);
                }
                let end_of_block = (steps.len() / BLOCK + 1) * BLOCK;
                steps.resize(end.min(end_of_block), (line - base) as u8);
            }
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
        match self.steps.get(offset as usize) {
            Some(step) => self.bases[offset as usize / BLOCK] + u32::from(*step),
            None => self.search(offset),
        }
    }

    #[inline(never)]
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
        let searched = LineTable { starts: starts.clone(), ..LineTable::default() };
        let mut filled = LineTable { starts: starts.clone(), ..LineTable::default() };
        filled.fill();
        for offset in (0..14_100).chain([u32::MAX]) {
            let expected = starts.partition_point(|start| *start <= offset) - 1;
            let column = (offset - starts[expected]) as i32;
            for table in [&searched, &filled] {
                assert_eq!((table.line(offset), table.column(offset)), (expected as i32 + 1, column));
            }
        }
    }

    #[test]
    fn a_block_can_consist_of_line_ends() {
        let starts: Vec<u32> = (0..2000).collect();
        let mut table = LineTable { starts, ..LineTable::default() };
        table.fill();
        assert!((0..2000).all(|offset| (table.line(offset), table.column(offset)) == (offset as i32 + 1, 0)));
    }

    #[test]
    fn a_text_without_lines_has_one() {
        let table = LineTable { starts: vec![0], ..LineTable::default() };
        assert_eq!((table.line(7), table.column(7)), (1, 7));
    }
}
