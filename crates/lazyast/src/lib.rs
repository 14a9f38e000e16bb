//! Python syntax trees that are parsed once: parsing, caching, opening and searching whole codebases.
//!
//! # Parse a source
//!
//! ```
//! let module = lazyast::parse(b"import os\n")?;
//! let tree = module.tree();
//! assert_eq!(tree.len(), 3); // Module, Import, alias
//! assert_eq!(tree.kind(1)?, lazyast::Kind::Import);
//! # Ok::<(), lazyast::Error>(())
//! ```
//!
//! [`Cache::archive`] does the same with a cache: sources are found by their content.
//!
//! # Search a codebase
//!
//! ```
//! # let directory = tempfile::tempdir()?;
//! # let src = directory.path().join("src");
//! # std::fs::create_dir(&src)?;
//! # std::fs::write(src.join("a.py"), "def test_open():\n    open('a')\n")?;
//! # let cache_directory = directory.path().join("cache");
//! use lazyast::{Cache, Project};
//!
//! let cache = Cache::at(cache_directory)?; // Cache::open(None) takes the configured directory
//! let project = Project::open(&cache, &[src], Default::default());
//! let query = lazyast::pattern("open($PATH, $$$)")?;
//! for (index, hits) in project.search(&query, None, |_module, _tree, hits| hits) {
//!     println!("{}: {} hits", project.modules()[index].path().display(), hits?.len());
//! }
//! # Ok::<(), lazyast::Error>(())
//! ```
//!
//! [`Project::table`] makes relations such as `nodes` or `calls` of a codebase, as a stream of Arrow record batches;
//! [`table`] has the types.
//!
//! [`selector`] compiles the other query language, [`warm`](warm()) fills the cache without opening anything, and
//! [`export`](export()) writes a codebase's archives to a file for other machines. [`dump`] prints what CPython's
//! `ast.dump` prints.
//!
//! # Parse faster
//!
//! A parser allocates each node, and frees it soon after. [`ArenaAllocator`] around the program's global allocator gives nodes
//! memory of their own. With mimalloc, an archive is made in a tenth less time.
//!
//! ```
//! #[global_allocator]
//! static ALLOCATOR: lazyast::ArenaAllocator<std::alloc::System> =
//!     lazyast::ArenaAllocator::new(std::alloc::System);
//! ```
//!
//! # What belongs here
//!
//! `lazyast-format`, `lazyast-parse`, `lazyast-query`, `lazyast-store` and `lazyast-table` each know one thing, and not
//! each other; `lazyast-rules` and `lazyast-rewrite` build on queries. This crate is the library that joins them: code
//! belongs here if it needs the parser or the query engine together with the cache, or if it reads sources from the file
//! system. That is the cache by content, discovery, scheduling on several threads, and the execution of a query over a
//! project, its prefilter included. It knows nothing of Python objects or of terminals.
//!
//! The root of the crate is what programs need. [`mod@format`], [`query`], [`scope`] and [`store`] re-export the other crates for
//! tools that need more, such as the command line and the Python binding.
#![forbid(unsafe_code)]

mod archive;
mod cache;
mod compile;
pub mod dump;
mod error;
mod fix;
mod parallel;
mod parallel_stream;
mod parse;
mod project;
pub mod rewrite;
mod rule_files;
pub mod table;

pub use archive::{ArchiveBytes, OwnedTree};
pub use cache::Cache;
pub use compile::{pattern, pattern_with, restricted, select_rules, selector, selector_with, test_rules};
pub use error::Error;
pub use fix::{FixedSource, RuleFixes};
pub use lazyast_arena::ArenaAllocator;
pub use lazyast_format as format;
pub use lazyast_format::{Field, Kind, Node, NodeId, Tree};
pub use lazyast_parse::{PARSER_VERSION, Unsupported, source_of_text, text};
pub use lazyast_query::{
    self as query, ExecutionError, Hit, NameMatching, PatternOptions, Query, QueryError,
};
pub use lazyast_rules as rules;
pub use lazyast_scope as scope;
pub use lazyast_store::{self as store, CacheDirectoryError};
pub use parse::parse;
pub use project::{
    CellIndex, ChangeDetection, CheckedModule, ExportReport, FailureReason, FallbackVerdict, FileError,
    FileSelection, FileType, InterpreterId, InvalidGlob, InvalidShard, MAX_SOURCE_BYTES, ManifestOptions,
    Module, Progress, Project, ReplaceError, SearchError, Shard, SourceFailure, WarmOptions, WarmReport,
    export, export_all, find_sources, read_source, read_source_and_cells, read_source_part, replace_source,
    warm,
};
pub use rule_files::{LoadedRules, RuleChoice, RuleFileText};
