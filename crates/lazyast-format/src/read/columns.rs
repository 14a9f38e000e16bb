//! Random access to narrow columns, runs and payloads.

use core::slice::Iter;

use super::damage::Damage;
use crate::encoding::{
    BLOCK, ESCAPE, LONGEST_PAYLOAD, ONES, PayloadWidth, overflow_row, payload_bytes_in_block,
};
use crate::layout::{LittleEndian as _, NarrowView, PayloadsView, RunsView, U32};

/// What decoding from the start of a block begins with; `None` if a block has no base.
#[inline]
pub(super) fn base(bases: &[U32], block: usize) -> Option<u32> {
    match block.checked_sub(1) {
        None => Some(0),
        Some(index) => bases.get(index).map(|base| base.to_native()),
    }
}

impl<'a> NarrowView<'a> {
    /// The value of a row.
    #[inline]
    pub(crate) fn get(&self, row: usize) -> Option<u32> {
        match *self.bytes.get(row)? {
            ESCAPE => self.escaped(row),
            byte => Some(u32::from(byte)),
        }
    }

    /// The value of an escaped row.
    fn escaped(&self, row: usize) -> Option<u32> {
        let entry = overflow_row(self.column as u8, row as u32)?;
        let index = self.overflow_rows.binary_search_by_key(&entry, |row| row.to_native()).ok()?;
        self.overflow_value(index)
    }

    /// The index of the first entry of the overflow table for `row` or a later row.
    pub(crate) fn first_from(&self, row: usize) -> usize {
        match overflow_row(self.column as u8, row as u32) {
            Some(first) => self.overflow_rows.partition_point(|entry| entry.to_native() < first),
            None => self.overflow_rows.len(),
        }
    }

    /// The value of an entry of the overflow table.
    #[inline]
    pub(crate) fn overflow_value(&self, index: usize) -> Option<u32> {
        self.overflow_values.get(index).map(|value| value.to_native())
    }

    /// The values of the escaped rows from `row` on, in order. What follows them are those of the next columns.
    pub(crate) fn overflow_from(self, row: usize) -> Iter<'a, U32> {
        self.overflow_values.get(self.first_from(row)..).unwrap_or_default().iter()
    }

    /// The values of all escaped rows.
    pub(crate) fn escaped_values(self) -> impl Iterator<Item = u32> + use<'a> {
        self.overflow_from(0).map(|value| value.to_native())
    }

    /// The running sum of the rows from `first` to before `end`. For an escaped row, `escape` computes the new sum
    /// from the sum and the row's value.
    pub(crate) fn running_sum(
        &self,
        mut sum: u32,
        first: usize,
        end: usize,
        escape: impl Fn(u32, u32) -> u32,
    ) -> Option<u32> {
        let bytes = self.bytes.get(first..end)?;
        if let Some(all) = sum_of_block(bytes) {
            return Some(sum.wrapping_add(all));
        }
        let mut entry = self.first_from(first);
        for byte in bytes {
            if *byte == ESCAPE {
                sum = escape(sum, self.overflow_value(entry)?);
                entry += 1;
            } else {
                sum = sum.wrapping_add(u32::from(*byte));
            }
        }
        Some(sum)
    }
}

impl RunsView<'_> {
    /// The number of runs.
    pub(crate) fn len(&self) -> usize {
        self.lengths.bytes.len()
    }

    /// The start and the length of every run.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut overflow = self.lengths.escaped_values();
        let mut next = 0_u32;
        self.lengths.bytes.iter().map(move |byte| {
            let length = match *byte {
                ESCAPE => overflow.next().unwrap_or(0),
                byte => u32::from(byte),
            };
            let start = next;
            next = next.saturating_add(length);
            (start, length)
        })
    }

    /// The start and the length of a run.
    pub(crate) fn get(&self, row: usize) -> Option<(u32, u32)> {
        let block = row / BLOCK;
        let base = base(self.bases, block)?;
        let start = self.lengths.running_sum(base, block * BLOCK, row, u32::wrapping_add)?;
        Some((start, self.lengths.get(row)?))
    }

    /// The bytes of a run. `what` is the error where there is no such run.
    pub(crate) fn slice<'a>(
        &self,
        bytes: &'a [u8],
        row: u32,
        what: &'static str,
    ) -> Result<&'a [u8], Damage> {
        self.get(row as usize)
            .and_then(|(start, length)| bytes.get(start as usize..)?.get(..length as usize))
            .ok_or_else(|| Damage::new(what, row).found(self.len() as u32))
    }

    /// The run that contains an offset: its number, its start, and the start of the next run. The last run also
    /// contains all offsets after it; its end is the largest number.
    pub(crate) fn containing(&self, offset: u32) -> Option<(u32, u32, u32)> {
        let block = self.bases.partition_point(|base| base.to_native() <= offset);
        let mut row = block * BLOCK;
        let mut start = base(self.bases, block)?;
        let mut entry = None;
        let last = self.len().checked_sub(1)?;
        let last_of_block = last.min(row + BLOCK - 1);
        loop {
            if row + BYTES_PER_WORD <= last_of_block
                && let Some(sum) =
                    self.lengths.bytes.get(row..).and_then(<[u8]>::first_chunk).and_then(sum_of_word)
                && start.saturating_add(sum) <= offset
            {
                start = start.saturating_add(sum);
                row += BYTES_PER_WORD;
                continue;
            }
            if row == last {
                return Some((row as u32, start, u32::MAX));
            }
            let length = match *self.lengths.bytes.get(row)? {
                ESCAPE => {
                    let entry = entry.get_or_insert_with(|| self.lengths.first_from(row));
                    let value = self.lengths.overflow_value(*entry)?;
                    *entry += 1;
                    value
                }
                byte => u32::from(byte),
            };
            let next = start.saturating_add(length);
            if next > offset || row == last_of_block {
                return Some((row as u32, start, next));
            }
            start = next;
            row += 1;
        }
    }
}

const BYTES_PER_WORD: usize = size_of::<u64>();
/// Every other byte of a word, and 1 in each of these.
const EVEN_BYTES: u64 = 0x00ff_00ff_00ff_00ff;
const EVEN_ONES: u64 = 0x0001_0001_0001_0001;

/// The sum of the rows of a block, or of some of them; `None` if one of them is escaped.
#[inline]
fn sum_of_block(bytes: &[u8]) -> Option<u32> {
    debug_assert!(bytes.len() <= BLOCK, "the sums of more rows do not fit");
    let (words, rest) = bytes.as_chunks::<BYTES_PER_WORD>();
    let (mut sums, mut escapes) = (0, 0);
    for word in words {
        let word = u64::from_le_bytes(*word);
        sums += sums_of_pairs(word);
        escapes |= escaped_bytes(word);
    }
    let is_escaped = escapes != 0 || rest.contains(&ESCAPE);
    (!is_escaped).then(|| total(sums) + rest.iter().map(|byte| u32::from(*byte)).sum::<u32>())
}

/// The sum of eight rows; `None` if one of them is escaped.
#[inline]
fn sum_of_word(bytes: &[u8; BYTES_PER_WORD]) -> Option<u32> {
    let word = u64::from_le_bytes(*bytes);
    (escaped_bytes(word) == 0).then(|| total(sums_of_pairs(word)))
}

/// Four sums of 16 bits, each of two bytes of a word.
#[inline]
fn sums_of_pairs(word: u64) -> u64 {
    (word & EVEN_BYTES) + (word >> u8::BITS & EVEN_BYTES)
}

/// The sum of four sums of 16 bits: the highest of them in the product.
#[inline]
fn total(sums: u64) -> u32 {
    (sums.wrapping_mul(EVEN_ONES) >> (u64::BITS - u16::BITS)) as u32
}

/// Not 0 if a byte of a word is an escape, all of whose bits are set.
#[inline]
fn escaped_bytes(word: u64) -> u64 {
    const HIGHEST_BITS: u64 = ONES << (u8::BITS - 1);
    const _: () = assert!(ESCAPE == u8::MAX);
    // A byte of the complement is 0, and the subtraction borrows from it.
    (!word).wrapping_sub(ONES) & word & HIGHEST_BITS
}

impl PayloadsView<'_> {
    /// The packed payload of a row.
    #[inline]
    pub(crate) fn get(self, row: usize) -> Option<u32> {
        self.at(row, PayloadWidth::in_byte(*self.fields.get(row)?))
    }

    /// The packed payload of a row that has so many bytes.
    #[inline(always)]
    pub(crate) fn at(self, row: usize, width: PayloadWidth) -> Option<u32> {
        if width == PayloadWidth::of(0) { Some(0) } else { self.read(self.offset(row)?, width) }
    }

    /// Where the payload of a row begins.
    #[inline(always)]
    pub(crate) fn offset(self, row: usize) -> Option<usize> {
        let base = base(self.bases, row / BLOCK)?;
        // In a damaged archive, the base can be any number.
        Some((base as usize).wrapping_add(payload_bytes_in_block(self.fields, row)?))
    }

    /// The payload that begins at an offset.
    #[inline(always)]
    pub(crate) fn read(self, offset: usize, width: PayloadWidth) -> Option<u32> {
        let bytes = self.bytes.get(offset..offset.wrapping_add(LONGEST_PAYLOAD));
        match bytes.and_then(<[u8]>::first_chunk) {
            Some(bytes) => Some(width.truncate(*bytes)),
            None => read_last(self.bytes, offset, width),
        }
    }
}

/// The payload that begins among the last bytes.
#[cold]
#[inline(never)]
fn read_last(bytes: &[u8], offset: usize, width: PayloadWidth) -> Option<u32> {
    let bytes = bytes.get(offset..offset.checked_add(width.len())?)?;
    let mut padded = [0; LONGEST_PAYLOAD];
    padded[..bytes.len()].copy_from_slice(bytes);
    Some(width.truncate(padded))
}

#[cfg(test)]
mod tests {
    use super::{sum_of_block, sum_of_word};
    use crate::encoding::{BLOCK, ESCAPE};

    #[test]
    fn the_rows_of_a_block_are_added_up_unless_one_is_escaped() {
        for seed in 0..=u8::MAX {
            let block: [u8; BLOCK] =
                core::array::from_fn(|row| (row as u8).wrapping_mul(37).wrapping_add(seed));
            for len in 0..=BLOCK {
                let bytes = &block[..len];
                let sum = bytes.iter().map(|byte| u32::from(*byte)).sum();
                let expected = (!bytes.contains(&ESCAPE)).then_some(sum);
                assert_eq!(sum_of_block(bytes), expected, "{seed}, {len}");
            }
        }
        assert_eq!(sum_of_block(&[ESCAPE - 1; BLOCK]), Some(64 * 254));
        assert_eq!(sum_of_word(&[ESCAPE - 1; 8]), Some(8 * 254));
        assert_eq!(sum_of_word(&[0, 0, ESCAPE, 1, 0, 0, 0, 0]), None);
    }
}
