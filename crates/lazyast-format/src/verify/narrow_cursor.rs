//! [`NarrowCursor`]: a narrow column in order. The overflow table is checked separately, so that this cannot fail.

use crate::encoding::ESCAPE;
use crate::layout::{ColumnsView, NarrowColumn, NarrowView};

/// Reads a narrow column from the front.
pub(super) struct NarrowCursor<'a> {
    column: NarrowView<'a>,
    /// The index of the next value in the overflow table.
    next: usize,
}

impl<'a> NarrowCursor<'a> {
    /// Values are taken in the order of columns and rows, whatever rows the overflow table has.
    pub(super) fn new(columns: &ColumnsView<'a>, column: NarrowColumn) -> Self {
        let before = NarrowColumn::ALL.iter().take_while(|other| **other < column);
        let next =
            before.map(|other| memchr::memchr_iter(ESCAPE, columns.narrow(*other).bytes).count()).sum();
        Self { column: columns.narrow(column), next }
    }

    /// The value of the next row, and whether it comes from the overflow table. A missing value is 0; V10 reports it.
    pub(super) fn next(&mut self, row: usize) -> (u32, bool) {
        match self.column.bytes[row] {
            ESCAPE => {
                self.next += 1;
                (self.column.overflow_value(self.next - 1).unwrap_or(0), true)
            }
            byte => (u32::from(byte), false),
        }
    }
}
