//! Conditions on the position in a list: `:nth-child(2)`.

use lazyast_format::NodeId;

use super::navigation::{distinct, lists};
use super::node_set::{NodeSet, retain};
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::plan::ListPosition;

/// Keeps the candidates at some positions of their lists. Each list is walked once, whatever its candidates are.
pub(super) fn at_position(
    tree: &IndexedTree<'_, '_>,
    position: ListPosition,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut selected = NodeSet::empty(tree);
    for parent in distinct(&tree.parents(&candidates)?) {
        for list in lists(tree, parent)? {
            for (index, node) in list.iter().enumerate() {
                if position.selects(index, list.len()) {
                    selected.insert(*node);
                }
            }
        }
    }
    retain(candidates, |node| Ok(selected.contains(node)))
}
