//! Relations between two sets of nodes: which candidates have one of the other nodes as an ancestor, a child, and so
//! on. Both sets are ascending, so these are merges; see the documentation of [`exec`](crate::exec).

use lazyast_format::{NodeId, Tree};

use super::navigation::{distinct, lists, next_siblings};
use super::node_set::{NodeSet, retain};
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;

/// Which siblings of a node are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SiblingDirection {
    Earlier,
    Later,
}

/// Keeps the candidates inside the subtree of one of the others.
pub(super) fn with_ancestor(
    tree: &Tree<'_>,
    others: Vec<NodeId>,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut others = others.into_iter().peekable();
    // The ends of the subtrees of others that contain the current node, the innermost last.
    let mut open: Vec<NodeId> = Vec::new();
    retain(candidates, |node| {
        while let Some(other) = others.next_if(|other| *other < node) {
            while open.last().is_some_and(|end| *end <= other) {
                open.pop();
            }
            open.push(tree.subtree_end(other));
        }
        while open.last().is_some_and(|end| *end <= node) {
            open.pop();
        }
        Ok(!open.is_empty())
    })
}

/// Keeps the candidates inside the subtree of one of the others, if no bound is between them.
pub(super) fn with_near_ancestor(
    tree: &Tree<'_>,
    others: Vec<NodeId>,
    bounds: Vec<NodeId>,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut others = others.into_iter().peekable();
    let mut bounds = bounds.into_iter().peekable();
    // The subtrees that contain the current node, the innermost last: the end, and whether it is one of the others.
    let mut open: Vec<(NodeId, bool)> = Vec::new();
    retain(candidates, |node| {
        loop {
            let next = match (others.peek(), bounds.peek()) {
                (Some(other), Some(bound)) => *other.min(bound),
                (Some(one), None) | (None, Some(one)) => *one,
                (None, None) => break,
            };
            if next >= node {
                break;
            }
            // A node that is both is one of the others.
            let is_other = others.next_if_eq(&next).is_some();
            bounds.next_if_eq(&next);
            while open.last().is_some_and(|(end, _)| *end <= next) {
                open.pop();
            }
            open.push((tree.subtree_end(next), is_other));
        }
        while open.last().is_some_and(|(end, _)| *end <= node) {
            open.pop();
        }
        Ok(open.last().is_some_and(|(_, is_other)| *is_other))
    })
}

/// Keeps the candidates with one of the others in their subtree.
pub(super) fn with_descendant(
    tree: &Tree<'_>,
    others: &[NodeId],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    // The first of the others after the current node: if any is in the node's interval, this one is.
    let mut next = 0;
    retain(candidates, |node| {
        while others.get(next).is_some_and(|other| *other <= node) {
            next += 1;
        }
        Ok(others.get(next).is_some_and(|other| *other < tree.subtree_end(node)))
    })
}

/// Keeps the candidates with one of the others as a child.
pub(super) fn with_child(
    tree: &IndexedTree<'_, '_>,
    others: &[NodeId],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let selected = NodeSet::of(tree, &distinct(&tree.parents(others)?));
    retain(candidates, |node| Ok(selected.contains(node)))
}

/// Keeps the candidates that follow directly after one of the others.
pub(super) fn after_others(
    tree: &IndexedTree<'_, '_>,
    others: &[NodeId],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let selected = NodeSet::of(tree, &distinct(&next_siblings(tree, others)?));
    retain(candidates, |node| Ok(selected.contains(node)))
}

/// Keeps the candidates that stand directly before one of the others.
pub(super) fn before_others(
    tree: &IndexedTree<'_, '_>,
    others: &[NodeId],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let others = NodeSet::of(tree, others);
    let mut next = next_siblings(tree, &candidates)?.into_iter();
    retain(candidates, |_| Ok(next.next().flatten().is_some_and(|sibling| others.contains(sibling))))
}

/// Keeps the candidates with one of the others as a sibling, however far away. Each list is walked once.
pub(super) fn with_sibling(
    tree: &IndexedTree<'_, '_>,
    direction: SiblingDirection,
    others: &[NodeId],
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    // Siblings have the same parent, so those of either side are enough.
    let fewer = if others.len() < candidates.len() { others } else { &candidates };
    let common_parents = distinct(&tree.parents(fewer)?);
    let others = NodeSet::of(tree, others);
    let mut selected = NodeSet::empty(tree);
    for parent in common_parents {
        for mut list in lists(tree, parent)? {
            if direction == SiblingDirection::Later {
                list.reverse();
            }
            let mut follows_other = false;
            for node in list {
                if follows_other {
                    selected.insert(node);
                }
                follows_other |= others.contains(node);
            }
        }
    }
    retain(candidates, |node| Ok(selected.contains(node)))
}
