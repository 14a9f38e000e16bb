//! Conditions on what metavariables captured.

use lazyast_format::NodeId;

use super::navigation::block_from;
use super::node_set::NodeSet;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternMatch, PatternRoot, subjects_equal};
use crate::plan::{CaptureComparison, Condition};

/// Keeps the candidates for which everything that a metavariable captured is fulfilling.
///
/// The candidates fulfil the condition. What was captured is that of the first match; others are not searched. Of a
/// captured name, the node that has the name counts. `fulfilling` filters captured nodes, which are ascending: these are
/// few, compared with the nodes of the tree.
pub(super) fn with_captures(
    tree: &IndexedTree<'_, '_>,
    condition: &Condition,
    name: &str,
    candidates: &[NodeId],
    fulfilling: impl FnOnce(Vec<NodeId>) -> Result<Vec<NodeId>, ExecutionError>,
) -> Result<Vec<NodeId>, ExecutionError> {
    // What each match captured, as a part of one list.
    let mut matches: Vec<(NodeId, std::ops::Range<usize>)> = Vec::new();
    let mut captured: Vec<NodeId> = Vec::new();
    matching(tree, condition, candidates, |pattern, node, matched| {
        if let Some(slot) = pattern.captures.iter().position(|slot| *slot.name == *name) {
            let start = captured.len();
            captured.extend(matched.captures[slot].iter().map(|subject| subject.node));
            matches.push((node, start..captured.len()));
        }
        Ok(false)
    })?;
    let mut distinct = captured.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let fulfilling = NodeSet::of(tree, &fulfilling(distinct)?);
    matches.retain(|(_, range)| captured[range.clone()].iter().all(|node| fulfilling.contains(*node)));
    let mut kept: Vec<NodeId> = matches.into_iter().map(|(node, _)| node).collect();
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}

/// Keeps the candidates for which two metavariables captured equal things, or different ones.
pub(super) fn with_compared_captures(
    tree: &IndexedTree<'_, '_>,
    condition: &Condition,
    comparison: &CaptureComparison,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    matching(tree, condition, &candidates, |pattern, _, matched| {
        let slot = |name: &str| pattern.captures.iter().position(|slot| *slot.name == *name);
        let (Some(left), Some(right)) = (slot(&comparison.left), slot(&comparison.right)) else {
            return Ok(false);
        };
        let (left, right) = (&matched.captures[left], &matched.captures[right]);
        let mut are_equal = left.len() == right.len();
        for (one, other) in left.iter().zip(right) {
            are_equal = are_equal && subjects_equal(tree, *one, *other)?;
        }
        Ok(are_equal == comparison.is_equal)
    })
}

/// Keeps the candidates that one of a condition's own patterns matches so that a test accepts the match.
fn matching(
    tree: &IndexedTree<'_, '_>,
    condition: &Condition,
    candidates: &[NodeId],
    mut accepts: impl FnMut(&Pattern, NodeId, &PatternMatch) -> Result<bool, ExecutionError>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut patterns = Vec::new();
    condition.own_patterns(&mut patterns);
    let has_blocks = patterns.iter().any(|pattern| matches!(pattern.root, PatternRoot::Block(_)));
    let parents = if has_blocks { tree.parents(candidates)? } else { vec![None; candidates.len()] };
    let mut kept = Vec::new();
    for pattern in patterns {
        let mut matcher = Matcher::new(pattern, tree)?;
        for (node, parent) in candidates.iter().zip(&parents) {
            if !pattern.kinds.contains(tree.kind(*node)?) {
                continue;
            }
            let block = match pattern.root {
                PatternRoot::Node(_) => Vec::new(),
                PatternRoot::Block(_) => block_from(tree, *parent, *node, pattern.max_block_length())?,
            };
            if matcher.matches(*node, &block)? && accepts(pattern, *node, &matcher.matched())? {
                kept.push(*node);
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}
