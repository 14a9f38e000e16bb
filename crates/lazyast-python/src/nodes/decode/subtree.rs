//! A node with everything below, as exact instances.
//!
//! Nodes are made from the last to the first, so that all children are there when their parent is made, on
//! top of a stack, the first one uppermost. Depth costs nothing.
//!
//! The collector is paused meanwhile, and sees nothing of it until everything is in place: half of the time
//! would otherwise go into looking for garbage where there is none.

use lazyast::format::read::{Row, Span};
use lazyast::format::{Damage, NodeId};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::fields::{Child, Decoder, Failure};
use crate::nodes::context::Origin;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::objects::Untracked;

/// The `__dict__` of a node below which everything is made. Whoever gives it to a node tracks what is new.
pub(crate) fn whole<'py>(
    py: Python<'py>,
    interpreter: &'static Interpreter,
    origin: &Origin,
    id: NodeId,
    untracked: &mut Untracked<'py>,
) -> Result<Bound<'py, PyDict>, Failure> {
    let mut decoder = Decoder::new(py, interpreter, origin, untracked);
    let rows = rows(&decoder, id)?;
    let mut made: Vec<Child<'py>> = Vec::new();
    for (row, span) in rows.iter().rev() {
        let class = decoder.class(row.kind, row.id)?;
        let inside = made.iter().rev().take_while(|child| child.id < row.subtree_end);
        let first = made.len() - inside.count();
        if let Some(child) = made[first..].iter().find(|child| child.end > row.subtree_end) {
            let (at, found) = (child.id, u64::from(child.end));
            return Err(Damage { what: "subtree ends outside of its parent's", at, found }.into());
        }
        let dict = decoder.dict(class, row.id, row.payload_bits, *span, &mut made[first..])?;
        made.truncate(first);
        if row.id == id {
            return Ok(dict);
        }
        let node = decoder.node(class, dict)?;
        made.push(Child { id: row.id, end: row.subtree_end, field: row.field, node: Some(node) });
    }
    Err(Damage { what: "node is missing", at: id, found: 0 }.into())
}

/// The rows of a subtree in preorder, each with its position where it has one.
fn rows(decoder: &Decoder<'_, '_>, id: NodeId) -> Result<Vec<(Row, Option<Span>)>, Damage> {
    let (tree, origin, interpreter) = (decoder.tree, decoder.origin, decoder.interpreter);
    let end = tree.subtree_end(id);
    let mut rows = Vec::with_capacity((end - id) as usize);
    // Up to 3.11, positions inside of f-strings are not those of the text.
    let mut moved = (interpreter.target.minor <= 11).then(|| tree.joined_string_at_or_after(id)).flatten();
    for row in tree.rows_in(id, end) {
        let row = row?;
        if moved.is_some_and(|(_, end)| end <= row.id) {
            moved = tree.joined_string_at_or_after(row.id);
        }
        let span = if !row.kind.has_positions() {
            None
        } else if moved.is_some_and(|(first, _)| first <= row.id) {
            tree.span(row.id, interpreter.target)?
        } else {
            Some(origin.span_of(row.start, row.end)?)
        };
        rows.push((row, span));
    }
    Ok(rows)
}
