//! [`LineStarts`]: lines of many offsets that are near each other.

use lazyast_format::Tree;

/// The starts of all lines, and the line of the offset that was asked for last.
///
/// Offsets of neighbouring nodes are mostly in the same line or in the next one, so the search starts at that line.
#[derive(Default)]
pub(crate) struct LineStarts {
    starts: Vec<u32>,
    last: usize,
}

impl LineStarts {
    pub(crate) fn load(&mut self, tree: &Tree<'_>) {
        self.starts.clear();
        self.last = 0;
        tree.line_starts_into(&mut self.starts);
        if self.starts.is_empty() {
            self.starts.push(0);
        }
    }

    /// The number of the line, counted from 1, and the distance from its start.
    #[inline]
    pub(crate) fn position(&mut self, offset: u32) -> (i32, i32) {
        if self.starts[self.last] > offset {
            self.last = before(&self.starts, self.last, offset);
        } else {
            self.last = self.line_after(offset);
        }
        self.in_line(self.last, offset)
    }

    /// As [`position`](Self::position) of an offset after the last one. The next search starts where this one did.
    #[inline]
    pub(crate) fn position_after(&self, offset: u32) -> (i32, i32) {
        self.in_line(self.line_after(offset), offset)
    }

    #[inline]
    fn line_after(&self, offset: u32) -> usize {
        match self.starts.get(self.last + 1) {
            Some(next) if *next <= offset => after(&self.starts, self.last, offset),
            _ => self.last,
        }
    }

    #[inline]
    fn in_line(&self, line: usize, offset: u32) -> (i32, i32) {
        (line as i32 + 1, offset.saturating_sub(self.starts[line]) as i32)
    }
}

/// The last line that starts at or before the offset, which is before a line. Steps double until they are too long.
fn before(starts: &[u32], from: usize, offset: u32) -> usize {
    let (mut high, mut step) = (from, 1);
    loop {
        let low = high.saturating_sub(step);
        if low == 0 || starts[low] <= offset {
            let after = starts[low..high].partition_point(|start| *start <= offset);
            return (low + after).saturating_sub(1);
        }
        (high, step) = (low, step * 2);
    }
}

/// The last line that starts at or before the offset, which is after a line.
fn after(starts: &[u32], from: usize, offset: u32) -> usize {
    let (mut low, mut step) = (from + 1, 1);
    loop {
        let high = (low + step).min(starts.len());
        if high == starts.len() || starts[high] > offset {
            return low + starts[low..high].partition_point(|start| *start <= offset) - 1;
        }
        (low, step) = (high, step * 2);
    }
}

#[cfg(test)]
mod tests {
    use super::LineStarts;

    #[test]
    fn any_order_of_offsets_gives_the_same_lines() {
        let starts: Vec<u32> = (0..200).map(|line| line * line / 3).collect();
        let mut lines = LineStarts { starts: starts.clone(), last: 0 };
        let mut offset = 1_u32;
        for _ in 0..5000 {
            offset = (offset * 7919 + 13) % 14000;
            let expected = starts.partition_point(|start| *start <= offset) - 1;
            assert_eq!(lines.position(offset), (expected as i32 + 1, (offset - starts[expected]) as i32));
        }
    }
}
