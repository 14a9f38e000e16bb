//! [`RowPositions`]: lines and columns of the nodes of which rows are made.

use std::sync::LazyLock;

use lazyast_format::encoding::Span;
use lazyast_format::read::TargetPython;
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::lines::LineTable;

/// Lines and columns. They follow from the ranges of nodes, but for some nodes in f-strings of 3.11.
#[derive(Default)]
pub(crate) struct RowPositions {
    lines: LineTable,
    /// The rows with other positions, ascending.
    pub(crate) differing: Vec<(usize, Span)>,
}

/// A part of a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PositionPart {
    Line,
    Column,
    EndLine,
    EndColumn,
}

/// The last minor version of Python 3 in which nodes of f-strings have other positions.
const LAST_WITH_OTHER_POSITIONS: u8 = 11;

impl RowPositions {
    /// The positions of some nodes, which are ascending.
    pub(crate) fn load(
        &mut self,
        tree: &Tree<'_>,
        python: TargetPython,
        nodes: &[NodeId],
    ) -> Result<(), Damage> {
        self.lines.load(tree, nodes.len());
        self.differing.clear();
        if python.minor > LAST_WITH_OTHER_POSITIONS {
            return Ok(());
        }
        let Some((mut first, mut end)) = tree.joined_string_at_or_after(0) else { return Ok(()) };
        let exact = tree.positions(python)?;
        for (row, id) in nodes.iter().enumerate() {
            if end <= *id {
                let Some(next) = tree.joined_string_at_or_after(*id) else { break };
                (first, end) = next;
            }
            if first <= *id
                && let Some(span) = exact.span(*id)?
            {
                self.differing.push((row, span));
            }
        }
        Ok(())
    }

    /// A part of the position that follows from an offset.
    #[inline]
    pub(crate) fn line(&self, offset: u32) -> i32 {
        self.lines.line(offset)
    }

    /// As [`line`](Self::line).
    #[inline]
    pub(crate) fn column(&self, offset: u32) -> i32 {
        self.lines.column(offset)
    }
}

impl PositionPart {
    /// The part of a position.
    pub(crate) fn of(self, Span { start, end }: Span) -> i32 {
        let number = match self {
            Self::Line => start.line,
            Self::Column => start.column,
            Self::EndLine => end.line,
            Self::EndColumn => end.column,
        };
        number as i32
    }
}

/// By the code of a kind: 0 if its nodes have positions, and -1, in which all bits are set, if not.
pub(crate) static WITHOUT_POSITIONS: LazyLock<[i32; 256]> = LazyLock::new(|| {
    let has_positions = |code: usize| Kind::ALL.get(code).is_some_and(|kind| kind.has_positions());
    std::array::from_fn(|code| if has_positions(code) { 0 } else { -1 })
});
