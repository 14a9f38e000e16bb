//! Relations over a project as streams of Arrow record batches.
//!
//! `lazyast-table` makes the rows of one source. Here are the choice of files, the names of modules, texts, and the
//! computation of batches on several threads. `batches` divides the files into batches, `stream` makes them,
//! `module_names` finds the names under which files are imported, `matches` makes the table of a search, `sources` makes
//! tables of sources that are no files, and `findings` that of what rules find in them.

mod batches;
mod findings;
mod matches;
mod module_names;
mod sources;
mod stream;

pub use findings::findings_of_sources;
pub use lazyast_format::read::TargetPython;
pub use lazyast_table::{
    MatchLabels, RowFilter, SourceLabel, SpecError, TableError, TableRelation, TableSpec, relation,
};
pub use matches::{MatchTable, MatchedHits, captured_text};
pub use sources::{
    InvalidSources, SourceInMemory, SourceOptions, SourceTables, matches_of_sources, tables_of_sources,
};
pub use stream::{TableOptions, TableStream, UnknownFile};
