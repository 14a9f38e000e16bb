//! Nodes as they are collected, and their way into the columns.

use super::{BLOCK, ESCAPE, PAYLOAD_ESCAPE, escape, push};
use crate::layout::Columns;

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

/// Fills the node columns, one after the other: a short loop over each is faster than pushing to all of
/// them for every node.
pub(super) fn pack(rows: &[Row], columns: &mut Columns) {
    columns.kinds.extend(rows.iter().map(|row| row.kind));
    columns.fields.extend(rows.iter().map(|row| row.field));
    columns.start_bases.extend(rows.iter().step_by(BLOCK).map(|row| row.start));
    columns.starts.bytes.reserve(rows.len());
    let mut last = 0;
    for (index, row) in rows.iter().enumerate() {
        match row.start.checked_sub(last) {
            Some(delta) if delta < u32::from(ESCAPE) => columns.starts.bytes.push(delta as u8),
            _ => escape(&mut columns.starts, index, row.start),
        }
        last = row.start;
    }
    columns.lengths.bytes.reserve(rows.len());
    for row in rows {
        push(&mut columns.lengths, row.length);
    }
    columns.sizes.bytes.reserve(rows.len());
    for row in rows {
        push(&mut columns.sizes, row.size);
    }
    columns.payloads.reserve(rows.len());
    for (index, row) in rows.iter().enumerate() {
        if row.payload < u32::from(PAYLOAD_ESCAPE) {
            columns.payloads.push(row.payload as u16);
        } else {
            columns.payloads.push(PAYLOAD_ESCAPE);
            columns.payload_overflow.push(index, row.payload);
        }
    }
}
