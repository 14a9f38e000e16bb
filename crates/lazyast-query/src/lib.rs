//! Questions about Python syntax trees, asked of their archives.
//!
//! There are two languages: *patterns*, which are Python code with holes (`open($PATH, $$$)`), and *selectors*
//! (`ClassDef > FunctionDef[name=/^test_/]`). `QUERIES.md`, at the top of the repository, says what they mean. Both
//! compile to a [`Query`], a condition on nodes that is evaluated set by set over an archive's columns.
//!
//! - [`query`]: what a user has.
//! - [`prefilter`]: which files can have a hit at all.
//! - [`pattern`], [`selector`], [`attribute`]: the languages.
//! - [`plan`]: what they compile to.
//! - [`exec`]: conditions over a tree.
//!
//! Nothing here reads files or knows Python's objects; the parser for patterns is given by the caller.
#![forbid(unsafe_code)]

mod attribute;
mod error;
mod exec;
mod kinds;
mod pattern;
mod plan;
mod prefilter;
mod query;
mod selector;

pub use error::{QueryError, RunError};
pub use kinds::KindSet;
pub use pattern::{MAX_TEXT, Parse, Unparsed};
pub use prefilter::{Need, Needle};
pub use query::{Captured, Hit, Query, Thing, range, statements};
