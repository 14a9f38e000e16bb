//! Numbers for byte strings, each stored once, in the order of their first use.
//!
//! Most identifiers have at most 16 bytes. Their first and last eight bytes stand in the table itself,
//! so that finding one touches nothing else.

use core::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::push_run;
use crate::layout::Runs;

/// The table behind a pair of columns. It hashes with a random seed, since sources choose the keys.
#[derive(Debug)]
pub(super) struct Interner {
    table: HashTable<Entry>,
    state: RandomState,
    seeds: (u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    ends: Ends,
    start: u32,
    id: u32,
}

/// Length, first and last bytes: all there is to say about up to 16 bytes. For longer ones the first
/// word is a hash of them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    first: u64,
    last: u64,
    len: u32,
}

/// The longest string that its ends tell whole.
const SHORT: usize = 16;

impl Default for Interner {
    fn default() -> Self {
        let state = RandomState::default();
        let seeds = (state.hash_one(0_u8), state.hash_one(1_u8));
        Self { table: HashTable::new(), state, seeds }
    }
}

impl Interner {
    pub(super) fn intern(&mut self, value: &[u8], runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        let ends = self.ends(value);
        let hash = hash(self.seeds, ends);
        let same = |entry: &Entry| {
            entry.ends == ends
                && (value.len() <= SHORT || bytes[entry.start as usize..][..value.len()] == *value)
        };
        if let Some(entry) = self.table.find(hash, same) {
            return entry.id;
        }
        let id = runs.lengths.bytes.len() as u32;
        let seeds = self.seeds;
        let entry = Entry { ends, start: bytes.len() as u32, id };
        self.table.insert_unique(hash, entry, |entry| self::hash(seeds, entry.ends));
        push_run(runs, value.len() as u32);
        bytes.extend_from_slice(value);
        id
    }

    /// Forgets everything. A table that was made for a much larger source is given up: it would spread
    /// the names of a small one over more memory than the processor's caches hold.
    pub(super) fn clear(&mut self) {
        let used = self.table.len();
        if used == 0 {
            return;
        }
        self.table.clear();
        if self.table.capacity() > 4 * used.max(64) {
            self.table = HashTable::with_capacity(used);
        }
    }

    fn ends(&self, value: &[u8]) -> Ends {
        let len = value.len() as u32;
        let (first, last) = match value.len() {
            0 => (0, 0),
            1..4 => (
                u64::from(value[0]),
                u64::from(value[value.len() / 2]) << 8 | u64::from(value[value.len() - 1]),
            ),
            4..8 => (half_word(value.first_chunk()), half_word(value.last_chunk())),
            8..=SHORT => (word(value.first_chunk()), word(value.last_chunk())),
            _ => (self.state.hash_one(value), 0),
        };
        Ends { first, last, len }
    }
}

fn half_word(bytes: Option<&[u8; 4]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

fn word(bytes: Option<&[u8; 8]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A multiplication of the seeded ends, folded. Without the seeds nobody can make keys that collide.
fn hash(seeds: (u64, u64), ends: Ends) -> u64 {
    let product =
        u128::from(ends.first ^ seeds.0) * u128::from(ends.last ^ seeds.1 ^ u64::from(ends.len) << 56);
    (product as u64) ^ (product >> 64) as u64
}
