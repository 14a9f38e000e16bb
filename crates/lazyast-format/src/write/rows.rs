//! Nodes as they are collected, and their way into the columns.

use super::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};
use crate::layout::{Columns, Narrow};

/// One node. The subtree's size is known when the node is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) size: u32,
    pub(super) payload: u32,
    pub(super) kind: u8,
    pub(super) field: u8,
}

/// Fills the node columns, one after the other: short loops without branches, and a second look for the
/// few values that do not fit.
pub(super) fn pack(rows: &[Row], columns: &mut Columns) {
    columns.kinds.extend(rows.iter().map(|row| row.kind));
    columns.fields.extend(rows.iter().map(|row| row.field));
    columns.start_bases.extend(rows.iter().step_by(BLOCK).map(|row| row.start));
    let mut last = 0;
    // A start before the last one wraps around to a delta that does not fit.
    let deltas = rows.iter().map(|row| row.start.wrapping_sub(std::mem::replace(&mut last, row.start)));
    narrow(&mut columns.starts, deltas, |index| rows[index].start);
    narrow(&mut columns.lengths, rows.iter().map(|row| row.length), |index| rows[index].length);
    narrow(&mut columns.sizes, rows.iter().map(|row| row.size), |index| rows[index].size);
    let limit = u32::from(PAYLOAD_ESCAPE);
    columns.payloads.extend(rows.iter().map(|row| row.payload.min(limit) as u16));
    for (index, row) in rows.iter().enumerate().filter(|(_, row)| row.payload >= limit) {
        columns.payload_overflow.push(index, row.payload);
    }
}

/// Fills a narrow column; `escaped` gives what the overflow holds for a row.
fn narrow(column: &mut Narrow, values: impl Iterator<Item = u32>, escaped: impl Fn(usize) -> u32) {
    column.bytes.extend(values.map(|value| value.min(u32::from(ESCAPE)) as u8));
    for index in memchr::memchr_iter(ESCAPE, &column.bytes) {
        column.overflow.push(index, escaped(index));
    }
}
