//! Conditions on what metavariables captured.

use lazyast_format::{NodeId, Tree};

use super::navigation::{block_from, parents};
use super::node_set::NodeSet;
use crate::error::ExecutionError;
use crate::pattern::{Matcher, Pattern, PatternMatch, PatternRoot, subjects_equal};
use crate::plan::{CaptureComparison, Condition};

/// Keeps the candidates for which everything that a metavariable captured is fulfilling.
///
/// The candidates fulfil the condition. What was captured is that of the first match; others are not searched. Of a
/// captured name, the node that has the name counts. `fulfilling` filters captured nodes, which are ascending: these are
/// few, compared with the nodes of the tree.
pub(super) fn with_captures(
    tree: &Tree<'_>,
    condition: &Condition,
    name: &str,
    candidates: &[NodeId],
    fulfilling: impl FnOnce(Vec<NodeId>) -> Result<Vec<NodeId>, ExecutionError>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let slot = |pattern: &Pattern| pattern.captures.iter().position(|slot| *slot.name == *name);
    let mut captured: Vec<NodeId> = Vec::new();
    let candidates = matching(tree, condition, candidates, |pattern, matched| {
        let slot = slot(pattern);
        captured.extend(slot.iter().flat_map(|slot| &matched.captures[*slot]).map(|subject| subject.node));
        Ok(slot.is_some())
    })?;
    captured.sort_unstable();
    captured.dedup();
    let fulfilling = NodeSet::of(tree, &fulfilling(captured)?);
    matching(tree, condition, &candidates, |pattern, matched| {
        Ok(slot(pattern).is_some_and(|slot| {
            matched.captures[slot].iter().all(|subject| fulfilling.contains(subject.node))
        }))
    })
}

/// Keeps the candidates for which two metavariables captured equal things, or different ones.
pub(super) fn with_compared_captures(
    tree: &Tree<'_>,
    condition: &Condition,
    comparison: &CaptureComparison,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    matching(tree, condition, &candidates, |pattern, matched| {
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
    tree: &Tree<'_>,
    condition: &Condition,
    candidates: &[NodeId],
    mut accepts: impl FnMut(&Pattern, &PatternMatch) -> Result<bool, ExecutionError>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut patterns = Vec::new();
    condition.own_patterns(&mut patterns);
    let parents = parents(tree, candidates)?;
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
            if matcher.matches(*node, &block)? && accepts(pattern, &matcher.matched())? {
                kept.push(*node);
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}
