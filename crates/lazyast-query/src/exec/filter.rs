//! Conditions over sets of candidates.
//!
//! [`all`] evaluates a condition over the whole tree, [`filter`] over given candidates. They call each other: a
//! relation is evaluated by filtering the candidates with the set of all nodes that fulfil its inner condition. Nodes
//! whose comparison with a pattern takes too many steps are added to `given_up`, and do not match. [`match_at`] says which
//! pattern the captures of a node come from.

use lazyast_format::{KindSet, NodeId};

use super::captures::{with_captures, with_compared_captures};
use super::elif::written_as_elif;
use super::fields::in_fields;
use super::navigation::{block_from, distinct, next_siblings};
use super::node_set::{NodeSet, retain, union};
use super::patterns::{all_matching, matching};
use super::positions::at_position;
use super::relations::{
    SiblingDirection, after_others, before_others, with_ancestor, with_child, with_descendant,
    with_near_ancestor, with_sibling,
};
use super::sharing::{RelatedNodes, with_shared_captures};
use crate::error::ExecutionError;
use crate::indexed_tree::IndexedTree;
use crate::pattern::{Matcher, Pattern, PatternMatch, PatternRoot};
use crate::plan::{Condition, Relation};
use crate::schema::child_fields;

/// Every node that fulfils a condition, ascending.
pub(super) fn all(
    tree: &IndexedTree<'_, '_>,
    condition: &Condition,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let parts = match condition {
        Condition::Kinds(kinds) => return Ok(tree.nodes_of(*kinds)),
        Condition::Any(parts) => {
            let mut fulfilling = Vec::new();
            for part in parts.iter().filter(|part| part.prefilter.accepts(tree)) {
                fulfilling = union(fulfilling, all(tree, &part.condition, given_up)?);
            }
            return Ok(fulfilling);
        }
        Condition::All(parts) => parts,
        condition => std::slice::from_ref(condition),
    };
    let kinds = condition.kinds();
    let mut tests = parts.iter().filter(|part| !matches!(part, Condition::Kinds(_)));
    if let (Some(Condition::Pattern(pattern)), None) = (tests.next(), tests.next()) {
        return all_matching(tree, pattern, kinds, given_up);
    }
    let (mut remaining, tested) = first_candidates(tree, parts, kinds, given_up)?;
    for (index, part) in parts.iter().enumerate() {
        // The first candidates have all kinds that the condition asks for.
        let is_tested = matches!(part, Condition::Kinds(_)) || tested == Some(index);
        if !is_tested {
            remaining = filter(tree, part, remaining, given_up)?;
        }
    }
    Ok(remaining)
}

/// The nodes of some kinds from which those that fulfil all of some conditions are selected, and the index of a condition
/// that all of them fulfil.
///
/// A field, and what stands before a node, are mostly rarer than a kind, and as cheap to find; so are several of these.
fn first_candidates(
    tree: &IndexedTree<'_, '_>,
    parts: &[Condition],
    kinds: KindSet,
    given_up: &mut Vec<NodeId>,
) -> Result<(Vec<NodeId>, Option<usize>), ExecutionError> {
    let codes = tree.kinds();
    for (index, part) in parts.iter().enumerate() {
        let mut nodes = match part {
            Condition::Fields(fields) if fields.len() == 1 => tree.nodes_in(fields[0].1),
            Condition::Related(Relation::PreviousSibling, other) => {
                distinct(&next_siblings(tree, &all(tree, other, given_up)?)?)
            }
            Condition::Any(alternatives)
                if alternatives.iter().all(|one| starts_with_few(&one.condition)) =>
            {
                all(tree, part, given_up)?
            }
            _ => continue,
        };
        nodes.retain(|node| kinds.contains_code(codes[*node as usize]));
        return Ok((nodes, Some(index)));
    }
    Ok((tree.nodes_of(kinds), None))
}

/// Whether the first candidates of a condition are those in a field, or after a node.
fn starts_with_few(condition: &Condition) -> bool {
    match condition {
        Condition::Fields(fields) => fields.len() == 1,
        Condition::Related(Relation::PreviousSibling, _) => true,
        Condition::All(parts) => parts.iter().any(starts_with_few),
        _ => false,
    }
}

/// The candidates that fulfil a condition. Candidates and result are ascending.
pub(super) fn filter(
    tree: &IndexedTree<'_, '_>,
    condition: &Condition,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    if candidates.is_empty() {
        return Ok(candidates);
    }
    match condition {
        Condition::Kinds(kinds) if kinds.is_all() => Ok(candidates),
        Condition::Kinds(kinds) => retain(candidates, |node| Ok(kinds.contains(tree.kind(node)?))),
        Condition::Fields(fields) => in_fields(tree, fields, candidates),
        Condition::Attribute(test) => Ok(test.filter(tree, candidates)?),
        Condition::Pattern(pattern) => matching(tree, pattern, candidates, given_up),
        Condition::ListPosition(position) => at_position(tree, *position, candidates),
        Condition::All(parts) => {
            let mut remaining = candidates;
            for part in parts {
                remaining = filter(tree, part, remaining, given_up)?;
            }
            Ok(remaining)
        }
        Condition::Any(parts) => {
            let mut fulfilling = Vec::new();
            for part in parts.iter().filter(|part| part.prefilter.accepts(tree)) {
                let one = filter(tree, &part.condition, candidates.clone(), given_up)?;
                fulfilling = union(fulfilling, one);
            }
            Ok(fulfilling)
        }
        Condition::Not(inner) => {
            let mut excluded = filter(tree, inner, candidates.clone(), given_up)?.into_iter().peekable();
            retain(candidates, |node| Ok(excluded.next_if_eq(&node).is_none()))
        }
        Condition::Captured(outer, name, inner) => {
            let matching = filter(tree, outer, candidates, given_up)?;
            // What was captured is less than the tree.
            with_captures(tree, outer, name, &matching, |captured| filter(tree, inner, captured, given_up))
        }
        Condition::Compared(outer, comparison) => {
            let matching = filter(tree, outer, candidates, given_up)?;
            with_compared_captures(tree, outer, comparison, matching)
        }
        Condition::AncestorUntil(other, until) => {
            let bounds = all(tree, until, given_up)?;
            with_near_ancestor(tree, all(tree, other, given_up)?, bounds, candidates)
        }
        Condition::Sharing(sharing) => {
            let matching = filter(tree, &sharing.outer, candidates, given_up)?;
            if matching.is_empty() {
                return Ok(matching);
            }
            let nodes = RelatedNodes::new(
                tree,
                sharing.relation,
                all(tree, &sharing.other, given_up)?,
                sharing.until.as_ref().map(|until| all(tree, until, given_up)).transpose()?,
            );
            let captures_of = |node| match_at(tree, &sharing.outer, node);
            with_shared_captures(nodes, sharing, matching, captures_of, given_up)
        }
        Condition::Elif => written_as_elif(tree, candidates),
        Condition::Related(relation, other) => related(tree, *relation, other, candidates, given_up),
    }
}

/// The candidates with a related node that fulfils another condition.
fn related(
    tree: &IndexedTree<'_, '_>,
    relation: Relation,
    other: &Condition,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut others = || all(tree, other, given_up);
    match relation {
        Relation::Ancestor => with_ancestor(tree, others()?, candidates),
        Relation::Descendant => with_descendant(tree, &others()?, candidates),
        Relation::Child => with_child(tree, &others()?, candidates),
        Relation::PreviousSibling => after_others(tree, &others()?, candidates),
        Relation::NextSibling => before_others(tree, &others()?, candidates),
        Relation::EarlierSibling => with_sibling(tree, SiblingDirection::Earlier, &others()?, candidates),
        Relation::LaterSibling => with_sibling(tree, SiblingDirection::Later, &others()?, candidates),
        Relation::Parent => with_parent(tree, other, candidates, given_up),
    }
}

/// The candidates whose parent fulfils another condition. Only the candidates' parents are tested: they are few, and
/// known.
fn with_parent(
    tree: &IndexedTree<'_, '_>,
    other: &Condition,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let mut candidates = candidates;
    let fields = child_fields(other.kinds());
    candidates.retain(|node| fields[usize::from(tree.field_code(*node))]);
    let parents = tree.parents(&candidates)?;
    let mut each = parents.iter().copied();
    if let Condition::Kinds(kinds) = other {
        return retain(candidates, |_| match each.next().flatten() {
            Some(parent) => Ok(kinds.contains(tree.kind(parent)?)),
            None => Ok(false),
        });
    }
    let fulfilling = NodeSet::of(tree, &filter(tree, other, distinct(&parents), given_up)?);
    retain(candidates, |_| Ok(each.next().flatten().is_some_and(|parent| fulfilling.contains(parent))))
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
                    block_from(tree, tree.parent(node)?, node, pattern.max_block_length())?
                }
            };
            Ok((has_kind && matcher.matches(node, &block)?).then(|| (&**pattern, matcher.matched())))
        }
        Condition::Captured(outer, _, _) | Condition::Compared(outer, _) => match_at(tree, outer, node),
        Condition::Sharing(sharing) => match_at(tree, &sharing.outer, node),
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
