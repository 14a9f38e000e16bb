//! Navigation: lists of siblings, and blocks of statements.

use lazyast_format::{Damage, Field, NodeId, Tree};

use crate::indexed_tree::IndexedTree;
use crate::schema::is_list;

/// The different nodes among some, ascending.
pub(super) fn distinct(nodes: &[Option<NodeId>]) -> Vec<NodeId> {
    let mut distinct: Vec<NodeId> = nodes.iter().flatten().copied().collect();
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

/// The next node in the list of each of some ascending nodes.
pub(super) fn next_siblings(
    tree: &IndexedTree<'_, '_>,
    nodes: &[NodeId],
) -> Result<Vec<Option<NodeId>>, Damage> {
    let mut siblings = Vec::with_capacity(nodes.len());
    for (node, parent) in nodes.iter().zip(tree.parents(nodes)?) {
        let field = tree.field(*node)?;
        let end = match parent {
            Some(parent) if is_list(tree.kind(parent)?, field) => tree.subtree_end(parent),
            _ => 0,
        };
        // Children of other fields can stand between.
        let mut next = tree.subtree_end(*node);
        while next < end && tree.field(next)? != field {
            next = tree.subtree_end(next);
        }
        siblings.push((next < end).then_some(next));
    }
    Ok(siblings)
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
