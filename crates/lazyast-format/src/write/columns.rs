//! Appending to columns.

use crate::encoding::{BLOCK, ESCAPE};
use crate::layout::{Columns, Narrow, Overflow, Runs};

impl Columns {
    /// Removes everything and keeps the buffers.
    pub(super) fn clear(&mut self) {
        // Destructured, so that a new column cannot be forgotten.
        let Self {
            kinds,
            fields,
            starts,
            start_bases,
            lengths,
            sizes,
            payloads,
            payload_overflow,
            extras,
            lines,
            names,
            name_bytes,
            strings,
            string_bytes,
            floats,
            comment_gaps,
            comment_lengths,
            warnings,
            joined_strings,
            spans_311,
            producer,
        } = self;
        for bytes in [kinds, fields, name_bytes, string_bytes, producer] {
            bytes.clear();
        }
        for runs in [lines, names, strings] {
            runs.clear();
        }
        for narrow in [starts, lengths, sizes, comment_gaps, comment_lengths] {
            narrow.clear();
        }
        for words in [start_bases, extras, warnings, joined_strings, spans_311] {
            words.clear();
        }
        payloads.clear();
        payload_overflow.clear();
        floats.clear();
    }
}

impl Overflow {
    /// Adds the value of a row. Rows come in ascending order.
    pub(super) fn push(&mut self, row: usize, value: u32) {
        self.rows.push(row as u32);
        self.values.push(value);
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
    }
}

impl Narrow {
    /// Adds a row.
    #[inline]
    pub(super) fn push(&mut self, value: u32) {
        if value < u32::from(ESCAPE) {
            self.bytes.push(value as u8);
        } else {
            self.push_escaped(value);
        }
    }

    #[cold]
    fn push_escaped(&mut self, value: u32) {
        self.overflow.push(self.bytes.len(), value);
        self.bytes.push(ESCAPE);
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.overflow.clear();
    }
}

impl Runs {
    /// Adds a run. `total` is the sum of all lengths before it, which every 64th run keeps.
    #[inline]
    pub(super) fn push(&mut self, total: u32, length: u32) {
        if self.lengths.bytes.len().is_multiple_of(BLOCK) {
            self.bases.push(total);
        }
        self.lengths.push(length);
    }

    /// Sets all runs at once, by where each ends, in loops without branches.
    pub(super) fn fill(&mut self, ends: &[u32]) {
        self.clear();
        let [first, rest @ ..] = ends else { return };
        let narrowed = |length: u32| length.min(u32::from(ESCAPE)) as u8;
        self.lengths.bytes.push(narrowed(*first));
        self.lengths.bytes.extend(ends.iter().zip(rest).map(|(start, end)| narrowed(end - start)));
        let start = |row: usize| if row == 0 { 0 } else { ends[row - 1] };
        self.bases.extend((0..ends.len()).step_by(BLOCK).map(start));
        for row in memchr::memchr_iter(ESCAPE, &self.lengths.bytes) {
            self.lengths.overflow.push(row, ends[row] - start(row));
        }
    }

    fn clear(&mut self) {
        self.bases.clear();
        self.lengths.clear();
    }
}
