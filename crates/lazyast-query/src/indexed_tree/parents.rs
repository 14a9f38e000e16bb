//! Parents, which archives do not store.

use lazyast_format::{Damage, NodeId, Tree};

/// A parent is searched for among so many nodes before its child.
const NEAR: u32 = 64;

/// The parents of ascending nodes; the root has none.
pub(super) fn of_nodes(tree: &Tree<'_>, nodes: &[NodeId]) -> Result<Vec<Option<NodeId>>, Damage> {
    let mut parents: Vec<Option<NodeId>> = nodes.iter().map(|node| near_parent(tree, *node)).collect();
    let missing = |parent: &Option<NodeId>, node: &NodeId| parent.is_none() && *node != 0;
    let far: Vec<NodeId> =
        nodes.iter().zip(&parents).filter(|(n, p)| missing(p, n)).map(|(n, _)| *n).collect();
    if far.is_empty() {
        return Ok(parents);
    }
    let mut found = of_far_nodes(tree, &far)?.into_iter();
    for (parent, node) in parents.iter_mut().zip(nodes) {
        if missing(parent, node) {
            *parent = found.next().flatten();
        }
    }
    Ok(parents)
}

/// The parent of a node, if it is near: the last node before it whose subtree does not end before it.
fn near_parent(tree: &Tree<'_>, node: NodeId) -> Option<NodeId> {
    (node.saturating_sub(NEAR)..node).rev().find(|before| tree.subtree_end(*before) > node)
}

/// The parents of ascending nodes.
///
/// A cursor keeps the path from the root to the current node, descends to each node
/// in turn, and skips the subtrees between two nodes. Each subtree is entered or skipped once, so the time is that
/// of one pass over the tree at most.
fn of_far_nodes(tree: &Tree<'_>, nodes: &[NodeId]) -> Result<Vec<Option<NodeId>>, Damage> {
    let mut parents = Vec::with_capacity(nodes.len());
    // The nodes that contain the cursor, each with the end of its subtree.
    let mut path = vec![(0, tree.len())];
    // The next child of the path's last node that the cursor has not passed.
    let mut next = 1;
    for node in nodes.iter().copied() {
        if node == 0 {
            parents.push(None);
            continue;
        }
        while let Some((_, end)) = path.last().copied()
            && end <= node
        {
            path.pop();
            next = end;
        }
        loop {
            let Some((parent, parent_end)) = path.last().copied() else {
                return Err(Damage::new("node is in no subtree", node));
            };
            if next == node {
                parents.push(Some(parent));
                break;
            }
            let end = tree.subtree_end(next);
            if next > node || end > parent_end {
                return Err(Damage::new("subtree ends outside of its parent's", next).found(end));
            }
            if node < end {
                path.push((next, end));
                next += 1;
            } else {
                next = end;
            }
        }
    }
    Ok(parents)
}

/// The parents of all nodes, in one pass. That of the root is the root.
pub(super) fn table(tree: &Tree<'_>) -> Result<Vec<NodeId>, Damage> {
    let mut ends = Vec::new();
    tree.subtree_ends_into(&mut ends)?;
    let mut parents = vec![0; ends.len()];
    let mut path: Vec<(NodeId, NodeId)> = Vec::new();
    let (mut parent, mut parent_end) = (0, tree.subtree_end(0));
    for ((node, end), of_node) in (0..).zip(&ends).zip(&mut parents).skip(1) {
        while parent_end <= node {
            let around = path.pop();
            (parent, parent_end) = around.ok_or_else(|| Damage::new("node is in no subtree", node))?;
        }
        if *end > parent_end {
            return Err(Damage::new("subtree ends outside of its parent's", node).found(*end));
        }
        *of_node = parent;
        if *end > node + 1 {
            path.push((parent, parent_end));
            (parent, parent_end) = (node, *end);
        }
    }
    Ok(parents)
}
