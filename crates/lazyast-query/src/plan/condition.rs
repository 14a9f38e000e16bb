//! [`Condition`]: a tree of conditions on one node.
//!
//! Both languages compile to conditions, and so does every combination of queries. A conjunction is flattened and
//! ordered by estimated cost when it is built; the executor tests its parts in this order.

use std::sync::Arc;

use lazyast_format::Field;

use super::list_position::ListPosition;
use super::relation::{Relation, SharedRelation};
use crate::attribute::AttributeTest;
use crate::pattern::Pattern;
use crate::prefilter::Prefilter;
use lazyast_format::{Kind, KindSet};

/// The deepest condition: its evaluation recurses once for each level.
pub(crate) const MAX_DEPTH: usize = 200;
/// The largest number of parts of a condition.
pub(crate) const MAX_SIZE: usize = 20_000;

/// A condition on a node.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Kinds(KindSet),
    /// The last field holds the node, the one before it holds the node's parent, and so on.
    Fields(Vec<(&'static str, Field)>),
    Attribute(Arc<AttributeTest>),
    Pattern(Arc<Pattern>),
    ListPosition(ListPosition),
    All(Vec<Self>),
    Any(Vec<Alternative>),
    Not(Box<Self>),
    /// What a metavariable captured fulfils the inner condition. The outer one has the patterns.
    Captured(Box<Self>, Arc<str>, Box<Self>),
    /// What two metavariables captured is equal, or is not. The condition has the patterns.
    Compared(Box<Self>, CaptureComparison),
    /// Some node in this relation to the node fulfils the inner condition.
    Related(Relation, Box<Self>),
    /// An ancestor fulfils the first condition, and no node between it and the node fulfils the second.
    AncestorUntil(Box<Self>, Box<Self>),
    /// Two queries with metavariables of the same name are fulfilled.
    Sharing(Box<Sharing>),
    /// The node is an `If` that is written as `elif`.
    Elif,
}

/// A condition, and one on another node. What metavariables of the same name captured must be equal.
#[derive(Clone, Debug)]
pub(crate) struct Sharing {
    /// What the node itself fulfils.
    pub(crate) outer: Condition,
    pub(crate) relation: SharedRelation,
    /// What the other node fulfils. Its patterns expect that the shared metavariables are bound already.
    pub(crate) other: Condition,
    /// What no node between the two fulfils, if the other is around the node.
    pub(crate) until: Option<Condition>,
    /// Whether there must be no such other node.
    pub(crate) is_negated: bool,
}

/// A part of a disjunction.
#[derive(Clone, Debug)]
pub(crate) struct Alternative {
    pub(crate) condition: Condition,
    /// What a tree must contain so that the part can be fulfilled. It spares most trees most parts of large disjunctions.
    pub(crate) prefilter: Prefilter,
}

/// A comparison of two captures by their names.
#[derive(Clone, Debug)]
pub(crate) struct CaptureComparison {
    pub(crate) left: Arc<str>,
    pub(crate) right: Arc<str>,
    /// Whether they must be equal; else they must differ.
    pub(crate) is_equal: bool,
}

impl Condition {
    /// The conjunction, the cheapest parts first. All sets of kinds become one.
    pub(crate) fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut parts = Vec::new();
        let mut kinds = KindSet::all();
        for condition in conditions {
            match condition {
                Self::All(inner) => parts.extend(inner),
                Self::Kinds(more) => kinds = kinds.and(more),
                condition => parts.push(condition),
            }
        }
        parts.retain(|part| match part {
            Self::Kinds(more) => {
                kinds = kinds.and(*more);
                false
            }
            _ => true,
        });
        if !kinds.is_all() || parts.is_empty() {
            parts.push(Self::Kinds(kinds));
        }
        parts.sort_by_key(Self::cost);
        if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
    }

    /// The disjunction. All sets of kinds become one.
    pub(crate) fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        let mut parts: Vec<Alternative> = Vec::new();
        let mut kinds = KindSet::EMPTY;
        let mut add = |condition, prefilter| match condition {
            Self::Kinds(more) => kinds = kinds.or(more),
            condition => parts.push(Alternative { condition, prefilter }),
        };
        for condition in conditions {
            match condition {
                Self::Any(inner) => inner.into_iter().for_each(|part| add(part.condition, part.prefilter)),
                condition => {
                    let prefilter = condition.prefilter();
                    add(condition, prefilter);
                }
            }
        }
        if !kinds.is_empty() {
            let condition = Self::Kinds(kinds);
            parts.push(Alternative { prefilter: condition.prefilter(), condition });
        }
        if parts.len() == 1 { parts.remove(0).condition } else { Self::Any(parts) }
    }

    pub(crate) fn not(self) -> Self {
        Self::Not(Box::new(self))
    }

    pub(crate) fn related(relation: Relation, other: Self) -> Self {
        Self::Related(relation, Box::new(other))
    }

    /// An estimate that orders conjunctions: lookups in one column, then merges, then tests that decode fields,
    /// then whatever needs parents or other conditions.
    fn cost(&self) -> u8 {
        match self {
            Self::Kinds(_) => 0,
            Self::Fields(fields) if fields.len() == 1 => 1,
            Self::Attribute(test) if test.is_cheap() => 2,
            Self::Related(Relation::Descendant | Relation::Ancestor, other)
                if matches!(**other, Self::Kinds(_)) =>
            {
                3
            }
            Self::Pattern(_) => 4,
            Self::Attribute(_) => 5,
            Self::Fields(_) => 6,
            Self::Any(_) | Self::All(_) | Self::Not(_) => 7,
            Self::Elif => 6,
            Self::Related(..)
            | Self::AncestorUntil(..)
            | Self::ListPosition(_)
            | Self::Captured(..)
            | Self::Compared(..)
            | Self::Sharing(_) => 8,
        }
    }

    /// A set of kinds that contains the kind of every node that fulfils the condition.
    pub(crate) fn kinds(&self) -> KindSet {
        match self {
            Self::Kinds(kinds) => *kinds,
            Self::Pattern(pattern) => pattern.kinds,
            Self::Attribute(test) => test.kinds(),
            Self::Captured(outer, _, _) | Self::Compared(outer, _) => outer.kinds(),
            Self::Sharing(sharing) => sharing.outer.kinds(),
            Self::Elif => Kind::If.into(),
            Self::All(parts) => parts.iter().fold(KindSet::all(), |kinds, part| kinds.and(part.kinds())),
            Self::Any(parts) => {
                parts.iter().fold(KindSet::EMPTY, |kinds, part| kinds.or(part.condition.kinds()))
            }
            _ => KindSet::all(),
        }
    }

    /// What a file must contain so that one of its nodes can fulfil the condition.
    pub(crate) fn prefilter(&self) -> Prefilter {
        match self {
            Self::Kinds(kinds) if kinds.is_all() => Prefilter::ACCEPT_ALL,
            Self::Kinds(kinds) => Prefilter::Kinds(*kinds),
            Self::Pattern(pattern) => pattern.prefilter.clone(),
            Self::Attribute(test) => test.prefilter(),
            Self::All(parts) => Prefilter::all(parts.iter().map(Self::prefilter)),
            Self::Any(parts) => Prefilter::any(parts.iter().map(|part| part.prefilter.clone())),
            Self::Related(_, other) | Self::AncestorUntil(other, _) => other.prefilter(),
            Self::Elif => Prefilter::Kinds(Kind::If.into()),
            Self::Sharing(sharing) if sharing.is_negated => sharing.outer.prefilter(),
            Self::Sharing(sharing) => Prefilter::all([sharing.outer.prefilter(), sharing.other.prefilter()]),
            // A `$$$` may have captured nothing, so the inner condition excludes no file.
            Self::Captured(outer, _, _) | Self::Compared(outer, _) => outer.prefilter(),
            Self::Fields(fields) => Prefilter::all(fields.iter().map(|(_, field)| Prefilter::Field(*field))),
            Self::ListPosition(_) | Self::Not(_) => Prefilter::ACCEPT_ALL,
        }
    }

    /// The depth of the condition, and the number of its parts.
    pub(crate) fn measure(&self) -> (usize, usize) {
        let add = |(depth, size): (usize, usize), inner: &Self| {
            let (inner_depth, inner_size) = inner.measure();
            (depth.max(inner_depth + 1), size.saturating_add(inner_size))
        };
        match self {
            Self::All(parts) => parts.iter().fold((1, 1), add),
            Self::Any(parts) => parts.iter().map(|part| &part.condition).fold((1, 1), add),
            Self::Not(inner) | Self::Related(_, inner) | Self::Compared(inner, _) => add((1, 1), inner),
            Self::Captured(outer, _, inner) | Self::AncestorUntil(outer, inner) => {
                add(add((1, 1), outer), inner)
            }
            Self::Sharing(sharing) => {
                let Sharing { outer, other, until, .. } = &**sharing;
                until.iter().fold(add(add((1, 1), outer), other), add)
            }
            _ => (1, 1),
        }
    }

    /// Collects why parts of the condition can never be fulfilled.
    pub(crate) fn hints(&self, hints: &mut Vec<String>) {
        match self {
            Self::Attribute(test) => hints.extend(test.hint()),
            Self::ListPosition(position) => hints.extend(position.hint()),
            Self::All(parts) => parts.iter().for_each(|part| part.hints(hints)),
            Self::Any(parts) => parts.iter().for_each(|part| part.condition.hints(hints)),
            Self::Not(inner) | Self::Related(_, inner) | Self::Compared(inner, _) => inner.hints(hints),
            Self::Captured(outer, _, inner) | Self::AncestorUntil(outer, inner) => {
                outer.hints(hints);
                inner.hints(hints);
            }
            Self::Sharing(sharing) => {
                sharing.outer.hints(hints);
                sharing.other.hints(hints);
            }
            Self::Pattern(pattern) => hints.extend(pattern.hints.iter().cloned()),
            Self::Kinds(_) | Self::Fields(_) | Self::Elif => {}
        }
    }

    /// Collects the patterns that the node itself is compared with, in order. Only these give captures: a pattern
    /// below `Not` or `Related` is about the absence of a match or about another node.
    pub(crate) fn own_patterns<'c>(&'c self, patterns: &mut Vec<&'c Arc<Pattern>>) {
        match self {
            Self::Pattern(pattern) => patterns.push(pattern),
            Self::Captured(outer, _, _) | Self::Compared(outer, _) => outer.own_patterns(patterns),
            Self::Sharing(sharing) => sharing.outer.own_patterns(patterns),
            Self::All(parts) => parts.iter().for_each(|part| part.own_patterns(patterns)),
            Self::Any(parts) => parts.iter().for_each(|part| part.condition.own_patterns(patterns)),
            _ => {}
        }
    }

    /// The condition, with patterns of its own that expect some metavariables to be bound already.
    pub(crate) fn with_bound(self, names: &[&str]) -> Self {
        match self {
            Self::Pattern(pattern) => Self::Pattern(Arc::new(pattern.with_bound(names))),
            Self::Captured(outer, name, inner) => {
                Self::Captured(Box::new(outer.with_bound(names)), name, inner)
            }
            Self::Compared(outer, comparison) => {
                Self::Compared(Box::new(outer.with_bound(names)), comparison)
            }
            Self::Sharing(sharing) => {
                let outer = sharing.outer.clone().with_bound(names);
                Self::Sharing(Box::new(Sharing { outer, ..*sharing }))
            }
            Self::All(parts) => Self::All(parts.into_iter().map(|part| part.with_bound(names)).collect()),
            Self::Any(parts) => Self::Any(
                parts
                    .into_iter()
                    .map(|part| Alternative { condition: part.condition.with_bound(names), ..part })
                    .collect(),
            ),
            condition => condition,
        }
    }
}
