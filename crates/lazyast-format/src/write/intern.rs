//! Numbers for byte strings, each stored once, in the order of their first use.

use core::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::push_run;
use crate::layout::Runs;

/// The table behind a pair of columns. It hashes with a random seed, since sources choose the keys.
#[derive(Debug, Default)]
pub(super) struct Interner {
    table: HashTable<Entry>,
    state: RandomState,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    id: u32,
    start: u32,
    len: u32,
}

impl Interner {
    pub(super) fn intern(&mut self, value: &[u8], runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        let hash = self.state.hash_one(value);
        let same = |entry: &Entry| {
            entry.hash == hash
                && entry.len as usize == value.len()
                && bytes[entry.start as usize..][..value.len()] == *value
        };
        if let Some(entry) = self.table.find(hash, same) {
            return entry.id;
        }
        let id = runs.lengths.bytes.len() as u32;
        let entry = Entry { hash, id, start: bytes.len() as u32, len: value.len() as u32 };
        self.table.insert_unique(hash, entry, |entry| entry.hash);
        push_run(runs, value.len() as u32);
        bytes.extend_from_slice(value);
        id
    }

    pub(super) fn clear(&mut self) {
        self.table.clear();
    }
}
