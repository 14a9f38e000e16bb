//! Which directory is the cache directory.
//!
//! The first of these that is set: the caller's choice, the variable `LAZYAST_CACHE_DIR`, `cache-dir` in
//! `[tool.lazyast]` of the nearest `pyproject.toml`, the platform's directory for caches.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::dir::configuration::Configuration;
use crate::dir::error::CacheDirectoryError;

/// The environment variable that names the cache directory.
const VARIABLE: &str = "LAZYAST_CACHE_DIR";

/// The value that disables the cache, or garbage collection.
pub(crate) const OFF: &str = "off";

/// The cache directory for a user whose current directory is `from`.
///
/// `chosen` is the directory that the user named explicitly. It, or the variable `LAZYAST_CACHE_DIR`, can be `off`, which
/// disables the cache.
pub fn choose_cache_directory(chosen: Option<&Path>, from: &Path) -> Result<PathBuf, CacheDirectoryError> {
    if let Some(path) = chosen {
        return if path == Path::new(OFF) { Err(CacheDirectoryError::Disabled) } else { Ok(path.to_owned()) };
    }
    match std::env::var_os(VARIABLE) {
        Some(value) if value == OFF => return Err(CacheDirectoryError::Disabled),
        Some(value) if !value.is_empty() => return Ok(value.into()),
        _ => {}
    }
    if let Some(path) = Configuration::read(from).cache_directory {
        return Ok(path);
    }
    let platform = etcetera::choose_base_strategy().map_err(|_| CacheDirectoryError::NoDefault)?;
    Ok(platform.cache_dir().join("lazyast"))
}
