//! Target `cache`: decodes the small files of a cache, which are identifier indexes and file states.

use lazyast_store::pack_format::{
    decode_project_state, encode_project_state, identifier_index, identifier_index_bytes,
};
use twox_hash::XxHash3_64;

/// Identifiers that are looked up; the seeds have some of them.
const IDENTIFIERS: [&str; 5] = ["a", "b", "c", "", "nowhere"];

/// A bit of the magic bytes, which differ in it, chooses the kind of file.
pub fn cache(data: &[u8]) {
    let mut bytes = data.to_vec();
    let is_state = bytes.get(5).is_some_and(|byte| byte & 0x10 != 0);
    if bytes.len() >= 24 && bytes[6] & 1 == 0 {
        bytes[..8].copy_from_slice(if is_state { b"LAZYNW2\x1a" } else { b"LAZYNAM\x1a" });
        let checksum = XxHash3_64::oneshot(&bytes[16..]);
        bytes[8..16].copy_from_slice(&checksum.to_le_bytes());
    }
    if is_state { state(&bytes) } else { index(bytes) }
}

/// What is decoded is the same after it was encoded again.
fn state(bytes: &[u8]) {
    let Some(state) = decode_project_state(bytes) else { return };
    let encoded = encode_project_state(&state).expect("what was decoded can be encoded");
    assert_eq!(decode_project_state(&encoded).as_ref(), Some(&state));
    let _ = state.is_confirmed_by(&state);
    for file in &state.files {
        let _ = state.is_unchanged(&file.fingerprint, &file.fingerprint);
    }
}

/// The lists of identifiers are the same in an index that is made of them.
fn index(bytes: Vec<u8>) {
    // The pack knows how many archives it has.
    let Some(count) = bytes.get(16..20).and_then(|count| count.try_into().ok()).map(u32::from_le_bytes)
    else {
        return;
    };
    let count = (count % 1024) as usize;
    let Some(index) = identifier_index(bytes, count) else { return };
    let found = IDENTIFIERS.map(|identifier| index.archives_with(identifier));
    let occurrences = IDENTIFIERS.iter().zip(&found).flat_map(|(identifier, archives)| {
        (0..count).filter(|position| archives.contains(*position)).map(|position| (position, *identifier))
    });
    let again = identifier_index_bytes(count, occurrences);
    let again = identifier_index(again, count).expect("an index that was just made is intact");
    for (identifier, archives) in IDENTIFIERS.iter().zip(&found) {
        let same = again.archives_with(identifier);
        assert!((0..count).all(|position| same.contains(position) == archives.contains(position)));
    }
}
