//! Paths that other programs print.

use std::io;
use std::path::PathBuf;

/// The path with a name. Outside of Unix, the name must be UTF-8.
#[cfg(unix)]
pub(crate) fn path_of_bytes(name: &[u8]) -> io::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::ffi::OsStr::from_bytes(name).into())
}

/// The path with a name, which must be UTF-8.
#[cfg(not(unix))]
pub(crate) fn path_of_bytes(name: &[u8]) -> io::Result<PathBuf> {
    let name = std::str::from_utf8(name);
    name.map(PathBuf::from).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}
