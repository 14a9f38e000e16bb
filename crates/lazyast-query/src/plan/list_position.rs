//! Positions in a list: `:nth-child(2n+1)`.

/// The positions `step * n + offset` for `n` from 0 on. Positions are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListPosition {
    pub(crate) step: i64,
    pub(crate) offset: i64,
    pub(crate) from_end: bool,
}

impl ListPosition {
    /// Why there is no such position, if there is none.
    pub(crate) fn hint(self) -> Option<String> {
        (self.step <= 0 && self.offset <= 0).then(|| {
            let name = if self.from_end { "nth-last-child" } else { "nth-child" };
            format!(":{name} matches nothing here, because positions are counted from 1")
        })
    }

    /// Whether the element with an index, in a list of some length, is at one of the positions.
    pub(crate) fn selects(self, index: usize, length: usize) -> bool {
        let position = if self.from_end { length - index } else { index + 1 } as i64;
        let rest = position.saturating_sub(self.offset);
        if self.step == 0 { rest == 0 } else { rest % self.step == 0 && rest / self.step >= 0 }
    }
}
