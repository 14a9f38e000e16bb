//! The constants of narrow columns.
//!
//! A narrow column has one or two bytes for each row. Its largest value is an escape: the value of the row is in
//! the column's overflow table.

/// The byte of a narrow column that stands for a value in the overflow table.
pub(crate) const ESCAPE: u8 = u8::MAX;

/// The number in the column `payloads` that stands for a value in the overflow table.
pub(crate) const PAYLOAD_ESCAPE: u16 = u16::MAX;

/// The number of rows between two entries of a base column.
pub(crate) const BLOCK: usize = 64;
