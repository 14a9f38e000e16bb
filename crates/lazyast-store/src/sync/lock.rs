//! Locks between processes: an exclusive lock on a file.
//!
//! The operating system releases a lock when the process that holds it ends, so a killed process never blocks the
//! others. Readers of the cache take no locks.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Pause between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// A locked file. Dropping it releases the lock.
#[derive(Debug)]
pub(crate) struct FileLock(File);

impl FileLock {
    /// Locks a file, and creates it if it does not exist. Gives `None` if another process holds the lock.
    pub(crate) fn try_acquire(path: &Path) -> io::Result<Option<Self>> {
        Self::acquire_within(path, Duration::ZERO)
    }

    /// Locks a file, and creates it if it does not exist. Gives `None` if another process still holds the lock after
    /// `patience`.
    pub(crate) fn acquire_within(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let deadline = Instant::now() + patience;
        while !try_lock(&file)? {
            if Instant::now() >= deadline {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
        Ok(Some(Self(file)))
    }

    /// The locked file, for reading and writing.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // A forked process can have the same file open. Closing this handle would then not release the lock.
        let _ = self.0.unlock();
    }
}

/// Tries to lock a file. Gives `false` if another handle holds the lock.
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
