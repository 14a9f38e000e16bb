//! Packs that are compressed with zstd, for the way to other machines. Packs that are read in place are never
//! compressed: those of a cache, and those with a manifest.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};

use crate::pack::error::PackOpenError;

/// The first bytes of a zstd frame.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// zstd's default: higher levels take much longer, and make packs little smaller.
const LEVEL: i32 = 3;

/// Compresses a pack. The frame has a checksum.
pub(crate) fn compress(pack: &mut impl Read, compressed: &mut impl Write) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(compressed, LEVEL)?;
    encoder.include_checksum(true)?;
    io::copy(pack, &mut encoder)?;
    encoder.finish()?;
    Ok(())
}

/// Whether a file, which is open at its start, is compressed.
pub(crate) fn is_compressed(file: &mut File) -> io::Result<bool> {
    let mut magic = [0; ZSTD_MAGIC.len()];
    let read = file.read_exact(&mut magic);
    file.rewind()?;
    match read {
        Ok(()) => Ok(magic == ZSTD_MAGIC),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Decompresses a file if it is compressed, into a file without a name. `limit` is the largest number of bytes.
///
/// The content of the file is not trusted: nothing is allocated that the file has not filled, and zstd's windows are at
/// most 128 MiB.
pub(crate) fn decompressed(mut file: File, limit: u64) -> Result<File, PackOpenError> {
    if !is_compressed(&mut file)? {
        return Ok(file);
    }
    let mut pack = tempfile::tempfile()?;
    let decoder = zstd::Decoder::with_buffer(BufReader::new(file))?;
    let mut decoder = decoder.take(limit + 1);
    let mut buffer = vec![0; 1 << 17];
    let mut found = 0;
    loop {
        // An error of reading is one of the frame, and an error of writing one of this machine.
        let len = decoder.read(&mut buffer).map_err(PackOpenError::Compression)?;
        if len == 0 {
            break;
        }
        found += len as u64;
        if found > limit {
            return Err(PackOpenError::FileTooLong { found, limit });
        }
        pack.write_all(&buffer[..len])?;
    }
    pack.rewind()?;
    Ok(pack)
}
