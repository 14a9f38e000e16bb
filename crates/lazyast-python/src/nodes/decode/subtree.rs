//! Decoding a node with everything below it.
//!
//! Nodes are created from the last to the first in preorder. So all children exist when their parent is created: they
//! are on top of a stack, the first child uppermost. Nothing recurses, however deep the tree is. Rows can only be read from
//! the first to the last, so that some are read at a time.

use lazyast::format::encoding::Span;
use lazyast::format::read::NodeRow;
use lazyast::format::{Damage, NodeId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fields::{ChildObject, NodeDecoder};
use crate::errors::DecodeError;
use crate::nodes::context::TreeContext;
use crate::runtime::collector::Untracked;
use crate::runtime::interpreter::Interpreter;

/// How many rows are read at a time. They stay in the processor's nearest cache until their nodes are created.
const CHUNK: NodeId = 256;

/// The `__dict__` of a node, with all nodes below it. The caller has new objects tracked once a node has it.
pub(crate) fn dict<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    context: &TreeContext,
    id: NodeId,
    untracked: &mut Untracked<'py>,
) -> Result<Bound<'py, PyDict>, DecodeError> {
    let mut decoder = NodeDecoder::new(py, interpreter, context, untracked);
    let mut end = decoder.tree.subtree_end(id);
    let mut rows = Vec::with_capacity((end - id).min(CHUNK) as usize);
    let mut stack: Vec<ChildObject<'py>> = Vec::new();
    while end > id {
        // Reading is cheapest from a multiple of `CHUNK` on.
        let first = id.max((end - 1) / CHUNK * CHUNK);
        read_rows(&decoder, first, end, &mut rows)?;
        end = first;
        for (row, span) in rows.iter().rev() {
            let class = decoder.class(row.kind, row.id)?;
            let children = stack.iter().rev().take_while(|child| child.id < row.subtree_end);
            let first = stack.len() - children.count();
            if let Some(child) = stack[first..].iter().find(|child| child.end > row.subtree_end) {
                let (at, found) = (child.id, child.end);
                return Err(Damage::new("subtree ends outside of its parent's", at).found(found).into());
            }
            let dict = decoder.dict(class, row.id, row.payload_bits, *span, &mut stack[first..])?;
            decoder.keep_alive(stack.drain(first..));
            if row.id == id {
                // A size that is written twice can have two values. What nothing owns may not be tracked.
                return match stack.first() {
                    None => Ok(dict),
                    Some(child) => Err(Damage::new("node is outside of its tree", child.id).into()),
                };
            }
            let node = decoder.node(class, dict)?;
            stack.push(ChildObject { id: row.id, end: row.subtree_end, field: row.field, node: Some(node) });
        }
    }
    Err(Damage::new("node is missing", id).into())
}

/// Reads the rows from `first` to before `end`, each with its position if its kind has positions.
fn read_rows(
    decoder: &NodeDecoder<'_, '_>,
    first: NodeId,
    end: NodeId,
    rows: &mut Vec<(NodeRow, Option<Span>)>,
) -> Result<(), Damage> {
    let (tree, context, interpreter) = (decoder.tree, decoder.context, decoder.interpreter);
    rows.clear();
    // Up to 3.11, the positions of nodes inside f-strings are not those of the text.
    let mut moved = (interpreter.target.minor <= 11).then(|| tree.joined_string_at_or_after(first)).flatten();
    for row in tree.rows_in(first, end) {
        let row = row?;
        if moved.is_some_and(|(_, end)| end <= row.id) {
            moved = tree.joined_string_at_or_after(row.id);
        }
        let span = if !row.kind.has_positions() {
            None
        } else if moved.is_some_and(|(first, _)| first <= row.id) {
            tree.span(row.id, interpreter.target)?
        } else {
            Some(context.span_of(row.start, row.end)?)
        };
        rows.push((row, span));
    }
    Ok(())
}
