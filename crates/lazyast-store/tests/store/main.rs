//! The cache in real directories.

/// Packs that are changed in place.
mod changed;
/// What other processes change in the directory while it is in use.
mod concurrent;
/// Garbage collection.
mod gc;
/// Untrusted packs: import and verification.
mod import;
/// Packs with so many archives that single ones are looked up without the index.
mod large;
/// Published archives are found, and damaged ones are misses; compaction; verification.
mod search;
/// Archives, packs and directories for the tests.
mod support;
/// The read-only underlay.
mod underlay;
/// The vectors of packs and of the files beside them.
mod vectors;
