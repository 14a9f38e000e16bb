//! Conditions on the field that a node is in: `.test.left`.

use lazyast_format::{Field, NodeId};

use super::navigation::distinct;
use super::node_set::retain;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;

/// Keeps the candidates that are in the last field, whose parents are in the field before it, and so on.
pub(super) fn in_fields(
    tree: &IndexedTree<'_, '_>,
    fields: &[(&'static str, Field)],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let Some(((_, last), outer)) = fields.split_last() else { return Ok(candidates) };
    let nodes = retain(candidates, |node| Ok(tree.field(node)? == *last))?;
    if outer.is_empty() || nodes.is_empty() {
        return Ok(nodes);
    }
    // For each node its ancestor at the level of the field that is tested next.
    let mut ancestors = tree.parents(&nodes)?;
    let mut passes = vec![true; nodes.len()];
    for (level, (_, field)) in outer.iter().enumerate().rev() {
        for (passes, ancestor) in passes.iter_mut().zip(&ancestors) {
            *passes =
                *passes && ancestor.is_some_and(|node| tree.field(node).is_ok_and(|actual| actual == *field));
        }
        if level > 0 {
            let above = distinct(&ancestors);
            let above_parents = tree.parents(&above)?;
            for ancestor in &mut ancestors {
                *ancestor = ancestor.and_then(|node| above_parents[above.binary_search(&node).ok()?]);
            }
        }
    }
    let mut passes = passes.into_iter();
    retain(nodes, |_| Ok(passes.next().unwrap_or_default()))
}
