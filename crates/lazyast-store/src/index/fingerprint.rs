//! Fingerprints of files: what `stat` says, without reading the content.
//!
//! Timestamps have a limited resolution. A file that is written twice within one tick of the clock can have the same
//! fingerprint both times. So an equal fingerprint proves nothing if its timestamp is *racy*: not older than the
//! observation by more than a tick. Git has the same rule for its index (Documentation/technical/racy-git.txt).
//!
//! One way to change a file moves no timestamp: on Linux, a program that has mapped the file as shared and writable sets
//! them when it first writes to a page, and not again before the page is written to disk. Later writes to the same page
//! are not detected. Editors, compilers and version control write files by system calls.

use std::fs::Metadata;
#[cfg(not(unix))]
use std::io;
use std::path::Path;
#[cfg(not(unix))]
use std::time::SystemTime;

#[cfg(not(unix))]
use crate::sync::clock;
use crate::sync::clock::SECOND;

/// Nanoseconds that a file's timestamp can lag behind the clock: the tick of the system.
pub(crate) const TICK: i64 = 50_000_000;
/// The same on file systems whose timestamps are whole seconds.
const COARSE_TICK: i64 = 2_000_000_000;

/// The fingerprint of a file or directory. It changes when the file changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileFingerprint {
    /// Length in bytes.
    pub size: u64,
    /// Time of the last change of the content (`mtime`), in nanoseconds since 1970.
    pub modified: i64,
    /// Time of the last change of the content or the attributes (`ctime`), in nanoseconds since 1970. Programs cannot set
    /// it back. On other systems than Unix it is the time of creation.
    pub changed: i64,
    /// Inode number; 0 on other systems than Unix.
    pub inode: u64,
}

impl FileFingerprint {
    /// The fingerprint of a file or directory.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let time =
            |seconds: i64, nanoseconds: i64| seconds.saturating_mul(SECOND).saturating_add(nanoseconds);
        Self {
            size: metadata.len(),
            modified: time(metadata.mtime(), metadata.mtime_nsec()),
            changed: time(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// The fingerprint of a file or directory.
    #[cfg(not(unix))]
    pub fn of(metadata: &Metadata) -> Self {
        let time = |time: io::Result<SystemTime>| time.map_or(0, clock::nanoseconds_of);
        Self {
            size: metadata.len(),
            modified: time(metadata.modified()),
            changed: time(metadata.created()),
            inode: 0,
        }
    }

    /// The fingerprint of the file at a path; symbolic links are followed. `None` if there is no file.
    pub fn at(path: &Path) -> Option<Self> {
        path.metadata().ok().as_ref().map(Self::of)
    }

    #[cfg(unix)]
    pub(crate) fn of_stat(stat: &rustix::fs::Stat) -> Self {
        // The types of these fields differ between platforms.
        #[allow(clippy::unnecessary_cast, clippy::cast_lossless)]
        let time = |seconds: i128, nanoseconds: i128| {
            i64::try_from(seconds * i128::from(SECOND) + nanoseconds).unwrap_or(i64::MAX)
        };
        #[allow(clippy::unnecessary_cast)]
        Self {
            size: stat.st_size as u64,
            modified: time(stat.st_mtime.into(), stat.st_mtime_nsec.into()),
            changed: time(stat.st_ctime.into(), stat.st_ctime_nsec.into()),
            inode: stat.st_ino as u64,
        }
    }

    /// Whether the file can have changed after the time `observed_at` without a change of this fingerprint.
    pub(crate) fn is_racy(&self, observed_at: i64) -> bool {
        // On other systems than Unix `changed` is the time of creation, whose resolution can be finer.
        let is_coarse = self.modified % SECOND == 0 && (self.changed % SECOND == 0 || cfg!(not(unix)));
        let tick = if is_coarse { COARSE_TICK } else { TICK };
        self.modified.max(self.changed) >= observed_at.saturating_sub(tick)
    }
}
