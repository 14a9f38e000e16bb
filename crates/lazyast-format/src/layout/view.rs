//! [`ColumnsView`]: the vectors of an archive, with what belongs together put side by side.
//!
//! The narrow columns share one overflow table, and all base columns are one vector.

use core::ops::Deref;

use super::generated::view::{NarrowColumn, Vectors};
use super::root::U32;
use crate::encoding::later_blocks;

/// The columns of an archive, whose vectors have lengths that agree.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColumnsView<'a> {
    vectors: Vectors<'a>,
    /// The parts of `bases`.
    pub(crate) start_bases: &'a [U32],
    payload_bases: &'a [U32],
    line_bases: &'a [U32],
    name_bases: &'a [U32],
    string_bases: &'a [U32],
}

/// A column of one byte for each row. 255 stands for a value in the overflow table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NarrowView<'a> {
    /// One byte for each row.
    pub(crate) bytes: &'a [u8],
    /// The overflow table of all narrow columns: columns and rows, strictly increasing.
    pub(crate) overflow_rows: &'a [U32],
    /// The value of each of them.
    pub(crate) overflow_values: &'a [U32],
    pub(crate) column: NarrowColumn,
}

/// The lengths of consecutive runs, with the total before every 64th run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunsView<'a> {
    /// The length of each run.
    pub(crate) lengths: NarrowView<'a>,
    /// The sum of all lengths before run 64, 128, ...
    pub(crate) bases: &'a [U32],
}

/// The payloads of all nodes, in as many bytes as each needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PayloadsView<'a> {
    /// For each node its field, and how many bytes its payload has.
    pub(crate) fields: &'a [u8],
    /// The payloads.
    pub(crate) bytes: &'a [u8],
    /// The number of bytes before the payload of node 64, 128, ...
    pub(crate) bases: &'a [U32],
}

impl<'a> ColumnsView<'a> {
    /// Divides the base columns. The error is the number of bases that there should be.
    pub(crate) fn new(vectors: Vectors<'a>) -> Result<Self, usize> {
        let nodes = vectors.kinds.len();
        let rows = [nodes, nodes, vectors.lines.len(), vectors.names.len(), vectors.strings.len()];
        let mut rest = vectors.bases;
        let parts = rows.map(|rows| rest.split_off(..later_blocks(rows)).unwrap_or_default());
        let expected = rows.into_iter().map(later_blocks).sum();
        if vectors.bases.len() != expected {
            return Err(expected);
        }
        let [start_bases, payload_bases, line_bases, name_bases, string_bases] = parts;
        Ok(Self { vectors, start_bases, payload_bases, line_bases, name_bases, string_bases })
    }

    #[inline]
    pub(crate) fn starts(&self) -> NarrowView<'a> {
        self.narrow(NarrowColumn::Starts)
    }

    #[inline]
    pub(crate) fn lengths(&self) -> NarrowView<'a> {
        self.narrow(NarrowColumn::Lengths)
    }

    #[inline]
    pub(crate) fn sizes(&self) -> NarrowView<'a> {
        self.narrow(NarrowColumn::Sizes)
    }

    #[inline]
    pub(crate) fn payloads(&self) -> PayloadsView<'a> {
        let Vectors { fields, payloads: bytes, .. } = self.vectors;
        PayloadsView { fields, bytes, bases: self.payload_bases }
    }

    #[inline]
    pub(crate) fn lines(&self) -> RunsView<'a> {
        RunsView { lengths: self.narrow(NarrowColumn::Lines), bases: self.line_bases }
    }

    #[inline]
    pub(crate) fn names(&self) -> RunsView<'a> {
        RunsView { lengths: self.narrow(NarrowColumn::Names), bases: self.name_bases }
    }

    #[inline]
    pub(crate) fn strings(&self) -> RunsView<'a> {
        RunsView { lengths: self.narrow(NarrowColumn::Strings), bases: self.string_bases }
    }

    #[inline]
    pub(crate) fn comment_gaps(&self) -> NarrowView<'a> {
        self.narrow(NarrowColumn::CommentGaps)
    }

    #[inline]
    pub(crate) fn comment_lengths(&self) -> NarrowView<'a> {
        self.narrow(NarrowColumn::CommentLengths)
    }

    /// A narrow column.
    #[inline(always)]
    pub(crate) fn narrow(&self, column: NarrowColumn) -> NarrowView<'a> {
        let vectors = &self.vectors;
        let bytes = match column {
            NarrowColumn::Starts => vectors.starts,
            NarrowColumn::Lengths => vectors.lengths,
            NarrowColumn::Sizes => vectors.sizes,
            NarrowColumn::Lines => vectors.lines,
            NarrowColumn::Names => vectors.names,
            NarrowColumn::Strings => vectors.strings,
            NarrowColumn::CommentGaps => vectors.comment_gaps,
            NarrowColumn::CommentLengths => vectors.comment_lengths,
        };
        let Vectors { overflow_rows, overflow_values, .. } = *vectors;
        NarrowView { bytes, overflow_rows, overflow_values, column }
    }
}

impl<'a> Deref for ColumnsView<'a> {
    type Target = Vectors<'a>;

    #[inline]
    fn deref(&self) -> &Vectors<'a> {
        &self.vectors
    }
}
