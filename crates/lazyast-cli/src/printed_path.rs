//! Paths as they are printed.

use std::path::Path;

/// The path as it is printed: without `./` if the user named no path.
pub(crate) fn printed_path(path: &Path, in_current_directory: bool) -> &Path {
    if in_current_directory { path.strip_prefix(".").unwrap_or(path) } else { path }
}
