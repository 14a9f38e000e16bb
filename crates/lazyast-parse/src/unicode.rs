//! Which letters every supported Python knows.
//!
//! Python 3.11 has Unicode 14, ruff a newer version. A source in which that could matter is left to the
//! interpreter: identifiers with newer letters, and newer names in `\N{...}`.

/// Whether a letter has been the same since Unicode 14. Blocks that have grown since are left out whole.
pub(crate) fn settled(letter: char) -> bool {
    match letter as u32 {
        0x0870..=0x08ff | 0x0c5c..=0x0c5f | 0x0cdc..=0x0cdf | 0x0cf3 | 0x0ece => false,
        0x1ab0..=0x1aff | 0x1c80..=0x1c8f | 0xa7c0..=0xa7ff => false,
        0x0000..=0xffff => true,
        // Mathematical letters, pictographs and emoticons (blocks that have long been full), variation
        // selectors, and the ideographs that extension B began with.
        0x1d400..=0x1d7ff | 0x1f300..=0x1f64f | 0x20000..=0x2a6d6 | 0xe0100..=0xe01ef => true,
        _ => false,
    }
}
