//! Conditions over sets of candidates.
//!
//! [`all`] evaluates a condition over the whole tree, [`filter`] over given candidates. They call each other: a
//! relation is evaluated by filtering the candidates with the set of all nodes that fulfil its inner condition. Nodes
//! whose comparison with a pattern takes too many steps are added to `given_up`, and do not match.

use lazyast_format::{NodeId, Tree};

use super::candidates::of_kinds;
use super::captures::{with_captures, with_compared_captures};
use super::elif::written_as_elif;
use super::fields::in_fields;
use super::navigation::{distinct, parents};
use super::node_set::{NodeSet, retain, union};
use super::patterns::matching;
use super::positions::at_position;
use super::relations::{
    SiblingDirection, with_ancestor, with_child, with_descendant, with_near_ancestor, with_sibling,
};
use crate::error::ExecutionError;
use crate::plan::{Condition, Relation};

/// Every node that fulfils a condition, ascending.
pub(super) fn all(
    tree: &Tree<'_>,
    condition: &Condition,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let kinds = condition.kinds();
    let candidates = of_kinds(tree, kinds);
    match condition {
        Condition::Kinds(_) => Ok(candidates),
        Condition::All(parts) => {
            // The scan has already tested the part that only asks for kinds.
            let is_tested =
                |part: &&Condition| matches!(part, Condition::Kinds(all) if all.and(kinds) == kinds);
            let mut remaining = candidates;
            for part in parts.iter().filter(|part| !is_tested(part)) {
                remaining = filter(tree, part, remaining, given_up)?;
            }
            Ok(remaining)
        }
        condition => filter(tree, condition, candidates, given_up),
    }
}

/// The candidates that fulfil a condition. Candidates and result are ascending.
pub(super) fn filter(
    tree: &Tree<'_>,
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
            for part in parts {
                let one = filter(tree, part, candidates.clone(), given_up)?;
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
        Condition::Elif => written_as_elif(tree, candidates),
        Condition::Related(relation, other) => related(tree, *relation, other, candidates, given_up),
    }
}

/// The candidates with a related node that fulfils another condition.
fn related(
    tree: &Tree<'_>,
    relation: Relation,
    other: &Condition,
    candidates: Vec<NodeId>,
    given_up: &mut Vec<NodeId>,
) -> Result<Vec<NodeId>, ExecutionError> {
    let direction = match relation {
        Relation::Ancestor => return with_ancestor(tree, all(tree, other, given_up)?, candidates),
        Relation::Descendant => return with_descendant(tree, &all(tree, other, given_up)?, candidates),
        Relation::Child => return with_child(tree, &all(tree, other, given_up)?, candidates),
        // Only the candidates' parents are tested: they are few, and known.
        Relation::Parent => {
            let parents = parents(tree, &candidates)?;
            let fulfilling = NodeSet::of(tree, &filter(tree, other, distinct(&parents), given_up)?);
            let mut parents = parents.into_iter();
            return retain(candidates, |_| {
                Ok(parents.next().flatten().is_some_and(|parent| fulfilling.contains(parent)))
            });
        }
        Relation::PreviousSibling => SiblingDirection::Previous,
        Relation::EarlierSibling => SiblingDirection::Earlier,
        Relation::NextSibling => SiblingDirection::Next,
        Relation::LaterSibling => SiblingDirection::Later,
    };
    with_sibling(tree, direction, &all(tree, other, given_up)?, candidates)
}
