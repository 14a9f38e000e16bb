//! Which characters every supported Python knows alike.
//!
//! Python 3.11 has Unicode 14, ruff a newer version. Sources in which the difference could matter are
//! unsupported: identifiers with newer letters, and newer names in `\N{...}`.

/// Whether a character has had the same properties since Unicode 14. A block that has grown since counts
/// as changed from end to end.
pub(crate) fn is_unchanged(character: char) -> bool {
    match character as u32 {
        0x0870..=0x08ff | 0x0c5c..=0x0c5f | 0x0cdc..=0x0cdf | 0x0cf3 | 0x0ece => false,
        0x1ab0..=0x1aff | 0x1c80..=0x1c8f | 0xa7c0..=0xa7ff => false,
        0x0000..=0xffff => true,
        // Mathematical letters, pictographs and emoticons (blocks that have long been full), variation
        // selectors, and the ideographs of extension B as of Unicode 3.1.
        0x1d400..=0x1d7ff | 0x1f300..=0x1f64f | 0x20000..=0x2a6d6 | 0xe0100..=0xe01ef => true,
        _ => false,
    }
}

/// Whether a character that ruff accepts in an identifier has been allowed there since Unicode 14.
pub(crate) fn is_unchanged_in_identifier(character: char) -> bool {
    // Letters that ruff's Unicode has and Python's do not, in blocks that have not grown otherwise, and
    // characters that have become XID_Continue since.
    let is_newer = matches!(
        character as u32,
        0x0558 | 0x058b..=0x058c | 0x05c8..=0x05c9 | 0x0b53..=0x0b54 | 0x200c..=0x200d | 0x208f
            | 0x209d..=0x209f | 0x30fb | 0xab6c..=0xab6d | 0xff65 | 0x1d6a6..=0x1d6a7
    );
    !is_newer && is_unchanged(character)
}
