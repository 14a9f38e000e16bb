//! What each metavariable matched so far, and the trail that undoes it.

use super::arena::ArenaSpan;
use crate::pattern::program::CaptureId;
use crate::pattern::subject::Subject;

/// What a metavariable matched.
#[derive(Clone, Copy, Debug)]
pub(super) enum Binding {
    Unbound,
    One(Subject),
    /// What a `$$$XS` matched.
    Sequence(ArenaSpan),
}

/// The bindings of all captures.
#[derive(Debug)]
pub(super) struct Bindings {
    slots: Vec<Binding>,
    /// The captures that are bound, in the order in which they were.
    trail: Vec<CaptureId>,
}

impl Bindings {
    pub(super) fn new(captures: usize) -> Self {
        Self { slots: vec![Binding::Unbound; captures], trail: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.trail.clear();
        self.slots.fill(Binding::Unbound);
    }

    /// A point to return to with [`undo`](Self::undo).
    #[inline]
    pub(super) fn mark(&self) -> u32 {
        self.trail.len() as u32
    }

    /// Unbinds what was bound since a mark.
    #[inline]
    pub(super) fn undo(&mut self, mark: u32) {
        for capture in self.trail.drain(mark as usize..) {
            self.slots[usize::from(capture)] = Binding::Unbound;
        }
    }

    #[inline]
    pub(super) fn get(&self, capture: CaptureId) -> Binding {
        self.slots[usize::from(capture)]
    }

    /// Binds a capture that is unbound.
    #[inline]
    pub(super) fn bind(&mut self, capture: CaptureId, binding: Binding) {
        self.slots[usize::from(capture)] = binding;
        self.trail.push(capture);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Binding> {
        self.slots.iter().copied()
    }
}
