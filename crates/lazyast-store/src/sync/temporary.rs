//! Temporary files, and the leftovers of killed processes.
//!
//! A writer locks its temporary file until the file is published. So garbage collection recognises an abandoned file at
//! once, by the missing lock, and does not have to guess from the file's age.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use crate::sync::lock::try_lock;

/// The extension of temporary files.
pub(crate) const SUFFIX: &str = ".tmp";

/// Attempts to create a temporary file that garbage collection does not delete before it is locked.
const ATTEMPTS: usize = 100;

/// On file systems without locks, a file that was not written to for this long is abandoned.
const ABANDONED_AFTER: Duration = Duration::from_hours(24);

/// Creates and locks a temporary file. Other users cannot read it.
pub(crate) fn create(directory: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    create_locked(tempfile::Builder::new().prefix(prefix).suffix(SUFFIX), directory)
}

/// Creates and locks a temporary file whose permissions follow the user's umask.
pub(crate) fn create_shared(directory: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    create_locked(&mut builder, directory)
}

fn create_locked(builder: &mut tempfile::Builder<'_, '_>, directory: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..ATTEMPTS {
        let file = builder.tempfile_in(directory)?;
        match try_lock(file.as_file()) {
            // Between its creation and its lock, garbage collection can delete the file.
            Ok(true) if file.path().exists() => return Ok(file),
            Ok(_) => {}
            // This file system has no locks.
            Err(_) => return Ok(file),
        }
    }
    let message = format!(
        "cannot create a temporary file in {}: another process deleted it {ATTEMPTS} times",
        directory.display()
    );
    Err(io::Error::new(io::ErrorKind::NotFound, message))
}

/// The abandoned temporary files in a directory, with their lengths.
pub(crate) fn abandoned(directory: &Path) -> Vec<(PathBuf, u64)> {
    let mut abandoned = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file
            && entry.file_name().to_string_lossy().ends_with(SUFFIX)
            && let Ok(metadata) = entry.metadata()
            && is_abandoned(&entry.path(), metadata.modified().ok())
        {
            abandoned.push((entry.path(), metadata.len()));
        }
    }
    abandoned
}

fn is_abandoned(path: &Path, modified: Option<SystemTime>) -> bool {
    // Some systems lock only files that are open for writing. Nothing is written.
    let Ok(file) = File::options().write(true).open(path) else { return false };
    match try_lock(&file) {
        Ok(is_ours) => {
            let _ = file.unlock();
            is_ours
        }
        Err(_) => {
            let age = modified.and_then(|modified| SystemTime::now().duration_since(modified).ok());
            age.is_some_and(|age| age > ABANDONED_AFTER)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unlocked_temporary_files_are_abandoned() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = create(directory.path(), "pack-").expect("the directory is writable");
        assert_eq!(abandoned(directory.path()), []);
        let (_, path) = file.keep().expect("the file exists");
        assert_eq!(abandoned(directory.path()), [(path.clone(), 0)]);
        fs::rename(&path, path.with_extension("pack")).expect("the file exists");
        assert_eq!(abandoned(directory.path()), []);
    }
}
