//! Tests of the workspace as a whole, in one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Dependencies between crates, and what may stand where.
mod architecture;
/// Generated files are up to date.
mod generated;
/// The vectors cover every part of the layout.
mod layout;
/// How the sources are cut into files, and what they call things.
mod structure;
