//! The formats of hits, one file each.

pub(super) mod arrow;
pub(super) mod csv;
pub(super) mod github;
pub(super) mod json;
pub(super) mod lines;
pub(super) mod sarif;
