//! The constants of narrow columns and of base columns.
//!
//! A narrow column has one byte for each row. Its largest value is an escape: the value of the row is in the overflow
//! table of all narrow columns.

/// The byte of a narrow column that stands for a value in the overflow table.
pub(crate) const ESCAPE: u8 = u8::MAX;

/// The number of rows between two entries of a base column.
pub(crate) const BLOCK: usize = 64;

/// The number of blocks of so many rows that have an entry in a base column: all but the first one.
#[inline]
pub(crate) fn later_blocks(rows: usize) -> usize {
    rows.saturating_sub(1) / BLOCK
}

/// How many bits of an entry of `overflow_rows` are the row. The others are the column.
const ROW_BITS: u32 = 28;

/// The entry of `overflow_rows` for a row of the column with a code. `None` if the row is too large.
#[inline]
pub(crate) fn overflow_row(column: u8, row: u32) -> Option<u32> {
    (row >> ROW_BITS == 0).then_some(u32::from(column) << ROW_BITS | row)
}

/// The code of the column and the row of an entry of `overflow_rows`.
pub(crate) fn column_and_row(entry: u32) -> (usize, usize) {
    ((entry >> ROW_BITS) as usize, (entry & ((1 << ROW_BITS) - 1)) as usize)
}
