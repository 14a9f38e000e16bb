//! The search for some bytes in a column of bytes, with the vector instructions that the processor has.
//!
//! Codes are compared in blocks of 64, and a block gives a word with a bit for each code. The searches of `nox -s
//! instructions` take 97,000 instructions here with AVX2, and took 244,000 with the portable comparison.

use crate::encoding::NodeId;

/// How many codes are compared together.
const CODES_PER_BLOCK: usize = u64::BITS as usize;

/// The indexes of some codes, ascending.
pub(crate) fn indexes_of<const N: usize>(wanted: [u8; N], codes: &[u8]) -> Vec<NodeId> {
    #[cfg(target_arch = "x86_64")]
    if avx2::is_available() {
        // SAFETY: `is_available` has just found avx2, bmi1 and popcnt, which the function is compiled for.
        #[allow(unsafe_code)]
        return unsafe { avx2::indexes_of(wanted, codes) };
    }
    collect(wanted, codes, |block| equal_to(wanted, block))
}

/// Collects the indexes of some codes. `equal_to` gives a bit for each code of a block, whether it is one of them.
#[inline(always)]
fn collect<const N: usize>(
    wanted: [u8; N],
    codes: &[u8],
    equal_to: impl Fn(&[u8; CODES_PER_BLOCK]) -> u64,
) -> Vec<NodeId> {
    /// Space for one node in so many is there from the start. Growing a list several times takes longer than the search.
    const NODES_PER_INDEX: usize = 32;
    const INDEXES_AT_ONCE: usize = 4;
    let mut indexes = Vec::with_capacity(codes.len() / NODES_PER_INDEX + INDEXES_AT_ONCE);
    let (blocks, rest) = codes.as_chunks();
    for (number, block) in blocks.iter().enumerate() {
        let start = (number * CODES_PER_BLOCK) as NodeId;
        let mut equal = equal_to(block);
        let end = indexes.len() + equal.count_ones() as usize;
        // Some are written always, because a processor cannot predict how many there are.
        loop {
            let next: [NodeId; INDEXES_AT_ONCE] = core::array::from_fn(|_| {
                let index = start + equal.trailing_zeros();
                equal &= equal.wrapping_sub(1);
                index
            });
            indexes.extend_from_slice(&next);
            if indexes.len() >= end {
                break;
            }
        }
        indexes.truncate(end);
    }
    let start = (codes.len() - rest.len()) as NodeId;
    let found = rest.iter().zip(start..).filter(|(code, _)| wanted.contains(code));
    indexes.extend(found.map(|(_, index)| index));
    indexes
}

/// Which codes of a block are one of some codes: a bit for each. The compiler compares with vector instructions.
#[inline(always)]
fn equal_to<const N: usize>(wanted: [u8; N], block: &[u8; CODES_PER_BLOCK]) -> u64 {
    /// Moves the lowest bit of each byte into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut equal = [0; CODES_PER_BLOCK];
    for (equal, code) in equal.iter_mut().zip(block) {
        *equal = wanted.iter().fold(0, |equal, other| equal | u8::from(code == other));
    }
    let (words, _) = equal.as_chunks();
    u64::from_le_bytes(core::array::from_fn(|word| {
        (u64::from_le_bytes(words[word]).wrapping_mul(GATHER) >> (u64::BITS - u8::BITS)) as u8
    }))
}

/// The same with AVX2. The compiler does not find the instruction that takes one bit of each byte.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use core::arch::x86_64::{
        __m256i, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set_epi64x,
        _mm256_set1_epi8, _mm256_setzero_si256,
    };

    use super::{CODES_PER_BLOCK, NodeId, collect};

    /// Whether the processor has the instructions that [`indexes_of`] is compiled for.
    pub(super) fn is_available() -> bool {
        std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi1")
            && std::arch::is_x86_feature_detected!("popcnt")
    }

    #[target_feature(enable = "avx2,bmi1,popcnt")]
    pub(super) fn indexes_of<const N: usize>(wanted: [u8; N], codes: &[u8]) -> Vec<NodeId> {
        let vectors = wanted.map(|code| _mm256_set1_epi8(code.cast_signed()));
        collect(wanted, codes, |block: &[u8; CODES_PER_BLOCK]| {
            let (words, _) = block.as_chunks();
            let half = |first: usize| {
                let [a, b, c, d] = core::array::from_fn(|word| i64::from_le_bytes(words[first + word]));
                equal_to(&vectors, _mm256_set_epi64x(d, c, b, a))
            };
            u64::from(half(0)) | u64::from(half(4)) << 32
        })
    }

    #[target_feature(enable = "avx2")]
    fn equal_to(wanted: &[__m256i], codes: __m256i) -> u32 {
        let equal = wanted.iter().fold(_mm256_setzero_si256(), |equal, code| {
            _mm256_or_si256(equal, _mm256_cmpeq_epi8(codes, *code))
        });
        _mm256_movemask_epi8(equal).cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use super::{collect, equal_to, indexes_of};
    use crate::encoding::NodeId;

    fn assert_found<const N: usize>(wanted: [u8; N], codes: &[u8]) {
        let found = codes.iter().zip(0..).filter(|(code, _)| wanted.contains(code));
        let expected: Vec<NodeId> = found.map(|(_, index)| index).collect();
        assert_eq!(indexes_of(wanted, codes), expected, "{wanted:?} in {}", codes.len());
        let portable = collect(wanted, codes, |block| equal_to(wanted, block));
        assert_eq!(portable, expected, "{wanted:?} in {}, without vector instructions", codes.len());
    }

    #[test]
    fn each_way_finds_what_a_loop_finds() {
        for len in [0, 1, 63, 64, 65, 127, 128, 1000] {
            for modulus in [1, 2, 3, 11, 64, 251] {
                let codes: Vec<u8> = (0..len).map(|index| (index * index % modulus) as u8).collect();
                assert_found([0], &codes);
                assert_found([1, 4], &codes);
                assert_found([0, 200, 250], &codes);
            }
        }
    }
}
