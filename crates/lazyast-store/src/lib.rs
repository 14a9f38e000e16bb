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

pub mod check;
pub mod clock;
pub mod collect;
mod compact;
pub mod counts;
pub mod directory;
pub mod foreign;
pub mod freshness;
mod import;
mod lock;
pub mod map;
pub mod names;
pub mod pack;
mod packs;
pub mod stats;
pub mod store;
mod temporary;
pub mod underlay;
mod uses;
pub mod versions;
pub mod writer;

pub use check::PackReport;
pub use collect::{GcPolicy, GcReport};
pub use counts::LookupCounts;
pub use directory::{CacheDirectory, CacheDirectoryError};
pub use foreign::verify_untrusted;
pub use freshness::{FileFingerprint, FileState, ProjectState, SourceState};
pub use import::ImportReport;
pub use names::{ArchiveSet, IdentifierIndex};
pub use packs::{ArchiveLocation, MappedArchive};
pub use stats::VersionStats;
pub use store::Store;
pub use underlay::Underlay;
pub use writer::PackWriter;

/// The key of an archive: the blake3 hash of its source.
pub type SourceKey = [u8; 32];

/// The key of a source.
pub fn source_key(source: &[u8]) -> SourceKey {
    *blake3::hash(source).as_bytes()
}
