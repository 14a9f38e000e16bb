//! The bytes that a writer puts around the archives of a pack.

use twox_hash::XxHash3_64;

use crate::pack::format::{
    END_MAGIC, ENTRY_LEN, FOOTER_LEN, HEADER_LEN, IndexEntry, MAGIC, MANIFEST_ENTRY_LEN, MANIFEST_VERSION,
    PACK_VERSION,
};

/// The header of a pack without a manifest.
pub fn header() -> [u8; HEADER_LEN] {
    header_of_version(PACK_VERSION)
}

/// The header of a pack with a manifest.
pub fn header_with_manifest() -> [u8; HEADER_LEN] {
    header_of_version(MANIFEST_VERSION)
}

fn header_of_version(version: u32) -> [u8; HEADER_LEN] {
    let mut header = [0; HEADER_LEN];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&version.to_le_bytes());
    header
}

/// The index and the footer of a pack without a manifest, whose archives end at `archives_end`. Sorts the entries by key.
pub fn index_and_footer(entries: &mut [IndexEntry], archives_end: u64) -> Vec<u8> {
    ending(entries, archives_end, &[], PACK_VERSION)
}

/// The manifest, the index and the footer of a pack whose archives and sources end at `end`. Sorts the entries by key.
pub fn manifest_index_and_footer(entries: &mut [IndexEntry], end: u64, manifest: &[u8]) -> Vec<u8> {
    let mut place = Vec::with_capacity(MANIFEST_ENTRY_LEN);
    place.extend_from_slice(&end.to_le_bytes());
    place.extend_from_slice(&(manifest.len() as u64).to_le_bytes());
    place.extend_from_slice(&XxHash3_64::oneshot(manifest).to_le_bytes());
    let mut bytes = manifest.to_vec();
    bytes.extend_from_slice(&ending(entries, end + manifest.len() as u64, &place, MANIFEST_VERSION));
    bytes
}

/// The index from `start` on, what stands between it and the footer, and the footer.
fn ending(entries: &mut [IndexEntry], start: u64, between: &[u8], version: u32) -> Vec<u8> {
    entries.sort_unstable_by_key(|entry| entry.key);
    let mut bytes = Vec::with_capacity(entries.len() * ENTRY_LEN + between.len() + FOOTER_LEN);
    for entry in entries.iter() {
        bytes.extend_from_slice(&entry.key);
        bytes.extend_from_slice(&entry.offset.to_le_bytes());
        bytes.extend_from_slice(&entry.len.to_le_bytes());
        bytes.extend_from_slice(&entry.built.to_le_bytes());
    }
    let checksum = XxHash3_64::oneshot(&bytes);
    bytes.extend_from_slice(between);
    bytes.extend_from_slice(&start.to_le_bytes());
    bytes.extend_from_slice(&(entries.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&checksum.to_le_bytes());
    bytes.extend_from_slice(&version.to_le_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&END_MAGIC);
    bytes
}
