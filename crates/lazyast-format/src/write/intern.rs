//! [`Interner`]: numbers for byte strings, each stored once, in the order of their first use.
//!
//! Most identifiers have at most 16 bytes. Their first and last eight bytes stand in the hash table itself, so that
//! a lookup reads no other memory. Most lookups find their value in the first slot that they read.

use core::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::layout::Runs;

/// The hash table of a pair of columns. Its seed is random, since sources choose the keys.
#[derive(Debug)]
pub(super) struct Interner {
    /// A power of two, at most half of them used. A value stands in the first slot that was free from its hash on.
    slots: Vec<InternSlot>,
    used: usize,
    state: RandomState,
    seeds: (u64, u64),
}

#[derive(Clone, Copy, Debug, Default)]
struct InternSlot {
    key: InternKey,
    /// The number of the value and 1, or 0 where the slot is free.
    number: u32,
}

/// The length, the first and the last eight bytes, which are all of a value of at most 16 bytes. For a longer value the
/// first word is a hash of all bytes, and the last one is where they start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct InternKey {
    first: u64,
    last: u64,
    len: u32,
}

/// The length of the longest value that its key has whole.
const SHORT: usize = 16;

/// A power of two.
const FEWEST_SLOTS: usize = 128;

impl Default for Interner {
    fn default() -> Self {
        let state = RandomState::default();
        let seeds = (state.hash_one(0_u8), state.hash_one(1_u8));
        Self { slots: vec![InternSlot::default(); FEWEST_SLOTS], used: 0, state, seeds }
    }
}

impl Interner {
    /// The number of a value. It is added if it is new: to `runs`, and to `bytes`, which has all values.
    pub(super) fn intern(&mut self, value: &[u8], runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        if value.len() > SHORT {
            return self.intern_long(value, runs, bytes);
        }
        let key = short_key(value);
        let mut index = self.home(key);
        loop {
            let slot = &self.slots[index];
            if slot.number == 0 {
                return self.add_short(value, index, runs, bytes);
            }
            if slot.key == key {
                return slot.number - 1;
            }
            index = self.next(index);
        }
    }

    /// Apart from [`intern`](Self::intern), which otherwise saves all registers for what this calls.
    #[inline(never)]
    fn add_short(&mut self, value: &[u8], index: usize, runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        self.add(short_key(value), index, value, runs, bytes)
    }

    #[inline(never)]
    fn intern_long(&mut self, value: &[u8], runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        let (first, len) = (self.state.hash_one(value), value.len() as u32);
        let key = InternKey { first, last: bytes.len() as u64, len };
        let mut index = self.home(key);
        loop {
            let slot = &self.slots[index];
            if slot.number == 0 {
                return self.add(key, index, value, runs, bytes);
            }
            let start = slot.key.last as usize;
            if slot.key.first == first && slot.key.len == len && bytes[start..][..value.len()] == *value {
                return slot.number - 1;
            }
            index = self.next(index);
        }
    }

    /// Adds a value, with the key and the free slot that it has.
    fn add(
        &mut self,
        key: InternKey,
        index: usize,
        value: &[u8],
        runs: &mut Runs,
        bytes: &mut Vec<u8>,
    ) -> u32 {
        let number = runs.lengths.bytes.len() as u32;
        runs.push(bytes.len() as u32, key.len);
        bytes.extend_from_slice(value);
        self.slots[index] = InternSlot { key, number: number + 1 };
        self.used += 1;
        if 2 * self.used > self.slots.len() {
            self.grow();
        }
        number
    }

    #[inline]
    fn next(&self, index: usize) -> usize {
        (index + 1) & (self.slots.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        let doubled = vec![InternSlot::default(); 2 * self.slots.len()];
        for slot in std::mem::replace(&mut self.slots, doubled) {
            if slot.number == 0 {
                continue;
            }
            let mut index = self.home(slot.key);
            while self.slots[index].number != 0 {
                index = self.next(index);
            }
            self.slots[index] = slot;
        }
    }

    /// Removes everything. A table that is much larger than the last source needed is replaced: it would spread the
    /// names of a small source over more memory than the processor's caches hold.
    pub(super) fn clear(&mut self) {
        if self.used == 0 {
            return;
        }
        let needed = (2 * self.used).next_power_of_two().max(FEWEST_SLOTS);
        if self.slots.len() > 4 * needed {
            self.slots = vec![InternSlot::default(); needed];
        } else {
            self.slots.fill(InternSlot::default());
        }
        self.used = 0;
    }

    /// The slot from which on a value is searched: a folded multiplication of the seeded words. Keys that collide
    /// cannot be constructed without the seeds.
    #[inline]
    fn home(&self, key: InternKey) -> usize {
        // The last word of a long value is no part of it.
        let last = if key.len as usize <= SHORT { key.last } else { 0 };
        let (first_seed, last_seed) = self.seeds;
        let product =
            u128::from(key.first ^ first_seed) * u128::from(last ^ last_seed ^ u64::from(key.len) << 56);
        ((product as u64) ^ (product >> 64) as u64) as usize & (self.slots.len() - 1)
    }
}

/// The key of a value of at most [`SHORT`] bytes.
#[inline]
fn short_key(value: &[u8]) -> InternKey {
    let (first, last) = match value.len() {
        0 => (0, 0),
        1..4 => {
            (u64::from(value[0]), u64::from(value[value.len() / 2]) << 8 | u64::from(value[value.len() - 1]))
        }
        4..8 => (half_word(value.first_chunk()), half_word(value.last_chunk())),
        _ => (word(value.first_chunk()), word(value.last_chunk())),
    };
    InternKey { first, last, len: value.len() as u32 }
}

fn half_word(bytes: Option<&[u8; 4]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from(u32::from_le_bytes(*bytes)))
}

fn word(bytes: Option<&[u8; 8]>) -> u64 {
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}
