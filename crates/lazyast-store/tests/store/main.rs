//! The cache in real directories.

/// What is not used goes, what is used stays.
mod collect;
/// Packs that are carried from one cache to another.
mod import;
/// What tests are made of.
mod made;
/// What is written is found again, and damage is a miss.
mod packs;
/// What somebody else does to the directory meanwhile.
mod shared;
/// Caches that are only read.
mod underlay;
