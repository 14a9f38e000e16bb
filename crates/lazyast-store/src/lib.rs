//! The cache of lazyast: a directory of packs, in which archives are found by the hash of their source.
//!
//! - [`directory`]: where the cache is, and whether it may be used; [`versions`]: what stands in it.
//! - [`pack`]: the file format of packs (`format-spec/PACK.md`).
//! - [`writer`]: packs are written under a temporary name and published by rename, never changed.
//! - `packs`: packs, mapped; [`store`]: all of a cache, searched by hash; [`check`]: to the last byte; [`foreign`],
//!   `import`: packs from elsewhere; [`underlay`]: caches that are only read.
//! - `compact`: small packs become one; [`collect`]: what nobody uses goes; `uses`: what that is.
//! - [`stats`]: what a cache holds; [`counts`]: how often it had what was asked for.
//! - [`names`]: which archives of a pack have which identifiers.
//! - [`freshness`]: what is known of files, so that unchanged ones need not be read.
//! - [`map`]: mapping a file; the only unsafe code of the crate.
//! - `temporary`, `lock`, [`clock`]: files in the making, locks between processes, the time.
//!
//! Nothing here knows how archives are made or asked. A damaged, foreign or missing entry is a miss.
#![deny(unsafe_code)]

mod counts;
mod dir;
mod gc;
mod import;
mod index;
mod pack;
mod stats;
mod store;
mod sync;
mod underlay;

pub use counts::LookupCounts;
pub use dir::cache_directory::{CacheDirectory, CacheDirectoryError, choose as choose_cache_directory};
pub use dir::versions::clean as clean_cache;
pub use gc::collect::{GcPolicy, GcReport, is_gc_due};
pub use import::ImportReport;
pub use index::identifiers::{ArchiveSet, IdentifierIndex};
pub use index::project_state::{
    DirectoryHandle, FileFingerprint, FileState, ProjectState, SUFFIX as PROJECT_STATE_SUFFIX, SourceState,
};
pub use pack::format as pack_format;
pub use pack::mapped::{ArchiveLocation, MappedArchive};
pub use pack::untrusted::verify_untrusted;
pub use pack::verify::PackReport;
pub use pack::write::PackWriter;
pub use stats::VersionStats;
pub use store::{MIN_INDEXED_ARCHIVES, Store};
pub use sync::clock::now as now_in_nanoseconds;
pub use underlay::{Underlay, from_environment as underlay_from_environment};

/// The key of an archive: the blake3 hash of its source.
pub type SourceKey = [u8; 32];

/// The key of a source.
pub fn source_key(source: &[u8]) -> SourceKey {
    *blake3::hash(source).as_bytes()
}
