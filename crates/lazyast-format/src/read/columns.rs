//! Random access to narrow columns and runs.

use super::damage::Damage;
use crate::encoding::{BLOCK, ESCAPE};
use crate::layout::{LittleEndian as _, NarrowView, OverflowView, RunsView};

impl OverflowView<'_> {
    /// The value of an escaped row.
    pub(crate) fn get(&self, row: usize) -> Option<u32> {
        let index = self.rows.binary_search_by_key(&(row as u32), |row| row.to_native()).ok()?;
        Some(self.values.get(index)?.to_native())
    }

    /// The index of the first entry for `row` or a later row.
    pub(crate) fn first_from(&self, row: usize) -> usize {
        self.rows.partition_point(|entry| (entry.to_native() as usize) < row)
    }
}

impl NarrowView<'_> {
    /// The value of a row.
    pub(crate) fn get(&self, row: usize) -> Option<u32> {
        match *self.bytes.get(row)? {
            ESCAPE => self.overflow.get(row),
            byte => Some(u32::from(byte)),
        }
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
        if memchr::memchr(ESCAPE, bytes).is_none() {
            return Some(sum.wrapping_add(bytes.iter().map(|byte| u32::from(*byte)).sum()));
        }
        let mut entry = self.overflow.first_from(first);
        for byte in bytes {
            if *byte == ESCAPE {
                sum = escape(sum, self.overflow.values.get(entry)?.to_native());
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
        let mut overflow = self.lengths.overflow.values.iter();
        let mut next = self.bases.first().map_or(0, |base| base.to_native());
        self.lengths.bytes.iter().map(move |byte| {
            let length = match *byte {
                ESCAPE => overflow.next().map_or(0, |length| length.to_native()),
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
        let base = self.bases.get(block)?.to_native();
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
        let block = self.bases.partition_point(|base| base.to_native() <= offset).checked_sub(1)?;
        let mut row = block * BLOCK;
        let mut start = self.bases.get(block)?.to_native();
        let mut entry = None;
        let last = self.len().checked_sub(1)?;
        let last_of_block = last.min(row + BLOCK - 1);
        loop {
            if row == last {
                return Some((row as u32, start, u32::MAX));
            }
            let length = match *self.lengths.bytes.get(row)? {
                ESCAPE => {
                    let entry = entry.get_or_insert_with(|| self.lengths.overflow.first_from(row));
                    let value = self.lengths.overflow.values.get(*entry)?.to_native();
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
