//! Fuzz targets: functions that take any bytes and must not panic, hang or use memory without bound.
//!
//! Each target corrects what a random input would fail at first, such as checksums, and then *uses* what it opened.
//! libFuzzer calls them from `libfuzzer/`, a workspace of its own; the smoke test calls them with the seeds, with
//! mutations of the seeds and with the regressions, and needs nothing but the stable toolchain.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a target that cannot work fails, which is how it reports")]

mod archive;
mod cache;
mod mutate;
mod pack;
mod query;
pub mod seeds;
mod source;

pub use archive::archive;
pub use cache::cache;
pub use mutate::Mutator;
pub use pack::pack;
pub use query::query;
pub use source::source;

/// A function that is fuzzed.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 5] =
    [("archive", archive), ("pack", pack), ("cache", cache), ("source", source), ("query", query)];
