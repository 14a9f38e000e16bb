//! A codebase: finding its sources, bringing their archives into the cache, opening and searching it.
//!
//! The steps, in the order in which they happen:
//!
//! 1. `discover` finds the sources (`walk` lists directories; `selection`, `shard` and `ignore_files` know what excludes
//!    files); `rediscover` does the same with less work, from the state that was recorded last time.
//! 2. `reuse` tells what is known of unchanged sources without reading them.
//! 3. `build` reads the other sources (`source_file`), and parses those without an archive, on all processors.
//! 4. `update` runs steps 1 to 3 and records the new state; `warm` and `open` are its two callers.
//! 5. `search` evaluates a query over an open [`Project`], and `check` rules; `prefilter` skips archives that cannot have
//!    hits.
//!
//! `export` writes the archives of a project to a file, `from_pack` opens such a file as a project, `fallback` remembers what interpreters say about sources that
//! the parser does not support. `replace_source` writes a rewritten source. `report` and `outcome` are the types that the steps exchange.

mod build;
mod check;
mod discover;
mod discovery;
mod export;
mod fallback;
mod from_pack;
mod ignore_files;
mod magics;
mod module;
mod notebook;
mod open;
mod outcome;
mod prefilter;
mod rediscover;
mod relative_path;
mod replace_source;
mod report;
mod reuse;
mod search;
mod selection;
mod shard;
mod source_file;
mod update;
mod walk;
mod warm;

pub use check::CheckedModule;
pub use discover::find_sources;
pub use export::{ExportReport, ManifestOptions, export, export_all};
pub use fallback::{FallbackVerdict, InterpreterId};
pub use module::Module;
pub(crate) use module::Reading;
pub use notebook::CellIndex;
pub use open::Project;
pub use replace_source::{ReplaceError, replace_source};
pub use report::{ChangeDetection, FailureReason, Progress, SourceFailure, WarmOptions, WarmReport};
pub use search::SearchError;
pub use selection::{FileSelection, FileType, InvalidGlob};
pub use shard::{InvalidShard, Shard};
pub use source_file::{FileError, MAX_SOURCE_BYTES, read_source, read_source_and_cells, read_source_part};
pub use warm::warm;
