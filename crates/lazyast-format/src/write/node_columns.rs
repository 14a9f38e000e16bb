//! The columns of nodes. Until all nodes are known, they stand in blocks, each of which has a piece of every column: a new
//! node is written to one place, and filling the columns copies.

use crate::encoding::{BLOCK, ESCAPE, LONGEST_PAYLOAD, PayloadWidth, field_byte};
use crate::layout::{Columns, Narrow};
use crate::schema::{Field, Kind};

/// The rows of [`BLOCK`] nodes.
#[derive(Clone, Copy, Debug)]
struct NodeBlock {
    kinds: [u8; BLOCK],
    fields: [u8; BLOCK],
    starts: [u8; BLOCK],
    lengths: [u8; BLOCK],
    sizes: [u8; BLOCK],
    /// The payloads one after the other, and the number of bytes that are used. What is behind them is written over.
    payloads: [u8; BLOCK * LONGEST_PAYLOAD],
    payloads_len: u32,
}

impl NodeBlock {
    const EMPTY: Self = Self {
        kinds: [0; BLOCK],
        fields: [0; BLOCK],
        starts: [0; BLOCK],
        lengths: [0; BLOCK],
        sizes: [0; BLOCK],
        payloads: [0; BLOCK * LONGEST_PAYLOAD],
        payloads_len: 0,
    };

    /// Appends the first rows to the columns.
    #[inline(always)]
    fn append(&self, rows: usize, columns: &mut Columns) {
        columns.kinds.extend_from_slice(&self.kinds[..rows]);
        columns.fields.extend_from_slice(&self.fields[..rows]);
        columns.starts.bytes.extend_from_slice(&self.starts[..rows]);
        columns.lengths.bytes.extend_from_slice(&self.lengths[..rows]);
        columns.sizes.bytes.extend_from_slice(&self.sizes[..rows]);
        columns.payloads.extend_from_slice(&self.payloads[..self.payloads_len as usize]);
    }

    /// Sets the columns of a row but for its size.
    #[inline(always)]
    fn set(&mut self, row: usize, node: BuiltNode, start: u8, length: u8) {
        let width = PayloadWidth::of(node.payload_bits);
        self.kinds[row] = node.kind as u8;
        self.fields[row] = field_byte(node.field as u8, width);
        self.starts[row] = start;
        self.lengths[row] = length;
        // All four bytes are written: the next payload takes the place of those that are not used.
        let free = self.payloads.get_mut(self.payloads_len as usize..);
        if let Some(free) = free.and_then(<[u8]>::first_chunk_mut) {
            *free = node.payload_bits.to_le_bytes();
        }
        self.payloads_len += width.len() as u32;
    }
}

/// What the columns have of a node. Its size is added when it is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct BuiltNode {
    pub(super) kind: Kind,
    pub(super) field: Field,
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) payload_bits: u32,
}

/// The nodes so far. Values that do not fit into a byte are in the overflow of their columns already, but for sizes, which
/// become known in another order.
#[derive(Debug, Default)]
pub(super) struct BuiltNodes {
    blocks: Vec<NodeBlock>,
    len: u32,
    last_start: u32,
    /// Nodes and their sizes, in the order in which they were left.
    escaped_sizes: Vec<(u32, u32)>,
}

impl BuiltNodes {
    /// The number of nodes.
    #[inline]
    pub(super) fn len(&self) -> u32 {
        self.len
    }

    /// Adds a node if there is room in the last block, and all its values fit.
    #[inline]
    pub(super) fn push_fitting(&mut self, node: BuiltNode) -> bool {
        // A start before the previous one wraps around to a difference that does not fit.
        let delta = node.start.wrapping_sub(self.last_start);
        let fits = delta < u32::from(ESCAPE) && node.length < u32::from(ESCAPE);
        match self.blocks.get_mut(self.len as usize / BLOCK) {
            Some(block) if fits => {
                block.set(self.len as usize % BLOCK, node, delta as u8, node.length as u8);
            }
            _ => return false,
        }
        self.last_start = node.start;
        self.len += 1;
        true
    }

    /// Adds a node. Apart from [`push_fitting`](Self::push_fitting), which otherwise saves all registers for what this
    /// calls.
    pub(super) fn push(&mut self, node: BuiltNode, columns: &mut Columns) {
        let row = self.len as usize;
        if row.is_multiple_of(BLOCK) {
            if row > 0 {
                columns.bases.push(self.last_start);
            }
            self.blocks.push(NodeBlock::EMPTY);
        }
        let escape = |value: u32, in_overflow: u32, column: &mut Narrow| {
            if value >= u32::from(ESCAPE) {
                column.overflow.push((row as u32, in_overflow));
            }
            value.min(u32::from(ESCAPE)) as u8
        };
        let delta = escape(node.start.wrapping_sub(self.last_start), node.start, &mut columns.starts);
        let length = escape(node.length, node.length, &mut columns.lengths);
        self.blocks[row / BLOCK].set(row % BLOCK, node, delta, length);
        self.last_start = node.start;
        self.len += 1;
    }

    /// Sets the number of descendants of a node.
    #[inline]
    pub(super) fn set_size(&mut self, node: u32, size: u32) {
        let value = &mut self.blocks[node as usize / BLOCK].sizes[node as usize % BLOCK];
        if size < u32::from(ESCAPE) {
            *value = size as u8;
        } else {
            *value = ESCAPE;
            self.escaped_sizes.push((node, size));
        }
    }

    /// Fills the columns of nodes.
    pub(super) fn fill(&mut self, columns: &mut Columns) {
        if let [full @ .., last] = &*self.blocks {
            // The length of most pieces is a constant, so that they are copied without a call.
            for block in full {
                block.append(BLOCK, columns);
                columns.bases.push(columns.payloads.len() as u32);
            }
            last.append(self.len as usize - BLOCK * full.len(), columns);
        }
        self.escaped_sizes.sort_unstable();
        columns.sizes.overflow.extend_from_slice(&self.escaped_sizes);
    }

    /// Removes all nodes.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        self.len = 0;
        self.last_start = 0;
        self.escaped_sizes.clear();
    }
}
