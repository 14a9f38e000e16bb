//! Queries that are combined and share metavariables: `$F.close()` inside `with open($P) as $F: $$$`.
//!
//! The candidates fulfil their own condition, and the other nodes theirs. For each candidate, the nodes in the relation are
//! compared in turn, with what the candidate captured bound already. The captures of a candidate are those of its first
//! match; of the other node, every way to match is tried.

use lazyast_format::{Kind, NodeId};

use super::navigation::{block_from, lists};
use super::node_set::NodeSet;
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternMatch, PatternRoot};
use crate::plan::{Condition, SharedRelation, Sharing};

/// After so many nodes in the relation, the candidates that remain are given up.
const MAX_VISITED: usize = 10_000_000;

/// Keeps the candidates, which fulfil the outer condition, with another node that captured the same. `captures_of` gives
/// the first match of a candidate.
pub(super) fn with_shared_captures<'c>(
    mut nodes: RelatedNodes<'_, '_, '_>,
    sharing: &Sharing,
    candidates: Vec<NodeId>,
    captures_of: impl Fn(NodeId) -> Result<Option<(&'c Pattern, PatternMatch)>, ExecutionError>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut comparison = SharedComparison::new(nodes.tree, &sharing.other)?;
    let mut kept = Vec::new();
    for node in candidates {
        if nodes.visited > MAX_VISITED {
            given_up.push(node);
            continue;
        }
        let related = nodes.of(node)?;
        let captured = if related.is_empty() { None } else { captures_of(node)? };
        let mut is_shared = false;
        for other in related {
            is_shared = is_shared || comparison.accepts(other, captured.as_ref())?;
        }
        if is_shared != sharing.is_negated {
            kept.push(node);
        }
    }
    comparison.add_given_up(given_up);
    Ok(kept)
}

/// The nodes that fulfil the other condition, by their relation to a candidate.
pub(super) struct RelatedNodes<'n, 't, 'a> {
    tree: &'n IndexedTree<'t, 'a>,
    relation: SharedRelation,
    others: Vec<NodeId>,
    other_set: NodeSet,
    bounds: NodeSet,
    visited: usize,
}

impl<'n, 't, 'a> RelatedNodes<'n, 't, 'a> {
    /// `others` fulfil the other condition, and none of `bounds` may be between them and a candidate.
    pub(super) fn new(
        tree: &'n IndexedTree<'t, 'a>,
        relation: SharedRelation,
        others: Vec<NodeId>,
        bounds: Option<Vec<NodeId>>,
    ) -> Self {
        let other_set = NodeSet::of(tree, &others);
        let bounds = NodeSet::of(tree, &bounds.unwrap_or_default());
        Self { tree, relation, others, other_set, bounds, visited: 0 }
    }

    fn of(&mut self, node: NodeId) -> Result<Vec<NodeId>, ExecutionError> {
        let tree = self.tree;
        let mut related = Vec::new();
        match self.relation {
            SharedRelation::Same => related.extend(Some(node).filter(|node| self.other_set.contains(*node))),
            SharedRelation::Around => {
                let mut around = tree.parent(node)?;
                while let Some(ancestor) = around {
                    self.visited += 1;
                    if self.other_set.contains(ancestor) {
                        related.push(ancestor);
                    } else if self.bounds.contains(ancestor) {
                        break;
                    }
                    around = tree.parent(ancestor)?;
                }
            }
            SharedRelation::Inside => {
                let start = self.others.partition_point(|other| *other <= node);
                let end = self.others.partition_point(|other| *other < tree.subtree_end(node));
                related.extend_from_slice(self.others.get(start..end).unwrap_or_default());
                self.visited += related.len();
            }
            SharedRelation::Before | SharedRelation::After => {
                self.add_siblings(node, &mut related)?;
                if let Some(statement) = tree.parent(node)?
                    && tree.kind(statement)? == Kind::Expr
                {
                    self.add_siblings(statement, &mut related)?;
                }
            }
        }
        Ok(related)
    }

    fn add_siblings(&mut self, node: NodeId, related: &mut Vec<NodeId>) -> Result<(), ExecutionError> {
        let Some(parent) = self.tree.parent(node)? else { return Ok(()) };
        for list in lists(self.tree, parent)? {
            self.visited += list.len();
            let Ok(index) = list.binary_search(&node) else { continue };
            let siblings = match self.relation {
                SharedRelation::Before => &list[..index],
                _ => &list[index + 1..],
            };
            for sibling in siblings {
                let is_expression = self.tree.kind(*sibling)? == Kind::Expr;
                let nodes = [Some(*sibling), is_expression.then_some(*sibling + 1)];
                related.extend(nodes.into_iter().flatten().filter(|node| self.other_set.contains(*node)));
            }
        }
        Ok(())
    }
}

/// Compares other nodes with what candidates captured.
struct SharedComparison<'p, 't, 'a> {
    tree: &'t IndexedTree<'t, 'a>,
    matchers: Vec<(&'p Pattern, Matcher<'p, 't, 'a>)>,
}

impl<'p, 't, 'a> SharedComparison<'p, 't, 'a> {
    fn new(tree: &'t IndexedTree<'t, 'a>, other: &'p Condition) -> Result<Self, ExecutionError> {
        let mut patterns = Vec::new();
        other.own_patterns(&mut patterns);
        let matchers = patterns.into_iter().map(|pattern| Ok((&**pattern, Matcher::new(pattern, tree)?)));
        Ok(Self { tree, matchers: matchers.collect::<Result<_, ExecutionError>>()? })
    }

    /// Whether a node, which fulfils the other condition, captured the same as a candidate. So does a node that no
    /// pattern matches, and any node if the candidate captured nothing.
    fn accepts(
        &mut self,
        node: NodeId,
        captured: Option<&(&Pattern, PatternMatch)>,
    ) -> Result<bool, ExecutionError> {
        let Some((outer, matched)) = captured else { return Ok(true) };
        let mut is_matched = false;
        for (pattern, matcher) in &mut self.matchers {
            if !pattern.kinds.contains(self.tree.kind(node)?) {
                continue;
            }
            let block = match pattern.root {
                PatternRoot::Node(_) => Vec::new(),
                PatternRoot::Block(_) => {
                    block_from(self.tree, self.tree.parent(node)?, node, pattern.max_block_length())?
                }
            };
            let bound: Vec<_> = (pattern.captures.iter().enumerate())
                .filter_map(|(index, slot)| {
                    let of_outer = outer.captures.iter().position(|outer| outer.name == slot.name)?;
                    Some((index, outer.captures[of_outer].is_sequence, &matched.captures[of_outer][..]))
                })
                .collect();
            if matcher.matches_with(node, &block, &bound)? {
                return Ok(true);
            }
            is_matched = is_matched || matcher.matches(node, &block)?;
        }
        Ok(!is_matched)
    }

    fn add_given_up(&self, given_up: &mut Vec<NodeId>) {
        self.matchers.iter().for_each(|(_, matcher)| given_up.extend(matcher.given_up()));
    }
}
