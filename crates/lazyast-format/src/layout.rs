//! The archived root. This is the only file that names `rkyv`: its generics are fixed here, once.
//!
//! The root holds vectors of `u8`, `u16`, `u32` and `u64` and nothing else, so that checked access costs
//! the same at any length. `generated/asserts.rs` holds the layout to the schema's list of columns.

use rkyv::rancor;
use rkyv::util::AlignedVec;
use rkyv::vec::ArchivedVec;
use rkyv::{Archive, Serialize};

/// Little-endian `u16` inside an archive.
pub type U16 = rkyv::rend::u16_le;
/// Little-endian `u32` inside an archive.
pub type U32 = rkyv::rend::u32_le;
/// Little-endian `u64` inside an archive.
pub type U64 = rkyv::rend::u64_le;
/// A vector inside an archive; it dereferences to a slice.
pub type Column<T> = ArchivedVec<T>;
/// A growable buffer whose start is aligned for an archive.
pub type Buffer = AlignedVec<16>;
/// Why bytes could not be read as columns.
pub type LayoutError = rancor::BoxedError;

/// Values of at most 32 bits that hardly ever need more than their column has: one entry per row that
/// does, in the order of rows.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub struct Overflow {
    /// The rows, strictly increasing.
    pub rows: Vec<u32>,
    /// Their values.
    pub values: Vec<u32>,
}

/// A column of one byte per row; 255 stands for a value in the overflow.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub struct Narrow {
    /// One byte per row.
    pub bytes: Vec<u8>,
    /// The values of the rows that are 255.
    pub overflow: Overflow,
}

/// Lengths of consecutive runs (lines, strings), with the total before every 64th.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub struct Runs {
    /// The length of each run.
    pub lengths: Narrow,
    /// The sum of all lengths before run 0, 64, 128, ...
    pub bases: Vec<u32>,
}

/// The columns of one archive. FORMAT.md, "Columns", says what each holds.
#[derive(Archive, Serialize, Default, Debug)]
#[rkyv(derive(Debug))]
pub struct Columns {
    /// [`Kind`](crate::Kind) codes, in preorder.
    pub kinds: Vec<u8>,
    /// [`Field`](crate::Field) codes.
    pub fields: Vec<u8>,
    /// Start minus the start of the node before; an overflow value is the start itself.
    pub starts: Narrow,
    /// The start of node 0, 64, 128, ...
    pub start_bases: Vec<u32>,
    /// Length in bytes.
    pub lengths: Narrow,
    /// Number of descendants.
    pub sizes: Narrow,
    /// Payloads; 65,535 stands for a value in the overflow.
    pub payloads: Vec<u16>,
    /// The payloads that do not fit.
    pub payload_overflow: Overflow,
    /// Records of payloads with several parts.
    pub extras: Vec<u32>,
    /// The lines of the text, their line ends included.
    pub lines: Runs,
    /// Identifiers, each once, in the order of their first use.
    pub names: Runs,
    /// Their UTF-8 text.
    pub name_bytes: Vec<u8>,
    /// Values of strings, bytes and big integers, each once.
    pub strings: Runs,
    /// Their bytes; text is WTF-8.
    pub string_bytes: Vec<u8>,
    /// Bits of IEEE 754 doubles.
    pub floats: Vec<u64>,
    /// Bytes between the end of the comment before (or the start of the text) and each comment.
    pub comment_gaps: Narrow,
    /// Length of each comment, `#` included, line end excluded.
    pub comment_lengths: Narrow,
    /// Places that some Python's parser warns about: offset and kind, alternating.
    pub warnings: Vec<u32>,
    /// The numbers of the `JoinedStr` nodes that stand in no other, ascending.
    pub joined_strings: Vec<u32>,
    /// Positions that only 3.11 has, ascending by node: node, line, column, end line, end column.
    pub spans_311: Vec<u32>,
}

/// Serialises `columns` behind what `buffer` already holds (a multiple of 16 bytes).
pub(crate) fn serialize(columns: &Columns, buffer: Buffer) -> Result<Buffer, LayoutError> {
    rkyv::api::high::to_bytes_in(columns, buffer)
}

/// Checks that every column lies inside `body`, in time proportional to the number of columns.
pub(crate) fn access(body: &[u8]) -> Result<&ArchivedColumns, LayoutError> {
    rkyv::access::<ArchivedColumns, LayoutError>(body)
}
