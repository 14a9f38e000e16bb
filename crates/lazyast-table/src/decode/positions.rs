//! [`RowPositions`]: lines and columns of the nodes of which rows are made.

use std::sync::LazyLock;

use lazyast_format::encoding::Span;
use lazyast_format::read::TargetPython;
use lazyast_format::{Damage, Kind, NodeId, Tree};

use super::lines::LineStarts;

/// Lines and columns, one of each for each row; -1 for nodes of kinds without positions.
#[derive(Default)]
pub(crate) struct RowPositions {
    lines: LineStarts,
    pub(crate) parts: [Vec<i32>; 4],
}

/// A part of a position: an index in [`RowPositions::parts`].
#[derive(Clone, Copy)]
pub(crate) enum PositionPart {
    Line,
    Column,
    EndLine,
    EndColumn,
}

/// The last minor version of Python 3 in which nodes of f-strings have other positions.
const LAST_WITH_OTHER_POSITIONS: u8 = 11;

impl RowPositions {
    /// The positions of some nodes, which are ascending; `ranges` has the offsets of all nodes.
    pub(crate) fn load(
        &mut self,
        tree: &Tree<'_>,
        python: TargetPython,
        nodes: impl Iterator<Item = NodeId>,
        ranges: &[(u32, u32)],
    ) -> Result<(), Damage> {
        let Self { lines, parts } = self;
        parts.iter_mut().for_each(Vec::clear);
        lines.load(tree);
        let (kinds, has_positions) = (tree.kinds(), HAS_POSITIONS.as_slice());
        let mut differing =
            if python.minor <= LAST_WITH_OTHER_POSITIONS { tree.joined_string_at_or_after(0) } else { None };
        // Finding what differs takes a pass over all f-strings.
        let exact = differing.map(|_| tree.positions(python)).transpose()?;
        for id in nodes {
            while differing.is_some_and(|(_, end)| end <= id) {
                differing = tree.joined_string_at_or_after(id);
            }
            let position = match (&exact, differing) {
                (Some(exact), Some((first, _))) if first <= id => exact.span(id)?.map(parts_of),
                _ if has_positions[usize::from(kinds[id as usize])] => {
                    let (start, end) = ranges[id as usize];
                    let (line, column) = lines.position(start);
                    let (end_line, end_column) = lines.position_after(end);
                    Some([line, column, end_line, end_column])
                }
                _ => None,
            };
            for (part, value) in parts.iter_mut().zip(position.unwrap_or([-1; 4])) {
                part.push(value);
            }
        }
        Ok(())
    }
}

fn parts_of(Span { start, end }: Span) -> [i32; 4] {
    [start.line, start.column, end.line, end.column].map(|number| number as i32)
}

/// By the code of a kind: whether its nodes have positions.
static HAS_POSITIONS: LazyLock<Vec<bool>> =
    LazyLock::new(|| Kind::ALL.iter().map(|kind| kind.has_positions()).collect());
