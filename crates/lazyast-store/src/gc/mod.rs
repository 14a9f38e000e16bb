//! Compaction of small packs, and garbage collection.

pub(crate) mod collect;
pub(crate) mod compact;
pub(crate) mod last_use;
pub(crate) mod plan;
pub(crate) mod policy;
pub(crate) mod replace;
