//! The columns, as rkyv serialises them. No other file names `rkyv`: its generic parameters are fixed here.
//!
//! The root holds vectors of `u8`, `u16`, `u32` and `u64` and nothing else. `generated/asserts.rs` compares the layout
//! with the schema's list of columns. Readers locate the columns by [`Root`](super::root::Root).

use rkyv::rancor;
use rkyv::util::AlignedVec;
use rkyv::{Archive, Serialize};

/// A growable buffer whose start is aligned for an archive.
pub type Buffer = AlignedVec<16>;
/// Why columns could not be serialised: they are too large for 32-bit offsets.
pub type SerializeError = rancor::BoxedError;

/// The values of the rows that are escaped in a column, in the order of rows.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Overflow {
    /// The rows, strictly increasing.
    pub(crate) rows: Vec<u32>,
    /// The value of each row.
    pub(crate) values: Vec<u32>,
}

/// A column of one byte for each row. 255 stands for a value in the overflow table.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Narrow {
    /// One byte for each row.
    pub(crate) bytes: Vec<u8>,
    /// The values of the rows that are 255.
    pub(crate) overflow: Overflow,
}

/// The lengths of consecutive runs (lines, names, strings), with the total before every 64th run.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Runs {
    /// The length of each run.
    pub(crate) lengths: Narrow,
    /// The sum of all lengths before run 0, 64, 128, ...
    pub(crate) bases: Vec<u32>,
}

/// The columns of one archive. FORMAT.md, "Columns", describes each.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub(crate) struct Columns {
    /// [`Kind`](crate::Kind) codes, in preorder.
    pub(crate) kinds: Vec<u8>,
    /// [`Field`](crate::Field) codes.
    pub(crate) fields: Vec<u8>,
    /// The start minus the start of the previous node. A value in the overflow table is the start itself.
    pub(crate) starts: Narrow,
    /// The start of node 0, 64, 128, ...
    pub(crate) start_bases: Vec<u32>,
    /// The length of each node in bytes.
    pub(crate) lengths: Narrow,
    /// The number of descendants.
    pub(crate) sizes: Narrow,
    /// Packed payloads. 65,535 stands for a value in the overflow table.
    pub(crate) payloads: Vec<u16>,
    /// The payloads that do not fit.
    pub(crate) payload_overflow: Overflow,
    /// The records and lists that payloads refer to.
    pub(crate) extras: Vec<u32>,
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
    /// The bits of IEEE 754 doubles.
    pub(crate) floats: Vec<u64>,
    /// The bytes between the end of the previous comment, or the start of the text, and each comment.
    pub(crate) comment_gaps: Narrow,
    /// The length of each comment, with `#` and without the line end.
    pub(crate) comment_lengths: Narrow,
    /// What some Python's parser warns about: offset and kind, alternating.
    pub(crate) warnings: Vec<u32>,
    /// The numbers of the `JoinedStr` nodes that stand in no other, ascending.
    pub(crate) joined_strings: Vec<u32>,
    /// Positions that only 3.11 has, ascending by node: node, line, column, end line, end column.
    pub(crate) spans_311: Vec<u32>,
    /// The program that made the tree, and its version: UTF-8.
    pub(crate) producer: Vec<u8>,
}

/// The length in bytes of the root, the record at the end of an archive that locates the columns.
pub const ROOT_LEN: usize = size_of::<ArchivedColumns>();

/// Serialises `columns` after what `buffer` already holds (a multiple of 16 bytes).
pub(crate) fn serialize(columns: &Columns, buffer: Buffer) -> Result<Buffer, SerializeError> {
    rkyv::api::high::to_bytes_in(columns, buffer)
}
