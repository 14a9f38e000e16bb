//! [`PackFile`]: the file of a pack. What is read from it is in memory of our own.
//!
//! Packs are not mapped. A mapped file that is truncated or overwritten changes the bytes that a reader has checked, or
//! ends the process. Reading an archive costs little, because its checksum needs every byte anyway.

use std::fs::File;
use std::io;
use std::sync::Arc;

/// The file of a pack, open for reading at any offset from any thread.
#[derive(Debug)]
pub(crate) struct PackFile {
    file: File,
    len: u64,
}

impl PackFile {
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file, len })
    }

    /// Length in bytes when the file was opened.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Fills `bytes` from an offset on. Fails where the file has become shorter.
    pub(crate) fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        read_exact_at(&self.file, offset, bytes)
    }

    /// The bytes from an offset on. The caller has checked that they are inside of the file's length.
    pub(crate) fn bytes(&self, offset: u64, len: usize) -> io::Result<Arc<[u8]>> {
        let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, len).collect();
        match Arc::get_mut(&mut bytes) {
            Some(unshared) => self.read(offset, unshared)?,
            None => unreachable!("nothing else has the new bytes"),
        }
        Ok(bytes)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut offset: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt as _;
    while !bytes.is_empty() {
        match file.seek_read(bytes, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                bytes = &mut bytes[read..];
                offset += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
