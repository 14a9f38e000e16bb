//! Sets of nodes: ascending lists, and bit sets where membership is asked for in any order.

use lazyast_format::{Damage, NodeId, Tree};

use crate::error::ExecutionError;

/// A set of nodes with a bit for each node of the tree.
#[derive(Debug)]
pub(super) struct NodeSet(Vec<u64>);

impl NodeSet {
    pub(super) fn empty(tree: &Tree<'_>) -> Self {
        Self(vec![0; (tree.len() as usize).div_ceil(64)])
    }

    pub(super) fn of(tree: &Tree<'_>, nodes: &[NodeId]) -> Self {
        let mut set = Self::empty(tree);
        nodes.iter().for_each(|node| set.insert(*node));
        set
    }

    pub(super) fn insert(&mut self, node: NodeId) {
        self.0[node as usize / 64] |= 1 << (node % 64);
    }

    pub(super) fn contains(&self, node: NodeId) -> bool {
        self.0[node as usize / 64] >> (node % 64) & 1 == 1
    }
}

/// Keeps the nodes that pass a test. The first error of the test is the result.
pub(super) fn retain(
    mut nodes: Vec<NodeId>,
    mut keep: impl FnMut(NodeId) -> Result<bool, Damage>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut first_error = None;
    nodes.retain(|node| match keep(*node) {
        Ok(keeps) => keeps,
        Err(damage) => {
            first_error.get_or_insert(damage);
            false
        }
    });
    first_error.map_or(Ok(nodes), |damage| Err(damage.into()))
}

/// The union of two ascending lists.
pub(super) fn union(one: Vec<NodeId>, other: Vec<NodeId>) -> Vec<NodeId> {
    if one.is_empty() {
        return other;
    }
    let mut nodes = one;
    nodes.extend(other);
    // The stable sort finds the two ascending runs and merges them.
    nodes.sort();
    nodes.dedup();
    nodes
}
