//! What a cache records besides archives: the identifiers of each pack, and the state of source files.

pub(crate) mod archive_set;
pub(crate) mod directory_handle;
pub(crate) mod fingerprint;
pub(crate) mod identifiers;
pub(crate) mod project_state;
pub(crate) mod project_state_bytes;
pub(crate) mod project_state_file;
