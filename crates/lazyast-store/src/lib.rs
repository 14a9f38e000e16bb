//! The cache of lazyast: a directory of packs, in which archives are found by the hash of their source.
//!
//! ```
//! use lazyast_store::{CacheDirectory, LookupCounts, Store, source_key};
//!
//! /// The version of the parser that built the archives.
//! const PARSER: u32 = 1;
//!
//! let temporary = tempfile::tempdir()?;
//! let directory = CacheDirectory::prepare(temporary.path().join("cache"), PARSER)?;
//! let store = Store::open(directory, PARSER);
//!
//! let key = source_key(b"import os\n");
//! assert!(store.get(&key).is_none());
//!
//! // Whoever has built an archive adds it to a pack and publishes that.
//! let mut writer = store.writer()?;
//! writer.add(&key, b"the bytes of an archive")?;
//! store.publish(writer)?;
//! assert_eq!(store.stats().packs, 1);
//!
//! // These bytes are no archive. An archive that is damaged counts as missing.
//! assert!(store.locate(&key).is_some());
//! assert!(store.get(&key).is_none());
//! assert_eq!(store.verify()[0].problem_count, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The modules, each of which uses only those before it:
//!
//! - `sync`: the clock, lock files, temporary files.
//! - `dir`: which directory is the cache, who can write to it, and the version directories in it.
//! - `index`: the identifier index of a pack, and the state of a project's files.
//! - `pack`: the file format (`format-spec/PACK.md`), writing, reading, verifying and searching packs.
//! - `gc`: compaction of small packs, and garbage collection.
//! - `counts`, `stats`, `import`, `underlay`, `store`: what [`Store`] and [`Underlay`] offer.
//!
//! The crate knows neither how archives are built nor what they contain. A damaged or missing archive is a miss.
#![forbid(unsafe_code)]

mod counts;
mod dir;
mod gc;
mod import;
mod index;
mod key;
mod pack;
mod stats;
mod store;
mod sync;
mod underlay;

pub use counts::LookupCounts;
pub use dir::cache_directory::{CacheDirectory, version_name};
pub use dir::configuration::Configuration;
pub use dir::error::CacheDirectoryError;
pub use dir::locate::choose_cache_directory;
pub use dir::versions::clean_cache;
pub use gc::collect::GcReport;
pub use gc::policy::{GcPolicy, is_gc_due};
pub use import::ImportReport;
pub use index::archive_set::ArchiveSet;
pub use index::directory_handle::DirectoryHandle;
pub use index::fingerprint::FileFingerprint;
pub use index::identifiers::IdentifierIndex;
pub use index::project_state::{FileState, ProjectState, SourceState};
pub use index::project_state_file::PROJECT_STATE_SUFFIX;
pub use key::{SourceKey, source_key};
pub use pack::error::{PackFormatError, PackOpenError, PackedArchiveError};
pub use pack::exported::ExportedPack;
pub use pack::manifest::{ManifestContent, ManifestError, ManifestFile};
pub use pack::report::{PackProblem, PackReport};
pub use pack::stored::{ArchiveLocation, StoredArchive};
pub use pack::untrusted::verify_untrusted;
pub use pack::write::{ExportedArchive, ExportedFile, PackWriter};
pub use stats::VersionStats;
pub use store::{MIN_INDEXED_ARCHIVES, Store};
pub use sync::clock::now_in_nanoseconds;
pub use underlay::{EnvironmentUnderlay, Underlay};

/// The bytes of packs and of the files beside them, for tools and tests that write them by hand.
pub mod pack_format {
    pub use crate::index::identifiers::{from_bytes as identifier_index, identifier_index_bytes};
    pub use crate::index::project_state_bytes::{
        decode as decode_project_state, encode as encode_project_state,
    };
    pub use crate::pack::encode::{
        header, header_with_manifest, index_and_footer, manifest_index_and_footer,
    };
    pub use crate::pack::format::{FOOTER_LEN, IndexEntry};
}
