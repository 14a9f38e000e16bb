//! The bytes that a writer puts around the archives of a pack.

use xxhash_rust::xxh3::xxh3_64;

use crate::pack::format::{END_MAGIC, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, MAGIC, PACK_VERSION};

/// The header of a pack.
pub fn header() -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&PACK_VERSION.to_le_bytes());
    header
}

/// The index and the footer of a pack whose archives end at `archives_end`. Sorts the entries by key.
pub fn index_and_footer(entries: &mut [IndexEntry], archives_end: u64) -> Vec<u8> {
    entries.sort_unstable_by_key(|entry| entry.key);
    let mut bytes = Vec::with_capacity(entries.len() * ENTRY_LEN + FOOTER_LEN);
    for entry in entries.iter() {
        bytes.extend_from_slice(&entry.key);
        bytes.extend_from_slice(&entry.offset.to_le_bytes());
        bytes.extend_from_slice(&entry.len.to_le_bytes());
        bytes.extend_from_slice(&entry.built.to_le_bytes());
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend_from_slice(&archives_end.to_le_bytes());
    bytes.extend_from_slice(&(entries.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&PACK_VERSION.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&END_MAGIC);
    bytes
}
