//! The archive format of lazyast: one Python source's syntax tree as columns that are read in place.
//!
//! An [`Archive`] is opened with one of two verbs. [`Archive::open`] is cheap (a few dozen nanoseconds,
//! whatever the size) and safe: it proves that every column lies inside the bytes, and every index that
//! is later read *from* a column is checked where it is used, so that damaged bytes give an error or a
//! wrong answer, never undefined behaviour. [`Archive::verify`] reads every byte, checksum included, and
//! afterwards nothing is wrong.
//!
//! `format-spec/FORMAT.md` is the normative description. What lives here is the bytes and nothing else:
//! no files, no threads, no parser, no Python.
//!
//! - [`layout`]: the archived columns; the only file that names `rkyv`.
//! - [`header`]: the fixed header before them.
//! - [`encoding`]: how values become numbers, for example the bits of payloads.
//! - [`shape`] and [`generated`]: what kinds and fields there are.
//! - [`KindSet`] and [`KindScanner`]: the nodes of some kinds.
//! - [`write`]: the builder.
//! - [`read`]: views, walks and field values.
//! - [`verify`]: the validation rules V01, V02, ...
#![forbid(unsafe_code)]

pub mod encoding;
pub mod generated;
pub mod header;
mod kind_set;
pub mod layout;
pub mod read;
pub mod shape;
pub mod verify;
pub mod write;

pub use generated::tables::{FORMAT_VERSION, Field, Kind, SCHEMA_FINGERPRINT, SingletonClass};
pub use header::Header;
pub use kind_set::{KindScanner, KindSet};
pub use read::{Archive, Damage, Node, NodeId, Tree};
pub use write::Builder;
