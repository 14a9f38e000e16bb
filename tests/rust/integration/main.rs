//! Tests of the workspace as a whole. One binary; what each part looks at:
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Which crate may depend on which, and what may be named where.
mod architecture;
/// Everything that is generated is what its generator gives.
mod generated;
/// The vectors cover every part of the layout.
mod layout;
