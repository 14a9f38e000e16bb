//! [`PackFile`]: the file of a pack. What is read from it is in memory of our own.
//!
//! Packs are not mapped. A mapped file that is truncated or overwritten changes the bytes that a reader has checked, or
//! ends the process. Reading an archive costs little, because its checksum needs every byte anyway.

use std::fs::File;
use std::io;

/// The shortest buffer, longer than most archives.
const SHORTEST_BUFFER: usize = 64 << 10;

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

    /// The bytes from an offset on, in a buffer that grows to the longest of them. The caller has checked that they are
    /// inside of the file's length.
    pub(crate) fn bytes_in<'b>(
        &self,
        offset: u64,
        len: usize,
        buffer: &'b mut Vec<u8>,
    ) -> io::Result<&'b [u8]> {
        if buffer.capacity() < len {
            // Growing it would copy what nobody reads.
            *buffer = Vec::new();
            buffer.reserve_exact(len.max(SHORTEST_BUFFER).checked_next_power_of_two().unwrap_or(len));
        }
        read_part(&self.file, offset, len, buffer)
    }

    /// The bytes from an offset on. The caller has checked that they are inside of the file's length.
    pub(crate) fn bytes(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(len);
        read_to_capacity(&self.file, offset, &mut bytes, len)?;
        Ok(bytes)
    }
}

/// Reads a part of a file into a buffer that has the capacity for it. Its memory is not zeroed first: that takes as long as
/// reading. Fails where the system gives fewer bytes than there are; that is rare, and callers read the archive again then.
#[cfg(unix)]
fn read_part<'b>(file: &File, offset: u64, len: usize, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    buffer.clear();
    let (bytes, missing) = rustix::io::pread(file, &mut buffer.spare_capacity_mut()[..len], offset)?;
    if missing.is_empty() { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

#[cfg(windows)]
fn read_part<'b>(file: &File, offset: u64, len: usize, buffer: &'b mut Vec<u8>) -> io::Result<&'b [u8]> {
    if buffer.len() < len {
        buffer.resize(len, 0);
    }
    read_exact_at(file, offset, &mut buffer[..len])?;
    Ok(&buffer[..len])
}

/// Fills new memory, without zeroing it first.
#[cfg(unix)]
fn read_to_capacity(file: &File, offset: u64, bytes: &mut Vec<u8>, len: usize) -> io::Result<()> {
    use rustix::buffer::spare_capacity;
    while bytes.len() < len {
        let next = offset + bytes.len() as u64;
        // The capacity can be larger than what was asked for.
        let read = match rustix::io::pread(file, spare_capacity(bytes), next) {
            Ok(read) => read,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    bytes.truncate(len);
    Ok(())
}

#[cfg(windows)]
fn read_to_capacity(file: &File, offset: u64, bytes: &mut Vec<u8>, len: usize) -> io::Result<()> {
    bytes.resize(len, 0);
    read_exact_at(file, offset, bytes)
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
