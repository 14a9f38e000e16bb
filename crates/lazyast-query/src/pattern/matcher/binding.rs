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
    /// The captures that are bound, in the order in which they were, each with the state of the repeated ones.
    trail: Vec<(CaptureId, RepeatedState)>,
    last_state: RepeatedState,
}

/// A number that stands for what the metavariables that occur twice are bound to. While two states have the same number,
/// these bindings are the same.
pub(super) type RepeatedState = u32;

impl Bindings {
    pub(super) fn new(captures: usize) -> Self {
        Self { slots: vec![Binding::Unbound; captures], trail: Vec::new(), last_state: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.trail.clear();
        self.last_state = 0;
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
        for (capture, _) in self.trail.drain(mark as usize..) {
            self.slots[usize::from(capture)] = Binding::Unbound;
        }
    }

    #[inline]
    pub(super) fn get(&self, capture: CaptureId) -> Binding {
        self.slots[usize::from(capture)]
    }

    /// Binds a capture that is unbound.
    #[inline]
    pub(super) fn bind(&mut self, capture: CaptureId, is_repeated: bool, binding: Binding) {
        self.slots[usize::from(capture)] = binding;
        self.last_state += u32::from(is_repeated);
        let state = if is_repeated { self.last_state } else { self.repeated_state() };
        self.trail.push((capture, state));
    }

    /// The state of the bindings that a later comparison depends on.
    #[inline]
    pub(super) fn repeated_state(&self) -> RepeatedState {
        self.trail.last().map_or(0, |(_, state)| *state)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Binding> {
        self.slots.iter().copied()
    }
}
