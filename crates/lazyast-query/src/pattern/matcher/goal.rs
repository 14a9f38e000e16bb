//! Goals, which the matcher still has to meet, and choice points, to which it can return.

use lazyast_format::NodeId;

use super::arena::ArenaSpan;
use crate::pattern::program::{CaptureId, KeywordSetId, ListId, NameTest, NodeTest};

/// A comparison that has to succeed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    /// A node passes a test.
    Node(NodeTest, NodeId),
    /// Both a test and a node exist, and the node passes; or neither exists.
    Optional(Option<NodeTest>, Option<NodeId>),
    /// Subjects match a list, from one of its elements on.
    List(ListGoal),
    /// The keywords that remain match a keyword set, from one of its elements on.
    Keywords(KeywordGoal),
    /// The name of a node passes a test.
    Name(NameTest, NodeId),
}

/// What remains of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct ListGoal {
    pub(super) list: ListId,
    /// The index of the next element of the pattern.
    pub(super) element: u32,
    /// The subjects that no element has taken.
    pub(super) subjects: ArenaSpan,
    /// The number of choice points when the current segment was started: the list, or its last `$$$`. Before the list was
    /// started it is [`NOT_STARTED`](Self::NOT_STARTED). An independent segment drops the newer ones.
    pub(super) segment_choice: u32,
    /// The keywords that are compared after the list.
    pub(super) keywords: Option<PendingKeywords>,
}

impl ListGoal {
    pub(super) const NOT_STARTED: u32 = u32::MAX;
}

/// What remains of a keyword set.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeywordGoal {
    /// The index of the next element of the pattern.
    pub(super) element: u32,
    pub(super) pending: PendingKeywords,
}

/// The keywords of a call, a class or a class pattern.
#[derive(Clone, Copy, Debug)]
pub(super) struct PendingKeywords {
    pub(super) set: KeywordSetId,
    /// The keywords that no element has taken.
    pub(super) remaining: ArenaSpan,
    /// The capture of the last `$$$` of the list, and what it took there. It also takes the remaining keywords, so it
    /// is bound when these are known.
    pub(super) last_sequence: Option<(CaptureId, ArenaSpan)>,
}

/// A state to return to, and what to do differently there.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChoicePoint {
    /// The goal to repeat.
    pub(super) goal: Goal,
    /// Which way to meet the goal: of a list, how many subjects the `$$$` takes; of keywords, the index of the first
    /// keyword to try.
    pub(super) alternative: u32,
    pub(super) goals: GoalMark,
    pub(super) arena: u32,
    pub(super) bindings: u32,
    pub(super) first_decorator: NodeId,
}

/// A point to return to with [`GoalStack::restore`].
#[derive(Clone, Copy, Debug)]
pub(super) struct GoalMark {
    top: u32,
    cells: u32,
}

/// A stack of goals that can return to an earlier state: a linked list in a vector, whose cells outlive their goals.
#[derive(Debug)]
pub(super) struct GoalStack {
    /// Each goal, and the index of the goal below it.
    cells: Vec<(Goal, u32)>,
    top: u32,
}

/// The index of no goal.
const NONE: u32 = u32::MAX;

impl GoalStack {
    pub(super) fn new() -> Self {
        Self { cells: Vec::new(), top: NONE }
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.top = NONE;
    }

    #[inline]
    pub(super) fn push(&mut self, goal: Goal) {
        self.cells.push((goal, self.top));
        self.top = self.cells.len() as u32 - 1;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Goal> {
        if self.top == NONE {
            return None;
        }
        let (goal, below) = self.cells[self.top as usize];
        self.top = below;
        Some(goal)
    }

    #[inline]
    pub(super) fn mark(&self) -> GoalMark {
        GoalMark { top: self.top, cells: self.cells.len() as u32 }
    }

    #[inline]
    pub(super) fn restore(&mut self, mark: GoalMark) {
        self.top = mark.top;
        self.cells.truncate(mark.cells as usize);
    }
}
