//! [`NodeRows`]: all columns of consecutive nodes, decoded in one pass.
//!
//! Random access searches the overflow table for every escaped value, and adds up the lengths of payloads. A pass walks
//! the overflow table and the payloads along with the other columns instead, so it is the fastest way to see every node.

use core::iter::Zip;
use core::slice::Iter;

use super::damage::Damage;
use super::tree::{Tree, field_of, kind_of, unknown_field, unknown_kind};
use crate::encoding::{BLOCK, ESCAPE, NodeId, PayloadWidth, field_code};
use crate::layout::{LittleEndian as _, PayloadsView, U32};
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
pub struct NodeRows<'a> {
    /// The rows that are left. Zipped slices are compared with one length.
    rows: Rows<'a>,
    /// The number of the next node.
    next: NodeId,
    /// The number of nodes of the tree.
    count: NodeId,
    /// The start of the previous node.
    start: u32,
    /// The values in the overflow table that are left for each column, and what follows them.
    starts: Iter<'a, U32>,
    lengths: Iter<'a, U32>,
    sizes: Iter<'a, U32>,
    payloads: PayloadsView<'a>,
    /// Where the next payload begins.
    payload: usize,
}

/// The columns `kinds`, `fields`, `starts`, `lengths` and `sizes`.
type Rows<'a> = Zip<Zip<Zip<Zip<Iter<'a, u8>, Iter<'a, u8>>, Iter<'a, u8>>, Iter<'a, u8>>, Iter<'a, u8>>;

impl<'a> Tree<'a> {
    /// All nodes.
    pub fn rows(&self) -> NodeRows<'a> {
        self.rows_in(0, self.len())
    }

    /// The nodes from `first` to before `end`.
    pub fn rows_in(&self, first: NodeId, end: NodeId) -> NodeRows<'a> {
        let columns = &self.columns;
        let row = first as usize;
        let part =
            |column: &'a [u8]| column.get(row..end.min(self.len()) as usize).unwrap_or_default().iter();
        NodeRows {
            rows: part(columns.kinds)
                .zip(part(columns.fields))
                .zip(part(columns.starts))
                .zip(part(columns.lengths))
                .zip(part(columns.sizes)),
            next: first,
            count: self.len(),
            start: first.checked_sub(1).and_then(|previous| self.start(previous)).unwrap_or(0),
            starts: columns.starts().overflow_from(row),
            lengths: columns.lengths().overflow_from(row),
            sizes: columns.sizes().overflow_from(row),
            payloads: columns.payloads(),
            // Where there is no such row, none is decoded.
            payload: columns.payloads().offset(row).unwrap_or(usize::MAX),
        }
    }

    /// The nodes that start at an offset, in preorder.
    pub fn rows_starting_at(&self, offset: u32) -> impl Iterator<Item = NodeRow> {
        // A base is the start of the last node before its block.
        let block = self.columns.start_bases.partition_point(|base| base.to_native() < offset);
        let first = (block.saturating_sub(1) * BLOCK) as NodeId;
        let rows = self.rows_in(first, self.len()).map_while(Result::ok);
        rows.take_while(move |row| row.start <= offset).filter(move |row| row.start == offset)
    }
}

/// The value of a byte. That of an escaped row is the next one in the overflow table.
#[inline]
fn value_of(byte: u8, escaped: &mut Iter<'_, U32>) -> Option<u32> {
    match byte {
        ESCAPE => escaped.next().map(|value| value.to_native()),
        byte => Some(u32::from(byte)),
    }
}

impl NodeRows<'_> {
    /// Decodes the start, the end and the size. `None` if a value is missing in the overflow table.
    #[inline]
    fn advance(&mut self, start: u8, length: u8, size: u8) -> Option<(u32, u32)> {
        let value = value_of(start, &mut self.starts)?;
        self.start = if start == ESCAPE { value } else { self.start.saturating_add(value) };
        let end = self.start.saturating_add(value_of(length, &mut self.lengths)?);
        Some((end, value_of(size, &mut self.sizes)?))
    }

    #[inline]
    fn payload(&mut self, width: PayloadWidth) -> Option<u32> {
        let payload = self.payloads.read(self.payload, width);
        self.payload = self.payload.wrapping_add(width.len());
        payload
    }
}

impl Iterator for NodeRows<'_> {
    type Item = Result<NodeRow, Damage>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let ((((kind, field), start), length), size) = self.rows.next()?;
        let id = self.next;
        self.next += 1;
        // The row is built in the result itself: a helper that returns it costs a copy for each node.
        let values = self.advance(*start, *length, *size).zip(self.payload(PayloadWidth::in_byte(*field)));
        let Some(kind) = kind_of(*kind) else { return Some(Err(unknown_kind(*kind, id))) };
        let code = field_code(*field);
        let Some(field) = field_of(code) else { return Some(Err(unknown_field(code, id))) };
        let Some(((end, size), payload_bits)) = values else {
            return Some(Err(Damage::new("overflow value or payload is missing", id)));
        };
        Some(Ok(NodeRow {
            id,
            kind,
            field,
            start: self.start,
            end,
            subtree_end: id.saturating_add(1).saturating_add(size).min(self.count),
            payload_bits,
        }))
    }
}
