//! Unified diffs of sources.

use std::io;
use std::path::Path;

use similar::TextDiff;

/// Prints a unified diff, which `patch` and `git apply` understand. Absolute paths are relative to the root.
pub(crate) fn print_diff(path: &Path, old: &[u8], new: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
    let path = path.strip_prefix(".").or_else(|_| path.strip_prefix("/")).unwrap_or(path).display();
    let (from, to) = (format!("a/{path}"), format!("b/{path}"));
    TextDiff::from_lines(old, new).unified_diff().header(&from, &to).to_writer(out)
}
