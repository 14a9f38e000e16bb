//! [`Matcher`]: the state of a comparison, which is used again for every node of a tree.

use lazyast_format::encoding::{NameInAnyContext, Payload};
use lazyast_format::{Damage, Field, Kind, NodeId};

use super::arena::{ArenaSpan, SubjectArena};
use super::binding::{Binding, Bindings};
use super::failed_starts::FailedStarts;
use super::goal::{ChoicePoint, Goal, GoalStack, ListGoal, PendingKeywords};
use super::recurrence::Recurrences;
use crate::indexed_tree::IndexedTree;
use crate::pattern::program::{ListId, Pattern};
use crate::pattern::subject::Subject;
use crate::reference::ReferenceInTree;

/// How a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternMatch {
    /// What each metavariable matched, in the order of the pattern's captures.
    pub(crate) captures: Vec<Vec<Subject>>,
}

/// Compares a pattern with nodes of one tree.
#[derive(Debug)]
pub(crate) struct Matcher<'p, 't, 'a> {
    pub(super) pattern: &'p Pattern,
    pub(super) tree: &'t IndexedTree<'t, 'a>,
    /// The numbers of the pattern's names in the tree.
    pub(super) names: Vec<Option<u32>>,
    pub(super) quick_rejects: Vec<ResolvedReject>,
    pub(super) references: Vec<ReferenceInTree>,
    pub(super) goals: GoalStack,
    pub(super) choice_points: Vec<ChoicePoint>,
    pub(super) arena: SubjectArena,
    pub(super) bindings: Bindings,
    pub(super) failed_starts: FailedStarts,
    pub(super) recurrences: Recurrences,
    /// The last statement of the match.
    pub(super) last: NodeId,
    /// The first decorator that a decorator of the pattern matched; if there is none, the largest number.
    pub(super) first_decorator: NodeId,
    /// The steps of the comparison with the current node.
    pub(super) steps: u32,
    /// The steps of all comparisons.
    pub(super) all_steps: u32,
    /// The nodes whose comparison took too many steps.
    pub(super) given_up: Vec<NodeId>,
}

/// A quick reject with the numbers of the tree.
#[derive(Debug)]
pub(super) struct ResolvedReject {
    pub(super) distance: u32,
    pub(super) kind: u8,
    pub(super) name: Option<NameInAnyContext>,
    /// The bits of the node's payload.
    pub(super) payload: Option<u32>,
    /// The names that the node may have instead, if it is a `Name`.
    pub(super) other_names: Vec<NameInAnyContext>,
}

impl ResolvedReject {
    /// A kind that no node has.
    const NO_KIND: u8 = u8::MAX;

    /// Whether no other node passes than one with one of the other names.
    pub(super) fn has_other_names_only(&self) -> bool {
        self.kind == Self::NO_KIND
    }
}

/// The tests of the node that stands for a dotted name.
fn reject_by_reference(distance: u32, reference: &ReferenceInTree) -> Vec<ResolvedReject> {
    let reject = |distance, kind: Kind, name: u32| ResolvedReject {
        distance,
        kind: kind as u8,
        name: Some(NameInAnyContext::new(name)),
        payload: None,
        other_names: Vec::new(),
    };
    match reference {
        // The last attribute comes first.
        ReferenceInTree::Spelled(Some(numbers)) => numbers
            .iter()
            .rev()
            .zip(distance..)
            .map(|(number, at)| {
                let is_base = (at - distance) as usize + 1 == numbers.len();
                reject(at, if is_base { Kind::Name } else { Kind::Attribute }, *number)
            })
            .collect(),
        ReferenceInTree::Spelled(None) => Vec::new(),
        ReferenceInTree::Meant { attribute, names, .. } => {
            let other_names = names.iter().map(|name| NameInAnyContext::new(*name)).collect();
            let by_attribute = attribute.map(|name| reject(distance, Kind::Attribute, name));
            let only_names = || ResolvedReject {
                distance,
                kind: ResolvedReject::NO_KIND,
                name: None,
                payload: None,
                other_names: Vec::new(),
            };
            vec![ResolvedReject { other_names, ..by_attribute.unwrap_or_else(only_names) }]
        }
    }
}

impl<'p, 't, 'a> Matcher<'p, 't, 'a> {
    pub(crate) fn new(pattern: &'p Pattern, tree: &'t IndexedTree<'t, 'a>) -> Result<Self, Damage> {
        let names: Vec<Option<u32>> = pattern.names.iter().map(|name| tree.find_name(name)).collect();
        let references = pattern.references.iter().map(|reference| ReferenceInTree::of(reference, tree));
        let references = references.collect::<Result<Vec<_>, _>>()?;
        let mut quick_rejects = Vec::with_capacity(pattern.quick_rejects.len());
        for reject in &pattern.quick_rejects {
            if let Some(reference) = reject.reference {
                quick_rejects.extend(reject_by_reference(reject.distance, &references[reference as usize]));
                continue;
            }
            let name = reject.name.and_then(|name| names[name as usize]);
            quick_rejects.push(ResolvedReject {
                distance: reject.distance,
                kind: reject.kind as u8,
                name: name.map(NameInAnyContext::new),
                payload: reject.payload.map(Payload::encode),
                other_names: Vec::new(),
            });
        }
        Ok(Self {
            pattern,
            tree,
            quick_rejects,
            references,
            names,
            goals: GoalStack::new(),
            choice_points: Vec::new(),
            arena: SubjectArena::default(),
            bindings: Bindings::new(pattern.captures.len()),
            failed_starts: FailedStarts::default(),
            recurrences: Recurrences::default(),
            last: 0,
            first_decorator: NodeId::MAX,
            steps: 0,
            all_steps: 0,
            given_up: Vec::new(),
        })
    }

    /// Prepares the comparison with a node.
    #[inline]
    pub(super) fn reset(&mut self, node: NodeId) {
        self.goals.clear();
        self.choice_points.clear();
        self.arena.truncate(0);
        self.bindings.clear();
        self.failed_starts.clear();
        self.recurrences.clear();
        self.last = node;
        self.first_decorator = NodeId::MAX;
    }

    /// Adds a list as a goal. Its choice points start when the goal is taken, which is later.
    #[inline]
    pub(super) fn push_list(&mut self, list: ListId, subjects: ArenaSpan, keywords: Option<PendingKeywords>) {
        let segment_choice = ListGoal::NOT_STARTED;
        self.goals.push(Goal::List(ListGoal { list, element: 0, subjects, segment_choice, keywords }));
    }

    /// Adds a choice point: the goal can be met in another way. The goals below it are those on the stack now.
    #[inline]
    pub(super) fn add_choice_point(&mut self, goal: Goal, alternative: u32) {
        self.choice_points.push(ChoicePoint {
            goal,
            alternative,
            goals: self.goals.mark(),
            arena: self.arena.mark(),
            bindings: self.bindings.mark(),
            first_decorator: self.first_decorator,
        });
    }

    /// Returns to the newest choice point and removes it.
    #[inline]
    pub(super) fn restore(&mut self) -> Option<(Goal, u32)> {
        let point = self.choice_points.pop()?;
        self.goals.restore(point.goals);
        self.arena.truncate(point.arena);
        self.failed_starts.truncate(point.arena);
        self.recurrences.truncate(point.arena);
        self.bindings.undo(point.bindings);
        self.first_decorator = point.first_decorator;
        Some((point.goal, point.alternative))
    }

    /// What the last comparison matched. It must have succeeded.
    pub(crate) fn matched(&self) -> PatternMatch {
        let captures = self.bindings.iter().map(|binding| match binding {
            Binding::Unbound => Vec::new(),
            Binding::One(subject) => vec![subject],
            Binding::Sequence(span) => self.arena.slice(span).to_vec(),
        });
        PatternMatch { captures: captures.collect() }
    }

    /// The nodes whose comparison took too many steps, so that they count as not matching.
    pub(crate) fn given_up(&self) -> &[NodeId] {
        &self.given_up
    }

    /// The last statement that the last comparison matched. It must have succeeded.
    pub(crate) fn last(&self) -> NodeId {
        self.last
    }

    /// The first decorator of a node that the last comparison with it matched. It must have succeeded.
    ///
    /// A pattern can have decorators inside of the node as well. Those of the node come first.
    pub(crate) fn decorator_of(&self, node: NodeId) -> Option<NodeId> {
        let mut decorator = node + 1;
        while decorator < self.first_decorator && self.tree.field(decorator) == Ok(Field::DecoratorList) {
            decorator = self.tree.subtree_end(decorator);
        }
        (decorator == self.first_decorator).then_some(decorator)
    }
}
