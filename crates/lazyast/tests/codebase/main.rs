//! Codebases on disk, warmed, opened and exported through the public API.
#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

/// Unchanged sources are not read, and every change is noticed.
mod change_detection;
/// Tables over a project, and which archives they keep.
mod tables;
/// Archives from other machines: read-only underlays, and exported packs.
mod underlay;
/// Warming and opening: counts, failures, ignore files, unusable caches.
mod warm;
