//! The arena of subjects: the elements of all lists that the matcher has opened.

use std::ops::Range;

use crate::pattern::subject::Subject;

/// A part of the arena.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArenaSpan {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl ArenaSpan {
    #[inline]
    pub(super) fn len(self) -> u32 {
        self.end - self.start
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The first subjects, and the rest.
    #[inline]
    pub(super) fn split_at(self, count: u32) -> (Self, Self) {
        let middle = self.start + count;
        (Self { start: self.start, end: middle }, Self { start: middle, end: self.end })
    }

    #[inline]
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Subjects of lists, one list after the other. It only grows until the matcher backtracks.
#[derive(Debug, Default)]
pub(super) struct SubjectArena(Vec<Subject>);

impl SubjectArena {
    /// The current end, for [`span_from`](Self::span_from) and [`truncate`](Self::truncate).
    #[inline]
    pub(super) fn mark(&self) -> u32 {
        self.0.len() as u32
    }

    /// Everything that was added since a mark.
    #[inline]
    pub(super) fn span_from(&self, mark: u32) -> ArenaSpan {
        ArenaSpan { start: mark, end: self.mark() }
    }

    /// Removes everything that was added since a mark.
    #[inline]
    pub(super) fn truncate(&mut self, mark: u32) {
        self.0.truncate(mark as usize);
    }

    #[inline]
    pub(super) fn push(&mut self, subject: Subject) {
        self.0.push(subject);
    }

    /// Adds copies of the subjects of a span.
    #[inline]
    pub(super) fn push_copies(&mut self, span: ArenaSpan) {
        self.0.extend_from_within(span.range());
    }

    /// The subject at an index of a span.
    #[inline]
    pub(super) fn get(&self, span: ArenaSpan, index: u32) -> Subject {
        self.0[(span.start + index) as usize]
    }

    #[inline]
    pub(super) fn slice(&self, span: ArenaSpan) -> &[Subject] {
        &self.0[span.range()]
    }

    #[inline]
    pub(super) fn slice_mut(&mut self, span: ArenaSpan) -> &mut [Subject] {
        &mut self.0[span.range()]
    }
}
