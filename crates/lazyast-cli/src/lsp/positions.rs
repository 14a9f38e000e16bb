//! Positions as the protocol has them: lines from 0, and in a line the unit that client and server have agreed on.

use lazyast::Tree;
use memchr::memchr2;
use serde_json::Value;

use super::protocol::TextPosition;
use crate::point::Point;

/// What positions in a line count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PositionUnit {
    Utf8,
    Utf16,
}

impl PositionUnit {
    /// The unit that the client prefers among those that both know, from the parameters of `initialize`. All clients know
    /// UTF-16. UTF-8 saves us from counting.
    pub(super) fn negotiated(parameters: &Value) -> Self {
        let offered = parameters.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let has_utf8 = offered.is_some_and(|offered| offered.iter().any(|unit| unit == "utf-8"));
        if has_utf8 { Self::Utf8 } else { Self::Utf16 }
    }

    /// The name in the protocol.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    /// The length of a text.
    pub(super) fn length(self, text: &str) -> u32 {
        match self {
            Self::Utf8 => text.len() as u32,
            Self::Utf16 if text.is_ascii() => text.len() as u32,
            Self::Utf16 => text.chars().map(|character| character.len_utf16() as u32).sum(),
        }
    }

    /// The offset in bytes of a position in a text as the client has it. After the end of a line comes the next line: a
    /// position there is the end of its line. One inside of a character is its start.
    pub(super) fn offset(self, text: &str, position: TextPosition) -> usize {
        let Some(start) = line_start(text, position.line) else { return text.len() };
        let rest = &text[start..];
        let line = &rest[..memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len())];
        let mut units = 0;
        for (index, character) in line.char_indices() {
            units += self.length(character.encode_utf8(&mut [0; 4]));
            if units > position.character {
                return start + index;
            }
        }
        start + line.len()
    }
}

/// The offset where a line starts, if there is such a line. Lines end with `\n`, `\r\n` or `\r`.
fn line_start(text: &str, line: u32) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut start = 0;
    for _ in 0..line {
        let end = start + memchr2(b'\n', b'\r', &bytes[start..])?;
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    Some(start)
}

/// Positions in a source whose tree is at hand.
#[derive(Clone, Copy)]
pub(super) struct TextPositions<'t> {
    pub(super) unit: PositionUnit,
    pub(super) tree: &'t Tree<'t>,
    /// The text of the tree. Its lines are those of the client's text, but for a byte order mark before the first.
    pub(super) text: &'t str,
    pub(super) has_byte_order_mark: bool,
}

impl TextPositions<'_> {
    /// The position of a point.
    pub(super) fn of(&self, point: Point) -> TextPosition {
        let start = self.tree.line_start(point.line).unwrap_or_default() as usize;
        let before = self.text.get(start..start + point.byte as usize - 1).unwrap_or_default();
        TextPosition {
            line: point.line - 1,
            character: self.before_line(point.line) + self.unit.length(before),
        }
    }

    /// The end of a line.
    pub(super) fn end_of(&self, line: u32) -> TextPosition {
        let start = self.tree.line_start(line).unwrap_or_default() as usize;
        let rest = self.text.get(start..).unwrap_or_default();
        let line_text = rest.split('\n').next().unwrap_or_default();
        TextPosition { line: line - 1, character: self.before_line(line) + self.unit.length(line_text) }
    }

    /// The units of a line that are not in the text.
    fn before_line(&self, line: u32) -> u32 {
        if line == 1 && self.has_byte_order_mark { self.unit.length("\u{feff}") } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::{PositionUnit, TextPosition};

    #[test]
    fn positions_are_clamped() {
        let text = "aä😀b\r\nc\rd\n";
        for (unit, line, character, expected) in [
            (PositionUnit::Utf8, 0, 3, 3),
            (PositionUnit::Utf8, 0, 5, 3),
            (PositionUnit::Utf8, 0, 7, 7),
            (PositionUnit::Utf16, 0, 1, 1),
            (PositionUnit::Utf16, 0, 2, 3),
            (PositionUnit::Utf16, 0, 3, 3),
            (PositionUnit::Utf16, 0, 4, 7),
            (PositionUnit::Utf16, 0, 99, 8),
            (PositionUnit::Utf16, 1, 0, 10),
            (PositionUnit::Utf16, 1, 1, 11),
            (PositionUnit::Utf16, 2, 1, 13),
            (PositionUnit::Utf16, 3, 0, 14),
            (PositionUnit::Utf16, 9, 9, 14),
        ] {
            assert_eq!(
                unit.offset(text, TextPosition { line, character }),
                expected,
                "{unit:?} {line}:{character}"
            );
        }
        assert_eq!(PositionUnit::Utf16.length("aä😀"), 4);
    }
}
