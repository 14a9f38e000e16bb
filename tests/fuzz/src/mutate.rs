//! Mutations for the smoke test: fewer kinds than libFuzzer has, and always the same ones.

/// Changes inputs at random. The same seed gives the same changes.
#[derive(Debug)]
pub struct Mutator(u64);

impl Mutator {
    /// A mutator.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A random number below a limit (SplitMix64).
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ value >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ value >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((value ^ value >> 31) % limit.max(1) as u64) as usize
    }

    /// Changes an input in one to four places.
    pub fn mutate(&mut self, input: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(input.len());
            match self.below(7) {
                0 if !input.is_empty() => input[at] ^= 1 << self.below(8),
                1 if !input.is_empty() => input[at] = self.below(256) as u8,
                2 if !input.is_empty() => input[at] = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
                3 => input.insert(at, self.below(256) as u8),
                4 => {
                    let end = (at + 1 + self.below(16)).min(input.len());
                    input.drain(at.min(end)..end);
                }
                5 => {
                    let end = (at + self.below(32)).min(input.len());
                    let copied = input[at..end].to_vec();
                    let to = self.below(input.len());
                    input.splice(to..to, copied);
                }
                _ => {
                    let number = (self.below(1 << 16) as u32).to_le_bytes();
                    if let Some(place) = input.get_mut(at..at + 4) {
                        place.copy_from_slice(&number);
                    }
                }
            }
        }
    }
}
