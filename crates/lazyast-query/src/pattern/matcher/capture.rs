//! Binds metavariables. A metavariable that is bound already only matches what equals its binding.

use lazyast_format::{Damage, Field, Kind, NodeId};

use super::arena::ArenaSpan;
use super::binding::Binding;
use super::node::NODES_PER_STEP;
use super::state::Matcher;
use crate::pattern::equality::subjects_equal;
use crate::pattern::program::CaptureId;
use crate::pattern::subject::{Subject, SubjectForm};

impl Matcher<'_, '_, '_> {
    /// Binds a node.
    pub(super) fn bind_node(&mut self, capture: Option<CaptureId>, node: NodeId) -> Result<bool, Damage> {
        if capture.is_none() {
            return Ok(true);
        }
        self.bind(capture, Subject::node(self.captured_node(node)?))
    }

    /// The node that is captured in place of a node: of a `withitem` without `as` it is the expression.
    fn captured_node(&self, node: NodeId) -> Result<NodeId, Damage> {
        let is_bare =
            self.tree.kind(node)? == Kind::Withitem && self.child(node, Field::OptionalVars)?.is_none();
        Ok(if is_bare { node + 1 } else { node })
    }

    /// Binds a subject.
    pub(super) fn bind(&mut self, capture: Option<CaptureId>, subject: Subject) -> Result<bool, Damage> {
        let Some(capture) = capture else { return Ok(true) };
        match self.bindings.get(capture) {
            Binding::Unbound => {
                self.bindings.bind(capture, self.is_repeated(capture), Binding::One(subject));
                Ok(true)
            }
            Binding::One(bound) => {
                self.steps +=
                    self.tree.subtree_end(subject.node).saturating_sub(subject.node) / NODES_PER_STEP;
                subjects_equal(self.tree, bound, subject)
            }
            Binding::Sequence(_) => Ok(false),
        }
    }

    /// Binds a metavariable to what it must equal, before a comparison.
    pub(super) fn bind_before(&mut self, capture: CaptureId, is_sequence: bool, subjects: &[Subject]) {
        let mark = self.arena.mark();
        subjects.iter().for_each(|subject| self.arena.push(*subject));
        let binding = match subjects {
            [subject] if !is_sequence => Binding::One(*subject),
            _ => Binding::Sequence(self.arena.span_from(mark)),
        };
        self.bindings.bind(capture, self.is_repeated(capture), binding);
    }

    pub(super) fn is_repeated(&self, capture: CaptureId) -> bool {
        self.pattern.captures[usize::from(capture)].is_repeated
    }

    /// Binds the elements of a list and further keywords, in the order of the source.
    pub(super) fn bind_sequence(
        &mut self,
        capture: Option<CaptureId>,
        elements: ArenaSpan,
        keywords: ArenaSpan,
    ) -> Result<bool, Damage> {
        let Some(capture) = capture else { return Ok(true) };
        let sequence = self.captured_sequence(elements, keywords)?;
        match self.bindings.get(capture) {
            Binding::Unbound => {
                self.bindings.bind(capture, self.is_repeated(capture), Binding::Sequence(sequence));
                Ok(true)
            }
            Binding::Sequence(bound) if bound.len() == sequence.len() => {
                for (one, other) in self.arena.slice(bound).iter().zip(self.arena.slice(sequence)) {
                    self.steps += 1;
                    if !subjects_equal(self.tree, *one, *other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The span to capture: the elements themselves where possible, else a copy.
    fn captured_sequence(&mut self, elements: ArenaSpan, keywords: ArenaSpan) -> Result<ArenaSpan, Damage> {
        let mark = self.arena.mark();
        let has_with_items = match self.arena.slice(elements).first() {
            Some(Subject { node, form: SubjectForm::Node }) => self.tree.kind(*node)? == Kind::Withitem,
            _ => false,
        };
        if has_with_items {
            for index in 0..elements.len() {
                let node = self.captured_node(self.arena.get(elements, index).node)?;
                self.arena.push(Subject::node(node));
            }
        } else if keywords.is_empty() {
            return Ok(elements);
        } else {
            self.arena.push_copies(elements);
            self.arena.push_copies(keywords);
            let copies = self.arena.span_from(mark);
            self.arena.slice_mut(copies).sort_unstable_by_key(|subject| subject.node);
        }
        Ok(self.arena.span_from(mark))
    }
}
