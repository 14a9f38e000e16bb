//! Relations over syntax trees as Arrow record batches.
//!
//! A [`TableRelation`] such as `nodes` or `calls` has named columns. A [`TableSpec`] says which of them are made, and of which
//! nodes. A [`BatchBuilder`] takes one source after the other and gives a record batch.
//!
//! Columns are made from an archive's columns, and only those that were chosen. Strings are dictionary-encoded. The
//! names of an archive are numbers already, so a name is hashed once for each archive that uses it, and not for each
//! row. In columns of numbers, the memory under a null holds -1, so that readers that know no nulls see -1.
//!
//! The crate knows archives and Arrow: no files, no threads and no Python. What a relation needs besides the tree (the
//! path, the text, the name of the module) is given with a [`SourceTree`].
//!
//! - [`relation`]: the relations, their columns and the columns' types.
//! - `decode`: what is computed once per archive for all columns, such as parents and lines.
//! - `values`: how the values of each column follow from that.
//! - `column`: columns while they are filled.
//! - [`constant_text`]: constants as text.
#![forbid(unsafe_code)]

mod batch;
mod column;
pub mod constant_text;
mod decode;
mod error;
mod findings;
mod matches;
pub mod relation;
mod source_tree;
mod spec;
mod values;

pub use batch::BatchBuilder;
pub use error::{SpecError, TableError};
pub use findings::{FindingBatch, FindingText};
pub use matches::{MatchBatch, MatchLabels, match_schema};
pub use relation::TableRelation;
pub use source_tree::{ModuleName, SourceLabel, SourceTree};
pub use spec::{RowFilter, TableSpec};
