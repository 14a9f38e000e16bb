//! Replaces what queries find in Python sources.
//!
//! A [`QueryRewrite`] is a query with a *template*: Python code with the metavariables of the query's pattern. Each hit is
//! replaced with the template, in which captures stand as they were written: with their comments, their quotes and their
//! line breaks. `docs/rewriting.md` says what is kept and what is added.
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
//! use lazyast_rewrite::{QueryRewrite, apply};
//!
//! let query = Query::pattern("$A.has_key($B)", &parse)?;
//! let rewrite = QueryRewrite::new(&query, "$B in $A", &parse)?;
//! let source = "if not d.has_key(a or b):\n    pass\n";
//! let archive = parse(source)?;
//! let tree = archive.tree()?;
//!
//! let hits = query.hits(&tree)?;
//! let rewritten = rewrite.rewrite(&tree, source, &hits, &|edits| parse(&apply(source, edits)))?;
//! assert_eq!(apply(source, &rewritten.edits), "if not (a or b) in d:\n    pass\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # From hits to edits
//!
//! 1. `template` finds the metavariables of a template, and what each place expects.
//! 2. `plan` decides what of the text each hit replaces.
//! 3. `render` makes the text of each hit, the inner ones first. `layout` says where strings, comments and brackets are,
//!    `precedence` where parentheses are needed, `indent` moves lines.
//! 4. `verify` compares the tree of the new source with the old tree, in which hits are replaced.
//!
//! The crate reads no files and has no parser: the caller gives one.
#![forbid(unsafe_code)]

mod edit;
mod indent;
mod layout;
mod nodes;
mod order;
mod plan;
mod precedence;
mod render;
mod rewrite;
mod skip;
mod source;
mod template;
mod verify;

pub use edit::{Edit, apply};
pub use rewrite::{ParseEditsFn, QueryRewrite, RewriteError, Rewritten};
pub use skip::{SkipReason, SkippedHit};
