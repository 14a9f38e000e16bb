//! Appending to columns.

use crate::encoding::{BLOCK, ESCAPE};
use crate::layout::{Columns, Narrow, Runs};

impl Columns {
    /// Removes everything and keeps the buffers.
    pub(super) fn clear(&mut self) {
        // Destructured, so that a new column cannot be forgotten.
        let Self {
            floats,
            bases,
            overflow_rows,
            overflow_values,
            extras,
            warnings,
            joined_strings,
            spans_311,
            kinds,
            fields,
            starts,
            lengths,
            sizes,
            payloads,
            lines,
            names,
            name_bytes,
            strings,
            string_bytes,
            comment_gaps,
            comment_lengths,
            producer,
        } = self;
        floats.clear();
        for words in [bases, overflow_rows, overflow_values, extras, warnings, joined_strings, spans_311] {
            words.clear();
        }
        for bytes in [kinds, fields, payloads, name_bytes, string_bytes, producer] {
            bytes.clear();
        }
        for narrow in [starts, lengths, sizes, comment_gaps, comment_lengths] {
            narrow.clear();
        }
        for runs in [lines, names, strings] {
            runs.clear();
        }
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
        self.overflow.push((self.bytes.len() as u32, value));
        self.bytes.push(ESCAPE);
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.overflow.clear();
    }
}

impl Runs {
    /// Adds a run. `total` is the sum of all lengths before it, which every 64th run but the first one keeps.
    #[inline]
    pub(super) fn push(&mut self, total: u32, length: u32) {
        let row = self.lengths.bytes.len();
        if row.is_multiple_of(BLOCK) && row > 0 {
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
        self.bases.extend((BLOCK..ends.len()).step_by(BLOCK).map(start));
        for row in memchr::memchr_iter(ESCAPE, &self.lengths.bytes) {
            self.lengths.overflow.push((row as u32, ends[row] - start(row)));
        }
    }

    fn clear(&mut self) {
        self.bases.clear();
        self.lengths.clear();
    }
}
