//! [`Point`]: a position in a text, in the units that output formats use.

use lazyast::Tree;
use lazyast::format::Damage;

/// A position in a text. All numbers count from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) line: u32,
    pub(crate) byte: u32,
    pub(crate) character: u32,
}

impl Point {
    /// The position of an offset in bytes.
    pub(crate) fn of(tree: &Tree<'_>, text: &str, offset: u32) -> Result<Self, Damage> {
        let position = tree.position(offset)?;
        let line = offset.saturating_sub(position.column) as usize;
        let before = text.get(line..offset as usize).unwrap_or_default();
        let character = before.chars().count() as u32 + 1;
        Ok(Self { line: position.line, byte: position.column + 1, character })
    }
}
