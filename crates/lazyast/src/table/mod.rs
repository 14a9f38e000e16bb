//! Relations over a project as streams of Arrow record batches.
//!
//! `lazyast-table` makes the rows of one source. Here are the choice of files, the names of modules, texts, and the
//! computation of batches on several threads. `batches` divides the files into batches, `stream` makes them,
//! `module_names` finds the names under which files are imported, `matches` makes the table of a search.

mod batches;
mod matches;
mod module_names;
mod stream;

pub use lazyast_format::read::TargetPython;
pub use lazyast_table::{RowFilter, SpecError, TableError, TableRelation, TableSpec, relation};
pub use matches::{MatchTable, MatchedHits};
pub use stream::{TableOptions, TableStream, UnknownFile};
