//! The bytes of an archive: a fixed header, then the columns.
//!
//! The writer serialises columns with rkyv (`columns`), the reader locates them itself (`root`).

mod columns;
mod generated {
    mod asserts;
    pub(super) mod view;
}
mod header;
mod root;

pub use columns::{Buffer, ROOT_LEN, SerializeError};
pub(crate) use columns::{Columns, Narrow, Overflow, Runs, serialize};
pub(crate) use generated::view::ColumnsView;
pub(crate) use generated::view::padding;
pub use header::{CHECKSUM, HEADER_LEN, Header, HeaderError, MAGIC, SourceFacts, checksum};
pub use root::LayoutError;
pub(crate) use root::{LittleEndian, NarrowView, OverflowView, Root, RunsView, U32};
