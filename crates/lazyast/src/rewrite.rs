//! Replaces what queries find in sources.
//!
//! ```
//! let query = lazyast::pattern("$A.has_key($B)")?;
//! let rewrite = lazyast::rewrite::compile(&query, "$B in $A")?;
//! let rewritten = lazyast::rewrite::rewrite_source(&rewrite, b"if d.has_key(a or b): pass\r\n")?;
//! assert_eq!(rewritten.source, b"if (a or b) in d: pass\r\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`lazyast_rewrite`] knows how; this module adds our parser, and the encoding and the line ends of sources.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use lazyast_format::Tree;
use lazyast_parse::{Unsupported, replace_in_source};
use lazyast_query::{Hit, ParseFailure, Query, QueryError};

use crate::archive::{ArchiveBytes, OwnedTree};
use crate::compile::{open_archive, parse, parse_bytes};
use crate::parse as parse_source;

pub use lazyast_rewrite::{Edit, RewriteError, SkipReason, SkippedHit, apply};

/// A query with the template that replaces its hits.
pub type Rewrite = lazyast_rewrite::QueryRewrite<ArchiveBytes>;

/// A source after a rewrite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewrittenSource {
    /// The new source: the bytes of a file.
    pub source: Vec<u8>,
    /// The edits, which refer to the [`text`](crate::text()) of the old source.
    pub edits: Vec<Edit>,
    /// The number of hits that were replaced, those inside of captures included.
    pub replaced: usize,
    /// The hits that stay as they are.
    pub skipped: Vec<SkippedHit>,
}

/// Why a source could not be rewritten.
#[derive(Debug)]
#[non_exhaustive]
pub enum RewriteFailure {
    /// The parser does not support the source.
    Unsupported(Unsupported),
    /// The replacements are wrong there.
    Rewrite(RewriteError),
}

impl fmt::Display for RewriteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(reason) => reason.fmt(f),
            Self::Rewrite(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RewriteFailure {}

impl From<Unsupported> for RewriteFailure {
    fn from(reason: Unsupported) -> Self {
        Self::Unsupported(reason)
    }
}

impl From<RewriteError> for RewriteFailure {
    fn from(error: RewriteError) -> Self {
        Self::Rewrite(error)
    }
}

/// Compiles a template for the hits of a query. An empty template deletes statements.
pub fn compile(query: &Query, template: &str) -> Result<Rewrite, QueryError> {
    Rewrite::new(query, template, &parse)
}

/// Replaces all hits in a source, given as the bytes of a file.
pub fn rewrite_source(rewrite: &Rewrite, source: &[u8]) -> Result<RewrittenSource, RewriteFailure> {
    let module = parse_source(source)?;
    let hits = rewrite.query().hits(module.tree()).map_err(RewriteError::from)?;
    rewrite_hits(rewrite, source, module.tree(), &hits)
}

/// Replaces hits of the query in a source, whose tree the caller has.
pub fn rewrite_hits(
    rewrite: &Rewrite,
    source: &[u8],
    tree: &Tree<'_>,
    hits: &[Hit],
) -> Result<RewrittenSource, RewriteFailure> {
    rewrite_module(rewrite, source, tree, hits).map(|(rewritten, _)| rewritten)
}

/// As [`rewrite_hits`]. Beside the new source stands its tree; `None` if the source stays as it is.
pub(crate) fn rewrite_module(
    rewrite: &Rewrite,
    source: &[u8],
    tree: &Tree<'_>,
    hits: &[Hit],
) -> Result<(RewrittenSource, Option<OwnedTree>), RewriteFailure> {
    let text = crate::text(source)?;
    let new = RefCell::new(None);
    let rewritten = rewrite.rewrite(tree, &text, hits, &|edits| {
        let parts: Vec<(Range<usize>, &str)> =
            edits.iter().map(|edit| (edit.start as usize..edit.end as usize, edit.text.as_str())).collect();
        let replaced = replace_in_source(source, &parts)
            .map_err(|reason| ParseFailure { message: reason.to_string(), offset: None })?;
        let archive = parse_bytes(&replaced)?;
        new.replace(Some((replaced, archive.clone())));
        open_archive(archive)
    })?;
    let lazyast_rewrite::Rewritten { edits, replaced, skipped } = rewritten;
    let (source, module) = match new.into_inner() {
        None => (source.to_vec(), None),
        Some((source, archive)) => {
            (source, Some(OwnedTree::open(archive).expect("the builder writes archives that can be opened")))
        }
    };
    Ok((RewrittenSource { source, edits, replaced, skipped }, module))
}
