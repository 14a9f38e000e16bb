//! From the nodes that fulfil a condition to hits.
//!
//! The executor keeps node numbers only. What a pattern captured, where a match of several statements ends, and which
//! decorators a pattern matched is computed again for the hits that are asked about: they are few, and a set of numbers is cheap to merge.

use super::filter::all;
use super::navigation::block_from;
use crate::error::ExecutionError;
use crate::hit::{Hit, TreeHits};
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, PatternRoot};
use crate::plan::Condition;

/// The hits of a condition in a tree, in preorder.
pub(crate) fn hits(tree: &IndexedTree<'_, '_>, condition: &Condition) -> Result<TreeHits, ExecutionError> {
    let mut given_up = Vec::new();
    let nodes = all(tree, condition, &mut given_up)?;
    given_up.sort_unstable();
    given_up.dedup();
    let mut hits: Vec<Hit> = nodes.iter().copied().map(Hit::of_node).collect();
    let mut patterns = Vec::new();
    condition.own_patterns(&mut patterns);
    patterns.retain(|pattern| matches!(pattern.root, PatternRoot::Block(_)) || pattern.has_decorators());
    if patterns.is_empty() {
        return Ok(TreeHits { hits, given_up });
    }
    let parents = tree.parents(&nodes)?;
    for pattern in patterns {
        let mut matcher = Matcher::new(pattern, tree)?;
        for (hit, parent) in hits.iter_mut().zip(&parents) {
            let is_open = hit.last == hit.node && hit.decorator.is_none();
            if is_open
                && pattern.kinds.contains(tree.kind(hit.node)?)
                && matcher
                    .matches(hit.node, &block_from(tree, *parent, hit.node, pattern.max_block_length())?)?
            {
                hit.last = matcher.last();
                hit.decorator = matcher.decorator_of(hit.node);
            }
        }
    }
    Ok(TreeHits { hits, given_up })
}
