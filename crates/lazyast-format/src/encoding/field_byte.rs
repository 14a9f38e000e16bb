//! The bytes of the column `fields`: the code of a node's field in the lower six bits, and above it how many bytes the
//! node's payload has in the column `payloads`. No other file shifts or masks them.

use super::BLOCK;

const FIELD_BITS: u32 = 6;
const FIELD_MASK: u8 = (1 << FIELD_BITS) - 1;

/// The number of bytes of a payload, and the bits that are in them, by code.
const LENGTHS: [u8; 4] = [0, 1, 2, 4];
const MASKS: [u32; 4] = [0, u8::MAX as u32, u16::MAX as u32, u32::MAX];

/// The most bytes of a payload.
pub(crate) const LONGEST_PAYLOAD: usize = 4;

/// How many bytes a payload has: 0, 1, 2 or 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PayloadWidth(u8);

impl PayloadWidth {
    /// The smallest one for a payload.
    #[inline]
    pub(crate) fn of(bits: u32) -> Self {
        Self(u8::from(bits > MASKS[0]) + u8::from(bits > MASKS[1]) + u8::from(bits > MASKS[2]))
    }

    /// That of a node.
    #[inline]
    pub(crate) fn in_byte(byte: u8) -> Self {
        Self(byte >> FIELD_BITS)
    }

    /// The number of bytes.
    #[inline]
    pub(crate) fn len(self) -> usize {
        usize::from(LENGTHS[usize::from(self.0)])
    }

    /// The payload at the start of some bytes.
    #[inline]
    pub(crate) fn truncate(self, bytes: [u8; LONGEST_PAYLOAD]) -> u32 {
        u32::from_le_bytes(bytes) & MASKS[usize::from(self.0)]
    }
}

/// The byte of a node.
#[inline]
pub(crate) fn field_byte(field: u8, width: PayloadWidth) -> u8 {
    field | width.0 << FIELD_BITS
}

/// The code of the field.
#[inline]
pub(crate) fn field_code(byte: u8) -> u8 {
    byte & FIELD_MASK
}

/// How many rows are looked at together.
pub(crate) const FIELDS_PER_WORD: usize = size_of::<u64>();

/// The rows that have a field: one bit in the byte of each.
#[inline]
pub(crate) fn rows_in_field(bytes: [u8; FIELDS_PER_WORD], field: u8) -> u64 {
    const LOW: u64 = ONES * i8::MAX as u64;
    let differences = (u64::from_le_bytes(bytes) ^ (ONES * u64::from(field))) & (ONES * FIELD_MASK as u64);
    // The addition sets the highest bit of each byte that is not 0.
    !(differences + LOW) & !LOW
}

/// The number of bytes of the payloads before a row, from the start of its block on. Eight nodes are added up at a time.
#[inline(always)]
pub(crate) fn payload_bytes_in_block(fields: &[u8], row: usize) -> Option<usize> {
    let in_block = row % BLOCK;
    match fields.get(row - in_block..).and_then(<[u8]>::first_chunk) {
        Some(block) => Some(payload_bytes_before(block, in_block)),
        None => payload_bytes_in_last_block(fields, row),
    }
}

#[inline(always)]
fn payload_bytes_before(block: &[u8; BLOCK], row: usize) -> usize {
    let (words, _) = block.as_chunks::<FIELDS_PER_WORD>();
    let (whole, rows) = (row / FIELDS_PER_WORD, row % FIELDS_PER_WORD);
    let lengths = |word: &[u8; FIELDS_PER_WORD]| payload_lengths(u64::from_le_bytes(*word));
    let before = words.iter().take(whole).map(lengths).sum::<u64>();
    let word = u64::from_le_bytes(words[whole % (BLOCK / FIELDS_PER_WORD)]);
    // The bytes of the rows from `row` on are shifted out.
    let part = word << (u8::BITS as usize * (FIELDS_PER_WORD - 1 - rows)) << u8::BITS;
    // The highest byte of the product is the sum of all eight: at most 63 * 4.
    ((before + payload_lengths(part)).wrapping_mul(ONES) >> (u64::BITS - u8::BITS)) as usize
}

/// As [`payload_bytes_in_block`], for the last block, which has fewer nodes.
#[cold]
#[inline(never)]
fn payload_bytes_in_last_block(fields: &[u8], row: usize) -> Option<usize> {
    let last = fields.get(row - row % BLOCK..row)?;
    let mut block = [0; BLOCK];
    block[..last.len()].copy_from_slice(last);
    Some(payload_bytes_before(&block, last.len()))
}

/// The row of a block whose payload begins at an offset, which counts from the first payload of the block. `None` if the
/// offset is inside of a payload, or after the last one. A block of fewer than 64 nodes is filled up with zeros.
#[inline]
pub(crate) fn row_at_payload_byte(block: &[u8; BLOCK], mut offset: usize) -> Option<usize> {
    let (words, _) = block.as_chunks::<FIELDS_PER_WORD>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The byte of each row is the sum of the lengths up to this row: at most 8 * 4.
        let sums = payload_lengths(word).wrapping_mul(ONES);
        let whole = (sums >> (u64::BITS - u8::BITS)) as usize;
        if offset >= whole {
            offset -= whole;
            continue;
        }
        // A byte's highest bit stays set where its sum is at most the offset: these rows end before it.
        let before = (ONES * (HIGHEST_BIT + offset as u64) - sums) & (ONES * HIGHEST_BIT);
        let row = before.count_ones() as usize;
        let start = sums << u8::BITS >> (u8::BITS as usize * row) & u64::from(u8::MAX);
        return (start == offset as u64).then_some(index * FIELDS_PER_WORD + row);
    }
    None
}

/// 1 in each byte of a word.
pub(crate) const ONES: u64 = u64::MAX / u8::MAX as u64;
const HIGHEST_BIT: u64 = 1 << (u8::BITS - 1);

/// The number of bytes of eight payloads, each in its byte: the code, and 1 more where both of its bits are set.
#[inline]
fn payload_lengths(bytes: u64) -> u64 {
    let codes = bytes >> FIELD_BITS & (ONES * 3);
    // Half of a code is its upper bit.
    codes + (codes & (codes / 2))
}

#[cfg(test)]
mod tests {
    use super::{PayloadWidth, field_byte, field_code, payload_bytes_in_block, row_at_payload_byte};

    #[test]
    fn a_payload_takes_the_fewest_bytes() {
        for (bits, len) in [(0, 0), (1, 1), (255, 1), (256, 2), (65_535, 2), (65_536, 4), (u32::MAX, 4)] {
            let width = PayloadWidth::of(bits);
            assert_eq!((width.len(), width.truncate(bits.to_le_bytes())), (len, bits));
            let byte = field_byte(58, width);
            assert_eq!((field_code(byte), PayloadWidth::in_byte(byte)), (58, width));
        }
    }

    #[test]
    fn lengths_are_added_up_from_the_start_of_the_block() {
        let fields: Vec<u8> = (0..200_u8).map(|row| row.wrapping_mul(151) | 0xc0 & row << 5).collect();
        let mut sum = 0;
        for (row, byte) in fields.iter().enumerate() {
            sum = if row % 64 == 0 { 0 } else { sum };
            assert_eq!(payload_bytes_in_block(&fields, row), Some(sum), "{row}");
            sum += PayloadWidth::in_byte(*byte).len();
        }
        assert_eq!(payload_bytes_in_block(&[0xff; 64], 63), Some(63 * 4));
        assert_eq!(payload_bytes_in_block(&fields, 201), None);
    }

    #[test]
    fn a_row_is_found_by_the_first_byte_of_its_payload() {
        for seed in 0..=u8::MAX {
            let block: [u8; 64] = core::array::from_fn(|row| (row as u8).wrapping_mul(151) ^ seed & 0xc0);
            let mut rows = Vec::new();
            for (row, byte) in block.iter().enumerate() {
                let len = PayloadWidth::in_byte(*byte).len();
                rows.extend((0..len).map(|byte| (byte == 0).then_some(row)));
            }
            for offset in 0..rows.len() + 9 {
                let expected = rows.get(offset).copied().flatten();
                assert_eq!(row_at_payload_byte(&block, offset), expected, "{seed}, {offset}");
            }
        }
        assert_eq!(row_at_payload_byte(&[0xff; 64], 63 * 4), Some(63));
        assert_eq!(row_at_payload_byte(&[0; 64], 0), None);
    }
}
