//! The bytes of an archive: a fixed header, then the columns.
//!
//! The writer serialises columns with rkyv (`columns`), the reader locates them itself (`root`, `view`).

mod columns;
mod generated {
    mod asserts;
    pub(super) mod view;
}
mod header;
mod root;
mod view;

pub use columns::{Buffer, ROOT_LEN, SerializeError};
pub(crate) use columns::{Columns, Narrow, Runs, serialize};
pub(crate) use generated::view::{NarrowColumn, Vectors, padding};
pub use header::{CHECKSUM, HEADER_LEN, Header, HeaderError, MAGIC, SourceFacts, checksum};
pub use root::LayoutError;
pub(crate) use root::{LittleEndian, Root, U32};
pub(crate) use view::{ColumnsView, NarrowView, PayloadsView, RunsView};
