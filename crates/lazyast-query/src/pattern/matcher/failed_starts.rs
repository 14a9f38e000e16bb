//! Remembers from where on a `$$$` cannot match.
//!
//! Whether the elements from a `$$$` on match depends on the subjects that are left, on the bindings of metavariables that
//! occur twice, and on the goals below the list, which are the same as long as the list is open. So once a `$$$` has failed
//! from a subject on, it fails again with the same bindings, and also from every later subject: it could have taken the
//! subjects in between. A `$$$` is remembered when it is met: until it is met again, all of its alternatives have failed,
//! because the matcher returns to the newest choice point first.

use super::arena::ArenaSpan;
use super::binding::RepeatedState;
use crate::pattern::program::ListId;

/// A `$$$` that was met in an open list.
#[derive(Clone, Copy, Debug)]
struct MetSequence {
    list: ListId,
    element: u32,
    /// The end of the list in the arena: no other list that is open ends there.
    end: u32,
    /// The first subject that was left.
    start: u32,
    state: RepeatedState,
}

/// The `$$$` of all open lists, each as it was met last.
#[derive(Debug, Default)]
pub(super) struct FailedStarts(Vec<MetSequence>);

impl FailedStarts {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets lists that are not open any more: those that end after the end of the arena.
    #[inline]
    pub(super) fn truncate(&mut self, arena: u32) {
        if !self.0.is_empty() {
            self.0.retain(|met| met.end <= arena);
        }
    }

    /// Whether a `$$$` is known to fail with the subjects that are left. If not, it is remembered.
    pub(super) fn is_known(
        &mut self,
        list: ListId,
        element: u32,
        left: ArenaSpan,
        state: RepeatedState,
    ) -> bool {
        let met = MetSequence { list, element, end: left.end, start: left.start, state };
        let is_same =
            |known: &&mut MetSequence| (known.list, known.element, known.end) == (list, element, left.end);
        match self.0.iter_mut().find(is_same) {
            Some(known) if known.state == state && known.start <= left.start => true,
            Some(known) => {
                *known = met;
                false
            }
            None => {
                self.0.push(met);
                false
            }
        }
    }
}
