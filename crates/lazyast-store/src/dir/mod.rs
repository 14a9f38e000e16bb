//! The cache directory: which one it is, who can write to it, and the version directories in it.

pub(crate) mod cache_directory;
pub(crate) mod configuration;
pub(crate) mod error;
pub(crate) mod locate;
pub(crate) mod permissions;
pub(crate) mod versions;
