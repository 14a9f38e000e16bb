//! Conditions that are patterns.

use lazyast_format::NodeId;

use super::navigation::block_from;
use super::node_set::retain;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternRoot};

/// Keeps the candidates that a pattern matches.
///
/// Quick rejects come first, because they look at two columns only. A pattern of several statements needs the block
/// of a candidate, and so its parent; to find few parents, its first statement is compared alone before.
pub(super) fn matching(
    tree: &IndexedTree<'_, '_>,
    pattern: &Pattern,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut matcher = Matcher::new(pattern, tree)?;
    if matcher.rejects_tree() {
        return Ok(Vec::new());
    }
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
