//! Parents and lists of siblings.

use lazyast_format::{Damage, Field, NodeId, Tree};

use crate::kinds::is_list;

/// A set of nodes, a bit for each of the tree's.
#[derive(Debug)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    pub(super) fn new(tree: &Tree<'_>) -> Self {
        Self(vec![0; (tree.len() as usize).div_ceil(64)])
    }

    pub(super) fn of(tree: &Tree<'_>, nodes: &[NodeId]) -> Self {
        let mut marks = Self::new(tree);
        nodes.iter().for_each(|node| marks.set(*node));
        marks
    }

    pub(super) fn set(&mut self, node: NodeId) {
        self.0[node as usize / 64] |= 1 << (node % 64);
    }

    pub(super) fn has(&self, node: NodeId) -> bool {
        self.0[node as usize / 64] >> (node % 64) & 1 == 1
    }
}

/// The parents of ascending nodes; nothing for the root.
///
/// Archives do not have them. A cursor goes down to each node in turn, and past the subtrees between them.
pub(super) fn parents(tree: &Tree<'_>, nodes: &[NodeId]) -> Result<Vec<Option<NodeId>>, Damage> {
    let mut parents = Vec::with_capacity(nodes.len());
    let mut path = vec![(0, tree.len())];
    // The next child of the path's last node that was not passed yet.
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
            let Some((above, above_end)) = path.last().copied() else {
                return Err(Damage { what: "node is in no subtree", at: node, found: 0 });
            };
            if next == node {
                parents.push(Some(above));
                break;
            }
            let end = tree.subtree_end(next);
            if next > node || end > above_end {
                return Err(Damage {
                    what: "subtree ends outside of its parent's",
                    at: next,
                    found: u64::from(end),
                });
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

/// The parents, ascending and each once.
pub(super) fn distinct(parents: &[Option<NodeId>]) -> Vec<NodeId> {
    let mut distinct: Vec<NodeId> = parents.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    distinct
}

/// The lists of nodes that a node has.
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

/// A statement and those behind it in its block, at most `count` in all.
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
