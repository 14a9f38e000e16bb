//! The key of an archive.

/// The key of an archive: the blake3 hash of its source.
pub type SourceKey = [u8; 32];

/// The key of a source, given as the bytes of the file.
pub fn source_key(source: &[u8]) -> SourceKey {
    *blake3::hash(source).as_bytes()
}
