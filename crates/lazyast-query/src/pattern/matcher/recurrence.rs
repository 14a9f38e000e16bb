//! Which subjects of open lists may occur again later in their list.

use super::arena::ArenaSpan;
use crate::pattern::program::{ElementPart, ListId};

/// Which subjects of an open list may occur again later in it.
#[derive(Debug)]
pub(super) struct Recurrence {
    pub(super) list: ListId,
    pub(super) part: ElementPart,
    pub(super) subjects: ArenaSpan,
    pub(super) occurs_again: Vec<bool>,
}

/// What is known of all open lists.
#[derive(Debug, Default)]
pub(super) struct Recurrences(Vec<Recurrence>);

impl Recurrences {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Forgets lists that are not open any more: those that end after the end of the arena.
    #[inline]
    pub(super) fn truncate(&mut self, arena: u32) {
        if !self.0.is_empty() {
            self.0.retain(|known| known.subjects.end <= arena);
        }
    }

    pub(super) fn add(&mut self, recurrence: Recurrence) {
        self.0.push(recurrence);
    }

    /// Whether the first subject of those that are left in a list may occur again after it, if that is known.
    pub(super) fn first_occurs_again(
        &self,
        list: ListId,
        part: ElementPart,
        left: ArenaSpan,
    ) -> Option<bool> {
        let is_same = |known: &&Recurrence| {
            (known.list, known.part, known.subjects.end) == (list, part, left.end)
                && known.subjects.start <= left.start
        };
        let known = self.0.iter().find(is_same)?;
        known.occurs_again.get((left.start - known.subjects.start) as usize).copied()
    }
}
