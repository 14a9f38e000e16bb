//! Queries over Python syntax trees, run on their archives.
//!
//! There are two languages. A *pattern* is Python code with metavariables (`open($PATH, $$$)`). A *selector* is a path
//! through the tree (`ClassDef > FunctionDef[name=/^test_/]`). `docs/queries.md` is their
//! reference. Both compile to a [`Query`], which finds [`Hit`]s in a tree:
//!
//! ```
//! # use lazyast_format::{Archive, layout::Buffer};
//! # use lazyast_query::ParseFailure;
//! # fn parse(source: &str) -> Result<Archive<Buffer>, ParseFailure> {
//! #     let failure = |message| ParseFailure { message, offset: None };
//! #     let mut parser = lazyast_parse::Parser::new();
//! #     let bytes = parser.parse(source.as_bytes(), &[0; 32]).map_err(|reason| failure(reason.to_string()))?;
//! #     let mut buffer = Buffer::with_capacity(bytes.len());
//! #     buffer.extend_from_slice(bytes);
//! #     Archive::open(buffer, None).map_err(|error| failure(error.to_string()))
//! # }
//! use lazyast_query::Query;
//!
//! let query = Query::pattern("open($PATH, $$$)", &parse)?;
//! let source = "with open('a', 'w') as file:\n    pass\n";
//! let archive = parse(source)?;
//! let tree = archive.tree()?;
//!
//! let hits = query.hits(&tree)?;
//! let (start, end) = hits[0].range(&tree, None)?;
//! assert_eq!(&source[start as usize..end as usize], "open('a', 'w')");
//! assert_eq!(query.captures(&tree, hits[0])?[0].name, "PATH");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The function `parse` is not a part of this crate, which neither parses Python nor reads files: the caller gives a
//! [`ParseFn`].
//!
//! # From a text to hits
//!
//! 1. `pattern` or `selector` compiles the text to a `plan`: a condition on a node.
//! 2. [`Prefilter`] tells which files can have a hit. A caller with an index of identifiers can skip most files.
//! 3. `exec` evaluates the plan over one tree. It computes sets of nodes, one condition after the other.
//!    [`IndexedTree`] keeps what the queries of one tree share.
//! 4. Captures are computed for the hits that the caller asks about.
//!
//! Queries, prefilters and hits are plain data: a caller may search any number of trees in parallel with one query.
#![forbid(unsafe_code)]

mod attribute;
mod capture;
mod capture_condition;
mod constant_value;
mod error;
mod exec;
mod hit;
mod indexed_tree;
mod integer;
mod limits;
mod pattern;
mod plan;
mod prefilter;
mod query;
mod reference;
mod schema;
mod selector;
mod text_regex;

pub use capture::{Capture, CapturedElement, HitMatch};
pub use error::{ExecutionError, QueryError};
pub use hit::{Hit, TreeHits};
pub use indexed_tree::IndexedTree;
pub use pattern::{Fragment, NameMatching, ParseFailure, ParseFn, PatternOptions};
pub use prefilter::{IdentifierRegex, Prefilter, StringNeedle};
pub use query::Query;
