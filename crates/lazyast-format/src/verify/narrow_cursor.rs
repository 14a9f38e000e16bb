//! [`NarrowCursor`]: a narrow column in order. Overflow tables are checked separately, so that this cannot fail.

use crate::encoding::ESCAPE;
use crate::layout::{LittleEndian as _, NarrowView};

/// Reads a narrow column from the front.
pub(super) struct NarrowCursor<'a> {
    column: &'a NarrowView<'a>,
    next: usize,
}

impl<'a> NarrowCursor<'a> {
    pub(super) fn new(column: &'a NarrowView<'a>) -> Self {
        Self { column, next: 0 }
    }

    /// The value of the next row, and whether it comes from the overflow table. A missing value is 0; V10 reports it.
    pub(super) fn next(&mut self, row: usize) -> (u32, bool) {
        match self.column.bytes[row] {
            ESCAPE => {
                self.next += 1;
                let value = self.column.overflow.values.get(self.next - 1);
                (value.map_or(0, |value| value.to_native()), true)
            }
            byte => (u32::from(byte), false),
        }
    }
}
