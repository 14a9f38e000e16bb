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
            runs.bases.clear();
            runs.lengths.clear();
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
    pub(super) fn push(&mut self, value: u32) {
        if value < u32::from(ESCAPE) {
            self.bytes.push(value as u8);
        } else {
            self.push_escaped(value);
        }
    }

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
    /// Adds a run and, before every 64th, the total so far.
    pub(super) fn push(&mut self, length: u32) {
        let row = self.lengths.bytes.len();
        if row.is_multiple_of(BLOCK) {
            let total = match self.bases.last() {
                None => 0,
                Some(base) => base + block_total(&self.lengths, row - BLOCK),
            };
            self.bases.push(total);
        }
        self.lengths.push(length);
    }
}

/// The sum of the 64 lengths from `first` on.
fn block_total(lengths: &Narrow, first: usize) -> u32 {
    let overflow = &lengths.overflow;
    let from = overflow.rows.partition_point(|row| (*row as usize) < first);
    let escaped: u32 = overflow.values[from..].iter().sum();
    let plain = lengths.bytes[first..first + BLOCK].iter().filter(|byte| **byte != ESCAPE);
    escaped + plain.map(|byte| u32::from(*byte)).sum::<u32>()
}
