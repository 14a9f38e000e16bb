//! `elif`, which the tree does not tell from an `if` in an `else`.

use lazyast_format::{Damage, Field, Kind, NodeId};

use super::node_set::retain;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;

/// Keeps the candidates that are written as `elif`: these start in the column of the `if` that they belong to, and an
/// `if` in an `else` is indented.
pub(super) fn written_as_elif(
    tree: &IndexedTree<'_, '_>,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut parents = tree.parents(&candidates)?.into_iter();
    retain(candidates, |node| {
        let Some(parent) = parents.next().flatten() else { return Ok(false) };
        let is_in_else = tree.kind(node)? == Kind::If
            && tree.field(node)? == Field::Orelse
            && tree.kind(parent)? == Kind::If;
        if !is_in_else {
            return Ok(false);
        }
        let column = |node: NodeId| Ok::<_, Damage>(tree.position(tree.range(node)?.0)?.column);
        Ok(column(node)? == column(parent)?)
    })
}
