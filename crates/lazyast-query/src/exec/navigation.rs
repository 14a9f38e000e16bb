//! Navigation: parents, lists of siblings, and blocks of statements.

use lazyast_format::{Damage, Field, NodeId, Tree};

use crate::schema::is_list;

/// The parents of ascending nodes; the root has none.
///
/// Archives do not store parents. A cursor keeps the path from the root to the current node, descends to each node
/// in turn, and skips the subtrees between two nodes. Each subtree is entered or skipped once, so the time is that
/// of one pass over the tree at most.
pub(super) fn parents(tree: &Tree<'_>, nodes: &[NodeId]) -> Result<Vec<Option<NodeId>>, Damage> {
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

/// The different nodes among parents, ascending.
pub(super) fn distinct(parents: &[Option<NodeId>]) -> Vec<NodeId> {
    let mut distinct: Vec<NodeId> = parents.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// The list fields of a node that hold nodes, each as its elements. `None` entries are not among them.
pub(super) fn lists(tree: &Tree<'_>, parent: NodeId) -> Result<Vec<Vec<NodeId>>, Damage> {
    let kind = tree.kind(parent)?;
    let mut lists: Vec<(Field, Vec<NodeId>)> = Vec::new();
    let Some(parent) = tree.node(parent) else { return Ok(Vec::new()) };
    for child in parent.children() {
        let (field, child) = child?;
        if !is_list(kind, field) {
            continue;
        }
        match lists.iter_mut().find(|(of, _)| *of == field) {
            Some((_, list)) => list.push(child.id()),
            None => lists.push((field, vec![child.id()])),
        }
    }
    Ok(lists.into_iter().map(|(_, list)| list).collect())
}

/// A statement and those that follow it in its block, at most `count` in all.
pub(super) fn block_from(
    tree: &Tree<'_>,
    parent: Option<NodeId>,
    node: NodeId,
    count: usize,
) -> Result<Vec<NodeId>, Damage> {
    let Some(parent) = parent else { return Ok(vec![node]) };
    let (field, end) = (tree.field(node)?, tree.subtree_end(parent));
    let mut block = Vec::new();
    let mut next = node;
    while next < end && block.len() < count {
        if tree.field(next)? == field {
            block.push(next);
        }
        next = tree.subtree_end(next);
    }
    Ok(block)
}
