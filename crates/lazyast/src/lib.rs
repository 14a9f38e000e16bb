//! Python syntax trees that are parsed once and then simply there.
//!
//! This is what a Rust program depends on, and the only place where reading and writing meet: it joins
//! the parser, the archives and the cache.
//!
//! ```
//! let module = lazyast::parse(b"import os\n")?;
//! assert_eq!(module.tree().len(), 3); // Module, Import, alias
//! # Ok::<(), lazyast::Unsupported>(())
//! ```
//!
//! - [`parse`]: one source, no cache.
//! - [`Cache`]: sources by content.
//! - [`warm`](warm()): a whole codebase into the cache, in parallel.
//! - [`Project`]: a codebase's modules, warmed and open.
//! - [`pattern`], [`selector`]: questions, asked of a project with [`Project::search`].
//! - [`export`](export()): a codebase's archives in one file, for [`Store::import`] elsewhere.
//! - [`dump`]: what CPython's `ast.dump` prints.
#![forbid(unsafe_code)]

mod archive;
mod cache;
mod compile;
pub mod dump;
mod parallel;
mod parse;
mod project;

pub use archive::{ArchiveBytes, OwnedTree};
pub use cache::Cache;
pub use compile::{pattern, selector};
pub use lazyast_format as format;
pub use lazyast_format::{Field, Kind, Node, NodeId, Tree};
pub use lazyast_parse::{PARSER_VERSION, Unsupported, text};
pub use lazyast_query::{self as query, ExecutionError, Hit, Query, QueryError};
pub use lazyast_store::{
    CacheDirectory, CacheDirectoryError, FileFingerprint, GcPolicy, GcReport, ImportReport, LookupCounts,
    PackReport, Store, Underlay, VersionStats, choose_cache_directory, clean_cache, is_gc_due, source_key,
    verify_untrusted,
};
pub use parse::parse;
pub use project::{
    ChangeDetection, ExportReport, FailureReason, FallbackVerdict, FileError, InterpreterId,
    MAX_SOURCE_BYTES, Module, Progress, Project, SearchError, SourceFailure, WarmOptions, WarmReport, export,
    find_sources, read_source, warm,
};
