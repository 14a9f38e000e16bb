//! Identifiers.

use ruff_python_ast::Identifier;

use super::Lowering;

impl Lowering<'_> {
    /// The number of an identifier.
    pub(super) fn name(&mut self, name: &str) -> u32 {
        if !name.is_ascii() && !name.chars().all(settled) {
            self.unsupported("an identifier with letters that Unicode 14 does not have");
        }
        self.builder.name(name)
    }

    /// The number of an optional identifier plus one, or 0.
    pub(super) fn optional_name(&mut self, name: Option<&Identifier>) -> u32 {
        name.map_or(0, |name| self.name(&name.id) + 1)
    }

    /// The place of a counted list of identifiers.
    pub(super) fn names<'n>(&mut self, names: impl ExactSizeIterator<Item = &'n Identifier>) -> u32 {
        let mut record = vec![names.len() as u32];
        for name in names {
            record.push(self.name(&name.id));
        }
        self.builder.extra(&record)
    }
}

/// Whether a letter of an identifier is one in every supported Python. Unicode 14, which Python 3.11
/// has, is the oldest; blocks that have grown since are left out whole.
fn settled(letter: char) -> bool {
    match letter as u32 {
        0x0870..=0x08ff | 0x0c5c..=0x0c5f | 0x0cdc..=0x0cdf | 0x0cf3 | 0x0ece => false,
        0x1ab0..=0x1aff | 0x1c80..=0x1c8f | 0xa7c0..=0xa7ff => false,
        0x0000..=0xffff => true,
        // Mathematical letters, variation selectors, and the ideographs that extension B began with.
        0x1d400..=0x1d7ff | 0x20000..=0x2a6d6 | 0xe0100..=0xe01ef => true,
        _ => false,
    }
}
