//! The directories of all versions in a cache directory, and getting rid of them.
//!
//! Nothing here follows a link, and nothing is touched whose name lazyast would not give.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::gc::collect::STAMP;

/// The beginning of the names of directories that are being deleted.
const DELETED: &str = "deleted-";
/// Attempts to delete a directory that others delete, too.
const ATTEMPTS: usize = 100;

/// The directories of all versions in a cache directory, in the order of their names.
pub(crate) fn versions(root: &Path) -> Vec<PathBuf> {
    let mut found = folders(root, is_version);
    found.sort();
    found
}

/// Directories that were being deleted, by this or another process, and are still there.
pub(crate) fn half_deleted(root: &Path) -> Vec<PathBuf> {
    folders(root, |name| name.starts_with(DELETED))
}

fn folders(root: &Path, is_meant: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| is_meant(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect()
}

/// Deletes everything that lazyast keeps in a cache directory, of all versions, and nothing else. Gives the number of
/// bytes. Processes that use it at the time keep what they have open.
pub fn clean(root: &Path) -> io::Result<u64> {
    fs::read_dir(root)?;
    let mut bytes = 0;
    for version in versions(root) {
        bytes += size(&version);
        delete_version(root, &version)?;
    }
    for folder in half_deleted(root) {
        bytes += size(&folder);
        delete_folder(&folder)?;
    }
    match fs::remove_file(root.join(STAMP)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(bytes),
    }
}

/// Deletes the directory of a version.
pub(crate) fn delete_version(root: &Path, version: &Path) -> io::Result<()> {
    for _ in 0..ATTEMPTS {
        // Moved away first: nobody can write into what is being deleted.
        let away = tempfile::Builder::new().prefix(DELETED).tempdir_in(root)?.keep();
        let moved = fs::rename(version, away.join("version"));
        delete_folder(&away)?;
        match moved {
            Ok(()) => return Ok(()),
            // Somebody else was faster: with it, or with the directory that it should have gone to.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if !version.exists() {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("others delete it, too, and are faster each time"))
}

/// Deletes a directory that others may be deleting, too.
pub(crate) fn delete_folder(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a name is that of a version's directory: `v<format>-<fingerprint>-<parser>`.
fn is_version(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_fingerprint = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = name.strip_prefix('v').unwrap_or_default().split('-');
    let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
    matches!(parts, [Some(format), Some(fingerprint), Some(parser), None]
        if is_number(format) && is_fingerprint(fingerprint) && is_number(parser))
}

/// The bytes of the files in a directory and those below.
pub(crate) fn size(directory: &Path) -> u64 {
    let mut bytes = 0;
    visit(directory, &mut |metadata| bytes += metadata.len());
    bytes
}

/// When a file in a directory, or the directory itself, was changed last.
pub(crate) fn last_change(directory: &Path) -> Option<SystemTime> {
    let mut last = fs::symlink_metadata(directory).and_then(|metadata| metadata.modified()).ok();
    visit(directory, &mut |metadata| last = last.max(metadata.modified().ok()));
    last
}

/// Looks at the files in a directory and those below.
fn visit(directory: &Path, look: &mut dyn FnMut(&fs::Metadata)) {
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => look(&metadata),
                Err(_) => {}
            }
        }
    }
}
