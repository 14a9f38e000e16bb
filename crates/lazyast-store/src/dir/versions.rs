//! The version directories in a cache directory, and their deletion.
//!
//! The code follows no symbolic links, and deletes only what has a name that lazyast gives.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The directory of packs in a version directory.
pub(crate) const PACKS: &str = "packs";
/// The file in the cache directory whose modification time is the time of the last automatic garbage collection.
pub(crate) const GC_MARK: &str = "collected";

/// The prefix of directories that are being deleted.
const DELETED: &str = "deleted-";
/// Attempts to delete a directory that other processes delete as well.
const ATTEMPTS: usize = 100;

/// The version directories in a cache directory, in the order of their names.
pub(crate) fn version_directories(root: &Path) -> Vec<PathBuf> {
    let mut versions = directories(root, is_version);
    versions.sort();
    versions
}

/// Directories whose deletion began, in this or in another process, and did not finish.
pub(crate) fn partly_deleted(root: &Path) -> Vec<PathBuf> {
    directories(root, |name| name.starts_with(DELETED))
}

fn directories(root: &Path, has_right_name: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| has_right_name(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect()
}

/// Deletes everything that lazyast keeps in a cache directory, of all versions, and nothing else.
///
/// Gives the number of bytes. Processes that use the cache keep the files that they have open.
pub fn clean_cache(root: &Path) -> io::Result<u64> {
    fs::read_dir(root)?;
    let mut bytes = 0;
    for version in version_directories(root) {
        bytes += size(&version);
        delete_version(root, &version)?;
    }
    for directory in partly_deleted(root) {
        bytes += size(&directory);
        delete_directory(&directory)?;
    }
    match fs::remove_file(root.join(GC_MARK)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(bytes),
    }
}

/// Deletes a version directory.
pub(crate) fn delete_version(root: &Path, version: &Path) -> io::Result<()> {
    for _ in 0..ATTEMPTS {
        // The directory is moved first, so that no process writes into a directory that is being deleted.
        let trash = tempfile::Builder::new().prefix(DELETED).tempdir_in(root)?.keep();
        let moved = fs::rename(version, trash.join("version"));
        delete_directory(&trash)?;
        match moved {
            Ok(()) => return Ok(()),
            // Another process has deleted the version, or the directory that it should have moved to.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !version.exists() {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
    let message = format!("cannot delete {}: another process interfered {ATTEMPTS} times", version.display());
    Err(io::Error::other(message))
}

/// Deletes a directory. Another process may be deleting it as well.
pub(crate) fn delete_directory(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a name is that of a version directory: `v<format>-<fingerprint>-<parser>`.
fn is_version(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_fingerprint = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = name.strip_prefix('v').unwrap_or_default().split('-');
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    matches!(parts, [Some(format), Some(fingerprint), Some(parser), None]
        if is_number(format) && is_fingerprint(fingerprint) && is_number(parser))
}

/// The total length of the files in a directory and below it.
pub(crate) fn size(directory: &Path) -> u64 {
    let mut bytes = 0;
    for_each_file(directory, &mut |metadata| bytes += metadata.len());
    bytes
}

/// The latest modification time of a directory and of the files in and below it.
pub(crate) fn last_change(directory: &Path) -> Option<SystemTime> {
    let mut last = fs::symlink_metadata(directory).and_then(|metadata| metadata.modified()).ok();
    for_each_file(directory, &mut |metadata| last = last.max(metadata.modified().ok()));
    last
}

fn for_each_file(directory: &Path, action: &mut dyn FnMut(&fs::Metadata)) {
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => directories.push(entry.path()),
                Ok(metadata) => action(&metadata),
                Err(_) => {}
            }
        }
    }
}
