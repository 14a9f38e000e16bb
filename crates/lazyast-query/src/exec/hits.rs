//! From the nodes that fulfil a condition to hits, and from a hit to the pattern that its captures come from.
//!
//! The executor keeps node numbers only. What a pattern captured, where a match of several statements ends, and which
//! decorators a pattern matched is computed again for the hits that are asked about: they are few, and a set of numbers is cheap to merge.

use lazyast_format::NodeId;

use super::filter::{all, filter};
use super::navigation::block_from;
use crate::error::ExecutionError;
use crate::hit::{Hit, TreeHits};
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternMatch, PatternRoot};
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

/// The pattern that the captures of a hit come from, and its match: the first of the condition's own patterns that
/// matches the node, in a part of the condition that the node fulfils.
pub(crate) fn match_at<'c>(
    tree: &IndexedTree<'_, '_>,
    condition: &'c Condition,
    node: NodeId,
) -> Result<Option<(&'c Pattern, PatternMatch)>, ExecutionError> {
    match condition {
        Condition::Pattern(pattern) => {
            let mut matcher = Matcher::new(pattern, tree)?;
            let has_kind = pattern.kinds.contains(tree.kind(node)?);
            let block = match pattern.root {
                PatternRoot::Node(_) => Vec::new(),
                PatternRoot::Block(_) => {
                    let parent = tree.parents(&[node])?.into_iter().next().flatten();
                    block_from(tree, parent, node, pattern.max_block_length())?
                }
            };
            Ok((has_kind && matcher.matches(node, &block)?).then(|| (&**pattern, matcher.matched())))
        }
        Condition::Captured(outer, _, _) | Condition::Compared(outer, _) => match_at(tree, outer, node),
        Condition::All(parts) => {
            for part in parts {
                let found = match_at(tree, part, node)?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        }
        Condition::Any(parts) => {
            for part in parts.iter().map(|part| &part.condition) {
                let mut patterns = Vec::new();
                part.own_patterns(&mut patterns);
                // In `A:pattern('$X'), B:pattern('$Y')` both patterns match the node; only one part selects it.
                if !patterns.is_empty() && !filter(tree, part, vec![node], &mut Vec::new())?.is_empty() {
                    return match_at(tree, part, node);
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}
