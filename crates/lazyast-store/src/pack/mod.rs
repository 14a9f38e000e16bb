//! Packs: files of many archives with a sorted index. `format-spec/PACK.md` is the normative description.

pub(crate) mod compression;
pub(crate) mod encode;
pub(crate) mod error;
pub(crate) mod exported;
pub(crate) mod file;
pub(crate) mod format;
pub(crate) mod index;
pub(crate) mod listing;
pub(crate) mod lookup;
pub(crate) mod manifest;
pub(crate) mod open_packs;
pub(crate) mod report;
pub(crate) mod stored;
pub(crate) mod untrusted;
pub(crate) mod verify;
pub(crate) mod write;
