//! Columns of all nodes, decoded one column at a time.
//!
//! A loop over one column has next to no branches: bytes become numbers with vector instructions, and the few escaped rows
//! are replaced afterwards. This is the fastest way to some columns of every node. [`NodeRows`](super::NodeRows) is the
//! way to all columns of some nodes.

use super::damage::Damage;
use super::tree::Tree;
use crate::encoding::{ESCAPE, NodeId, PayloadWidth};
use crate::layout::NarrowView;

impl<'a> Tree<'a> {
    /// Replaces `starts` and `ends` by the start and the end of every node in the text, in bytes.
    pub fn ranges_into(&self, starts: &mut Vec<u32>, ends: &mut Vec<u32>) -> Result<(), Damage> {
        let Self { columns, .. } = self;
        let mut absolute = columns.starts().escaped_values();
        let (mut start, mut is_missing) = (0_u32, false);
        starts.clear();
        starts.extend(columns.starts().bytes.iter().map(|byte| {
            start = match *byte {
                ESCAPE => absolute.next().unwrap_or_else(|| {
                    is_missing = true;
                    start
                }),
                byte => start.saturating_add(u32::from(byte)),
            };
            start
        }));
        if is_missing {
            return Err(missing());
        }
        ends.clear();
        let lengths = columns.lengths().bytes.iter().map(|byte| u32::from(*byte));
        ends.extend(starts.iter().zip(lengths).map(|(start, length)| start.saturating_add(length)));
        replace_escapes(columns.lengths(), ends, |row, length| starts[row].saturating_add(length))
    }

    /// Replaces `ends` by [`subtree_end`](Self::subtree_end) of every node.
    pub fn subtree_ends_into(&self, ends: &mut Vec<NodeId>) -> Result<(), Damage> {
        let sizes = self.columns.sizes();
        let end = |row: usize, size: u32| (row as u32).saturating_add(1).saturating_add(size).min(self.len());
        ends.clear();
        ends.extend(sizes.bytes.iter().enumerate().map(|(row, byte)| end(row, u32::from(*byte))));
        replace_escapes(sizes, ends, end)
    }

    /// Replaces `payloads` by the packed payload of every node.
    pub fn payloads_into(&self, payloads: &mut Vec<u32>) -> Result<(), Damage> {
        let column = self.columns.payloads();
        payloads.clear();
        payloads.resize(column.fields.len(), 0);
        let mut offset = 0;
        for (payload, byte) in payloads.iter_mut().zip(column.fields) {
            let width = PayloadWidth::in_byte(*byte);
            *payload = column.read(offset, width).ok_or_else(missing)?;
            offset += width.len();
        }
        Ok(())
    }

    /// All identifiers, by number.
    pub fn names(&self) -> Result<Vec<&'a str>, Damage> {
        let (names, bytes) = (self.columns.names(), self.columns.name_bytes);
        let text = core::str::from_utf8(bytes)
            .map_err(|error| Damage::new("name is not UTF-8", 0).found(error.valid_up_to() as u32))?;
        let name = |(number, (start, length)): (usize, (u32, u32))| {
            let name = text.get(start as usize..start.saturating_add(length) as usize);
            name.ok_or_else(|| Damage::new("name is outside of the table", number as u32))
        };
        names.iter().enumerate().map(name).collect()
    }
}

/// Replaces the values of the escaped rows of a column. `value` makes them from row and number.
fn replace_escapes(
    column: NarrowView<'_>,
    values: &mut [u32],
    value: impl Fn(usize, u32) -> u32,
) -> Result<(), Damage> {
    let mut numbers = column.escaped_values();
    for row in memchr::memchr_iter(ESCAPE, column.bytes) {
        values[row] = value(row, numbers.next().ok_or_else(missing)?);
    }
    Ok(())
}

#[cold]
fn missing() -> Damage {
    Damage::new("overflow value or payload is missing", 0)
}
