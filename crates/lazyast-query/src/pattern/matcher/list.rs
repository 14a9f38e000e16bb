//! The step of a list: compares one element, or lets a `$$$` take subjects.
//!
//! Counts are tested before anything is compared: each element other than `$$$` takes one subject, so a list with too
//! few subjects, or with too many and no `$$$` left, fails at once.

use lazyast_format::Damage;

use super::arena::ArenaSpan;
use super::binding::Binding;
use super::goal::{Goal, KeywordGoal, ListGoal, PendingKeywords};
use super::state::Matcher;
use crate::pattern::program::{CaptureId, DefaultTest, ListElement, ListPattern, NodeTest};
use crate::pattern::subject::{Subject, SubjectForm};

impl Matcher<'_, '_, '_> {
    /// `alternative` is how many subjects the next element takes, if it is a `$$$`.
    pub(super) fn step_list(&mut self, mut goal: ListGoal, alternative: u32) -> Result<bool, Damage> {
        if goal.segment_choice == ListGoal::NOT_STARTED {
            goal.segment_choice = self.choice_points.len() as u32;
        }
        let pattern = self.pattern;
        let list = &pattern.lists[goal.list as usize];
        let Some(element) = list.elements.get(goal.element as usize) else {
            if let Some(pending) = goal.keywords {
                self.goals.push(Goal::Keywords(KeywordGoal { element: 0, pending }));
            }
            return Ok(list.is_prefix || goal.subjects.is_empty());
        };
        let after = list.elements.len() - goal.element as usize - 1;
        let needed = list.needed_after[goal.element as usize];
        // Whether no `$$$` follows, and the list ends with its last element.
        let has_fixed_rest = needed as usize == after && !list.is_prefix;
        if let ListElement::Sequence(capture) = element {
            let Some(spare) = goal.subjects.len().checked_sub(needed) else { return Ok(false) };
            return self.take_sequence(goal, list, *capture, spare, has_fixed_rest, alternative);
        }
        let has_right_count =
            if has_fixed_rest { goal.subjects.len() == needed + 1 } else { goal.subjects.len() > needed };
        if !has_right_count {
            return Ok(false);
        }
        let subject = self.arena.get(goal.subjects, 0);
        if let Some((capture, part)) = list.recurring[goal.element as usize]
            && matches!(self.bindings.get(capture), Binding::Unbound)
            && !self.may_occur_again(goal.list, part, goal.subjects)?
        {
            return Ok(false);
        }
        if after == 0 && list.is_prefix {
            self.last = subject.node;
        }
        let (_, subjects) = goal.subjects.split_at(1);
        self.goals.push(Goal::List(ListGoal { element: goal.element + 1, subjects, ..goal }));
        self.compare(*element, subject)
    }

    /// Lets a `$$$` take subjects: all that are spare if it is the last one, else as many as the alternative says.
    fn take_sequence(
        &mut self,
        goal: ListGoal,
        list: &ListPattern,
        capture: Option<CaptureId>,
        spare: u32,
        is_last: bool,
        alternative: u32,
    ) -> Result<bool, Damage> {
        let length = if is_last { spare } else { alternative };
        if !is_last && alternative == 0 && spare > 0 && self.is_known_to_fail(goal, capture) {
            return Ok(false);
        }
        if list.ends_independent[goal.element as usize] {
            self.choice_points.truncate(goal.segment_choice as usize);
        }
        let segment_choice = self.choice_points.len() as u32;
        if length < spare {
            self.add_choice_point(Goal::List(goal), length + 1);
        }
        let (taken, subjects) = goal.subjects.split_at(length);
        let keywords = match (goal.keywords, capture) {
            (Some(pending), Some(capture)) if is_last => {
                Some(PendingKeywords { last_sequence: Some((capture, taken)), ..pending })
            }
            (keywords, capture) => {
                if !self.bind_sequence(capture, taken, ArenaSpan::default())? {
                    return Ok(false);
                }
                keywords
            }
        };
        let element = goal.element + 1;
        self.goals.push(Goal::List(ListGoal { element, subjects, keywords, segment_choice, ..goal }));
        Ok(true)
    }

    /// Whether a `$$$` whose content does not matter is met again in a state in which it failed.
    fn is_known_to_fail(&mut self, goal: ListGoal, capture: Option<CaptureId>) -> bool {
        let is_compared = capture.is_some_and(|capture| self.is_repeated(capture));
        let state = self.bindings.repeated_state();
        !is_compared && self.failed_starts.is_known(goal.list, goal.element, goal.subjects, state)
    }

    /// Compares one element, which is no `$$$`, with one subject.
    fn compare(&mut self, element: ListElement, subject: Subject) -> Result<bool, Damage> {
        match (element, subject.form) {
            // Bound at once instead of by a goal, because this is most frequent.
            (ListElement::Node(NodeTest::Any(capture)), SubjectForm::Node) => {
                self.bind_node(capture, subject.node)
            }
            (ListElement::Node(test), _) => {
                self.goals.push(Goal::Node(test, subject.node));
                Ok(true)
            }
            (ListElement::Parameter(expected, test, default), SubjectForm::Parameter(field, value)) => {
                if !expected.include(field) {
                    return Ok(false);
                }
                match default {
                    DefaultTest::Anything => {}
                    DefaultTest::Absent => self.goals.push(Goal::Optional(None, value)),
                    DefaultTest::Matches(test) => self.goals.push(Goal::Optional(Some(test), value)),
                }
                if let NodeTest::Any(capture) = test {
                    return self.bind(capture, subject);
                }
                self.goals.push(Goal::Node(test, subject.node));
                Ok(true)
            }
            (ListElement::DictItem(key_test, value_test), SubjectForm::DictItem(key)) => {
                self.goals.push(Goal::Node(value_test, subject.node));
                self.goals.push(Goal::Optional(key_test, key));
                Ok(true)
            }
            (ListElement::Name(test), SubjectForm::Name(name)) => self.name(test, subject.node, name),
            _ => Ok(false),
        }
    }
}
