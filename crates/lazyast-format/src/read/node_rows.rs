//! [`NodeRows`]: all columns of consecutive nodes, decoded in one pass.
//!
//! Random access searches an overflow table for every escaped value. A pass walks each overflow table along with its
//! column instead, so it is the fastest way to see every node.

use super::damage::Damage;
use super::tree::{Tree, field_of, kind_of, unknown_field, unknown_kind};
use crate::encoding::{BLOCK, ESCAPE, NodeId, PAYLOAD_ESCAPE};
use crate::layout::{LittleEndian as _, NarrowView};
use crate::schema::{Field, Kind};

/// The columns of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// The node's number.
    pub id: NodeId,
    /// The node's kind.
    pub kind: Kind,
    /// The field of its parent that the node stands in.
    pub field: Field,
    /// The start in the text.
    pub start: u32,
    /// The end in the text.
    pub end: u32,
    /// The number after the last descendant.
    pub subtree_end: NodeId,
    /// The packed payload.
    pub payload_bits: u32,
}

/// The nodes of a tree or of a part of it, in preorder; see [`Tree::rows`].
#[derive(Debug)]
pub struct NodeRows<'t, 'a> {
    tree: &'t Tree<'a>,
    next: NodeId,
    end: NodeId,
    /// The start of the previous node.
    start: u32,
    /// The next entries of the overflow tables.
    starts: usize,
    lengths: usize,
    sizes: usize,
    payloads: usize,
}

impl<'a> Tree<'a> {
    /// All nodes.
    pub fn rows(&self) -> NodeRows<'_, 'a> {
        NodeRows {
            tree: self,
            next: 0,
            end: self.len(),
            start: 0,
            starts: 0,
            lengths: 0,
            sizes: 0,
            payloads: 0,
        }
    }

    /// The nodes from `first` to before `end`.
    pub fn rows_in(&self, first: NodeId, end: NodeId) -> NodeRows<'_, 'a> {
        let columns = &self.columns;
        let row = first as usize;
        NodeRows {
            tree: self,
            next: first,
            end: end.min(self.len()),
            start: first.checked_sub(1).and_then(|previous| self.start(previous)).unwrap_or(0),
            starts: columns.starts.overflow.first_from(row),
            lengths: columns.lengths.overflow.first_from(row),
            sizes: columns.sizes.overflow.first_from(row),
            payloads: columns.payload_overflow.first_from(row),
        }
    }

    /// The nodes that start at an offset, in preorder.
    pub fn rows_starting_at(&self, offset: u32) -> impl Iterator<Item = NodeRow> {
        let block = self.columns.start_bases.partition_point(|base| base.to_native() < offset);
        let first = (block.saturating_sub(1) * BLOCK) as NodeId;
        let rows = self.rows_in(first, self.len()).map_while(Result::ok);
        rows.take_while(move |row| row.start <= offset).filter(move |row| row.start == offset)
    }
}

impl NodeRows<'_, '_> {
    /// Decodes the start, and returns the length, the size and the packed payload. `None` if a value is missing in an
    /// overflow table.
    #[inline]
    fn advance(&mut self, row: usize) -> Option<(u32, u32, u32)> {
        let columns = &self.tree.columns;
        let (value, is_absolute) = take(&columns.starts, row, &mut self.starts)?;
        self.start = if is_absolute { value } else { self.start.saturating_add(value) };
        let (length, _) = take(&columns.lengths, row, &mut self.lengths)?;
        let (size, _) = take(&columns.sizes, row, &mut self.sizes)?;
        let payload_bits = match columns.payloads[row].to_native() {
            PAYLOAD_ESCAPE => {
                self.payloads += 1;
                columns.payload_overflow.values.get(self.payloads - 1)?.to_native()
            }
            bits => u32::from(bits),
        };
        Some((length, size, payload_bits))
    }
}

/// The value of a row, and whether it comes from the overflow table, whose next entry is `entry`.
#[inline]
fn take(column: &NarrowView<'_>, row: usize, entry: &mut usize) -> Option<(u32, bool)> {
    match column.bytes[row] {
        ESCAPE => {
            *entry += 1;
            column.overflow.values.get(*entry - 1).map(|value| (value.to_native(), true))
        }
        byte => Some((u32::from(byte), false)),
    }
}

impl Iterator for NodeRows<'_, '_> {
    type Item = Result<NodeRow, Damage>;

    fn next(&mut self) -> Option<Self::Item> {
        let columns = &self.tree.columns;
        let id = self.next;
        if id >= self.end {
            return None;
        }
        self.next += 1;
        // The row is built in the result itself: a helper that returns it costs a copy for each node.
        let code = *columns.kinds.get(id as usize)?;
        let Some(kind) = kind_of(code) else { return Some(Err(unknown_kind(code, id))) };
        let code = columns.fields[id as usize];
        let Some(field) = field_of(code) else { return Some(Err(unknown_field(code, id))) };
        let Some((length, size, payload_bits)) = self.advance(id as usize) else {
            return Some(Err(Damage::new("overflow value is missing", id)));
        };
        Some(Ok(NodeRow {
            id,
            kind,
            field,
            start: self.start,
            end: self.start.saturating_add(length),
            subtree_end: id.saturating_add(1).saturating_add(size).min(self.tree.len()),
            payload_bits,
        }))
    }
}
