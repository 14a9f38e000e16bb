//! The formats of findings, one file each.

pub(super) mod gitlab;
pub(super) mod json;
pub(super) mod sarif;
pub(super) mod text;
