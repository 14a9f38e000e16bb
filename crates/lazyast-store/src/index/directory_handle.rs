//! An open directory, for the fingerprints of many files in it.
//!
//! On Unix the system resolves the path of the directory once, instead of once for each file.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::index::fingerprint::FileFingerprint;

/// An open directory, for the fingerprints of many files in it.
#[derive(Debug)]
pub struct DirectoryHandle {
    path: PathBuf,
    #[cfg(unix)]
    handle: Option<std::os::fd::OwnedFd>,
}

impl DirectoryHandle {
    /// Opens the directory at a path. If there is none, no file in it has a fingerprint.
    pub fn new(path: &Path) -> Self {
        #[cfg(unix)]
        let target = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        Self {
            #[cfg(unix)]
            handle: {
                use rustix::fs::{Mode, OFlags};
                rustix::fs::open(target, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
            },
            path: path.to_owned(),
        }
    }

    /// The path of the directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The fingerprint of a file in the directory; symbolic links are followed. `None` if there is no file.
    #[cfg(unix)]
    pub fn fingerprint(&self, name: &OsStr) -> Option<FileFingerprint> {
        let handle = self.handle.as_ref()?;
        let stat = rustix::fs::statat(handle, name, rustix::fs::AtFlags::empty()).ok()?;
        Some(FileFingerprint::of_stat(&stat))
    }

    /// The fingerprint of a file in the directory; symbolic links are followed. `None` if there is no file.
    #[cfg(not(unix))]
    pub fn fingerprint(&self, name: &OsStr) -> Option<FileFingerprint> {
        FileFingerprint::at(&self.path.join(name))
    }
}
