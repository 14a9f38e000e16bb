//! [`Interner`]: numbers for byte strings, each stored once, in the order of their first use.
//!
//! Most identifiers have at most 16 bytes. Their first and last eight bytes stand in the hash table itself, so that
//! a lookup reads no other memory.

use core::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::layout::Runs;

/// The hash table of a pair of columns. Its seed is random, since sources choose the keys.
#[derive(Debug)]
pub(super) struct Interner {
    table: HashTable<InternedValue>,
    state: RandomState,
    seeds: (u64, u64),
}

#[derive(Clone, Copy, Debug)]
struct InternedValue {
    key: InternKey,
    start: u32,
    id: u32,
}

/// The length, the first and the last eight bytes, which are all of a value of at most 16 bytes. For a longer value
/// the first word is a hash of all bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct InternKey {
    first: u64,
    last: u64,
    len: u32,
}

/// The length of the longest value that its key has whole.
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
        let key = self.key(value);
        let hash = hash(self.seeds, key);
        let same = |entry: &InternedValue| {
            entry.key == key
                && (value.len() <= SHORT || bytes[entry.start as usize..][..value.len()] == *value)
        };
        if let Some(entry) = self.table.find(hash, same) {
            return entry.id;
        }
        let id = runs.lengths.bytes.len() as u32;
        let seeds = self.seeds;
        let entry = InternedValue { key, start: bytes.len() as u32, id };
        self.table.insert_unique(hash, entry, |entry| self::hash(seeds, entry.key));
        runs.push(value.len() as u32);
        bytes.extend_from_slice(value);
        id
    }

    /// Removes everything. A table that is much larger than the last source needed is replaced: it would spread the
    /// names of a small source over more memory than the processor's caches hold.
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

    fn key(&self, value: &[u8]) -> InternKey {
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
        InternKey { first, last, len }
    }
}

fn half_word(bytes: Option<&[u8; 4]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

fn word(bytes: Option<&[u8; 8]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// A folded multiplication of the seeded words. Keys that collide cannot be constructed without the seeds.
fn hash(seeds: (u64, u64), key: InternKey) -> u64 {
    let product = u128::from(key.first ^ seeds.0) * u128::from(key.last ^ seeds.1 ^ u64::from(key.len) << 56);
    (product as u64) ^ (product >> 64) as u64
}
