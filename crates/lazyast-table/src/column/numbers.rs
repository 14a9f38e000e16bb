//! Columns of numbers, in which numbers below zero are nulls.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};

/// The array of some numbers. Those below zero are nulls, and stay in memory as they are.
pub(crate) fn int32_array(values: Vec<i32>) -> ArrayRef {
    let nulls = nulls_of(&values);
    Arc::new(Int32Array::new(ScalarBuffer::from(values), nulls))
}

/// The codes of a dictionary, and which of them are not null. Some readers check codes of nulls, too, so these become 0.
pub(super) fn codes_and_nulls<T: ArrowNativeType>(
    mut codes: Vec<T>,
) -> (ScalarBuffer<T>, Option<NullBuffer>) {
    let nulls = nulls_of(&codes);
    if nulls.is_some() {
        let zero = T::default();
        codes.iter_mut().for_each(|code| *code = if *code < zero { zero } else { *code });
    }
    (ScalarBuffer::from(codes), nulls)
}

/// Which numbers are not below zero; `None` if none is.
fn nulls_of<T: ArrowNativeType>(values: &[T]) -> Option<NullBuffer> {
    let zero = T::default();
    let mut bits = Vec::with_capacity(values.len().div_ceil(64));
    let mut all = true;
    for chunk in values.chunks(64) {
        // One byte for each number is made with vector instructions, and eight bytes become eight bits with one product.
        let mut is_valid = [0_u8; 64];
        for (flag, value) in is_valid.iter_mut().zip(chunk) {
            *flag = u8::from(*value >= zero);
        }
        let mut packed = 0_u64;
        for (index, flags) in is_valid.as_chunks::<8>().0.iter().enumerate() {
            packed |= (u64::from_le_bytes(*flags).wrapping_mul(GATHER) >> 56) << (8 * index);
        }
        all &= packed == u64::MAX >> (64 - chunk.len());
        bits.push(packed);
    }
    if all {
        return None;
    }
    let buffer = Buffer::from_vec(bits);
    Some(NullBuffer::new(BooleanBuffer::new(buffer, 0, values.len())))
}

/// The product of this number with eight bytes, each 0 or 1, has the first byte in bit 56, the second one in bit 57, and so on.
const GATHER: u64 = 0x0102_0408_1020_4080;

#[cfg(test)]
mod tests {
    use super::nulls_of;

    #[test]
    fn numbers_below_zero_are_nulls() {
        for length in [0, 1, 8, 63, 64, 65, 200] {
            let values: Vec<i32> =
                (0..length).map(|row| if row * row % 7 < 3 { -1 - row } else { row }).collect();
            let nulls = nulls_of(&values);
            let is_valid = |row: usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            assert!((0..values.len()).all(|row| is_valid(row) == (values[row] >= 0)), "{length}");
            assert!(nulls_of(&vec![0_i8; values.len()]).is_none());
        }
    }
}
