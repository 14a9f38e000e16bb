//! A set of archives of one pack.

/// A set of archives of one pack: a bit for each position in the pack's index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveSet(Vec<u64>);

impl ArchiveSet {
    /// The empty set for a pack with `count` archives.
    pub(crate) fn empty(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    /// Adds the archive at a position. A position outside of the pack is ignored.
    pub(crate) fn insert(&mut self, position: usize) {
        if let Some(word) = self.0.get_mut(position / 64) {
            *word |= 1 << (position % 64);
        }
    }

    /// Whether the archive at a position is in the set.
    pub fn contains(&self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// The archives that are in both sets.
    #[must_use]
    pub fn intersection(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one &= other);
        self
    }

    /// The archives that are in either set.
    #[must_use]
    pub fn union(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(one, other)| *one |= other);
        self
    }
}
