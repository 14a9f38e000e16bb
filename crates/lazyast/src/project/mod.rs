//! A codebase: finding its sources, bringing them into the cache, opening and searching it.

pub(crate) mod build;
pub(crate) mod discover;
pub(crate) mod export;
pub(crate) mod open;
pub(crate) mod reuse;
pub(crate) mod search;
pub(crate) mod warm;
