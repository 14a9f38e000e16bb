//! The step of keywords and decorators, which match in any order.
//!
//! The elements of the pattern are taken in turn. Each takes the first remaining keyword that fits; the others are
//! alternatives. What remains after the last element belongs to the last `$$$` of the argument list, or must be
//! nothing if the list has none.

use lazyast_format::{Damage, Kind};

use super::arena::ArenaSpan;
use super::goal::{Goal, KeywordGoal, PendingKeywords};
use super::node::NODES_PER_STEP;
use super::state::Matcher;
use crate::pattern::program::KeywordNameTest;
use crate::pattern::subject::{Subject, SubjectForm};

impl Matcher<'_, '_, '_> {
    /// `alternative` is the index of the first remaining keyword to try.
    pub(super) fn step_keywords(&mut self, goal: KeywordGoal, alternative: u32) -> Result<bool, Damage> {
        let pattern = self.pattern;
        let KeywordGoal { element, pending } = goal;
        let PendingKeywords { set, remaining, last_sequence } = pending;
        let set = &pattern.keyword_sets[set as usize];
        let Some((name_test, value_test)) = set.elements.get(element as usize) else {
            return match (last_sequence, set.rest) {
                (Some((capture, elements)), None) => self.bind_sequence(Some(capture), elements, remaining),
                (Some((capture, elements)), Some(rest)) => {
                    Ok(self.bind_sequence(Some(capture), elements, ArenaSpan::default())?
                        && self.bind_sequence(rest, ArenaSpan::default(), remaining)?)
                }
                (None, Some(rest)) => self.bind_sequence(rest, ArenaSpan::default(), remaining),
                (None, None) => Ok(remaining.is_empty() || set.is_open),
            };
        };
        for index in alternative..remaining.len() {
            let subject = self.arena.get(remaining, index);
            let name = match subject.form {
                _ if matches!(name_test, KeywordNameTest::Decorator) => None,
                SubjectForm::KeywordPattern(name) => Some(name),
                _ => self.tree.payload(subject.node, Kind::Keyword)?.name(),
            };
            let fits = match (name_test, name) {
                (KeywordNameTest::Exactly(expected), Some(name)) => {
                    self.names[*expected as usize] == Some(name)
                }
                (KeywordNameTest::Unpacking | KeywordNameTest::Decorator, None)
                | (KeywordNameTest::Any(_), Some(_)) => true,
                _ => false,
            };
            if !fits {
                continue;
            }
            if index + 1 < remaining.len() {
                self.add_choice_point(Goal::Keywords(goal), index + 1);
            }
            if matches!(name_test, KeywordNameTest::Decorator) {
                self.first_decorator = self.first_decorator.min(subject.node);
            }
            let remaining = self.without(remaining, index);
            let pending = PendingKeywords { remaining, ..pending };
            self.goals.push(Goal::Keywords(KeywordGoal { element: element + 1, pending }));
            // The value of a `keyword` is its only child.
            let value = match subject.form {
                SubjectForm::KeywordPattern(_) => subject.node,
                _ if matches!(name_test, KeywordNameTest::Decorator) => subject.node,
                _ => subject.node + 1,
            };
            self.goals.push(Goal::Node(*value_test, value));
            return match (name_test, name) {
                (KeywordNameTest::Any(capture), Some(name)) => {
                    self.bind(*capture, Subject::name(subject.node, name))
                }
                _ => Ok(true),
            };
        }
        Ok(false)
    }

    /// A copy of a span without one of its subjects. The span itself belongs to choice points.
    fn without(&mut self, span: ArenaSpan, index: u32) -> ArenaSpan {
        self.steps += span.len() / NODES_PER_STEP;
        let mark = self.arena.mark();
        let (before, rest) = span.split_at(index);
        let (_, after) = rest.split_at(1);
        self.arena.push_copies(before);
        self.arena.push_copies(after);
        self.arena.span_from(mark)
    }
}
