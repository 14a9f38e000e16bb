//! Locks between processes: files that whoever does something has locked.
//!
//! The system drops a lock with the process that has it, so that a killed one leaves none behind. No reader
//! ever takes one.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Pause between two attempts to get a lock.
const PAUSE: Duration = Duration::from_millis(20);

/// A locked file, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Locks a file, which is made if it is not there; nothing if somebody else has it locked.
    pub(crate) fn now(path: &Path) -> io::Result<Option<Self>> {
        Self::new(path, Duration::ZERO)
    }

    /// Locks a file, which is made if it is not there; nothing if somebody else has it locked for longer than that.
    pub(crate) fn new(path: &Path, patience: Duration) -> io::Result<Option<Self>> {
        let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let end = Instant::now() + patience;
        while !is_locked_now(&file)? {
            if Instant::now() >= end {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
        Ok(Some(Self(file)))
    }

    /// The file, to be read and written.
    pub(crate) fn file(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A forked process may have the file open, too: closing it alone would not unlock it.
        let _ = self.0.unlock();
    }
}

/// Locks a file, and says whether nobody else had it locked.
pub(crate) fn is_locked_now(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
