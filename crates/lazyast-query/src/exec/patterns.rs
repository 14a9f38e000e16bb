//! Conditions that are patterns.

use lazyast_format::{KindSet, NodeId};

use super::navigation::block_from;
use super::node_set::retain;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternRoot};

/// The nodes of a tree that a pattern matches, among those of some kinds.
///
/// A name in the pattern is mostly rarer than the kind of its first node.
pub(super) fn all_matching(
    tree: &IndexedTree<'_, '_>,
    pattern: &Pattern,
    kinds: KindSet,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let matcher = Matcher::new(pattern, tree)?;
    if matcher.rejects_tree() {
        return Ok(Vec::new());
    }
    let candidates = match matcher.nodes_by_name() {
        Some(mut nodes) => {
            nodes.retain(|node| kinds.contains_code(tree.kinds()[*node as usize]));
            nodes
        }
        None => tree.nodes_of(kinds),
    };
    compared(tree, pattern, matcher, candidates, given_up)
}

/// Keeps the candidates that a pattern matches.
pub(super) fn matching(
    tree: &IndexedTree<'_, '_>,
    pattern: &Pattern,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let matcher = Matcher::new(pattern, tree)?;
    if matcher.rejects_tree() {
        return Ok(Vec::new());
    }
    compared(tree, pattern, matcher, candidates, given_up)
}

/// Keeps the candidates that a pattern matches.
///
/// Quick rejects come first, because they look at two columns only. A pattern of several statements needs the block
/// of a candidate, and so its parent; to find few parents, its first statement is compared alone before.
fn compared(
    tree: &IndexedTree<'_, '_>,
    pattern: &Pattern,
    mut matcher: Matcher<'_, '_, '_>,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let kinds = tree.kinds();
    let may_match = |matcher: &Matcher<'_, '_, '_>, node: NodeId| {
        pattern.kinds.contains_code(kinds[node as usize])
            && pattern.only_field.is_none_or(|field| tree.field(node) == Ok(field))
            && !matcher.rejects(node)
    };
    let mut matching = Vec::new();
    if let PatternRoot::Node(_) = pattern.root {
        for node in candidates {
            if may_match(&matcher, node) && matcher.matches(node, &[])? {
                matching.push(node);
            }
        }
        given_up.extend(matcher.given_up());
        return retain(matching, |node| Ok(!tree.is_part_of_string(node)?));
    }
    let mut possible = Vec::new();
    for node in candidates {
        if may_match(&matcher, node) && matcher.may_start_at(node)? {
            possible.push(node);
        }
    }
    let parents = tree.parents(&possible)?;
    for (node, parent) in possible.into_iter().zip(parents) {
        if matcher.matches(node, &block_from(tree, parent, node, pattern.max_block_length())?)? {
            matching.push(node);
        }
    }
    given_up.extend(matcher.given_up());
    Ok(matching)
}
