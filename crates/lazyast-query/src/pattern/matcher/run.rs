//! The loop of steps, and backtracking.

use lazyast_format::{Damage, NodeId};

use super::goal::Goal;
use super::state::Matcher;
use crate::error::ExecutionError;
use crate::pattern::program::{CaptureId, ListElement, NodeTest, PatternRoot};
use crate::pattern::subject::Subject;

/// The largest number of steps of the comparison with one node: a fraction of a second.
pub(crate) const MAX_STEPS: u32 = 10_000_000;
/// After so many steps for one tree, the comparison with each further node has only the steps beside.
const LATER_LIMITS: [(u32, u32); 2] = [(100_000_000, 100), (30_000_000, 10_000)];

impl Matcher<'_, '_, '_> {
    /// Compares the pattern with a node. For a pattern of several statements, `block` is the node and those after it
    /// in its block; else it is empty.
    pub(crate) fn matches(&mut self, node: NodeId, block: &[NodeId]) -> Result<bool, ExecutionError> {
        self.matches_with(node, block, &[])
    }

    /// As [`matches`](Self::matches), with what some metavariables must equal.
    pub(crate) fn matches_with(
        &mut self,
        node: NodeId,
        block: &[NodeId],
        bound: &[(usize, bool, &[Subject])],
    ) -> Result<bool, ExecutionError> {
        self.reset(node);
        for (capture, is_sequence, subjects) in bound {
            self.bind_before(*capture as CaptureId, *is_sequence, subjects);
        }
        match self.pattern.root {
            PatternRoot::Node(test) => self.goals.push(Goal::Node(test, node)),
            PatternRoot::Block(list) => {
                let mark = self.arena.mark();
                block.iter().for_each(|node| self.arena.push(Subject::node(*node)));
                self.push_list(list, self.arena.span_from(mark), None);
            }
        }
        self.run(node)
    }

    /// Whether a pattern of several statements may match from a node on: the node matches the first statement alone,
    /// and the next node has the kind of the second. This needs no block.
    pub(crate) fn may_start_at(&mut self, node: NodeId) -> Result<bool, ExecutionError> {
        let PatternRoot::Block(list) = self.pattern.root else { return Ok(true) };
        let elements = &self.pattern.lists[list as usize].elements;
        let Some(ListElement::Node(first)) = elements.first() else { return Ok(true) };
        if let Some(ListElement::Node(NodeTest::Template(second))) = elements.get(1) {
            let kind = self.pattern.templates[*second as usize].kind as u8;
            if self.tree.kinds().get(self.tree.subtree_end(node) as usize) != Some(&kind) {
                return Ok(false);
            }
        }
        self.reset(node);
        self.goals.push(Goal::Node(*first, node));
        self.run(node)
    }

    /// Takes goals until none remains, or until one fails without a choice point to return to.
    ///
    /// A comparison that takes too many steps fails, and its node is remembered.
    fn run(&mut self, node: NodeId) -> Result<bool, ExecutionError> {
        let later = LATER_LIMITS.into_iter().find(|(many, _)| self.all_steps > *many);
        let limit = later.map_or(MAX_STEPS, |(_, few)| few);
        self.steps = 0;
        let mut succeeds = true;
        while let Some(goal) = self.goals.pop() {
            self.steps += 1;
            if self.steps > limit {
                self.given_up.push(node);
                succeeds = false;
                break;
            }
            if !self.step(goal, 0)? && !self.backtrack()? {
                succeeds = false;
                break;
            }
        }
        self.all_steps = self.all_steps.saturating_add(self.steps);
        Ok(succeeds)
    }

    /// Returns to choice points until the alternative of one succeeds. Without one the comparison has failed.
    fn backtrack(&mut self) -> Result<bool, Damage> {
        while let Some((goal, alternative)) = self.restore() {
            if self.step(goal, alternative)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a goal can be met. What remains of it is pushed as goals.
    fn step(&mut self, goal: Goal, alternative: u32) -> Result<bool, Damage> {
        match goal {
            Goal::Node(test, node) | Goal::Optional(Some(test), Some(node)) => {
                self.step_node(test, node, alternative)
            }
            Goal::Optional(None, None) => Ok(true),
            Goal::Optional(..) => Ok(false),
            Goal::List(goal) => self.step_list(goal, alternative),
            Goal::Keywords(goal) => self.step_keywords(goal, alternative),
            Goal::Name(test, node) => self.step_name(test, node),
        }
    }
}
