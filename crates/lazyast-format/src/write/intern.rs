//! [`Interner`]: numbers for byte strings, each stored once, in the order of their first use.
//!
//! Most identifiers have at most 16 bytes. These stand in their keys, so that a lookup reads no other memory. Most lookups
//! find their value in the first slot that they read.

use core::hash::BuildHasher;

use foldhash::fast::RandomState;

use crate::layout::Runs;

/// The hash table of a pair of columns. Its seed is random, since sources choose the keys.
#[derive(Debug)]
pub(super) struct Interner {
    /// The number of a value plus one, or 0 where a slot is free. The slots are a power of two, and at most half of them are
    /// used. A value stands in the first slot that was free from its hash on.
    slots: Vec<u32>,
    /// The keys of the values, by number.
    keys: Vec<InternKey>,
    state: RandomState,
    seeds: (u64, u64),
}

/// The length and the bytes of a value of at most 16 bytes, filled up with zeros. For a longer value the first word is a
/// hash of all bytes, and the last one is where they start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
        Self { slots: vec![0; FEWEST_SLOTS], keys: Vec::new(), state, seeds }
    }
}

impl Interner {
    /// The number of a value. It is added if it is new: to `runs`, and to `bytes`, which has all values.
    pub(super) fn intern(&mut self, value: &[u8], runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        if value.len() > SHORT {
            return self.intern_long(value, runs, bytes);
        }
        self.intern_short(value, short_key(value), runs, bytes)
    }

    /// As [`intern`](Self::intern), for a value that stands in a text. `None` if it is long, not ASCII, or at the end of the
    /// text. Of others, 16 bytes are read and masked, so that the length takes no branch.
    #[inline]
    pub(super) fn intern_in(
        &mut self,
        text: &[u8],
        start: usize,
        len: usize,
        runs: &mut Runs,
        bytes: &mut Vec<u8>,
    ) -> Option<u32> {
        const HIGHEST_BITS: u64 = u64::MAX / 255 * 128;
        let chunk = text.get(start..)?.first_chunk()?;
        let key = if len <= SHORT { key_in(chunk, len) } else { return None };
        let is_ascii = (key.first | key.last) & HIGHEST_BITS == 0;
        is_ascii.then(|| self.intern_short(&chunk[..len], key, runs, bytes))
    }

    #[inline(always)]
    fn intern_short(&mut self, value: &[u8], key: InternKey, runs: &mut Runs, bytes: &mut Vec<u8>) -> u32 {
        let mut index = self.home(key);
        while let Some(number) = self.slots[index].checked_sub(1) {
            if self.keys[number as usize] == key {
                return number;
            }
            index = self.next(index);
        }
        self.add_short(value, index, runs, bytes)
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
        while let Some(number) = self.slots[index].checked_sub(1) {
            let known = self.keys[number as usize];
            if (known.first, known.len) == (first, len)
                && bytes[known.last as usize..][..value.len()] == *value
            {
                return number;
            }
            index = self.next(index);
        }
        self.add(key, index, value, runs, bytes)
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
        runs.push(bytes.len() as u32, key.len);
        bytes.extend_from_slice(value);
        self.keys.push(key);
        let number_plus_1 = self.keys.len();
        self.slots[index] = number_plus_1 as u32;
        if 2 * number_plus_1 > self.slots.len() {
            self.grow();
        }
        number_plus_1 as u32 - 1
    }

    #[inline]
    fn next(&self, index: usize) -> usize {
        (index + 1) & (self.slots.len() - 1)
    }

    #[cold]
    fn grow(&mut self) {
        let slots = 2 * self.slots.len();
        self.slots.clear();
        self.slots.resize(slots, 0);
        for number in 0..self.keys.len() {
            let mut index = self.home(self.keys[number]);
            while self.slots[index] != 0 {
                index = self.next(index);
            }
            self.slots[index] = number as u32 + 1;
        }
    }

    /// Removes everything. The table becomes small again, so that it does not take more than the processor's caches hold.
    pub(super) fn clear(&mut self) {
        self.slots.clear();
        self.slots.resize(FEWEST_SLOTS, 0);
        self.keys.clear();
    }

    /// Makes room for a number of values in an empty table, which otherwise grows and places all values again. Does nothing
    /// to a table that has values.
    pub(super) fn reserve(&mut self, values: usize) {
        let slots = (2 * values).next_power_of_two();
        if self.keys.is_empty() && slots > self.slots.len() {
            self.slots.resize(slots, 0);
        }
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

/// The key of a value of at most [`SHORT`] bytes. Words that overlap have the same bytes there.
#[inline]
fn short_key(value: &[u8]) -> InternKey {
    let len = value.len();
    let bytes = match len {
        0 => 0,
        1..4 => {
            let byte = |index: usize| u128::from(value[index]) << (8 * index);
            byte(0) | byte(len / 2) | byte(len - 1)
        }
        4..8 => half_word(value.first_chunk()) | half_word(value.last_chunk()) << (8 * (len - 4)),
        _ => word(value.first_chunk()) | word(value.last_chunk()) << (8 * (len - 8)),
    };
    InternKey { first: bytes as u64, last: (bytes >> 64) as u64, len: len as u32 }
}

/// As [`short_key`], for the first bytes of 16, without a branch.
#[inline]
fn key_in(bytes: &[u8; SHORT], len: usize) -> InternKey {
    let (first, last) = MASKS[len];
    let words = u128::from_le_bytes(*bytes);
    InternKey { first: words as u64 & first, last: (words >> 64) as u64 & last, len: len as u32 }
}

/// The bits of the first bytes of 16, by their number.
const MASKS: [(u64, u64); SHORT + 1] = {
    let mut masks = [(0, 0); SHORT + 1];
    let mut len = 1;
    while len <= SHORT {
        let mask = u128::MAX >> (8 * (SHORT - len));
        masks[len] = (mask as u64, (mask >> 64) as u64);
        len += 1;
    }
    masks
};

fn half_word(bytes: Option<&[u8; 4]>) -> u128 {
    bytes.map_or(0, |bytes| u128::from(u32::from_le_bytes(*bytes)))
}

fn word(bytes: Option<&[u8; 8]>) -> u128 {
    bytes.map_or(0, |bytes| u128::from(u64::from_le_bytes(*bytes)))
}

#[cfg(test)]
mod tests {
    use super::{Interner, SHORT, key_in, short_key};
    use crate::layout::Runs;

    #[test]
    fn a_value_has_one_key_wherever_it_stands() {
        let bytes: [u8; SHORT] = core::array::from_fn(|index| b'a' + index as u8);
        for len in 0..=SHORT {
            assert_eq!(key_in(&bytes, len), short_key(&bytes[..len]), "{len}");
        }
        assert_ne!(short_key(b"a"), short_key(b"a\0"));
    }

    #[test]
    fn values_have_the_numbers_of_their_first_use() {
        let (mut interner, mut runs, mut bytes) = (Interner::default(), Runs::default(), Vec::new());
        let values: Vec<String> =
            (0..1000).map(|number| "x".repeat(number % 40) + &number.to_string()).collect();
        for round in 0..2 {
            for (number, value) in values.iter().enumerate() {
                assert_eq!(
                    interner.intern(value.as_bytes(), &mut runs, &mut bytes),
                    number as u32,
                    "{round}"
                );
                let text = format!("({value}){:16}", "");
                let found = interner.intern_in(text.as_bytes(), 1, value.len(), &mut runs, &mut bytes);
                assert_eq!(found, (value.len() <= SHORT).then_some(number as u32), "{value}");
            }
        }
        assert_eq!(bytes, values.concat().as_bytes());
        assert_eq!(
            interner.intern_in("(\u{e9})                ".as_bytes(), 1, 2, &mut runs, &mut bytes),
            None
        );
        assert_eq!(interner.intern_in(b"(a)", 1, 1, &mut runs, &mut bytes), None);
        interner.clear();
        interner.reserve(500);
        assert_eq!(interner.intern(b"x", &mut Runs::default(), &mut Vec::new()), 0);
    }
}
