//! Packs: the file format, writing, mapping and verifying.

pub mod format;
pub(crate) mod map;
pub(crate) mod mapped;
pub(crate) mod untrusted;
pub(crate) mod verify;
pub(crate) mod write;
