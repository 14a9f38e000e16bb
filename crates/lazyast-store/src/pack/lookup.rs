//! Single entries of an index, without the rest of it.
//!
//! A cache can have packs with hundreds of thousands of archives, whose indexes take longer to read than a search in a
//! small project. Keys are hashes, so they are spread evenly, and an entry is near the place that its key says.
//!
//! The checksum of the index is not compared. An entry that is damaged belongs to no archive with its key, so that it
//! counts as missing.

use std::io;

use crate::key::SourceKey;
use crate::pack::file::PackFile;
use crate::pack::format::{ENTRY_LEN, IndexEntry};
use crate::pack::index::{PackEnds, index_entry};

/// So many entries are read at once.
const WINDOW: u64 = 64;

/// After so many windows, keys are not spread as those of sources are: the rest is halved each time.
const MAX_ESTIMATES: usize = 8;

/// The position and the entry of a key.
pub(crate) fn find_entry(
    file: &PackFile,
    ends: &PackEnds,
    key: &SourceKey,
) -> io::Result<Option<(usize, IndexEntry)>> {
    let mut window = [0; WINDOW as usize * ENTRY_LEN];
    // The entry is among these, whose keys are from `low` to `high`.
    let (mut entries, mut low, mut high) = (0..ends.count, 0, u64::MAX);
    let mut windows = 0;
    while !entries.is_empty() {
        let left = entries.end - entries.start;
        let wanted = first_bits(key);
        let before = if windows < MAX_ESTIMATES && (low..=high).contains(&wanted) {
            let share = u128::from(wanted - low) * u128::from(left) / (u128::from(high - low) + 1);
            share as u64
        } else {
            left / 2
        };
        windows += 1;
        let count = left.min(WINDOW);
        let first = entries.start + before.saturating_sub(WINDOW / 2).min(left - count);
        let bytes = &mut window[..count as usize * ENTRY_LEN];
        file.read(ends.start + first * ENTRY_LEN as u64, bytes)?;
        let (found, _) = bytes.as_chunks::<ENTRY_LEN>();
        match found.binary_search_by(|entry| entry[..key.len()].cmp(key)) {
            Ok(index) => return Ok(Some((first as usize + index, index_entry(&found[index])))),
            Err(0) => (entries.end, high) = (first, first_bits(&found[0])),
            Err(index) if index == found.len() => {
                (entries.start, low) = (first + count, first_bits(&found[index - 1]));
            }
            Err(_) => return Ok(None),
        }
    }
    Ok(None)
}

/// The first bits of a key, or of what begins with one, as a number that has the order of keys.
fn first_bits(key: &[u8]) -> u64 {
    key.iter().take(size_of::<u64>()).fold(0, |bits, byte| bits << u8::BITS | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::find_entry;
    use crate::key::{SourceKey, source_key};
    use crate::pack::file::PackFile;
    use crate::pack::index::{PackEnds, PackIndex};
    use crate::pack::write::PackWriter;

    /// A pack with an archive of no use for each key.
    fn pack(keys: &[SourceKey]) -> (tempfile::TempDir, PackFile) {
        let directory = tempfile::tempdir().expect("there is a directory for temporary files");
        let mut writer = PackWriter::new(directory.path()).expect("the directory exists");
        for key in keys {
            writer.add(key, &key[..16]).expect("the file can be written");
        }
        let path = writer.publish().expect("the file can be renamed");
        let file = File::open(path).and_then(PackFile::new).expect("the file exists");
        (directory, file)
    }

    fn assert_all_are_found(keys: &[SourceKey], others: &[SourceKey]) {
        let (_directory, file) = pack(keys);
        let ends = PackEnds::read(&file).expect("the pack is valid");
        let index = PackIndex::read(&file, u64::MAX).expect("the pack is valid");
        for key in keys.iter().chain(others) {
            let found = find_entry(&file, &ends, key).expect("the file can be read");
            assert_eq!(found.as_ref().map(|(position, _)| *position), index.find(key));
            assert_eq!(found.map(|(_, entry)| entry.key), keys.contains(key).then_some(*key));
        }
    }

    #[test]
    fn every_key_is_found_and_no_other() {
        let keys = |numbers: std::ops::Range<u32>| -> Vec<SourceKey> {
            numbers.map(|number| source_key(&number.to_le_bytes())).collect()
        };
        for count in [0, 1, 2, 63, 64, 65, 200, 2000] {
            let mut others = keys(5000..5100);
            others.extend([[0; 32], [u8::MAX; 32]]);
            assert_all_are_found(&keys(0..count), &others);
        }
    }

    #[test]
    fn keys_that_are_not_spread_evenly_are_found() {
        let near = |number: u32| -> SourceKey {
            let mut key = [7; 32];
            key[28..].copy_from_slice(&number.to_le_bytes());
            key[28..].reverse();
            key
        };
        let mut keys: Vec<SourceKey> = (0..3000).map(|number| near(2 * number)).collect();
        keys.push([u8::MAX; 32]);
        assert_all_are_found(&keys, &[near(1), near(2999), near(9000), [0; 32]]);
    }
}
