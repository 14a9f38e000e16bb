//! The cache of lazyast: a directory of packs, in which archives are found by the hash of their source.
//!
//! - [`directory`]: where the cache is, and whether it may be used.
//! - [`pack`]: the file format of packs (`format-spec/PACK.md`).
//! - [`writer`]: packs are written under a temporary name and published by rename, never changed.
//! - [`store`]: all packs of a directory, mapped, searched by hash.
//! - [`freshness`]: what is known of files, so that unchanged ones need not be read.
//! - [`map`]: mapping a file; the only unsafe code of the crate.
//!
//! Nothing here knows how archives are made or asked. A damaged, foreign or missing entry is a miss.
#![deny(unsafe_code)]

pub mod directory;
pub mod freshness;
pub mod map;
pub mod pack;
pub mod store;
pub mod writer;

pub use directory::{Directory, Unusable};
pub use freshness::{Freshness, Known, KnownFile, Stamp};
pub use store::{Checked, Entry, Located, Stats, Store};
pub use writer::PackWriter;

/// The key of an archive: the blake3 hash of its source.
pub type Key = [u8; 32];

/// The key of a source.
pub fn key(source: &[u8]) -> Key {
    *blake3::hash(source).as_bytes()
}
