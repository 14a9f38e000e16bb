//! The file of a project state: one for each list of paths and selection of files, in the version directory.
//!
//! The file is written under a temporary name and published by rename. A damaged file counts as missing; all sources are
//! then read and hashed.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::index::project_state::ProjectState;
use crate::index::project_state_bytes::{decode, encode};
use crate::sync::temporary;

/// The extension of the file.
pub const PROJECT_STATE_SUFFIX: &str = ".fresh";
/// A file that is loaded gets the current time as its modification time, if that is older than this.
const TOUCH_INTERVAL: Duration = Duration::from_hours(1);

impl ProjectState {
    /// Loads the state for some paths from a version directory, and records the use. `selection` identifies which files
    /// below the paths belong to it.
    ///
    /// The modification time of the file is the time of its last use, with the precision of an hour. Garbage collection
    /// reads it.
    pub fn load(directory: &Path, paths: &[PathBuf], selection: &str) -> Option<Self> {
        let path = directory.join(file_name(paths, selection)?);
        let mut file = File::open(&path).ok()?;
        let metadata = file.metadata().ok()?;
        let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
        file.read_to_end(&mut bytes).ok()?;
        let state = decode(&bytes)?;
        let age = metadata.modified().map(|modified| SystemTime::now().duration_since(modified));
        if !matches!(age, Ok(Ok(age)) if age < TOUCH_INTERVAL) {
            // On failure the file may be collected too early. The next run then computes the state again.
            let _ =
                File::options().write(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        Some(state)
    }

    /// Reads the state from a file, without recording the use.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        decode(&fs::read(path).ok()?)
    }

    /// Publishes the state for some paths in a version directory. A state with a path that is not UTF-8 is not saved.
    pub fn save(&self, directory: &Path, paths: &[PathBuf], selection: &str) -> io::Result<()> {
        let (Some(name), Some(bytes)) = (file_name(paths, selection), encode(self)) else { return Ok(()) };
        let mut file = temporary::create(directory, "fresh-")?;
        file.write_all(&bytes)?;
        // There is no `fsync`: the checksum shows a file that a power failure has damaged.
        file.persist(directory.join(name)).map_err(|error| error.error)?;
        Ok(())
    }
}

/// The name of the file for some paths and a selection of files.
fn file_name(paths: &[PathBuf], selection: &str) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for path in paths {
        hasher.update(std::path::absolute(path).ok()?.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
        hasher.update(path.as_os_str().as_encoded_bytes());
        hasher.update(&[0]);
    }
    hasher.update(selection.as_bytes());
    Some(format!("{}{PROJECT_STATE_SUFFIX}", &hasher.finalize().to_hex()[..32]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::project_state::tests::example;

    #[test]
    fn a_saved_state_is_loaded() {
        let directory = tempfile::tempdir().expect("a directory");
        let paths = [PathBuf::from("a")];
        example().save(directory.path(), &paths, "").expect("the directory is writable");
        assert_eq!(ProjectState::load(directory.path(), &paths, ""), Some(example()));
        assert_eq!(ProjectState::load(directory.path(), &[PathBuf::from("b")], ""), None);
    }
}
