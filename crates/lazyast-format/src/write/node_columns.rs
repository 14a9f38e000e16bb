//! The columns of nodes, which are filled when all nodes are known.

use crate::encoding::{BLOCK, ESCAPE, PAYLOAD_ESCAPE};
use crate::layout::{Columns, Narrow};

/// A node as the builder keeps it. The size of the subtree is known when the node is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct BuiltNode {
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) size: u32,
    pub(super) payload_bits: u32,
    pub(super) kind: u8,
    pub(super) field: u8,
}

/// Fills the columns of nodes, one after the other. The loops over all nodes are short and have no branches; a
/// second pass over each column adds the few values that do not fit to its overflow table.
pub(super) fn pack(nodes: &[BuiltNode], columns: &mut Columns) {
    columns.kinds.extend(nodes.iter().map(|node| node.kind));
    columns.fields.extend(nodes.iter().map(|node| node.field));
    columns.start_bases.extend(nodes.iter().step_by(BLOCK).map(|node| node.start));
    let mut last = 0;
    // A start before the previous one wraps around to a difference that does not fit.
    let deltas = nodes.iter().map(|node| node.start.wrapping_sub(std::mem::replace(&mut last, node.start)));
    fill(&mut columns.starts, deltas, |index| nodes[index].start);
    fill(&mut columns.lengths, nodes.iter().map(|node| node.length), |index| nodes[index].length);
    fill(&mut columns.sizes, nodes.iter().map(|node| node.size), |index| nodes[index].size);
    let limit = u32::from(PAYLOAD_ESCAPE);
    columns.payloads.extend(nodes.iter().map(|node| node.payload_bits.min(limit) as u16));
    for (index, node) in nodes.iter().enumerate().filter(|(_, node)| node.payload_bits >= limit) {
        columns.payload_overflow.push(index, node.payload_bits);
    }
}

/// Fills a narrow column. `escaped` gives the value in the overflow table for a row.
fn fill(column: &mut Narrow, values: impl Iterator<Item = u32>, escaped: impl Fn(usize) -> u32) {
    column.bytes.extend(values.map(|value| value.min(u32::from(ESCAPE)) as u8));
    for index in memchr::memchr_iter(ESCAPE, &column.bytes) {
        column.overflow.push(index, escaped(index));
    }
}
