//! The search for the nodes with a name.
//!
//! A name is rare among payloads, and payloads are as short as they can be. So the bytes of a name are searched for, and
//! the node is computed of what was found: this reads one byte a node, where a test of each node reads two columns and
//! adds up the lengths of payloads.

use super::columns::base;
use super::tree::Tree;
use crate::encoding::{BLOCK, NameInAnyContext, NodeId, row_at_payload_byte};
use crate::layout::{LittleEndian as _, PayloadsView};

impl Tree<'_> {
    /// The nodes that have a name, ascending, if their kinds have the payload layout `NameContext`. Nodes of other kinds,
    /// whose payloads are the same number, are among them.
    ///
    /// `None` for the identifier with number 0, which some nodes have without a byte of payload.
    pub fn nodes_by_name(&self, name: NameInAnyContext) -> Option<Vec<NodeId>> {
        let ([load, store, del], width) = name.first_bytes()?;
        let payloads = self.columns.payloads();
        let mut nodes = Vec::new();
        let mut block = 0;
        for offset in memchr::memchr3_iter(load, store, del, payloads.bytes) {
            if !payloads.read(offset, width).is_some_and(|bits| name.matches(bits)) {
                continue;
            }
            block = payloads.block_from(block, offset);
            let node = payloads.node_at(block, offset);
            nodes.extend(node.filter(|node| self.payload_width(*node) == Some(width)));
        }
        Some(nodes)
    }
}

impl PayloadsView<'_> {
    /// The block of the payload that has a byte. The search starts at a block before it.
    fn block_from(self, first: usize, offset: usize) -> usize {
        let bases = self.bases.get(first..).unwrap_or_default();
        first + bases.iter().take_while(|base| base.to_native() as usize <= offset).count()
    }

    /// The node in a block whose payload begins at an offset.
    fn node_at(self, block: usize, offset: usize) -> Option<NodeId> {
        let in_block = offset.checked_sub(base(self.bases, block)? as usize)?;
        let fields = self.fields.get(block * BLOCK..)?;
        let row = match fields.first_chunk() {
            Some(fields) => row_at_payload_byte(fields, in_block)?,
            None => {
                let mut padded = [0; BLOCK];
                padded[..fields.len()].copy_from_slice(fields);
                row_at_payload_byte(&padded, in_block)?
            }
        };
        Some((block * BLOCK + row) as NodeId)
    }
}
