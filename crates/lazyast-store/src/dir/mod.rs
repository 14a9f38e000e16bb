//! The cache directory: which one it is, who may use it, and the version directories in it.

pub(crate) mod cache_directory;
pub(crate) mod versions;
