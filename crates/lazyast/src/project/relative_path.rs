//! Paths relative to a directory, by names alone: links are not followed.

use std::ffi::OsString;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The components of a path relative to a directory; `None` if the path is not below.
pub(crate) fn parts_below(root: &Path, path: &Path) -> io::Result<Option<Vec<OsString>>> {
    let (root, path) = (normalised(root)?, normalised(path)?);
    Ok(path.strip_prefix(&root).ok().map(|below| below.iter().map(ToOwned::to_owned).collect()))
}

/// The absolute path without `..`.
fn normalised(path: &Path) -> io::Result<PathBuf> {
    let mut normalised = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::ParentDir => drop(normalised.pop()),
            other => normalised.push(other),
        }
    }
    Ok(normalised)
}
