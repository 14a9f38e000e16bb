//! The columns, as rkyv serialises them. No other file names `rkyv`: its generic parameters are fixed here.
//!
//! The root holds vectors of `u8`, `u32` and `u64` and nothing else. `generated/asserts.rs` compares the layout
//! with the schema's list of columns. Readers locate the columns by [`Root`](super::root::Root).

use core::fmt;

use rkyv::rancor::{self, Source as _};
use rkyv::util::AlignedVec;
use rkyv::with::Skip;
use rkyv::{Archive, Serialize};

use super::generated::view::NarrowColumn;
use crate::encoding::overflow_row;

/// A growable buffer whose start is aligned for an archive.
pub type Buffer = AlignedVec<16>;
/// Why columns could not be serialised: they are too large for 32-bit offsets, or for the rows of the overflow table.
pub type SerializeError = rancor::BoxedError;

/// A column of one byte for each row. 255 stands for a value in the overflow table.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Narrow {
    /// One byte for each row.
    pub(crate) bytes: Vec<u8>,
    /// The rows that are 255, in order, and their values. They go into the overflow table of all narrow columns.
    #[rkyv(with = Skip)]
    pub(crate) overflow: Vec<(u32, u32)>,
}

/// The lengths of consecutive runs (lines, names, strings), with the total before every 64th run.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Runs {
    /// The length of each run.
    pub(crate) lengths: Narrow,
    /// The sum of all lengths before run 64, 128, ... They go into the column `bases`.
    #[rkyv(with = Skip)]
    pub(crate) bases: Vec<u32>,
}

/// The columns of one archive. FORMAT.md, "Columns", describes each.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Columns {
    /// The bits of IEEE 754 doubles.
    pub(crate) floats: Vec<u64>,
    /// What decoding from row 64, 128, ... begins with: of starts, payloads, lines, names and strings.
    pub(crate) bases: Vec<u32>,
    /// Column and row of the values that do not fit into narrow columns, strictly increasing.
    pub(crate) overflow_rows: Vec<u32>,
    /// These values.
    pub(crate) overflow_values: Vec<u32>,
    /// The records and lists that payloads refer to.
    pub(crate) extras: Vec<u32>,
    /// What some Python's parser warns about: offset and kind, alternating.
    pub(crate) warnings: Vec<u32>,
    /// The numbers of the `JoinedStr` nodes that stand in no other, ascending.
    pub(crate) joined_strings: Vec<u32>,
    /// Positions that only 3.11 has, ascending by node: node, line, column, end line, end column.
    pub(crate) spans_311: Vec<u32>,
    /// [`Kind`](crate::Kind) codes, in preorder.
    pub(crate) kinds: Vec<u8>,
    /// [`Field`](crate::Field) codes, and how many bytes each payload has.
    pub(crate) fields: Vec<u8>,
    /// The start minus the start of the previous node. A value in the overflow table is the start itself.
    pub(crate) starts: Narrow,
    /// The length of each node in bytes.
    pub(crate) lengths: Narrow,
    /// The number of descendants.
    pub(crate) sizes: Narrow,
    /// Packed payloads, in as many bytes as each needs.
    pub(crate) payloads: Vec<u8>,
    /// The lines of the text, including their line ends.
    pub(crate) lines: Runs,
    /// Identifiers, each once, in the order of their first use.
    pub(crate) names: Runs,
    /// The UTF-8 text of the identifiers.
    pub(crate) name_bytes: Vec<u8>,
    /// The values of strings, bytes and big integers, each once, in the order of their first use.
    pub(crate) strings: Runs,
    /// The bytes of the strings. Text is WTF-8.
    pub(crate) string_bytes: Vec<u8>,
    /// The bytes between the end of the previous comment, or the start of the text, and each comment.
    pub(crate) comment_gaps: Narrow,
    /// The length of each comment, with `#` and without the line end.
    pub(crate) comment_lengths: Narrow,
    /// The program that made the tree, and its version: UTF-8.
    pub(crate) producer: Vec<u8>,
}

/// The length in bytes of the root, the record at the end of an archive that locates the columns.
pub const ROOT_LEN: usize = size_of::<ArchivedColumns>();

/// A row of a narrow column is too large for the overflow table.
#[derive(Debug)]
struct TooManyRows(NarrowColumn);

impl fmt::Display for TooManyRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the column {} has too many rows", self.0.name())
    }
}

impl core::error::Error for TooManyRows {}

impl Columns {
    /// Moves what narrow columns and runs have besides their bytes into the columns for it. The bases of nodes are there
    /// already.
    fn gather(&mut self) -> Result<(), SerializeError> {
        for runs in [&self.lines, &self.names, &self.strings] {
            self.bases.extend_from_slice(&runs.bases);
        }
        let narrow = [
            (NarrowColumn::Starts, &self.starts),
            (NarrowColumn::Lengths, &self.lengths),
            (NarrowColumn::Sizes, &self.sizes),
            (NarrowColumn::Lines, &self.lines.lengths),
            (NarrowColumn::Names, &self.names.lengths),
            (NarrowColumn::Strings, &self.strings.lengths),
            (NarrowColumn::CommentGaps, &self.comment_gaps),
            (NarrowColumn::CommentLengths, &self.comment_lengths),
        ];
        for (column, Narrow { overflow, .. }) in narrow {
            for (row, value) in overflow {
                let row = overflow_row(column as u8, *row)
                    .ok_or_else(|| SerializeError::new(TooManyRows(column)))?;
                self.overflow_rows.push(row);
                self.overflow_values.push(*value);
            }
        }
        Ok(())
    }
}

/// Serialises `columns` after what `buffer` already holds (a multiple of 16 bytes).
pub(crate) fn serialize(columns: &mut Columns, buffer: Buffer) -> Result<Buffer, SerializeError> {
    columns.gather()?;
    rkyv::api::high::to_bytes_in(&*columns, buffer)
}
