//! The bytes of an archive: a fixed header, then the columns as rkyv lays them out.

mod columns;
mod generated {
    mod asserts;
}
mod header;

pub(crate) use columns::{
    ArchivedColumns, ArchivedNarrow, ArchivedOverflow, ArchivedRuns, Columns, Narrow, Overflow, Runs, U32,
    access, serialize,
};
pub use columns::{Buffer, LayoutError, ROOT_LEN};
pub use header::{HEADER_LEN, Header, HeaderError, MAGIC, SourceFacts};
