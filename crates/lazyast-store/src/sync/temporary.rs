//! Files in the making, and what killed processes leave of them.
//!
//! A file in the making is locked by who makes it. So the collection knows those whose makers are gone, at once
//! and without a guess from their age.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::sync::lock::is_locked_now;

/// The ending of files that are being written.
pub(crate) const SUFFIX: &str = ".tmp";

/// Attempts to make a file that nobody takes for a leftover.
const ATTEMPTS: usize = 100;

/// Where files cannot be locked, one that nobody wrote to for so long is a leftover.
const ABANDONED: Duration = Duration::from_hours(24);

/// Starts a file in a directory, with a name that begins like that. Nobody but the user can read it.
pub(crate) fn create(directory: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    create_with(tempfile::Builder::new().prefix(prefix).suffix(SUFFIX), directory)
}

/// Starts a file that others may read as far as the user lets them read new files.
pub(crate) fn create_public(directory: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    create_with(&mut builder, directory)
}

fn create_with(builder: &mut tempfile::Builder<'_, '_>, directory: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder.tempfile_in(directory)?;
        match is_locked_now(file.as_file()) {
            // The collection deletes what it finds unlocked, which this one was for a moment.
            Ok(true) if file.path().exists() => return Ok(file),
            Ok(_) => {}
            // Locks are not to be had here.
            Err(_) => return Ok(file),
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "files in the making are deleted each time"))
}

/// The files in a directory that nobody is going to finish, with their lengths.
pub(crate) fn leftovers(directory: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file
            && entry.file_name().to_string_lossy().ends_with(SUFFIX)
            && let Ok(metadata) = entry.metadata()
            && is_leftover(&entry.path(), metadata.modified().ok())
        {
            found.push((entry.path(), metadata.len()));
        }
    }
    found
}

fn is_leftover(path: &Path, modified: Option<SystemTime>) -> bool {
    // Opened for writing, because some systems lock nothing else; nothing is written.
    let Ok(file) = File::options().write(true).open(path) else { return false };
    match is_locked_now(&file) {
        Ok(is_ours) => {
            let _ = file.unlock();
            is_ours
        }
        Err(_) => {
            let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
            age.is_some_and(|age| age > ABANDONED)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_whose_makers_are_gone_are_left_over() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = create(directory.path(), "pack-").expect("there is room");
        assert_eq!(leftovers(directory.path()), []);
        let (_, path) = file.keep().expect("it is there");
        assert_eq!(leftovers(directory.path()), [(path.clone(), 0)]);
        fs::rename(&path, path.with_extension("pack")).expect("it is there");
        assert_eq!(leftovers(directory.path()), []);
    }
}
