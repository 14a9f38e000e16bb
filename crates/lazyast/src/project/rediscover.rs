//! Discovering the sources again, from the state that was recorded last time.
//!
//! Only directories whose fingerprint has changed are listed. This is exact because everything that decides which
//! files are sources is recorded: the directories, and the ignore files with those that did not exist. If an ignore
//! file has changed or anything is in doubt, the functions here return `None` and all directories are listed.

use std::path::{Path, PathBuf};

use lazyast_store::DirectoryHandle;
use lazyast_store::{FileFingerprint, FileState, ProjectState};

use super::discovery::{DiscoveredFile, Discovery};
use super::selection::FileSelection;
use super::{ignore_files, walk};
use crate::parallel;

/// Which fingerprints are given to files in unchanged directories.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FingerprintSource {
    /// The recorded ones. This suffices if the files are read anyway.
    Recorded,
    /// The current ones, from the file system.
    Current,
}

/// Starting a thread takes longer than inspecting this many files.
const MIN_FILES_PER_THREAD: usize = 400;

/// Finds the sources under the given paths, and lists only directories that have changed.
pub(crate) fn rediscover(
    paths: &[PathBuf],
    selection: &FileSelection,
    recorded: &ProjectState,
    fingerprints: FingerprintSource,
    threads: usize,
) -> Option<Discovery> {
    let is_known_ignore_file =
        |path: &Path| recorded.ignore_files.iter().any(|(ignore_file, _)| ignore_file == path);
    if recorded.directories.is_empty()
        || ignore_files::of_user().is_some_and(|path| !is_known_ignore_file(&path))
        || !recorded.has_same_ignore_files()
    {
        return None;
    }
    let mut discovery = Discovery { ignore_files: recorded.ignore_files.clone(), ..Discovery::default() };
    let changed = changed_directories(recorded, threads, &mut discovery);
    let is_known_directory = |path: &Path| {
        recorded.directories.binary_search_by(|(directory, _)| directory.as_path().cmp(path)).is_ok()
    };
    for directory in &changed {
        if ignore_files::has_new(directory, is_known_ignore_file) {
            return None;
        }
        if directory.is_dir() {
            walk::add_directory(directory, selection, is_known_directory, &mut discovery);
        } else if paths.iter().any(|path| path == directory) {
            // The user named this directory, and it is gone: listing it gives the error.
            return None;
        }
    }
    let is_in_changed = |file: &FileState| changed.binary_search(&parent(file)).is_ok();
    let unchanged: Vec<&FileState> = recorded.files.iter().filter(|file| !is_in_changed(file)).collect();
    discovery.files.extend(match fingerprints {
        FingerprintSource::Recorded => unchanged.into_iter().map(recorded_file).collect(),
        FingerprintSource::Current => current_files(&unchanged, threads)?,
    });
    if !changed.is_empty() {
        discovery.listed = true;
        // A file that is itself one of the paths is a source even if its directory does not list it.
        for path in paths.iter().filter(|path| !is_known_directory(path)) {
            let fingerprint = FileFingerprint::at(path)?;
            discovery.files.push(DiscoveredFile { path: path.clone(), fingerprint });
        }
        discovery.sort();
    }
    discovery.errors.is_empty().then_some(discovery)
}

/// The directories that have changed, in the order of their paths. The others are added to the discovery.
fn changed_directories<'r>(
    recorded: &'r ProjectState,
    threads: usize,
    discovery: &mut Discovery,
) -> Vec<&'r Path> {
    let current = parallel::map_chunks(&recorded.directories, threads, MIN_FILES_PER_THREAD, |chunk| {
        chunk.iter().map(|(path, _)| FileFingerprint::at(path)).collect()
    });
    let mut changed = Vec::new();
    for ((path, before), now) in recorded.directories.iter().zip(current) {
        match now {
            Some(now) if recorded.is_unchanged(before, &now) => {
                discovery.directories.push((path.clone(), now))
            }
            _ => changed.push(path.as_path()),
        }
    }
    changed
}

/// Whether a file is in a directory, and not below. This compares bytes, where taking paths apart would take longer than
/// inspecting the file. A wrong `false` costs time only.
fn is_directly_in(file: &Path, directory: &Path) -> bool {
    let [file, directory] = [file, directory].map(|path| path.as_os_str().as_encoded_bytes());
    let is_separator = |byte: &u8| std::path::is_separator(char::from(*byte));
    match file.strip_prefix(directory) {
        Some([first, name @ ..]) => is_separator(first) && !name.iter().any(is_separator),
        _ => false,
    }
}

/// The directory of a file.
fn parent(file: &FileState) -> &Path {
    file.path.parent().unwrap_or(Path::new(""))
}

fn recorded_file(file: &FileState) -> DiscoveredFile {
    DiscoveredFile { path: file.path.clone(), fingerprint: file.fingerprint }
}

/// Files with their current fingerprints; `None` if one is gone.
fn current_files(files: &[&FileState], threads: usize) -> Option<Vec<DiscoveredFile>> {
    let found = parallel::map_chunks(files, threads, MIN_FILES_PER_THREAD, |chunk| {
        let mut directory = DirectoryHandle::new(Path::new(""));
        let current = |file: &&FileState| {
            if !is_directly_in(&file.path, directory.path()) {
                directory = DirectoryHandle::new(parent(file));
            }
            let fingerprint = directory.fingerprint(file.path.file_name()?)?;
            Some(DiscoveredFile { path: file.path.clone(), fingerprint })
        };
        chunk.iter().map(current).collect()
    });
    found.into_iter().collect()
}
