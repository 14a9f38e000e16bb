//! Conditions on what a metavariable captured.

use lazyast_format::{NodeId, Tree};

use super::navigation::{block_from, parents};
use super::node_set::NodeSet;
use crate::error::ExecutionError;
use crate::pattern::{Matcher, PatternRoot};
use crate::plan::Condition;

/// Keeps the candidates for which everything that a metavariable captured is in a set.
///
/// The candidates fulfil the condition. What was captured is that of the first match; others are not searched. Of a
/// captured name, the node that has the name counts.
pub(super) fn with_captures(
    tree: &Tree<'_>,
    condition: &Condition,
    name: &str,
    fulfilling: &NodeSet,
    candidates: Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut patterns = Vec::new();
    condition.own_patterns(&mut patterns);
    let parents = parents(tree, &candidates)?;
    let mut kept = Vec::new();
    for pattern in patterns {
        let Some(slot) = pattern.captures.iter().position(|slot| *slot.name == *name) else { continue };
        let mut matcher = Matcher::new(pattern, tree)?;
        for (node, parent) in candidates.iter().zip(&parents) {
            if !pattern.kinds.contains(tree.kind(*node)?) {
                continue;
            }
            let block = match pattern.root {
                PatternRoot::Node(_) => Vec::new(),
                PatternRoot::Block(_) => block_from(tree, *parent, *node, pattern.max_block_length())?,
            };
            if matcher.matches(*node, &block)?
                && matcher.matched().captures[slot].iter().all(|subject| fulfilling.contains(subject.node))
            {
                kept.push(*node);
            }
        }
    }
    kept.sort_unstable();
    kept.dedup();
    Ok(kept)
}
