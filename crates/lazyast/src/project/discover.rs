//! Finding the Python sources under some paths.

use std::path::PathBuf;

use lazyast_store::{FileFingerprint, ProjectState};

use super::discovery::{DiscoveredFile, Discovery};
use super::rediscover::{FingerprintSource, rediscover};
use super::selection::FileSelection;
use super::source_file::FileError;
use super::{ignore_files, walk};

/// Finds the Python sources under the given paths, in the order of their paths, and the paths that could not be
/// inspected.
///
/// The selection says which files below directories are sources; a file that is itself one of the paths is always taken.
pub fn find_sources(
    paths: &[PathBuf],
    selection: &FileSelection,
) -> (Vec<PathBuf>, Vec<(PathBuf, FileError)>) {
    let Discovery { mut files, errors, .. } = discover_all(paths, selection);
    files.retain(|file| selection.is_in_shard(&file.path));
    (files.into_iter().map(|file| file.path).collect(), errors)
}

/// Finds the sources under the given paths. Directories that have not changed since the recorded state are not listed.
pub(crate) fn discover(
    paths: &[PathBuf],
    selection: &FileSelection,
    recorded: Option<&ProjectState>,
    fingerprints: FingerprintSource,
    threads: usize,
) -> Discovery {
    let mut discovery = recorded
        .and_then(|recorded| rediscover(paths, selection, recorded, fingerprints, threads))
        .unwrap_or_else(|| discover_all(paths, selection));
    discovery.files.retain(|file| selection.is_in_shard(&file.path));
    discovery
}

/// Finds the sources by listing every directory.
fn discover_all(paths: &[PathBuf], selection: &FileSelection) -> Discovery {
    let mut discovery = Discovery { listed: true, ..Discovery::default() };
    for path in paths {
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => {
                discovery.ignore_files.extend(ignore_files::above(path));
                walk::add_tree(path, selection, &mut discovery);
            }
            Ok(metadata) => {
                let fingerprint = FileFingerprint::of(&metadata);
                discovery.files.push(DiscoveredFile { path: path.clone(), fingerprint });
            }
            Err(error) => discovery.errors.push((path.clone(), FileError::Io(error))),
        }
    }
    discovery.sort();
    if !discovery.errors.is_empty() {
        // Without recorded directories the next discovery lists everything again, and retries these paths.
        discovery.directories.clear();
    }
    discovery
}
