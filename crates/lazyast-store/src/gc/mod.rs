//! Compaction and garbage collection.

pub(crate) mod collect;
pub(crate) mod compact;
pub(crate) mod last_use;
